"""sendung verify."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import (
    EachOption,
    JsonOption,
    NotesOption,
    PrivateOption,
    ShowOption,
    StrictOption,
    open_show_alone,
    terminal,
)
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.workflows.verify.flow import Verified


def verify(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="A feed's address, instead of that of the show here.")
    ] = None,
    latest: Annotated[
        int | None, typer.Option("--latest", metavar="N", min=1, help="Look at the newest N episodes only.")
    ] = None,
    show: ShowOption = None,
    strict: StrictOption = False,
    notes: NotesOption = False,
    each: EachOption = False,
    allow_private: PrivateOption = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the published show as an app sees it: fetch the feed and all that it names, and judge how it is served.

    Example: sendung verify --latest 3
    """
    from sendung import net
    from sendung.cli.output import print_json, problems_of
    from sendung.core.errors import SendungError
    from sendung.workflows.verify.flow import verify as run

    try:
        feed_url, allow = (url, ()) if url else _published(show)
        done = run(
            feed_url, net.NetPolicy(allow_private=allow_private), terminal(quiet=as_json), latest=latest, allow=allow
        )
    except SendungError as error:
        if as_json:
            print_json({"feed_url": url, "problems": problems_of(error)})
        raise
    if as_json:
        _print_document(done)
    else:
        _print_problems(done, notes=notes, each=each)
    _conclude(done, strict=strict, quiet=as_json)


def _published(show: ShowOption) -> tuple[str, tuple[str, ...]]:
    """The feed's address, and the ids of the rules that the show may break."""
    config = open_show_alone(show)
    return f"{config.file.store.public_url}/feed.xml", config.file.allow


def _print_document(verified: Verified) -> None:
    from sendung.cli.output import print_json, problem_value

    document = {"feed_url": verified.feed_url, "episodes": verified.episodes, "addresses": verified.addresses}
    print_json({**document, "problems": [problem_value(problem) for problem in verified.problems]})


def _print_problems(verified: Verified, *, notes: bool, each: bool) -> None:
    from sendung.cli.groups import grouped
    from sendung.cli.terminal import error_console, print_problem
    from sendung.core.errors import Severity

    kinds = {Severity.WARNING, *([Severity.NOTE] if notes else [])}
    shown = [problem for problem in verified.problems if problem.severity in kinds]
    for problem in shown if each else grouped(shown):
        print_problem(error_console(), problem)


def _conclude(verified: Verified, *, strict: bool, quiet: bool) -> None:
    """Say what was looked at, or raise what makes the command fail."""
    from sendung.cli.output import count
    from sendung.core.errors import RulesError, Severity

    warnings = [problem for problem in verified.problems if problem.severity is Severity.WARNING]
    if verified.error:
        raise verified.error
    if strict and warnings:
        raise RulesError("There are warnings, and --strict wants none.", "Mend them, or leave --strict out.")
    if not quiet:
        counted = say(", {count}", count=count(len(warnings), "warning")) if warnings else ""
        looked_at = told(
            "{count} and {addresses} addresses were looked at",
            count=count(verified.episodes, "episode"),
            addresses=verified.addresses,
        )
        echo(
            told(
                "“{title}” is served well: {looked_at}{counted}.",
                title=verified.title,
                looked_at=looked_at,
                counted=counted,
            )
        )
