"""sendung clip."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import JsonOption, ShowOption, StoreOption, cache_folder, open_show_alone, open_store, terminal
from sendung.core.words import say, told


def clip(
    episode: Annotated[
        str, typer.Argument(metavar="EPISODE", help="A published episode: its slug or GUID.", autocompletion=episodes)
    ],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help="Where it starts: 12:30, 1:02:03 or seconds.")] = "0",
    length: Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 3 seconds to 3 minutes.")] = "45",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the videos are written.")] = Path("clips"),
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="A translation's title and captions.")
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make videos of a piece of an episode, square and upright: cover, title, moving waveform, captions burnt in.

    The words are those of the published transcript, the sound is the published one, as loud as the show's episodes.

    Example: sendung clip realitaetscheck-autoindustrie --at 0:01 --for 5
    """
    from rich.console import Console

    from sendung.cli.output import print_json
    from sendung.workflows.clip import ClipWish, make_clip

    config = open_show_alone(show)
    wish = ClipWish(episode, _milliseconds("--at", at), _milliseconds("--for", length), language)
    clips = make_clip(wish, open_store(config, store), cache_folder(), out, terminal(quiet=as_json))
    if as_json:
        facts = {"duration_s": clips.duration_s, "lufs": clips.lufs, "dbtp": clips.dbtp, "captions": clips.captions}
        print_json({"files": [str(path) for path in clips.paths], **facts})
        return
    console = Console(highlight=False)
    for path in clips.paths:
        console.print(str(path), soft_wrap=True, markup=False)
    sound = told(
        "{duration_s:.1f} s, {lufs:.1f} LUFS, {dbtp:.1f} dBTP, {captions} captions",
        duration_s=clips.duration_s,
        lufs=clips.lufs,
        dbtp=clips.dbtp,
        captions=clips.captions,
    )
    console.print(sound, soft_wrap=True, markup=False)


def _milliseconds(option: str, text: str) -> int:
    from sendung.core.errors import UsageError
    from sendung.media.chapters import parse_time

    try:
        return parse_time(text)
    except ValueError as error:
        raise UsageError(
            say("{option}: {error}", option=option, error=error), "For example --at 12:30 --for 45."
        ) from None
