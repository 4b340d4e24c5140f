"""sendung pull."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import (
    EpisodesArgument,
    JsonOption,
    ShowOption,
    StoreOption,
    YesOption,
    confirm,
    open_show,
    open_store,
    run_context,
)
from sendung.cli.prose import echo
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.workflows.pull import Pull


def pull(
    episodes: EpisodesArgument = None,
    every: Annotated[
        bool, typer.Option("--all", help="Everything that is older here than what is published, or has no draft here.")
    ] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring what is published into the drafts: episode.yaml (its comments stay), notes, transcript, chapters, pictures.

    The difference is shown first. An edit that is not published is never written over. Recordings are published
    mastered only, so they are not in the store: what is missing is named.

    Examples: sendung pull realitaetscheck-autoindustrie --yes · sendung pull --all --yes
    """
    from sendung.cli.output import print_json
    from sendung.core.errors import UsageError
    from sendung.workflows.pull import find_pulls, write

    if bool(episodes) == every:
        raise UsageError("Which episode?", "Name one, or use --all.")
    config = open_show(show)
    run = run_context(config, open_store(config, store))
    pulls = find_pulls(episodes or [], config, run)
    due = [found for found in pulls if found.after]
    if not as_json:
        _print(pulls)
    if due:
        confirm("Write it?", yes=yes or as_json)
        for found in due:
            write(found)
    if as_json:
        print_json([_value(found) for found in pulls])
    elif due:
        echo(told("Written: {due}.", due=", ".join(found.folder.name for found in due)))


def _print(pulls: Sequence[Pull]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for found in pulls:
        record = found.record
        state = (
            told("revision {number} by {by}", number=record.number, by=record.by)
            if found.after
            else told("is as published")
        )
        console.print(Text.assemble((found.folder.name, "bold"), f"  {state}"), soft_wrap=True)
        for line in found.diff():
            colour = {"+": "green", "-": "red"}.get(line[:1], "dim")
            console.print(Text(f"  {line}", colour), soft_wrap=True)
        for name in found.missing:
            console.print(
                Text(
                    told("  {name} is not in the store: copy it from the machine that published it.", name=name),
                    "yellow",
                )
            )
    if not pulls:
        console.print(told("Nothing here is older than what is published."))


def _value(found: Pull) -> dict[str, Any]:
    return {
        "slug": found.folder.name,
        "guid": found.record.episode.guid,
        "revision": found.record.number,
        "written": sorted(found.after),
        "missing": list(found.missing),
    }
