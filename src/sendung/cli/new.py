"""sendung new."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import JsonOption, ShowOption, clock, open_show, terminal
from sendung.cli.prose import echo
from sendung.core.words import join, say, told

if TYPE_CHECKING:
    from sendung.workflows.new import NewDraft


def new(
    slug: Annotated[
        str | None,
        typer.Argument(
            metavar="[SLUG]",
            help="The folder's name and part of the address. Else made of the title, or of the next number.",
            show_default=False,
        ),
    ] = None,
    article: Annotated[
        str | None,
        typer.Option("--article", metavar="URL", help="The companion article: its page fills title, summary and date."),
    ] = None,
    audio: Annotated[
        Path | None,
        typer.Option(
            "--audio",
            metavar="FILE|DIR",
            help="The recording, or a folder that holds one: it is copied, and its chapter marks are read.",
        ),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help='When it becomes public: "2026-11-20 06:00". Else the article\'s.'),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Else the article's, or the recording's.")] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Open the draft in $VISUAL or $EDITOR.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch articles from this machine and the local network, too.")
    ] = False,
    show: ShowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a draft: a folder with episode.yaml, filled with what the article and the recording say already.

    Nothing that is there is ever written over. Only --article reaches the network.

    Examples: sendung new --article https://www.example.org/article/ --audio recording.flac ·
    sendung new third-episode --date "2026-12-04 06:00" --edit
    """
    import uuid

    from sendung import net
    from sendung.cli.output import print_json
    from sendung.workflows.new import NewEpisode, make_draft

    config = open_show(show)
    episode = NewEpisode(slug, title, date, article, audio)
    policy = net.NetPolicy(allow_private=allow_private)
    draft = make_draft(episode, config, str(uuid.uuid4()), clock(), policy, terminal(quiet=as_json))
    if as_json:
        print_json({"slug": draft.folder.name, "file": str(draft.file), "open": list(draft.open)})
    else:
        _print(draft, asks=article is not None and not (draft.card or config.file.fetch_articles))
    if edit:
        _edit(draft.file)


def _print(draft: NewDraft, *, asks: bool) -> None:
    """`asks`: whether publishing has to be told to ask the article's page, if the listen page is to show its card."""
    from sendung.cli.terminal import show_place
    from sendung.core.errors import Place

    echo(told("{show_place} is written.", show_place=show_place(Place(draft.file))))
    if "audio" in draft.open:
        echo(told("Put the recording beside it, and its name into the file."))
    texts = [key for key in draft.open if key != "audio"]
    if texts:
        echo(told("Write what nobody else could know: {texts}.", texts=join(" and ", texts)))
    echo(told("Then: sendung check {name}", name=draft.folder.name))
    if asks:
        words = "The listen page shows the article's card, with its picture, by: sendung publish {name} --fetch-article"
        echo(told(words, name=draft.folder.name))
        echo(told('"fetch_articles: true" in show.yaml asks for the cards of all episodes.'))


def _edit(file: Path) -> None:
    import os
    import shlex
    import subprocess

    from sendung.core.errors import UsageError

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    hint = "Set EDITOR, for example to nano, or open the file by hand."
    if not editor:
        raise UsageError("There is no editor to open the draft with; it is written.", hint)
    try:
        subprocess.run([*shlex.split(editor), str(file)], check=True)
    except (OSError, ValueError, subprocess.CalledProcessError):
        raise UsageError(
            say("The editor {editor} did not open the draft; it is written.", editor=editor), hint
        ) from None
