"""sendung rename."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import ShowOption, StoreOption, find_folders, open_show, open_store, run_context
from sendung.cli.prose import echo
from sendung.core.words import told


def rename(
    episode: Annotated[str, typer.Argument(help="A slug, or an episode's folder.", autocompletion=episodes)],
    slug: Annotated[
        str, typer.Argument(metavar="NEW", help="The folder's new name, which becomes part of its address.")
    ],
    show: ShowOption = None,
    store: StoreOption = None,
) -> None:
    """Give an episode's folder another name. It stays the episode that it is, and its old address leads to the new one.

    The GUID is written into episode.yaml, so that apps do not take it for another episode. Nothing is sent until the
    next publish.

    Example: sendung rename realitaetscheck-autoindustrie autoindustrie
    """
    from sendung.workflows.rename import rename as run

    config = open_show(show)
    [folder] = find_folders(config, [episode])
    renamed = run(folder, slug, config, run_context(config, open_store(config, store)))
    echo(
        told("episodes/{name} is episodes/{slug} now.", name=folder.name, slug=slug)
        + (told(" Its guid: {guid}", guid=renamed.guid) if renamed.written else "")
    )
    if renamed.published:
        echo(told("Its old address leads to the new one once it is published: sendung publish {slug}", slug=slug))
