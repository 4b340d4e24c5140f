"""Episodes for a newsletter: HTML that mail programs show (tables, inlined styles), and the same as plain text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

import css_inline
from markupsafe import Markup

from sendung.core.addresses import NEWSLETTER, told_from
from sendung.core.model import Article, Episode, Show, listen_key
from sendung.core.translation import primary, reading
from sendung.media.notes import printable
from sendung.website.environment import is_web, renderer_of, stripped
from sendung.website.i18n import PageWords, clock, language_attributes, words_of
from sendung.website.listen_now import listen_label
from sendung.website.theme import CARD, CHALK, INK, NIGHT, PAPER, accent_on, readable

MOST_BYTES = 102 * 1024
"""Gmail cuts off what is longer ("[Message clipped]")."""
_HEAD_BYTES = 2048
"""Room for what a newsletter tool puts around a block."""
_FONT = "-apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
_SOFT, _DIM, _RULE = "#5b5e59", "#b4b6b0", "#d3d1cb"


@dataclass(frozen=True)
class ChapterLink:
    """A chapter, and the address that starts there."""

    time: str
    title: str
    url: str


@dataclass(frozen=True)
class MailEntry:
    """What a mail says of one episode."""

    title: str
    lang: Markup
    """The attributes of title, summary and chapters: their language, and where it is another one than the reader's, how
    it is written."""
    summary: str
    day: str
    url: str
    """The listen page, told that it is asked for from a newsletter."""
    label: str
    """"Jetzt reinhören! (25 Min.)"."""
    picture: str
    alt: str
    article: str
    """Its address in the reader's language, or empty."""
    chapters: tuple[ChapterLink, ...]


@dataclass(frozen=True)
class Mailing:
    """Episodes as a newsletter has them."""

    subject: str
    html: str
    """A whole document, UTF-8, at most 102 KB."""
    block: str
    """The same as a piece to be put into a mail that there is already."""
    text: str
    episodes: tuple[Episode, ...]
    """Those that are in it."""
    without_chapters: int
    """Episodes, counted from the end, that had to leave out their chapters for their weight."""


def mailing_of(show: Show, episodes: Sequence[Episode], language: str | None = None) -> Mailing:
    """A mail about some episodes (one at least), in the order given; `language` is the reader's, else the show's.

    Where it would be heavier than 102 KB, the last ones go without their chapters, and then are left out: what is in it
    says `Mailing.episodes`.
    """
    entries = [_entry(show, episode, language or show.language) for episode in episodes]
    subject = _subject(show, entries)
    document = _writer(show, "mail.html", language or show.language)

    def write(entries: Sequence[MailEntry]) -> str:
        return document(entries=entries, subject=subject)

    def is_too_heavy(step: int) -> bool:
        return len(write(_shown(entries, step)).encode()) > MOST_BYTES - _HEAD_BYTES

    steps = range(2 * len(entries))
    step = min(bisect_left(steps, True, key=lambda step: not is_too_heavy(step)), steps[-1])
    shown = _shown(entries, step)
    html = write(shown)
    bare = min(step, len(shown))
    return Mailing(subject, html, _block(html), _text(show, shown), tuple(episodes[: len(shown)]), bare)


def _shown(entries: Sequence[MailEntry], step: int) -> list[MailEntry]:
    """The entries, made lighter in steps: first the last ones lose their chapters, then they are left out."""
    count = len(entries)
    whole, kept = max(0, count - step), min(count, 2 * count - step)
    return [*entries[:whole], *(replace(entry, chapters=()) for entry in entries[whole:kept])]


