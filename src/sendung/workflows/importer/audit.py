"""Every value of an old feed, held against what was written: what is in neither is a loss.

What a reader of items could not keep is in the ledger already, with its reason; this finds all the rest, tags that
nobody here has heard of among them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sendung.feed.dates import read_date
from sendung.feed.document import Element
from sendung.media.chapters import parse_time
from sendung.workflows.importer import html_text
from sendung.workflows.importer.losses import Ledger
from sendung.workflows.importer.urls import absolute, secure, truth

_DEFAULTS = {
    ("podcast:person@group", "cast"), ("podcast:person@role", "host"), ("guid@isPermaLink", "false"),
    ("itunes:type", "episodic"), ("itunes:episodetype", "full"), ("podcast:medium", "podcast"),
    ("podcast:block", "yes"), ("podcast:locked", "yes"), ("podcast:person@role", "guest"),
    ("podcast:remoteitem@medium", "podcast"),
}  # fmt: skip
"""What the new feed says although no key does."""
_WHY = {
    "guid@isPermaLink": "the new feed says false: a GUID need not be an address",
    "generator": "Sendung names itself",
    "lastBuildDate": "made anew with every publish",
    "ttl": "no app goes by it",
    "docs": "no app goes by it",
    "image": "made anew from the cover",
    "atom:link": "made anew for the new address",
    "fh:archive": "made anew for the new address",
    "itunes:new-feed-url": "made anew for the new address",
    "itunes:duration": "measured from the audio",
    "itunes:image": "the cover is a file now",
    "podcast:image": "the cover is a file now",
    "podcast:images": "the cover is a file now",
    "enclosure@length": "counted anew",
    "enclosure@type": "told by the file",
    "psc:chapters@version": "made anew",
    "podcast:chapters@type": "made anew",
    "podcast:transcript@type": "told by the file",
    "podcast:transcript@rel": "made anew",
    "podcast:alternateEnclosure": "audio: also: in show.yaml makes other formats",
    "podcast:trailer": "an episode of that audio would be one",
    "itunes:summary": "another text says more",
    "itunes:subtitle": "the summary is what apps show",
    "description": "another text says more",
    "itunes:block": "only Yes hides anything",
    "itunes:explicit": "it is neither yes nor no",
    "itunes:email": "it is no e-mail address",
}
"""Why a tag, or an attribute, is not kept as it was."""
_NO_PLACE = "there is no key for it"
_SHORT = 300
"""Characters of a value that is compared as a whole."""
_EMBEDDED = re.compile(
    r"""<(img|iframe|audio|video|source|embed|object)\b[^<>]*?\b(?:src|data)\s*=\s*["']?([^\s"'<>]+)""", re.IGNORECASE
)
_WORD = re.compile(r"\w+")


@dataclass
class KeptValues:
    """What was written of an item, or of the show."""

    scalars: set[str] = field(default_factory=set)
    """Every value, casefolded."""
    texts: set[str] = field(default_factory=set)
    """Texts of the feed that became summary or notes, to the letter."""
    words: str = ""
    """The words of summary and notes, one after the other."""
    moment: datetime | None = None
    """The episode's date."""
    truths: Mapping[str, bool] = field(default_factory=dict)
    """What a tag that is true or false says in the new feed."""

    @classmethod
    def of(cls, data: Any, more: Iterable[str] = (), notes: str = "", **rest: Any) -> KeptValues:
        """Of the values of a YAML file, of addresses whose files were fetched, and of notes."""
        values = list(_flat(data))
        words = " ".join(_WORD.findall(f"{' '.join(values)} {html_text.plain(notes)}".casefold()))
        return cls({value.casefold() for value in (*values, *more)}, words=f" {words} ", **rest)

    def has(self, tag: str, value: str, base: str) -> bool:
        """Whether a value is in what was written, as it is or as it is meant."""
        text = value.strip()
        if text in self.texts:
            return True
        if len(text) > _SHORT:
            return self._says(text)
        plain = html_text.line(text).casefold()
        if plain in self.scalars or (tag.lower() if "@" not in tag else tag, plain) in _DEFAULTS:
            return True
        if tag.endswith("@fee") and "fee" in self.scalars:
            return truth(text) is True
        if tag in self.truths:
            return truth(text) is self.truths[tag]
        return self._means(tag, text, plain, base)

    def _means(self, tag: str, text: str, plain: str, base: str) -> bool:
        if ":" in text or "/" in text:
            address = absolute(base, text)
            if address and {address.casefold(), secure(address).casefold()} & self.scalars:
                return True
        if self.moment and tag in ("pubDate", "dc:date", "atom:published", "atom:updated"):
            return read_date(text, ZoneInfo("UTC")).moment == self.moment.replace(microsecond=0)
        if tag == "itunes:keywords":
            return all(html_text.line(word).casefold() in self.scalars for word in text.split(",") if word.strip())
        return bool(self.scalars.intersection(_as_numbers(plain))) or (len(plain) > 20 and self._says(text))

    def _says(self, text: str) -> bool:
        """Whether all words of a text stand in what was written, one after the other."""
        words = " ".join(_WORD.findall(html_text.plain(text).casefold()))
        return bool(words) and f" {words} " in self.words


def audit(parent: Element, kept: KeptValues, base: str, ledger: Ledger) -> None:
    """Write every value of a channel (without its items) or an item that is neither kept nor lost already."""
    known = {(loss.tag, loss.value) for loss in ledger.losses}
    mentioned = {
        loss.tag: " ".join(other.value for other in ledger.losses if other.tag == loss.tag) for loss in ledger.losses
    }
    for tag, value in _values(parent):
        text = " ".join(value.split())
        name = tag.partition("@")[0]
        if not text or (tag, text) in known or text in mentioned.get(tag, "") or text in mentioned.get(name, ""):
            continue
        if not kept.has(tag, value, base):
            ledger.lose(tag, text, _WHY.get(tag) or _WHY.get(name) or _NO_PLACE)
        elif "<" in value:
            for kind, source in _EMBEDDED.findall(value):
                ledger.lose(f"{tag} <{kind.lower()}>", source, "notes load nothing from elsewhere")


def _values(parent: Element) -> Iterator[tuple[str, str]]:
    """Tag, or tag@attribute, and the value; of parts of `image` with that before it."""
    for key, value in parent.attributes.items():
        yield f"{parent.name}@{key}", value
    for child in parent.children:
        if child.name != "item":
            yield from _of_element(child, child.name)


def _of_element(element: Element, tag: str) -> Iterator[tuple[str, str]]:
    yield tag, element.text
    for key, value in element.attributes.items():
        yield f"{tag}@{key}", value
    for child in element.children:
        yield from _of_element(child, tag if tag == "image" else child.name)


def _flat(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield str(key)
            yield from _flat(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _flat(value)
    elif data is not None and not isinstance(data, bool):
        yield str(data)


def _as_numbers(text: str) -> Iterator[str]:
    """A number or a time as the YAML files write it."""
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        yield (str(int(number)) if number.is_integer() else str(number)) if math.isfinite(number) else text
    if text[:1].isdigit() and (":" in text or "." in text or text.isdigit()):
        try:
            milliseconds = parse_time(text)
        except ValueError:
            return
        for decimals in (False, True):
            seconds, rest = divmod(milliseconds, 1000)
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            yield f"{clock}.{rest:03}" if decimals else clock
