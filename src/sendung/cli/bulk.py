"""What is said of many episodes at once: a table, numbers, and a line for each that is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from sendung.cli.moments import short_words
from sendung.cli.output import length_words
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.core.model import Show
    from sendung.workflows.drafts.candidate import Candidate
    from sendung.workflows.publish.result import EpisodeResult


_LINE = "{:<{}}  {:<{}}  {:<16}  {:>6}"
"""Name, what it is, date, and minutes."""
_REST = 39
"""Columns that a line has beside the name."""


def print_plan(console: Console, candidates: Sequence[Candidate], zone: ZoneInfo) -> None:
    """A line for each of many episodes that are to be published: its name, what it is, its date, and how long it is."""
    longest = max(len(candidate.slug) for candidate in candidates)
    width = max(min(longest, console.width - _REST), 8) if console.is_terminal else longest
    console.print()
    states = [told(str(candidate.state.status)) if candidate.state else "" for candidate in candidates]
    wide = max(9, *map(len, states))
    head = _LINE.format(told("episode"), width, told("is"), wide, told("date"), "min")
    console.print(Text(head, "dim"), soft_wrap=True)
    for candidate, state in zip(candidates, states, strict=True):
        name = candidate.slug if len(candidate.slug) <= width else f"{candidate.slug[: width - 1]}…"
        date = short_words(candidate.draft.date, zone) if candidate.draft else ""
        length = length_words(candidate.recording.duration_s) if candidate.recording else ""
        console.print(Text(_LINE.format(name, width, state, wide, date, length)), soft_wrap=True)
    console.print()


def print_counts(console: Console, results: Sequence[EpisodeResult]) -> None:
    """How many episodes are what now."""
    counts = Counter(str(result.status) for result in results)
    console.print()
    console.print(
        ", ".join(f"{number} {told(status)}" for status, number in counts.most_common()) + ".", soft_wrap=True
    )


def print_addresses(console: Console, results: Sequence[EpisodeResult], show: Show) -> None:
    """A line for each of many episodes that are new: its name, and where it is heard."""
    from sendung.core.model import listen_key

    width = max(len(result.folder.name) for result in results)
    for result in results:
        if result.episode:
            url = show.url_of(listen_key(result.episode.slug))
            address = told("for customers, and nobody else") if result.for_customers else url
            later = f" ({told('scheduled')})" if str(result.status) == "scheduled" else ""
            console.print(Text(f"  {result.folder.name:<{width}}  {address}{later}"), soft_wrap=True)
