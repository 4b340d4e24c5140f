"""Bare `sendung`: how the show stands, and the next command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from sendung.cli.moments import distance
from sendung.cli.options import clock, open_show, open_store, run_context
from sendung.cli.prose import echo
from sendung.cli.status import COLOURS, coming_words, print_schedule, state_width
from sendung.core.words import say, told
from sendung.workflows.history.status import StatusRow

_BEGIN = """\
There is no show here: no show.yaml in this folder, nor in one above it.

  sendung init my-show     make a new one
  sendung import FEED      move one here from another host
  sendung --help           all commands
"""
_WAITING = {
    "stale": "is older than what is published",
    "renamed": "looks like an episode that is published under another name",
    "name taken": "has the name of another episode",
    "broken": "cannot be read",
}
"""What waits for a word of the host."""
_SHOWN = 5
"""Rows of a kind; `sendung status` has them all."""


def show_desk() -> None:
    """What is new or edited, what comes when, who published last, what waits for a word, and the next command.

    Raises ConfigError, StoreError.
    """
    from sendung.workflows.history.status import read_status
    from sendung.workflows.publish.due import last_due

    if not any((folder / "show.yaml").exists() for folder in (Path.cwd(), *Path.cwd().parents)):
        echo(told(_BEGIN).rstrip("\n"))
        return
    config = open_show(None)
    run = run_context(config, open_store(config, None))
    lines, now = read_status(config, run), clock()
    console = Console(highlight=False)
    console.print(Text(config.file.title, "bold"), soft_wrap=True)
    _print_rows(console, lines, now, config.zone)
    coming = any(line.comes for line in lines)
    print_schedule(console, lines, last_due(run.store) if coming else None, now)
    console.print(Text.assemble(told("\nNext: "), (_next(lines, now), "bold")), soft_wrap=True)


def _print_rows(console: Console, lines: Sequence[StatusRow], now: datetime, zone: ZoneInfo) -> None:
    groups = (
        [(line, line.state, line.title) for line in lines if line.state in ("new", "edited")],
        [(line, say("comes"), coming_words(line.comes, now, zone)) for line in lines if line.comes],
        [(line, line.state, _WAITING[line.state]) for line in lines if line.state in _WAITING],
        list(_last(lines, now)),
    )
    width = state_width(12, [state for group in groups for _, state, _ in group])
    for group in groups:
        for line, state, words in group[:_SHOWN]:
            head = (f"  {told(state):<{width}}", COLOURS.get(line.state, ""))
            console.print(Text.assemble(head, line.slug), soft_wrap=True)
            console.print(Text(f"{'':{width + 2}}{told(words)}", "dim"), no_wrap=True, overflow="ellipsis")
        if len(group) > _SHOWN:
            console.print(
                " " * (width + 2) + told("and {group_count} more: sendung status", group_count=len(group) - _SHOWN)
            )
    if not any(groups):
        console.print(told("  There is no episode yet."))


def _last(lines: Sequence[StatusRow], now: datetime) -> Iterator[tuple[StatusRow, str, str]]:
    """Who published last."""
    published = [(line.published, line) for line in lines if line.published]
    if published:
        record, line = max(published, key=lambda pair: pair[0].at)
        what = say("withdrawn") if record.withdrawn else say("published")
        yield (
            line,
            say("last"),
            told("{what} {distance} ago by {by}", what=what, distance=distance(now - record.at), by=record.by),
        )


def _next(lines: Sequence[StatusRow], now: datetime) -> str:
    """The command that a host needs next."""
    by_state = {str(line.state): line.slug for line in reversed(lines)}
    due = [line.slug for line in lines if line.state in ("new", "edited")]
    if "broken" in by_state:
        return f"sendung check {by_state['broken']}"
    if due:
        return f"sendung publish {due[0]}" if len(due) == 1 else "sendung publish"
    if any(line.comes and line.comes <= now for line in lines):
        return "sendung publish --due"
    if waiting := next((by_state[state] for state in ("stale", "renamed", "name taken") if state in by_state), None):
        return f"sendung diff {waiting}"
    return "sendung new"
