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
from sendung.core.text import clean, safe_cell
from sendung.core.words import language, told
from sendung.listening.networks import NO_HOSTING
from sendung.listening.rules import FEWEST, WORDS, Reason
from sendung.workflows.stats.explain import Explanation
from sendung.workflows.stats.result import By, EpisodeStatistics, Statistics, most_first
from sendung.workflows.stats.sentences import article_sentences

_NARROW = 70
"""Columns below which the first 7 and 30 days are left to --json."""


def say_warnings(counted: Statistics) -> None:
    """What a host has to know about the logs, on stderr."""
    for problem in counted.warnings:
        mark = told(problem.severity)
        typer.echo(f"{mark}: {clean(told(problem.message))} {told(problem.hint)}".rstrip(), err=True)


def print_statistics(counted: Statistics, by: By, form: str) -> None:
    """The statistics as a table, "json" or "csv"."""
    if form == "json":
        print_json(document(counted))
    elif form == "csv":
        typer.echo(as_csv(counted, by), nl=False)
    else:
        _print_table(counted, by, Console(highlight=False))


def document(counted: Statistics) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "rules": counted.rules,
        "lists": list(counted.lists),
        "zone": counted.zone,
        "first": str(counted.first) if counted.first else None,
        "last": str(counted.last) if counted.last else None,
        "episodes": [_episode_value(episode) for episode in counted.episodes],
        "lines": {
            "read": counted.read,
            "counted": counted.reasons.get(Reason.COUNTED, 0),
            "reasons": {str(reason): number for reason, number in most_first(counted.reasons)},
        },
        "warnings": [problem_value(problem) for problem in counted.warnings],
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


def as_csv(counted: Statistics, by: By) -> str:
    """The table as CSV (RFC 4180, UTF-8), in which no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    if by is By.EPISODE:
        writer.writerow(["episode", "title", "published", "first 7 days", "first 30 days", "downloads"])
        for episode in counted.episodes:
            numbers = ["" if number is None else number for number in (episode.week, episode.month)]
            cells = [safe_cell(episode.slug), safe_cell(episode.title), episode.published]
            writer.writerow([*cells, *numbers, episode.downloads])
    else:
        writer.writerow([str(by), "downloads"])
        for name, number in counted.rows(by):
            writer.writerow([safe_cell(name), number])
    return text.getvalue()


def _print_table(counted: Statistics, by: By, console: Console) -> None:
    if counted.first is None:
        console.print(told("Nothing is counted yet. Name the logs: sendung stats --logs PLACE"), soft_wrap=True)
    else:
        console.print(_table(counted, by, console.width))
        days = (
            told("{first} to {last}", first=counted.first, last=counted.last)
            if counted.first != counted.last
            else str(counted.first)
        )
        console.print(
            Text(
                told(
                    "{count}, {days}, days in {zone}.",
                    count=count(counted.downloads, "download"),
                    days=days,
                    zone=counted.zone,
                )
            )
        )
    if by is By.ARTICLE:
        for sentence in article_sentences(counted, german=language() == "de"):
            console.print(Text(f"{clean(sentence)}."))
    if by in {By.ARTICLE, By.LANGUAGE} and counted.first and not counted.rows(by):
        words = told(
            "No article brought {fewest} listeners to an episode; what is kept tells them by day, logs by all days.",
            fewest=FEWEST,
        )
        console.print(Text(words))
    if counted.reasons:
        print_reasons(counted.reasons, console)
    console.print(Text(told("By the rules of the {rules}, not certified.", rules=counted.rules), "dim"))
    if counted.lists:
        missing = told("no list of hosting networks")
        lists = (missing if name == NO_HOSTING else clean(name) for name in counted.lists)
        console.print(Text(told("Lists: {map}.", map=", ".join(lists)), "dim"))


def _table(counted: Statistics, by: By, width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=False)
    table.add_column(told(by), overflow="ellipsis", no_wrap=True, min_width=8)
    wide = by is By.EPISODE and width >= _NARROW
    for heading in (told("first 7 days"), told("first 30 days")) if wide else ():
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(told("downloads"), justify="right", no_wrap=True)
    if by is By.EPISODE:
        for episode in counted.episodes:
            numbers = [_cell(episode.week), _cell(episode.month)] if wide else []
            table.add_row(Text(clean(episode.slug)), *numbers, _cell(episode.downloads))
    else:
        for name, number in counted.rows(by):
            table.add_row(Text(clean(name)), _cell(number))
    return table


def _cell(number: int | None) -> str:
    return "–" if number is None else told("{number:,}", number=number)


def print_reasons(reasons: Mapping[str, int], console: Console) -> None:
    """How many lines, and why."""
    console.print(Text(told("{count} read:", count=count(sum(reasons.values()), "line")), "bold"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for reason, number in most_first(reasons):
        table.add_row(_cell(number), Text(told(WORDS[Reason(reason)])))
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
        sys.stdout.write(f"{clean(told(sentence))}\n")


def print_why(reasons: Mapping[str, int], *, as_json: bool) -> None:
    """What became of each line of an episode's day."""
    if as_json:
        print_json(
            {"read": sum(reasons.values()), "reasons": {str(key): number for key, number in most_first(reasons)}}
        )
    else:
        print_reasons(reasons, Console(highlight=False))
