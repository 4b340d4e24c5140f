"""How `sendung stats` prints: a table as wide as the terminal, JSON, or CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sendung.cli.output import count, print_json, problem_value
from sendung.core.errors import Severity
from sendung.core.text import clean
from sendung.listening.rules import FEWEST, WORDS, Reason
from sendung.workflows.stats.explain import Explanation
from sendung.workflows.stats.result import By, EpisodeStatistics, Statistics, most_first
from sendung.workflows.stats.sentences import article_sentences

_NARROW = 70
"""Columns below which the first 7 and 30 days are left to --json."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def say_warnings(told: Statistics) -> None:
    """What a host has to know about the logs, on stderr."""
    for problem in told.warnings:
        mark = "note" if problem.severity is Severity.NOTE else "warning"
        typer.echo(f"{mark}: {clean(problem.message.removeprefix('Note: '))} {problem.hint}".rstrip(), err=True)


def print_statistics(told: Statistics, by: By, form: str) -> None:
    """The statistics as a table, "json" or "csv"."""
    if form == "json":
        print_json(document(told))
    elif form == "csv":
        typer.echo(as_csv(told, by), nl=False)
    else:
        _print_table(told, by, Console(highlight=False))


def document(told: Statistics) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "rules": told.rules,
        "lists": list(told.lists),
        "zone": told.zone,
        "first": str(told.first) if told.first else None,
        "last": str(told.last) if told.last else None,
        "episodes": [_episode_value(episode) for episode in told.episodes],
        "lines": {
            "read": told.read,
            "counted": told.reasons.get(Reason.COUNTED, 0),
            "reasons": {str(reason): number for reason, number in most_first(told.reasons)},
        },
        "warnings": [problem_value(problem) for problem in told.warnings],
    }


def _episode_value(episode: EpisodeStatistics) -> dict[str, Any]:
    return {
        "slug": episode.slug,
        "guid": episode.guid,
        "downloads": episode.downloads,
        "first_7_days": episode.week,
        "first_30_days": episode.month,
        "days": {str(day): number for day, number in episode.days.items()},
        "apps": dict(episode.apps),
        "countries": dict(episode.countries),
        "articles": {article: dict(languages) for article, languages in episode.articles.items()},
    }


def as_csv(told: Statistics, by: By) -> str:
    """The table as CSV (RFC 4180, UTF-8), in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    if by is By.EPISODE:
        writer.writerow(["episode", "title", "published", "first 7 days", "first 30 days", "downloads"])
        for episode in told.episodes:
            numbers = ["" if number is None else number for number in (episode.week, episode.month)]
            cells = [safe_cell(episode.slug), safe_cell(episode.title), episode.published]
            writer.writerow([*cells, *numbers, episode.downloads])
    else:
        writer.writerow([str(by), "downloads"])
        for name, number in told.rows(by):
            writer.writerow([safe_cell(name), number])
    return text.getvalue()


def safe_cell(words: str) -> str:
    """A cell's text in one line, never a formula (OWASP, "CSV Injection")."""
    line = clean(words)
    return f"'{line}" if line.startswith(_FORMULA) else line


def _print_table(told: Statistics, by: By, console: Console) -> None:
    if told.first is None:
        console.print("Nothing is counted yet. Name the logs: sendung stats --logs PLACE", soft_wrap=True)
    else:
        console.print(_table(told, by, console.width))
        days = f"{told.first} to {told.last}" if told.first != told.last else str(told.first)
        console.print(Text(f"{count(told.downloads, 'download')}, {days}, days in {told.zone}."))
    if by is By.ARTICLE:
        for sentence in article_sentences(told):
            console.print(Text(f"{clean(sentence)}."))
    if by in {By.ARTICLE, By.LANGUAGE} and told.first and not told.rows(by):
        words = (
            f"No article brought {FEWEST} listeners to an episode; what is kept tells them by day, logs by all days."
        )
        console.print(Text(words))
    if told.reasons:
        print_reasons(told.reasons, console)
    console.print(Text(f"By the rules of the {told.rules}, not certified.", "dim"))
    if told.lists:
        console.print(Text(f"Lists: {', '.join(map(clean, told.lists))}.", "dim"))


def _table(told: Statistics, by: By, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(str(by), overflow="ellipsis", no_wrap=True, min_width=8)
    wide = by is By.EPISODE and width >= _NARROW
    for heading in ("first 7 days", "first 30 days") if wide else ():
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("downloads", justify="right", no_wrap=True)
    if by is By.EPISODE:
        for episode in told.episodes:
            numbers = [_cell(episode.week), _cell(episode.month)] if wide else []
            table.add_row(Text(clean(episode.slug)), *numbers, _cell(episode.downloads))
    else:
        for name, number in told.rows(by):
            table.add_row(Text(clean(name)), _cell(number))
    return table


def _cell(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def print_reasons(reasons: Mapping[str, int], console: Console) -> None:
    """How many lines, and why."""
    console.print(Text(f"{count(sum(reasons.values()), 'line')} read:", "bold"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for reason, number in most_first(reasons):
        table.add_row(f"{number:,}", Text(WORDS[Reason(reason)]))
    console.print(table)


def print_explanation(explanation: Explanation, *, as_json: bool) -> None:
    """Why a line counts or not."""
    verdict = explanation.verdict
    if as_json:
        print_json(
            {
                "reason": str(verdict.reason),
                "words": WORDS[verdict.reason],
                "episode": explanation.slug,
                "day": str(verdict.day) if verdict.day else None,
                "app": verdict.app or None,
                "fetched": verdict.fetched,
                "needed": verdict.needed,
                "copies": verdict.copies,
            }
        )
        return
    for sentence in explanation.sentences:
        sys.stdout.write(f"{clean(sentence)}\n")


def print_why(reasons: Mapping[str, int], *, as_json: bool) -> None:
    """What became of each line of an episode's day."""
    if as_json:
        print_json(
            {"read": sum(reasons.values()), "reasons": {str(key): number for key, number in most_first(reasons)}}
        )
    else:
        print_reasons(reasons, Console(highlight=False))
