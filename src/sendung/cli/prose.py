"""Sentences on a terminal: a line ends between words, and what is copied (an address, a path) stays in one piece."""

from __future__ import annotations

import shutil
import sys
import textwrap

import typer


def echo(text: str, *, err: bool = False) -> None:
    """Print a text, as `wrapped` has it where somebody reads it on a terminal."""
    stream = sys.stderr if err else sys.stdout
    typer.echo(wrapped(text, shutil.get_terminal_size().columns) if stream.isatty() else text, err=err)


def wrapped(text: str, columns: int, indent: str | None = None) -> str:
    """A text in lines of at most so many columns, but for words that are longer; each goes on below its beginning.

    `indent` is what further lines begin with, in place of the spaces that the line itself begins with.
    """
    return "\n".join(part for line in text.split("\n") for part in _parts(line, columns, indent))


def _parts(line: str, columns: int, indent: str | None) -> list[str]:
    if len(line) <= columns:
        return [line]
    start = line[: len(line) - len(line.lstrip())] if indent is None else indent
    return textwrap.wrap(line, columns, subsequent_indent=start, break_long_words=False, break_on_hyphens=False)
