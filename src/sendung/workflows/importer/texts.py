"""The texts of an item: which of them becomes the summary, and which the notes."""

from __future__ import annotations

from dataclasses import dataclass

from sendung.feed.document import Element
from sendung.workflows.importer import html_text
from sendung.workflows.importer.losses import Ledger

_DESCRIPTIONS = ("description", "itunes:summary", "googleplay:description", "media:description")
_RICH = "content:encoded"
_FULLER = 1.2
"""How much longer another text must be to become the notes in place of content:encoded."""


@dataclass(frozen=True)
class Texts:
    """What becomes of an item's texts."""

    summary: str
    """Plain text."""
    notes: str
    """As the feed has them; empty if the summary says it all."""
    used: frozenset[str]
    """Those of the feed that are in one of the two as a whole."""


def texts(item: Element, base: str, ledger: Ledger) -> Texts:
    """Summary and notes of an item."""
    written = {name: text for name in (_RICH, *_DESCRIPTIONS) if (text := item.value(name))}
    described = next((written[name] for name in _DESCRIPTIONS if name in written), "")
    subtitle = item.value("itunes:subtitle")
    notes = _fullest(written)
    summary = html_text.summary(described) or html_text.summary(subtitle) or html_text.summary(notes)
    if not base:
        for name, text in written.items():
            for link in html_text.relative_links(text):
                ledger.lose(name, link, "a relative link; give the feed's address with --feed-url")
    if len(notes) < 2 * len(summary) + 200 and html_text.markup(notes, base) == html_text.markup(summary):
        return Texts(summary, "", frozenset({notes, described}))
    return Texts(summary, notes, frozenset({notes} | ({described} if not summary.endswith(" …") else set())))


def _fullest(written: dict[str, str]) -> str:
    """The text that says most; what is meant for it, as long as another one does not say clearly more."""
    lengths = {name: html_text.length(text) for name, text in written.items()}
    names = sorted(written, key=lambda name: lengths[name], reverse=True)
    usual = next((name for name in (_RICH, *_DESCRIPTIONS) if name in written), "")
    if names and lengths[names[0]] > _FULLER * lengths[usual]:
        return written[names[0]]
    return written.get(usual, "")
