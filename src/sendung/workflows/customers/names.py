"""Names of customers: read from a CRM's table, and kept in a file of the hosts' beside the key, nowhere else."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendung.core.errors import ConfigError, Place, Problem, UsageError
from sendung.core.text import read_small
from sendung.core.words import say
from sendung.records.customers_key import folded

_COLUMNS = (
    "id", "customer", "customerid", "customernumber", "kunde", "kundenid", "kundennr", "kundennummer", "number", "nr",
    "nummer", "email", "emailaddress", "emailadresse", "mail", "name",
)  # fmt: skip
"""Heads of the column that says who it is, of their letters alone; the first that there is counts."""
_LONGEST = 200
_JOINERS = "\u200c\u200d"
"""Characters that nobody sees and that names are written with: zero width non-joiner and joiner."""


def read_table(path: Path) -> list[str]:
    """Who is named in a CSV file (comma, semicolon, tab or bar; with heads, or of one column). Raises ConfigError.

    All mistakes are told at once; where a line cannot be taken apart, that one, for what follows may belong to it.
    """
    try:
        text = read_small(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("This is not UTF-8 text.", "Save the table as CSV UTF-8.", Place(path, line)) from None
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"sep=(.)\r?", first)  # as Excel writes it
    rows = list(_rows(f"\n{rest}" if said else text, said[1] if said else max(";,\t|", key=first.count), path))
    heads = [re.sub(r"[\W_]", "", cell.casefold()) for cell in rows[0].cells] if rows else []
    column = next((heads.index(name) for name in _COLUMNS if name in heads), None)
    body = rows if column is None else rows[1:]
    mistakes = list(_mistakes(body, column or 0, len(heads), path))
    if column is None and len(heads) > 1:
        hint = "Write id, kundennummer, email or name above that column."
        mistakes.insert(0, Problem("No column is named as one that says who it is.", hint, Place(path, rows[0].line)))
    if not body:
        mistakes.append(Problem("Nobody is in it.", "Write a line for each customer.", Place(path)))
    if mistakes:
        raise ConfigError.of(mistakes)
    return [row.cells[column or 0] for row in body]


@dataclass(frozen=True)
class _Row:
    line: int
    """Its first one."""
    cells: list[str]


def _rows(text: str, delimiter: str, path: Path) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield _Row(line, [cell.strip() for cell in cells])
            line = reader.line_num + 1
    except csv.Error:
        message = "The line cannot be taken apart into columns."
        raise ConfigError(message, "Is a quote missing, or one too many?", Place(path, line)) from None


def _mistakes(rows: list[_Row], column: int, width: int, path: Path) -> Iterator[Problem]:
    """What is wrong, by line; no message repeats a name."""
    seen: set[str] = set()
    for row in rows:
        location = Place(path, row.line)
        cell = row.cells[column] if column < len(row.cells) else ""
        if not folded(cell):
            yield Problem("The line does not say who it is.", "Fill in the column, or remove the line.", location)
        elif len(row.cells) != width:
            message = say("The line has {count} columns, and the first one {width}.", count=len(row.cells), width=width)
            yield Problem(message, "Put what holds a comma or semicolon in quotes.", location)
        elif len(cell) > _LONGEST:
            yield Problem(
                say("The name has more than {longest} letters.", longest=_LONGEST), "Is a quote missing?", location
            )
        elif _unseen(cell):
            yield Problem("The name has a character that nobody sees.", "Type it anew.", location)
        elif folded(cell) in seen:
            yield Problem("This customer is in an earlier line already.", "Remove one of the lines.", location)
        seen.add(folded(cell))


def check_names(names: Sequence[str]) -> None:
    """Raise UsageError if a command names nobody, or somebody by what nobody could type again; it repeats no name."""
    wrong = [place for place, name in enumerate(names, 1) if not folded(name) or _unseen(name) or len(name) > _LONGEST]
    if wrong:
        hint = "A name or id is at most 200 characters that can be seen."
        message = "Name {place} of the command is none, or cannot be typed again."
        raise UsageError.of(Problem(say(message, place=place), hint) for place in wrong)


def _unseen(name: str) -> bool:
    """Whether a name has a control or format character (Unicode, general categories Cc and Cf)."""
    text = " ".join(name.split())
    return any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in text if sign not in _JOINERS)


def remember(path: Path, names: Mapping[str, str]) -> None:
    """Add names by number to the hosts' file, which only they can read. Raises UsageError."""
    known = read_names(path)
    new = {number: name for number, name in names.items() if number not in known}
    if not new:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            csv.writer(file).writerows(new.items())
    except OSError as error:
        raise _unfit(path, str(error.strerror)) from None


def read_names(path: Path) -> dict[str, str]:
    """The hosts' file: number to name; empty where there is none. Raises UsageError where it cannot be read."""
    try:
        text = path.read_text("utf-8")
        return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unfit(path, str(error.strerror)) from None
    except (UnicodeDecodeError, csv.Error):
        raise _unfit(path, "it is no table in UTF-8") from None


def _unfit(path: Path, reason: str) -> UsageError:
    message = say("The file of customers' names, {path}, cannot be used: {reason}.", path=path, reason=reason)
    return UsageError(message, "Mend it, or move it away: it is made anew, with the names that are given from then on.")
