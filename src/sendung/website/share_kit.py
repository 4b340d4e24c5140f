"""The author's kit: an episode's links, ready to paste into its article and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno
from markupsafe import escape

from sendung.core.model import Episode, Show, listen_key
from sendung.core.translation import is_translated, primary
from sendung.website.json_ld import article_data, data_script, embed_frame
from sendung.website.listen_now import SCRIPT_KEY, listen_label


@dataclass(frozen=True)
class ShareKit:
    """One episode's links. None of them leads to the audio file: WordPress would make an enclosure of it."""

    url: str
    """The listen page, at the chosen time; alone on a line, sites that know oEmbed make a player of it."""
    text: str
    """Plain text: the label and the URL."""
    link: str
    """HTML: "Jetzt reinhören! (42 Min.)"."""
    markdown: str
    card: str
    """HTML: cover, title, summary and link, without style or script."""
    iframe: str
    json_ld: str
    """A script element for the head of the article's page."""
    script: str
    """The script element that belongs into the article site's template, once for all articles."""


def kit_of(show: Show, episode: Episode, at_s: float | None = None) -> ShareKit:
    """The kit of an episode; with `at_s` (seconds) its links start there."""
    moment = f"#t={at_s:g}" if at_s else ""
    url = show.url_of(listen_key(episode.slug)) + moment
    label = listen_label(episode, _reader(show, episode))
    return ShareKit(
        url=url,
        text=f"{label}\n{url}",
        link=f'<a href="{escape(url)}">{escape(label)}</a>',
        markdown=f"[{_markdown(label)}]({url})",
        card=_card(show, episode, url, label),
        iframe=embed_frame(show, episode, moment),
        json_ld=data_script(article_data(show, episode)),
        script=f'<script src="{escape(show.url_of(SCRIPT_KEY))}" async></script>',
    )


def _reader(show: Show, episode: Episode) -> str:
    """The language of who reads the links: the article's, if it is in the page's or there is no page in its own."""
    article = episode.article
    if article is None or (is_translated(episode) and primary(article.language) != primary(show.language)):
        return show.language
    return article.language


def qr_svg(url: str) -> bytes:
    """The QR code of a URL as an SVG file."""
    return _saved(url, "svg", scale=8)


def qr_png(url: str) -> bytes:
    """The QR code of a URL as a PNG file, 16 pixels a module: sharp in print up to about 5 cm."""
    return _saved(url, "png", scale=16)


def _saved(url: str, kind: str, scale: int) -> bytes:
    file = BytesIO()
    segno.make(url, micro=False, error="m").save(file, kind=kind, scale=scale, border=4, dark="#000", light="#fff")
    return file.getvalue()


def _card(show: Show, episode: Episode, url: str, label: str) -> str:
    cover = show.cover_of(episode)
    image = show.url_of((cover.small or cover.asset).key)
    return (
        '<aside class="listen-card">\n'
        f'<img src="{escape(image)}" alt="{escape(cover.alt)}" width="120" height="120" loading="lazy">\n'
        f"<p><strong>{escape(episode.title)}</strong><br>{escape(episode.summary)}</p>\n"
        f'<p><a href="{escape(url)}">{escape(label)}</a></p>\n'
        "</aside>"
    )


def _markdown(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\[]*_`<>" else letter for letter in text)
