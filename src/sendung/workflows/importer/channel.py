"""A feed's channel, of any host -> the show that an import goes by."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from email.utils import parseaddr

from sendung.core.errors import RulesError
from sendung.core.model import Person, ShowType
from sendung.feed.document import Element, Feed
from sendung.rules.categories import CATEGORIES
from sendung.workflows.importer import html_text
from sendung.workflows.importer.feed_options import blocked, complete, options
from sendung.workflows.importer.items import address, persons, truth
from sendung.workflows.importer.old_show import OldShow
from sendung.workflows.importer.unsupported import left_out
from sendung.workflows.importer.urls import absolute, same

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


def read_show(pages: Sequence[Feed], fetched_from: str) -> OldShow:
    """The show, as the first page tells it, and its items on all pages.

    `fetched_from` is the feed's address, or empty for a file. Raises RulesError if it has no title.
    """
    channel = pages[0].channel
    items = [item for page in pages for item in page.items]
    title = html_text.line(channel.value("title"))
    if not title:
        raise RulesError(f"Line {channel.line}: the feed's channel has no title.", "Is this a podcast's feed?")
    own = fetched_from or _self(channel) or ""
    owner_name, owner_email = _owner(channel)
    author = html_text.line(channel.value("itunes:author")) or owner_name or title
    said = options(channel, items, own)
    moved = address(channel, own, ("itunes:new-feed-url", ""))
    return OldShow(
        url=own,
        title=title,
        description=_description(channel) or title,
        language=_language(channel),
        website=address(channel, own, ("link", "")),
        category=_category(channel),
        explicit=truth(channel.value("itunes:explicit")) or False,
        type=ShowType.SERIAL if channel.value("itunes:type").lower() == "serial" else ShowType.EPISODIC,
        image=_image(channel, own),
        image_alt=html_text.line(channel.attribute("podcast:image", "alt")),
        author=author,
        owner_name=owner_name or author,
        owner_email=owner_email,
        persons=persons(channel, own) or _hosts(owner_name if owner_name and author == title else author),
        copyright=html_text.line(channel.value("copyright")),
        guid=_guid(channel.value("podcast:guid")),
        locked=truth(channel.value("podcast:locked")) or False,
        owners=frozenset(_owners(channel)),
        complete=truth(channel.value("itunes:complete")) or complete(channel),
        block=truth(channel.value("itunes:block")) or blocked(channel),
        moved_to=moved if moved and own and not same(moved, own) else None,
        feed=said,
        left_out=left_out(channel, items, own, said),
    )


def _self(channel: Element) -> str | None:
    links = (link for link in channel.every("atom:link") if link.attributes.get("rel") == "self")
    return next((found for link in links if (found := absolute("", link.attributes.get("href", "")))), None)


def _description(channel: Element) -> str:
    texts = (channel.value(name) for name in ("description", "itunes:summary", "itunes:subtitle"))
    return next((found for text in texts if (found := html_text.plain(text))), "")


def _language(channel: Element) -> str:
    """BCP 47; Acast and others write de_DE, some a word. English where it cannot be read."""
    tag = (channel.value("language") or channel.value("dc:language")).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else "en"


def _category(channel: Element) -> tuple[str, ...]:
    """The first category that Apple's current list has, with its subcategory if that is on the list, too."""
    for element in channel.every("itunes:category"):
        name = _known(element.attributes.get("text", ""), CATEGORIES)
        if name:
            inner = (sub.attributes.get("text", "") for sub in element.every("itunes:category"))
            found = next((sub for text in inner if (sub := _known(text, CATEGORIES[name]))), None)
            return (name, found) if found else (name,)
    return ()


def _known(text: str, names: Iterable[str]) -> str | None:
    """The name on a list, whatever its case and however its & was written."""
    said = html_text.line(text).lower().replace(" and ", " & ")
    retired = {old.lower(): new for old, new in _RETIRED.items()}
    said = retired.get(said, said).lower()
    return next((name for name in names if name.lower() == said), None)


def _image(channel: Element, base: str) -> str | None:
    found = address(channel, base, ("itunes:image", "href"), ("podcast:image", "href"), ("googleplay:image", "href"))
    image = channel.first("image")
    return found or (address(image, base, ("url", "")) if image else None)


def _owner(channel: Element) -> tuple[str, str]:
    """Name and e-mail address: itunes:owner, else RSS's own "address (name)"."""
    owner = channel.first("itunes:owner")
    name = html_text.line(owner.value("itunes:name")) if owner else ""
    email = owner.value("itunes:email") if owner else ""
    for tag in ("managingEditor", "webMaster", "itunes:email"):
        if not _EMAIL.fullmatch(email):
            said, email = parseaddr(channel.value(tag))
            name = name or html_text.line(said)
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
