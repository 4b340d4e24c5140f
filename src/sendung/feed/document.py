"""Any RSS feed as it was written: every element with its raw text and its line, for rules and for import.

Names carry the usual prefix of their namespace ("itunes:image"), whatever prefix the feed itself uses; those of
namespaces that Sendung does not know carry the address ("{https://example.org/ns}tag").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

XML_SPACE = " \t\r\n"
"""XML 1.0, section 2.3."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element. Attributes that have a namespace are named as elements are."""

    name: str
    line: int
    """Where it starts, from 1."""
    attributes: Mapping[str, str]
    text: str
    """What stands directly in it, untrimmed, CDATA sections included."""
    cdata: bool
    """Whether any of the text is in a CDATA section."""
    children: tuple[Element, ...]
    inline: bool = False
    """Whether markup stood in it where text belongs; `text` is then that markup, as HTML."""

    def every(self, name: str) -> Iterator[Element]:
        """The children of that name, in order."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Element | None:
        """The first child of that name."""
        for child in self.children:
            if child.name == name:
                return child
        return None

    def value(self, name: str) -> str:
        """The trimmed text of the first child of that name; empty if there is none.

        Only what XML calls white space is trimmed: a GUID may begin with a no-break space.
        """
        child = self.first(name)
        return child.text.strip(XML_SPACE) if child else ""

    def attribute(self, name: str, attribute: str) -> str:
        """A trimmed attribute of the first child of that name; empty if there is none."""
        child = self.first(name)
        return child.attributes.get(attribute, "").strip() if child else ""

    def walk(self) -> Iterator[Element]:
        """Itself and everything in it, in document order, but no item's insides when asked of a channel."""
        yield self
        for child in self.children:
            if not child.children:
                yield child
            elif child.name != "item":
                yield from child.walk()


@dataclass(frozen=True, slots=True)
class Namespace:
    """One declaration of a namespace, as written."""

    prefix: str
    uri: str
    means: str
    """The usual prefix of what it must mean, though it may not be written exactly; empty if that is unknown."""
    line: int


@dataclass(frozen=True, slots=True)
class Feed:
    """A whole feed."""

    version: str
    """Of RSS, as the root says."""
    encoding: str
    """As the XML declaration says, in upper case; UTF-8 if it says nothing."""
    blank_before: bool
    """Whether white space stands before the XML declaration, which strict parsers refuse."""
    size: int
    """Bytes."""
    namespaces: tuple[Namespace, ...]
    channel: Element
    items: tuple[Element, ...]
    """Those of the channel, then those that stand in other places."""
    base: str = ""
    """xml:base of the root and the channel, which relative addresses start from; empty if there is none."""
    remarks: tuple[str, ...] = ()
    """What was not as it must be, and how it was read; sentences."""
    misplaced: tuple[Element, ...] = ()
    """Items that stand elsewhere than in the channel."""
    channels: tuple[Element, ...] = ()
    """Further channels: of each feed only the first is read."""
    defaulted: tuple[Namespace, ...] = ()
    """Default namespaces that were declared for RSS's own elements."""

    @property
    def self_link(self) -> str:
        """Where it says that it is kept (RSS Advisory Board, "atom:link"); empty if it does not."""
        links = (link.attributes for link in self.channel.every("atom:link"))
        return next((link.get("href", "").strip() for link in links if link.get("rel") == "self"), "")
