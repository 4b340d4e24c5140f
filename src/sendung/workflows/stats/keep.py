"""The sums in the store: kept so that nothing counts twice, however many hosts count the same logs at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sendung.core.concurrency import each
from sendung.core.errors import ConflictError, ObjectExists, Problem, Severity
from sendung.core.words import say
from sendung.listening.sums import (
    PREFIX,
    DaySums,
    coarse,
    decode_sums,
    encode_sums,
    key_of_sums,
    parse_sums_key,
)
from sendung.records.reader import PRIVATE
from sendung.store.interface import Store

_READERS = 16
_ATTEMPTS = 8
Source = tuple[date, str]
"""A day, and where its logs come from."""


def read_kept(store: Store) -> dict[Source, tuple[int, DaySums]]:
    """The newest revision of each day and source, with its number. Raises StoreError; Damaged; Outdated."""
    newest: dict[Source, int] = {}
    for stat in store.list(PREFIX):
        parsed = parse_sums_key(stat.key)
        if parsed:
            day, source, number = parsed
            newest[day, source] = max(number, newest.get((day, source), 0))
    read = each(lambda entry: _read(store, *entry), list(newest.items()), _READERS)
    return dict(zip(newest, read, strict=True))


def _read(store: Store, source: Source, number: int) -> tuple[int, DaySums]:
    key = key_of_sums(*source, number)
    return number, decode_sums(store.read(key).data, key)


def keep(
    store: Store, kept: Mapping[Source, tuple[int, DaySums]], counted: Mapping[Source, DaySums]
) -> tuple[dict[Source, DaySums], list[Problem]]:
    """Keep what was counted, unless what is kept was counted from as many lines; what holds now, and what to tell.

    Sums cannot be added to: whether a listener of a late file had been counted is known nowhere. So a day is counted
    anew from all of its logs, as a new revision, and logs that have less of it than before change nothing.
    """
    holds: dict[Source, DaySums] = {}
    warnings: list[Problem] = []
    for source, sums in counted.items():
        number, before = kept.get(source, (0, None))
        holds[source] = _keep_day(store, source, sums, (number, before))
        if holds[source] is not sums and holds[source].lines > sums.lines:
            warnings.append(_fewer(source, sums.lines, holds[source].lines))
    return holds, warnings


def _keep_day(store: Store, source: Source, sums: DaySums, known: tuple[int, DaySums | None]) -> DaySums:
    """The sums that hold for a day: these, if they are kept now or were before."""
    number, before = known
    for _ in range(_ATTEMPTS):
        if before is not None and before == coarse(sums):
            return sums
        if before is not None and before.lines >= sums.lines:
            return before
        try:
            store.create(key_of_sums(*source, number + 1), encode_sums(coarse(sums)), PRIVATE)
        except ObjectExists:  # another host was first: its sums are looked at like those of before
            number, before = _read(store, source, number + 1)
            continue
        return sums
    message = say("The sums of {source} are being written by others all the time.", source=source[0])
    raise ConflictError(message, "Run the same command again.")


def _fewer(source: Source, lines: int, before: int) -> Problem:
    message = say(
        "{source} was counted from {before:,} lines of {source2} before; these logs have "
        "{lines:,} of that day, so what is kept stays.",
        source=source[0],
        before=before,
        source2=source[1],
        lines=lines,
    )
    return Problem(message, "Give all logs of the day.", severity=Severity.WARNING)
