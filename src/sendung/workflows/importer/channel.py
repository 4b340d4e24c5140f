"""A feed's channel, of any host -> the show that an import goes by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from email.utils import parseaddr
from functools import cache

from babel import Locale, localedata

from sendung.core.errors import RulesError
from sendung.core.model import Person, ShowType
from sendung.core.words import say
from sendung.feed.document import Element
from sendung.rules.categories import CATEGORIES, LANGUAGES
from sendung.workflows.importer import html_text
from sendung.workflows.importer.feed_options import blocked, complete, options
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.old_show import OldShow
from sendung.workflows.importer.people import persons
from sendung.workflows.importer.source import OldFeed
from sendung.workflows.importer.urls import address, same, truth

_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>()]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?")
_AND = re.compile(r"\s*,\s*|\s+(?:&|und|and|\+)\s+")
_RETIRED = {
    "Games & Hobbies": "Leisure",
    "Government & Organizations": "Government",
    "Health": "Health & Fitness",
    "News & Politics": "News",
    "Science & Medicine": "Science",
    "Sports & Recreation": "Sports",
}
"""Apple's categories until 2019, and their successors."""


def read_show(old: OldFeed) -> OldShow:
    """The show, as the first page tells it, and its items on all pages. Raises RulesError if it has no title."""
    channel, base, ledger = old.channel, old.base, Ledger()
    title = html_text.line(channel.value("title"))
    if not title:
        raise RulesError(
            say("Line {line}: the feed's channel has no title.", line=channel.line), "Is this a podcast's feed?"
        )
    owner_name, owner_email = _owner(channel)
    author = html_text.line(channel.value("itunes:author")) or owner_name or title
    moved = address(channel, base, ("itunes:new-feed-url", ""))
    language, unread = _language(channel)
    category, *others = _categories(channel, ledger) or [()]
    return OldShow(
        url=old.address,
        title=title,
        description=_description(channel) or title,
        language=language,
        unread_language=unread,
        website=address(channel, base, ("link", "")),
        category=category,
        other_categories=tuple(" > ".join(names) for names in others),
        explicit=truth(channel.value("itunes:explicit")) or False,
        type=ShowType.SERIAL if channel.value("itunes:type").lower() == "serial" else ShowType.EPISODIC,
        image=_image(channel, base),
        image_alt=html_text.line(channel.attribute("podcast:image", "alt")),
        author=author,
        owner_name=owner_name or author,
        owner_email=owner_email,
        persons=persons(channel, base, ledger) or _hosts(owner_name if owner_name and author == title else author),
        copyright=html_text.line(channel.value("copyright")),
        guid=_guid(channel.value("podcast:guid")),
        locked=truth(channel.value("podcast:locked")),
        owners=frozenset(_owners(channel)),
        complete=truth(channel.value("itunes:complete")) or complete(channel),
        block=truth(channel.value("itunes:block")) or blocked(channel),
        moved_to=moved if moved and old.address and not same(moved, old.address) else None,
        feed=options(channel, [item.element for item in old.items], base),
        losses=ledger.losses,
    )


def _description(channel: Element) -> str:
    texts = (channel.value(name) for name in ("description", "itunes:summary", "itunes:subtitle"))
    return next((plain for text in texts if (plain := html_text.plain(text))), "")


def _language(channel: Element) -> tuple[str, str]:
    """BCP 47, and what could not be read: Acast and others write de_DE, some a word. English where nothing helps."""
    written = channel.value("language") or channel.value("dc:language")
    tag = written.partition(".")[0].replace("_", "-")
    if _LANGUAGE.fullmatch(tag) and (len(tag.partition("-")[0]) == 3 or tag.partition("-")[0].lower() in LANGUAGES):
        return tag, ""
    return _named_languages().get(written.strip().lower(), "en"), written or "nothing"


@cache
def _named_languages() -> dict[str, str]:
    """Names of languages, in English, German and their own words, to their tags (Unicode CLDR)."""
    tags = [tag for tag in sorted(LANGUAGES) if localedata.exists(tag)]
    names = {str(Locale(tag).get_display_name(inside) or "").lower(): tag for inside in ("en", "de") for tag in tags}
    return names | {str(Locale(tag).display_name).lower(): tag for tag in tags}


def _categories(channel: Element, ledger: Ledger) -> list[tuple[str, ...]]:
    """The categories that Apple's current list has, each with its subcategory; only the first can be kept."""
    known: list[tuple[str, ...]] = []
    for element in channel.every("itunes:category"):
        written = [element.attributes.get("text", "")]
        written += [sub.attributes.get("text", "") for sub in element.every("itunes:category")]
        name = _known(written[0], CATEGORIES)
        inner = [_known(text, CATEGORIES[name]) if name else None for text in written[1:]]
        names: list[tuple[str, ...]] = [(name, sub) for sub in inner if name and sub]
        names = names or ([(name,)] if name else [])
        for text, on_list in zip(written, [name, *inner], strict=True):
            if on_list is None:
                ledger.lose("itunes:category", text, "it is not on Apple's list")
        for pair in names:
            if known and pair not in known:
                ledger.lose("itunes:category", " > ".join(pair), "a show has one; it stands as a comment in show.yaml")
            known.append(pair)
    return list(dict.fromkeys(known))


def _known(text: str, names: Iterable[str]) -> str | None:
    """The name on a list, whatever its case and however its & was written."""
    word = html_text.line(text).lower().replace(" and ", " & ")
    retired = {old.lower(): new for old, new in _RETIRED.items()}
    word = retired.get(word, word).lower()
    return next((name for name in names if name.lower() == word), None)


def _image(channel: Element, base: str) -> str | None:
    picture = address(channel, base, ("itunes:image", "href"), ("podcast:image", "href"), ("googleplay:image", "href"))
    image = channel.first("image")
    return picture or (address(image, base, ("url", "")) if image else None)


def _owner(channel: Element) -> tuple[str, str]:
    """Name and e-mail address: itunes:owner, else RSS's own "address (name)"."""
    owner = channel.first("itunes:owner")
    name = html_text.line(owner.value("itunes:name")) if owner else ""
    email = owner.value("itunes:email") if owner else ""
    for tag in ("managingEditor", "webMaster", "itunes:email"):
        if not _EMAIL.fullmatch(email):
            real_name, email = parseaddr(channel.value(tag))
            name = name or html_text.line(real_name)
    return name, email if _EMAIL.fullmatch(email) else ""


def _owners(channel: Element) -> list[str]:
    """podcast:locked's owner attribute (docs/tags/locked.md), and the owner that directories write to."""
    named = (channel.attribute("podcast:locked", "owner"), _owner(channel)[1])
    return [email.lower() for email in named if _EMAIL.fullmatch(email)]


def _hosts(author: str) -> tuple[Person, ...]:
    """The author as hosts: several only if each part is a first name and a last name."""
    parts = [part for part in _AND.split(author) if part]
    full = all(len(part.split()) > 1 for part in parts)
    return tuple(Person(name=name) for name in dict.fromkeys(parts if full else [author]))


def _guid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None
