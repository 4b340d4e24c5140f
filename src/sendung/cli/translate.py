"""sendung translate."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import JsonOption, ShowOption, find_folders, open_show
from sendung.core.words import told


def translate(
    episode: Annotated[str, typer.Argument(help="A slug, or an episode's folder.", autocompletion=episodes)],
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="CODE", help="A language of the show. Else all of them. May be repeated."),
    ] = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the command that show.yaml names as `translate` write drafts of an episode's translations.

    It gets text on stdin, line by line, and SENDUNG_FROM and SENDUNG_TO in its environment. A draft such as
    notes.en.draft.md is not published: read it, and name it notes.en.md.

    Example: sendung translate realitaetscheck-autoindustrie --to en
    """
    from rich.console import Console

    from sendung.cli.output import print_json
    from sendung.workflows.translate import translate as run

    config = open_show(show)
    [folder] = find_folders(config, [episode])
    drafts = run(folder, config, to or [])
    if as_json:
        print_json([{"file": str(d.path), "language": d.language, "publish_as": d.final} for d in drafts])
        return
    console = Console(highlight=False)
    for draft in drafts:
        console.print(
            told("{name}: read it, then name it {final}.", name=draft.path.name, final=draft.final),
            soft_wrap=True,
            markup=False,
        )
    if not drafts:
        console.print(told("There is nothing left to translate."))
