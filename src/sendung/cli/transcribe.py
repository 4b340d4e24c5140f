"""sendung transcribe."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import JsonOption, ShowOption, cache_folder, find_folders, open_show, terminal
from sendung.cli.prose import echo
from sendung.core.words import join, told


def transcribe(
    episode: Annotated[str, typer.Argument(help="A slug, or an episode's folder.", autocompletion=episodes)],
    model: Annotated[
        str | None, typer.Option(metavar="PATH", help="A Whisper model for faster-whisper: its folder, or its name.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write a transcript anew that somebody has read.")] = False,
    edit: Annotated[
        bool | None, typer.Option("--edit/--no-edit", help="Open it for correction; without the option on a terminal.")
    ] = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a machine write down what is said, as transcript.vtt beside episode.yaml, for you to correct.

    The program is that of `transcribe:` in show.yaml, or faster-whisper with a model that you have; nothing is fetched.
    Several tracks tell who speaks. It is not published before its mark is removed, or without `transcript: auto`.

    Example: sendung transcribe realitaetscheck-autoindustrie --replace
    """
    from sendung.cli.output import count, print_json
    from sendung.workflows.transcribe.engines import engine_of
    from sendung.workflows.transcribe.flow import transcribe as run

    config = open_show(show)
    [folder] = find_folders(config, [episode])
    engine = engine_of(config.file.transcribe, model)
    result = run(folder, config, engine, cache_folder(), terminal(quiet=as_json), replace=replace)
    speakers = list(dict.fromkeys(cue.speaker for cue in result.cues if cue.speaker))
    if as_json:
        print_json({"path": str(result.path), "cues": len(result.cues), "speakers": speakers, "engine": result.engine})
        return
    by = told(" by {speakers}", speakers=join(" and ", speakers)) if speakers else ""
    typer.echo(
        f"episodes/{folder.name}/{result.path.name}: {told(count(len(result.cues), 'cue'))}{by} ({result.engine})"
    )
    echo(told("Read and correct it, then remove the NOTE at its beginning: it is not published before."))
    if not result.named:
        echo(told("And add to episode.yaml: transcript: {name}", name=result.path.name))
    if sys.stdin.isatty() and sys.stdout.isatty() if edit is None else edit:
        import click

        click.edit(filename=str(result.path))
