"""Asking which of the new and edited episodes are to be published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.text import Text

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
        _stop_unless(typer.confirm("Publish it?", default=True))
    return []


def _print(lines: Sequence[StatusRow], *, show: bool) -> None:
    console = Console(highlight=False)
    if not lines:
        console.print("No episode is new or edited." + (" show.yaml is." if show else ""), soft_wrap=True)
    for number, line in enumerate(lines, 1):
        what = (f"{line.state:<8}", _COLOURS[line.state])
        console.print(Text.assemble(f"{number:>3}  ", what, line.slug), soft_wrap=True)
        words = "sendung check says what is wrong with it" if line.state == "broken" else line.title
        console.print(Text(f"{'':13}{words}", "dim"), no_wrap=True, overflow="ellipsis")
    if lines and show:
        console.print(told("{value:13}show.yaml goes along.", value=""))


def _ask(slugs: Sequence[str]) -> set[str]:
    """The slugs that are meant, by name or number."""
    names = {str(number): slug for number, slug in enumerate(slugs, 1)} | {slug: slug for slug in slugs}
    while True:
        answer = typer.prompt("Which? Each is shown before it is sent (all, none, or numbers)", default="all")
        words = answer.replace(",", " ").split()
        if words == ["all"]:
            return set(slugs)
        _stop_unless(words not in (["none"], ["n"], ["no"]))
        if unknown := [word for word in words if word not in names]:
            typer.echo(
                told(
                    "There is no {unknown} in the list: name numbers or slugs, or say all or none.", unknown=unknown[0]
                )
            )
            continue
        return {names[word] for word in words}


def _stop_unless(wanted: bool) -> None:
    if not wanted:
        typer.echo("Nothing was sent.")
        raise typer.Exit
