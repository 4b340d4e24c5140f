"""sendung diff."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import (
    FetchOption,
    PrivateOption,
    ShowOption,
    StoreOption,
    find_folders,
    net_policy,
    open_show,
    open_store,
    run_context,
    terminal,
)
from sendung.core.words import told


def diff(
    episode: Annotated[str, typer.Argument(help="A slug, or an episode's folder.", autocompletion=episodes)],
    revision: Annotated[
        int | None, typer.Argument(metavar="[REV]", help="The revision to compare with; else the newest.")
    ] = None,
    fetch_article: FetchOption = None,
    allow_private: PrivateOption = False,
    show: ShowOption = None,
    store: StoreOption = None,
) -> None:
    """Show what publishing a draft would change: its keys and files, and the lines of the feed.

    Nothing is sent. The audio is mastered for it, unless it was before.

    Example: sendung diff realitaetscheck-autoindustrie
    """
    from rich.console import Console
    from rich.text import Text

    from sendung.config.episode import load_draft
    from sendung.workflows.drafts.state import arrow_words
    from sendung.workflows.history.diff import draft_changes, feed_changes

    config = open_show(show)
    [folder] = find_folders(config, [episode])
    policy = net_policy(config, fetch_article, allow_private=allow_private)
    run = run_context(config, open_store(config, store), policy=policy, progress=terminal(quiet=True))
    changes = draft_changes(load_draft(folder, config), run, revision)
    console = Console(highlight=False)
    for change in changes:
        name, _, words = told(arrow_words(change)).partition(":")
        console.print(Text.assemble((name, "bold"), f":{words}"), soft_wrap=True)
    lines = feed_changes(folder, config, run) if changes else []
    for line in lines:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "dim")
        console.print(Text(line, colour), soft_wrap=True)
    if not changes:
        console.print(told("Nothing would change."))
