"""sendung audio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import JsonOption, ShowOption, cache_folder, find_folders, open_show, terminal


def audio(
    episode: Annotated[str, typer.Argument(help="A slug, or an episode's folder.", autocompletion=episodes)],
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw loudness over time into a .png or .svg file.")
    ] = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what mastering makes of a recording: loudness, peaks and range, before and after.

    Example: sendung audio realitaetscheck-autoindustrie --plot loudness.png
    """
    from sendung.audio.plot import plot as draw
    from sendung.audio.report import as_json as values_of
    from sendung.audio.report import as_text, report
    from sendung.cli.output import print_json
    from sendung.config.episode import load_draft
    from sendung.workflows.drafts.compose import recording_of, target_of

    config = open_show(show)
    [folder] = find_folders(config, [episode])
    draft = load_draft(folder, config)
    measured = report(recording_of(draft, config), target_of(config), cache_folder(), terminal(quiet=as_json))
    if as_json:
        print_json(values_of(measured))
    else:
        typer.echo(as_text(measured))
    if plot:
        draw(measured, plot)
