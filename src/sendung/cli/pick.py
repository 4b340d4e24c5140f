"""Asking which of the new and edited episodes are to be published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

from sendung.cli.options import ask
from sendung.cli.prose import echo
from sendung.cli.status import state_width
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.config.show import ShowConfig
    from sendung.workflows.context import RunContext
    from sendung.workflows.history.status import StatusRow

_COLOURS = {"new": "green", "edited": "yellow", "broken": "red"}


def choose(show: ShowConfig, run: RunContext) -> list[Path]:
    """The folders that a host picks of what is new or edited.

    None, if nothing is: a publish then only finishes what an earlier one left. Raises StoreError, ConfigError.
    """
    from sendung.config.episode import find_drafts
    from sendung.workflows.history.status import read_pending

    pending = read_pending(show, run.reader.archive(), run)
    _print(pending.episodes, show=pending.show)
    if pending.episodes:
        chosen = _ask([line.slug for line in pending.episodes])
        return [folder for folder in find_drafts(show) if folder.name in chosen]
    if pending.show:
        _stop_unless(ask(told("Publish it?")))
    return []


def _print(lines: Sequence[StatusRow], *, show: bool) -> None:
    console = Console(highlight=False)
    if not lines:
        console.print(told("No episode is new or edited.") + (told(" show.yaml is.") if show else ""), soft_wrap=True)
    width = state_width(8, [line.state for line in lines])
    for number, line in enumerate(lines, 1):
        what = (f"{told(line.state):<{width}}", _COLOURS[line.state])
        console.print(Text.assemble(f"{number:>3}  ", what, line.slug), soft_wrap=True)
        words = told("sendung check says what is wrong with it") if line.state == "broken" else line.title
        console.print(Text(f"{'':{width + 5}}{words}", "dim"), no_wrap=True, overflow="ellipsis")
    if lines and show:
        console.print(" " * (width + 5) + told("show.yaml goes along."))


def _ask(slugs: Sequence[str]) -> set[str]:
    """The slugs that are meant, by name or number."""
    names = {str(number): slug for number, slug in enumerate(slugs, 1)} | {slug: slug for slug in slugs}
    while True:
        answer = typer.prompt(
            told("Which? Each is shown before it is sent (all, none, or numbers)"), default=told("all")
        )
        words = answer.replace(",", " ").split()
        if words in (["all"], [told("all")]):
            return set(slugs)
        _stop_unless(words not in (["none"], ["n"], ["no"], [told("none")], [told("no")]))
        if unknown := [word for word in words if word not in names]:
            echo(
                told(
                    "There is no {unknown} in the list: name numbers or slugs, or say all or none.", unknown=unknown[0]
                )
            )
            continue
        return {names[word] for word in words}


def _stop_unless(wanted: bool) -> None:
    if not wanted:
        echo(told("Nothing was sent."))
        raise typer.Exit
