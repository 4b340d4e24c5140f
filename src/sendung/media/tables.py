"""Tables of times and texts, as editors and services export them (CSV, TSV)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from sendung.core.text import clean


def rows_of(text: str, **dialect: Any) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that is not empty, with the number of its last line; `dialect` as for `csv.reader`."""
    rows = csv.reader(StringIO(text), **dialect)
    for cells in rows:
        if any(cells):
            yield rows.line_num, cells


def columns_of(header: Iterator[tuple[int, list[str]]], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where the first row has what is `known` by one of some names (in lower case), by kind; of several, the first."""
    names = [clean(cell).casefold() for cell in next(header, (0, list[str]()))[1]]
    places = {
        kind: next((names.index(name) for name in called if name in names), None) for kind, called in known.items()
    }
    return {kind: place for kind, place in places.items() if place is not None}
