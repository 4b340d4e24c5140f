"""sendung check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import (
    EachOption,
    FeedUrlOption,
    FetchOption,
    JsonOption,
    NotesOption,
    PrivateOption,
    ShowOption,
    StoreOption,
    StrictOption,
    cache_folder,
    clock,
    find_folders,
    net_policy,
    open_show,
    open_store,
    terminal,
)
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.core.errors import Problem
    from sendung.workflows.check.lint import Report

_FEEDS = (".xml", ".rss")
_DRAFTS = (".yaml", ".yml", ".md")
_MOST_OF_A_RULE = 5
"""Findings of one rule that are told of a feed."""
_ALL = "--json tells them all."


def check(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EPISODE|FEED]...",
            help="A slug, an episode's folder, or any feed: its address, or a file.",
            show_default=False,
            autocompletion=episodes,
        ),
    ] = None,
    show: ShowOption = None,
    strict: StrictOption = False,
    notes: NotesOption = False,
    each: EachOption = False,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="ID", help="Say what a rule wants, who says so, and why.")
    ] = None,
    links: Annotated[
        bool, typer.Option("--links", help="Fetch the articles of what is published: are they up, do they link back?")
    ] = False,
    feed_url: FeedUrlOption = "",
    fetch_article: FetchOption = None,
    store: StoreOption = None,
    allow_private: PrivateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find every mistake in show.yaml and in drafts, and every rule that they would break, without sending anything.

    Without an EPISODE all drafts are checked. A FEED may be anybody's.

    Examples: sendung check · sendung check realitaetscheck-autoindustrie · sendung check --explain apple-title-number ·
    sendung check https://podcast.example.org/feed.xml · sendung check --links --strict
    """
    from sendung.cli.output import print_json, problems_of
    from sendung.core.errors import SendungError

    if explain:
        from sendung import rules

        echo(told(rules.explain(explain)))
        return
    try:
        report, subject = _check(subjects or [], show, fetch_article, feed_url, allow_private=allow_private)
        if links:
            report = _with_links(report, subjects or [], show, store, allow_private=allow_private, quiet=as_json)
    except SendungError as error:
        if as_json:
            print_json({"problems": [_with_source(value) for value in problems_of(error)]})
        raise
    if not (as_json or each) and _feeds_in(subjects or []):
        report = _shortened(report)
    _print(report, subject, _Output(as_json, notes, strict, each))


class _Output(NamedTuple):
    """How a report is shown."""

    as_json: bool
    notes: bool
    strict: bool
    each: bool


def _feeds_in(subjects: list[str]) -> list[str]:
    """Addresses, and files: an episode is a slug or a folder."""
    return [subject for subject in subjects if "://" in subject or _is_feed_file(Path(subject))]


def _is_feed_file(path: Path) -> bool:
    return path.suffix.lower() in _FEEDS or (path.is_file() and path.suffix.lower() not in _DRAFTS)


def _check(
    subjects: list[str], show: Path | None, fetch: bool | None, feed_url: str, *, allow_private: bool
) -> tuple[Report, str]:
    """What there is to say, and what about."""
    from sendung import net
    from sendung.cli.output import count
    from sendung.config.episode import find_drafts
    from sendung.core.errors import UsageError
    from sendung.workflows.check.lint import check_drafts, check_feeds

    feeds = _feeds_in(subjects)
    if feeds and len(feeds) < len(subjects):
        raise UsageError("Feeds and episodes exclude each other.", "Check one after the other.")
    if feeds:
        report = check_feeds(feeds, net.NetPolicy(allow_private=allow_private), feed_url)
        return report, ", ".join(feeds)
    config = open_show(show)
    folders = find_folders(config, subjects) if subjects else find_drafts(config)
    policy = net_policy(config, fetch, allow_private=allow_private)
    return check_drafts(folders, config, policy, cache_folder()), told(
        "show.yaml and {count}", count=count(len(folders), "episode")
    )


def _shortened(report: Report) -> Report:
    """A report for people: what is wrong by one rule in every item of a long feed is told for the first few."""
    from dataclasses import replace

    errors = tuple(type(error).of(_first_of_each_rule(error.problems)) for error in report.errors)
    return replace(report, errors=errors)


def _first_of_each_rule(problems: Sequence[Problem]) -> Iterator[Problem]:
    from collections import Counter
    from dataclasses import replace

    totals, seen = Counter(problem.rule for problem in problems), Counter[str]()
    for problem in problems:
        seen[problem.rule] += 1
        number, more = seen[problem.rule], totals[problem.rule] - _MOST_OF_A_RULE
        if number <= _MOST_OF_A_RULE or more == 1:
            yield problem
        elif number == _MOST_OF_A_RULE + 1:
            yield replace(
                problem, message=say("{more} more places break this rule; the next is here.", more=more), hint=_ALL
            )


def _with_links(
    report: Report, slugs: list[str], show: Path | None, store: str | None, *, allow_private: bool, quiet: bool
) -> Report:
    """The report, with what is wrong between published episodes and their articles."""
    from dataclasses import replace

    from sendung import net
    from sendung.workflows.verify.articles import check_published_links

    config = open_show(show)
    policy, storage = net.NetPolicy(allow_private=allow_private), open_store(config, store)
    names = [folder.name for folder in find_folders(config, slugs)]
    allow = config.file.allow
    problems = check_published_links(storage, cache_folder(), names, clock(), policy, terminal(quiet=quiet), allow)
    return replace(report, remarks=(*report.remarks, *problems))


def _print(report: Report, subject: str, output: _Output) -> None:
    """Say it, and raise what makes the check fail."""
    from sendung.cli.groups import grouped
    from sendung.cli.output import count, print_json, problem_value
    from sendung.cli.terminal import error_console, print_problem
    from sendung.core.errors import RulesError, Severity, merge

    warnings = [remark for remark in report.remarks if remark.severity is Severity.WARNING]
    errors = [*report.errors, *([RulesError.of(warnings)] if output.strict and warnings else [])]
    if output.as_json:
        problems = [*(problem for error in report.errors for problem in error.problems), *report.remarks]
        print_json({"problems": [_with_source(problem_value(problem)) for problem in problems]})
    else:
        console = error_console()
        shown = _shown(report.remarks, notes=output.notes, warnings=not output.strict)
        for problem in shown if output.each else grouped(shown):
            print_problem(console, problem)
    if errors:
        raise merge(errors)
    if not output.as_json:
        counted = say(", {count}", count=count(len(warnings), "warning")) if warnings else ""
        echo(told("No mistakes in {subject}{counted}.", subject=subject, counted=counted))


def _shown(remarks: Sequence[Problem], *, notes: bool, warnings: bool) -> list[Problem]:
    from sendung.core.errors import Severity

    wanted = {Severity.WARNING: warnings, Severity.NOTE: notes}
    return [remark for remark in remarks if wanted[remark.severity]]


def _with_source(problem: dict[str, Any]) -> dict[str, Any]:
    """A problem, with who says so."""
    from sendung import rules

    rule = rules.ALL.get(problem["rule"])
    return {**problem, "source": rule.source if rule else None}