def eml(mailing: Mailing, show: Show) -> bytes:
    """The mail as a draft that mail programs open (RFC 5322, MIME): text and HTML. It has no recipient and no date."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _header(mailing.subject)
    user, _, domain = show.owner.email.rpartition("@")
    message["From"] = Address(_header(_line(show.title)), user, domain)
    message["X-Unsent"] = "1"  # Outlook opens it to be sent, and not as received
    message.set_content(mailing.text, cte="quoted-printable")
    message.add_alternative(mailing.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"sendung-{sha256(mailing.html.encode()).hexdigest()[:24]}")
    return message.as_bytes()


def _header(text: str) -> str:
    """Text for a header, in which nothing is taken for an encoded word (RFC 2047, section 2)."""
    return re.sub(r"=\?(?=[^?\s]+\?[bq]\?)", "= ?", text, flags=re.IGNORECASE)


def _entry(show: Show, episode: Episode, language: str) -> MailEntry:
    """An episode, as its pages in the reader's language have it; in the show's own where there are none."""
    words = words_of(language)
    show, episode = reading(show, episode, language)
    url = told_from(show.url_of(listen_key(episode.slug)), NEWSLETTER)
    cover = show.cover_of(episode)
    picture = episode.share.play if episode.share else cover.small or cover.asset
    label = listen_label(episode, language)
    chapters = tuple(
        ChapterLink(clock(mark.start_ms / 1000), mark.title, f"{url}#t={mark.start_ms / 1000:g}")
        for mark in episode.chapters
    )
    article = _article(episode.articles, language)
    return MailEntry(
        title=episode.title,
        lang=_language_of(show.language, words),
        summary=episode.summary,
        day=words.date(episode.date, show.timezone),
        url=url,
        label=label,
        picture=show.url_of(picture.key),
        alt=f"▶ {label}",
        article=article.url if article and is_web(article.url) else "",
        chapters=chapters,
    )


def _language_of(language: str, reader: PageWords) -> Markup:
    attributes = language_attributes(language)
    return attributes if words_of(language).direction != reader.direction else Markup(attributes.partition(" dir=")[0])  # noqa: S704


def _article(articles: Sequence[Article], language: str) -> Article | None:
    """The article in a language, else the first one."""
    own = (article for article in articles if primary(article.language) == primary(language))
    return next(own, articles[0] if articles else None)


def _subject(show: Show, entries: Sequence[MailEntry]) -> str:
    return _line(f"{show.title}: {entries[0].title}" if len(entries) == 1 else f"{show.title}: {entries[0].title} …")


def _line(text: str) -> str:
    return " ".join(printable(text).split())


def invitation(show: Show, page_url: str, feed_url: str) -> str:
    """What a customer is sent, as a piece to be put into a mail: their own page and feed."""
    title = show.customers.title if show.customers else show.title
    write = _writer(show, "mail_customer.html", show.language)
    return _block(write(subject=_line(title), title=title, page_url=page_url, feed_url=feed_url))


def _writer(show: Show, name: str, language: str) -> Callable[..., str]:
    """What makes the document of a template, by the values that it names."""
    renderer = renderer_of(show.model_copy(update={"language": language}), None)
    colours = _colours(show)
    style = re.sub(r"%(\w+)%", lambda match: colours[match[1]], stripped("mail.css"))
    template = renderer.environment.get_template(name)
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

    def write(**values: object) -> str:
        return printable(inliner.inline(template.render(style=style, **values))) + "\n"

    return write


def _colours(show: Show) -> Mapping[str, str]:
    accent = accent_on(show.theme, PAPER)
    return {
        "paper": PAPER, "card": CARD, "ink": INK, "night": NIGHT, "chalk": CHALK, "soft": _SOFT, "dim": _DIM,
        "rule": _RULE, "font": _FONT, "accent": accent, "on_accent": readable("#ffffff", accent),
        "dark_accent": accent_on(show.theme, NIGHT),
    }  # fmt: skip


def _block(html: str) -> str:
    """What is within the body, with the rules for the dark in front of it."""
    style = re.search(r"<style>.*?</style>", html, re.DOTALL)
    body = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    return f"{style[0] if style else ''}{body[1] if body else ''}".strip()


def _text(show: Show, entries: Sequence[MailEntry]) -> str:
    parts = []
    for entry in entries:
        lines = [
            _line(entry.title),
            f"{show.title} · {entry.day}",
            "",
            *([_line(entry.summary), ""] if entry.summary else []),
        ]
        lines += [entry.label, entry.url]
        if entry.article:
            lines += ["", entry.article]
        if entry.chapters:
            lines += ["", *(f"{mark.time}  {_line(mark.title)}\n    {mark.url}" for mark in entry.chapters)]
        parts.append("\n".join(lines))
    return printable(f"\n\n{'-' * 40}\n\n".join(parts)) + "\n"
