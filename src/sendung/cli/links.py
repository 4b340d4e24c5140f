"""sendung links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import JsonOption, ShowOption, StoreOption, cache_folder, clock, open_show_alone, open_store
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.config.show import ShowConfig
    from sendung.workflows.links import Links


def links(
    episode: Annotated[
        str, typer.Argument(metavar="EPISODE", help="A published episode: its slug or GUID.", autocompletion=episodes)
    ],
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="Let the links start there: 12:30, 1:02:03 or seconds.")
    ] = None,
    qr: Annotated[
        Path | None,
        typer.Option("--qr", metavar="FILE", help="Write the QR code of the address, too: an .svg or .png file."),
    ] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Print only the episode's block for a newsletter: HTML with inlined styles.")
    ] = False,
    language: Annotated[
        str | None, typer.Option("--language", metavar="CODE", help="To the pages in that language. Else the show's.")
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the links of a published episode, ready to paste: address, HTML, Markdown, player, card, JSON-LD, QR code.

    Examples: sendung links realitaetscheck-autoindustrie · sendung links realitaetscheck-autoindustrie --at 0:05 ·
    sendung links realitaetscheck-autoindustrie --qr qr.svg · sendung links realitaetscheck-autoindustrie --mail
    """
    from sendung.cli.output import print_json, write_file
    from sendung.core.errors import UsageError
    from sendung.workflows.links import links_of, qr_code

    config = open_show_alone(show)
    if mail:
        if at or qr:
            raise UsageError(
                "--mail prints the block alone, and takes neither --at nor --qr.",
                "It links each chapter. For a link from a moment on, leave --mail out.",
            )
        _print_block(config, store, episode, language, as_json=as_json)
        return
    place = (open_store(config, store), cache_folder())
    episode_links = links_of(*place, episode, clock(), _milliseconds(at), language)
    if qr:
        write_file(qr, qr_code(episode_links.kit.url, qr))
    if as_json:
        print_json(_document(episode_links, qr))
    else:
        _print(episode_links, qr)


def _print_block(config: ShowConfig, store: str | None, episode: str, language: str | None, *, as_json: bool) -> None:
    """The block alone and bare, so that it can be sent on to a clipboard or a file."""
    from sendung.cli.output import print_json
    from sendung.workflows.newsletter import newsletter_about

    letter = newsletter_about(open_store(config, store), cache_folder(), [episode], clock(), language)
    mailing = letter.mailing
    if as_json:
        untranslated = [told_of.slug for told_of in letter.untranslated]
        document = {"subject": mailing.subject, "html": mailing.block, "text": mailing.text}
        print_json(document | {"untranslated": untranslated})
        return
    typer.echo(mailing.block)
    for told_of in letter.untranslated:
        typer.echo(told(letter.words_of_untranslated(told_of)), err=True)


def _milliseconds(at: str | None) -> int | None:
    from sendung.core.errors import UsageError
    from sendung.media.chapters import parse_time

    try:
        return None if at is None else parse_time(at)
    except ValueError as error:
        raise UsageError(say("--at: {error}", error=error), "For example --at 12:30.") from None


def _document(links: Links, qr: Path | None) -> dict[str, Any]:
    kit, episode = links.kit, links.episode
    return {
        "slug": episode.slug,
        "guid": episode.guid,
        "public": links.public,
        "article": episode.article.url if episode.article else None,
        "url": kit.url,
        "text": kit.text,
        "link": kit.link,
        "markdown": kit.markdown,
        "iframe": kit.iframe,
        "card": kit.card,
        "json_ld": kit.json_ld,
        "script": kit.script,
        "embed_url": links.embed_url,
        "kit_url": links.kit_url,
        "qr": str(qr) if qr else None,
    }


def _print(links: Links, qr: Path | None) -> None:
    """Each form below a line that says what it is for; the forms themselves stand bare, to be copied."""
    from rich.console import Console
    from rich.text import Text

    kit = links.kit
    forms = {
        "Address; alone on a line it becomes a player (WordPress and others, oEmbed)": kit.url,
        say("Text"): kit.text,
        "HTML link": kit.link,
        "Markdown": kit.markdown,
        say("Player"): kit.iframe,
        say("Card"): kit.card,
        "For the head of the article's page (JSON-LD)": kit.json_ld,
        "Once in the article site's template: the button for every article": kit.script,
        "The same with buttons that copy": links.kit_url,
    }
    console = Console(highlight=False)
    for title, form in forms.items():
        console.print(Text(told(title), "bold"), soft_wrap=True)
        console.print(Text(form), soft_wrap=True, end="\n\n")
    if qr:
        console.print(Text(told("The QR code is in {qr}.", qr=qr)), soft_wrap=True)
    if not links.public:
        console.print(
            Text(told("They lead somewhere from {date:%Y-%m-%d %H:%M} UTC on.", date=links.episode.date)),
            soft_wrap=True,
        )
