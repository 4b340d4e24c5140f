"""sendung status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sendung.cli.options import JsonOption, ShowOption, StoreOption, clock, open_show, open_store, run_context
from sendung.core.words import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from sendung.workflows.history.status import StatusRow
    from sendung.workflows.publish.due import DueRun


def status(show: ShowOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show each draft beside what is published: new, edited, stale, published, scheduled, due, withdrawn.

    Times are in the show's time zone.

    Example: sendung status
    """
    from rich.console import Console

    from sendung.cli.output import print_json
    from sendung.workflows.history.status import read_status
    from sendung.workflows.publish.due import last_due

    config = open_show(show)
    run = run_context(config, open_store(config, store))
    lines = read_status(config, run)
    if as_json:
        print_json([_value(line) for line in lines])
        return
    console = Console(highlight=False)
    now, width = clock(), state_width(14, sorted({line.state for line in lines}))
    for line in lines:
        _print_line(console, line, now, config.zone, width)
    if not lines:
        console.print(told("There is no episode yet."))
    print_schedule(console, lines, last_due(run.store) if any(line.comes for line in lines) else None, now)


def _value(line: StatusRow) -> dict[str, Any]:
    from sendung.cli.output import revision_value

    keys = ("number", "by", "at")
    return {
        "slug": line.slug,
        "state": line.state,
        "title": line.title,
        "published": {key: str(getattr(line.published, key)) for key in keys} if line.published else None,
        "comes": line.comes.isoformat() if line.comes else None,
        "since": [revision_value(revision) for revision in line.since],
    }


def state_width(least: int, states: Sequence[str]) -> int:
    """The columns that a column of states takes, with the space behind it."""
    return max([least, *(len(told(state)) + 1 for state in states)])


def _print_line(console: Console, line: StatusRow, now: datetime, zone: ZoneInfo, width: int) -> None:
    from rich.text import Text

    from sendung.cli.moments import short_words
    from sendung.workflows.drafts.state import describe_since

    record = line.published
    console.print(
        Text.assemble((f"{told(line.state):<{width}}", COLOURS.get(line.state, "")), line.slug), soft_wrap=True
    )
    rows = (
        [
            told(
                "revision {number} by {by}, {short_words}",
                number=record.number,
                by=record.by,
                short_words=short_words(record.at, zone),
            )
        ]
        if record
        else []
    )
    if line.comes:
        rows.append(coming_words(line.comes, now, zone))
    rows += [told("since then: {describe_since}", describe_since=describe_since([revision])) for revision in line.since]
    for row in rows:
        console.print(Text(f"{'':{width}}{row}", "dim"), soft_wrap=True)


def coming_words(comes: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When an episode becomes visible, or that it should be by now."""
    from sendung.cli.moments import date_words, distance

    if comes > now:
        return told(
            "becomes visible on {date_words}, in {distance}",
            date_words=date_words(comes, zone),
            distance=distance(comes - now),
        )
    return told(
        "its date passed {distance} ago: sendung publish --due makes it visible", distance=distance(now - comes)
    )


def print_schedule(console: Console, lines: Sequence[StatusRow], last: DueRun | None, now: datetime) -> None:
    """Whether anything makes visible what waits for its date."""
    from rich.text import Text

    from sendung.cli.moments import distance
    from sendung.cli.schedule import NOTHING_RUNS

    if not any(line.comes for line in lines):
        return
    if last is None:
        console.print(
            Text(
                told("{nothing_runs} docs/scheduling.md says how to have it run.", nothing_runs=NOTHING_RUNS), "yellow"
            ),
            soft_wrap=True,
        )
        return
    late = any(line.comes and last.at < line.comes < now for line in lines)
    words = told("sendung publish --due ran {distance} ago, by {by}.", distance=distance(now - last.at), by=last.by)
    console.print(Text(words, "yellow" if late else "dim"), soft_wrap=True)


COLOURS = {"new": "green", "edited": "yellow", "stale": "red", "broken": "red", "scheduled": "blue", "due": "red"}
