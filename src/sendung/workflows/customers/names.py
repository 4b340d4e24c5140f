"""Names of customers: read from a CRM's table, and kept in a file of the hosts' beside the key, nowhere else."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import ConfigError, Place, Problem
from sendung.core.text import read_small
from sendung.core.words import say

_COLUMNS = ("id", "customer", "kunde", "kundennummer", "number", "email", "e-mail", "mail", "name")
"""Heads of the column that says who it is; the first that there is counts."""
_LONGEST = 200


def read_table(path: Path) -> list[str]:
    """Who is named in a CSV file (comma, semicolon or tab; with or without heads). Raises ConfigError, all at once."""
    try:
        text = read_small(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("This is not UTF-8 text.", "Save the table as CSV UTF-8.", Place(path, line)) from None
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [_Row(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    heads = [cell.casefold() for cell in rows[0].cells] if rows else []
    column = next((heads.index(name) for name in _COLUMNS if name in heads), None)
    body = rows if column is None else rows[1:]
    mistakes = list(_mistakes(body, column or 0, len(heads), path))
    if not body:
        mistakes.append(Problem("Nobody is in it.", "Write a line for each customer.", Place(path)))
    if mistakes:
        raise ConfigError.of(mistakes)
    return [row.cells[column or 0] for row in body]


@dataclass(frozen=True)
class _Row:
    line: int
    cells: list[str]


def _mistakes(rows: list[_Row], column: int, width: int, path: Path) -> Iterator[Problem]:
    """What is wrong, by line; no message repeats a name."""
    seen: set[str] = set()
    for row in rows:
        location = Place(path, row.line)
        cell = row.cells[column] if column < len(row.cells) else ""
        folded = " ".join(cell.split()).casefold()
        if not folded:
            yield Problem("The line does not say who it is.", "Fill in the column, or remove the line.", location)
        elif len(row.cells) != width:
            message = say("The line has {count} columns, and the first one {width}.", count=len(row.cells), width=width)
            yield Problem(message, "Put what holds a comma or semicolon in quotes.", location)
        elif len(cell) > _LONGEST:
            yield Problem(
                say("The name has more than {longest} letters.", longest=_LONGEST), "Is a quote missing?", location
            )
        elif folded in seen:
            yield Problem("This customer is in an earlier line already.", "Remove one of the lines.", location)
        seen.add(folded)


def remember(path: Path, names: Mapping[str, str]) -> None:
    """Add names by number to the hosts' file, which only they can read. Raises OSError."""
    known = read_names(path)
    new = {number: name for number, name in names.items() if number not in known}
    if not new:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        csv.writer(file).writerows(new.items())


def read_names(path: Path) -> dict[str, str]:
    """The hosts' file: number to name; empty where there is none."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}
