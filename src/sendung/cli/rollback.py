"""sendung rollback."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import (
    ShowOption,
    StoreOption,
    YesOption,
    confirm,
    open_show,
    open_store,
    run_context,
    terminal,
)


def rollback(
    episode: Annotated[str, typer.Argument(help="A slug, or a GUID.", autocompletion=episodes)],
    revision: Annotated[
        int | None, typer.Argument(metavar="[REV]", help="The revision to go back to; else the one before the newest.")
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
) -> None:
    """Publish an earlier revision of an episode again. Nothing is forgotten: it becomes a new revision.

    Example: sendung rollback realitaetscheck-autoindustrie 1
    """
    from sendung.workflows.history.rollback import roll_back

    config = open_show(show)
    place = open_store(config, store)
    confirm(f"Put {episode} back to {f'revision {revision}' if revision else 'the revision before'}?", yes=yes)
    record = roll_back(episode, revision, run_context(config, place, progress=terminal()))
    typer.echo(f"{record.episode.slug} is as it was; that is revision {record.number} now.")
