"""Who is heard in an old show: those that podcast:person names; authors where it names nobody."""

from __future__ import annotations

import re

from sendung.core.model import Person
from sendung.core.words import say
from sendung.feed.document import Element
from sendung.workflows.importer import html_text
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.urls import absolute, secure

_ROLE = re.compile(r"[a-z][a-z /-]*")
_GERMAN = {"gast": "guest", "gästin": "guest", "gastgeber": "host", "gastgeberin": "host", "moderation": "moderator"}
_AUTHORS = ("itunes:author", "author", "dc:creator")


def persons(parent: Element, base: str, ledger: Ledger) -> tuple[Person, ...]:
    """Those who are heard (docs/tags/person.md): without a role it is the host, without a group the cast."""
    heard = (_person(element, base, ledger) for element in parent.every("podcast:person"))
    return tuple(dict.fromkeys(person for person in heard if person))


def authors(item: Element, known: frozenset[str], ledger: Ledger) -> None:
    """Write down the authors of an item: an episode has hosts and guests, and who of them wrote what is not told."""
    for tag in _AUTHORS:
        for element in item.every(tag):
            name = html_text.line(element.text)
            if name not in known:
                ledger.lose(tag, name, "an episode names hosts and guests, no author")


def _person(element: Element, base: str, ledger: Ledger) -> Person | None:
    name = html_text.line(element.text)
    role = ", ".join(value for key in ("role", "group") if (value := element.attributes.get(key, "").strip()))
    if not name:
        ledger.lose("podcast:person", role or "without a name", "a person needs a name")
        return None
    if (element.attributes.get("group", "").strip().lower() or "cast") != "cast":
        ledger.lose("podcast:person", f"{name} ({role})", "only those who are heard have a place")
        return None
    url, image = (_address(element, key, base, ledger) for key in ("href", "img"))
    return Person(name=name, role=_role(element, name, ledger), url=url, image=image)


def _role(element: Element, name: str, ledger: Ledger) -> str:
    written = element.attributes.get("role", "")
    words = " ".join(written.lower().split()) or "host"
    first = words.split(",")[0].strip()
    role = _GERMAN.get(first, first)
    if not _ROLE.fullmatch(role):
        role = "guest"
    if role != words and words not in _GERMAN:
        ledger.lose(
            "podcast:person@role", f"{written} ({name})", say("it was read as {role}: a person has one role", role=role)
        )
    return role


def _address(element: Element, key: str, base: str, ledger: Ledger) -> str | None:
    text = element.attributes.get(key, "").strip()
    address = absolute(base, text) if text else None
    if address is None:
        ledger.lose(f"podcast:person@{key}", text, "it is no web address")
        return None
    return secure(address)
