"""sendung newsletter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import (
    EpisodesArgument,
    JsonOption,
    ShowOption,
    StoreOption,
    cache_folder,
    clock,
    open_show_alone,
    open_store,
)
from sendung.core.words import say, told

if TYPE_CHECKING:
    from datetime import datetime

    from sendung.config.show import ShowConfig
    from sendung.workflows.newsletter import Letter


def newsletter(
    episode: EpisodesArgument = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="What became public since then. Else: within the last seven days."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where newsletter.html, .txt and .eml are written.")
    ] = Path("newsletter"),
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="The readers' language. Else the show's.")
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a newsletter about published episodes: HTML for mail, plain text, and a draft that mail programs open.

    Pictures come from the show's store; nothing else is loaded. Links say that they are the
    newsletter's, which stats counts, and nothing of who reads it.

    Examples: sendung newsletter realitaetscheck-autoindustrie · sendung newsletter --since 2026-11-01
    """
    from sendung.cli.output import print_json
    from sendung.core.errors import UsageError
    from sendung.workflows.newsletter import newsletter_about, newsletter_since

    if episode and since:
        raise UsageError("--since chooses the episodes, and some are named as well.", "Leave one of them out.")
    config = open_show_alone(show)
    place = (open_store(config, store), cache_folder())
    if episode:
        letter = newsletter_about(*place, episode, clock(), language)
    else:
        letter = newsletter_since(*place, _moment(since, config), clock(), language)
    files = letter.write(out)
    if as_json:
        print_json(_document(letter, files))
    else:
        _print(letter, files)


def _moment(since: str | None, config: ShowConfig) -> datetime | None:
    from sendung.core.errors import UsageError
    from sendung.core.field_types import resolve_date

    try:
        return None if since is None else resolve_date(since, config.zone)
    except ValueError as error:
        raise UsageError(say("--since {error}.", error=error), "For example --since 2026-11-01.") from None


def _document(letter: Letter, files: tuple[Path, ...]) -> dict[str, Any]:
    mailing = letter.mailing
    return {
        "subject": mailing.subject,
        "episodes": [episode.slug for episode in mailing.episodes],
        "left_out": [episode.slug for episode in letter.left_out],
        "untranslated": [episode.slug for episode in letter.untranslated],
        "without_chapters": mailing.without_chapters,
        "bytes": len(mailing.html.encode()),
        "files": [str(path) for path in files],
    }


def _print(letter: Letter, files: tuple[Path, ...]) -> None:
    from rich.console import Console

    out = Console(highlight=False)
    mailing = letter.mailing
    size = told("{size:.1f} KB", size=len(mailing.html.encode()) / 1024)
    out.print(f"{mailing.subject} ({size})", soft_wrap=True, markup=False)
    for path in files:
        out.print(str(path), soft_wrap=True, markup=False)
    if mailing.without_chapters:
        out.print(
            told(
                "{without_chapters} without their chapters: mail programs cut off what is over 102 KB.",
                without_chapters=mailing.without_chapters,
            )
        )
    for episode in letter.untranslated:
        out.print(told(letter.words_of_untranslated(episode)), soft_wrap=True, markup=False)
    for episode in letter.left_out:
        out.print(told("Left out, for it is full: {slug}", slug=episode.slug), soft_wrap=True, markup=False)
