"""What PSP-1 asks for beyond Apple (Podcast Standards Project, "PSP-1: The Podcast RSS Specification")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from sendung.core.namespaces import URIS
from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import is_absolute, name_of
from sendung.rules.observations import SavedFeed
from sendung.rules.registry import (
    ERROR,
    NOTE,
    WARNING,
    Hit,
    episode_rule,
    missing,
    missing_attribute,
    observed_rule,
    show_rule,
)

PSP1 = "PSP-1"


@show_rule("psp1-namespaces", ERROR, f"{PSP1}, Namespace Declarations", "Declare it in the <rss> tag.")
def namespaces_are_declared(feed: Feed) -> Iterator[Hit]:
    """The itunes, podcast and atom namespaces are declared."""
    declared = {namespace.means for namespace in feed.namespaces}
    for prefix in ("itunes", "podcast", "atom"):
        if prefix not in declared:
            yield Hit(say("The feed does not declare xmlns:{prefix}={uris}.", prefix=prefix, uris=URIS[prefix]), 1)


@show_rule("psp1-self", ERROR, f"{PSP1}, Required Channel", 'Add <atom:link rel="self"> with the feed’s address.')
def names_itself(feed: Feed) -> Iterator[Hit]:
    """The feed names its own address."""
    links = [link for link in feed.channel.every("atom:link") if link.attributes.get("rel") == "self"]
    if not any(is_absolute(link.attributes.get("href", "")) for link in links):
        yield Hit('The feed has no <atom:link rel="self"> with its address.', links[0].line if links else 0)


@show_rule("psp1-link", ERROR, f"{PSP1}, Required Channel; Apple recommends it", "Link the show’s site.", "website")
def links_the_site(feed: Feed) -> Iterator[Hit]:
    """The show links its site."""
    return missing(feed.channel, "link", "The show")


@show_rule("psp1-locked", WARNING, f"{PSP1}, Recommended Channel", "Say yes, with the owner’s address.", "feed.locked")
def says_whether_locked(feed: Feed) -> Iterator[Hit]:
    """The feed says whether other hosts may import it."""
    return missing(feed.channel, "podcast:locked", "The show")


@show_rule("psp1-guid", WARNING, f"{PSP1}, Recommended Channel", "Add the show’s podcast:guid.", field="guid")
def has_guid(feed: Feed) -> Iterator[Hit]:
    """The show has a podcast:guid."""
    return missing(feed.channel, "podcast:guid", "The show")


@show_rule("psp1-guid-form", ERROR, f"{PSP1}, Recommended Channel", "Use the UUID that was given once.", field="guid")
def guid_is_uuid(feed: Feed) -> Iterator[Hit]:
    """The show's podcast:guid is a UUID.

    It is made once, as the UUIDv5 of the feed's first address, and stays when the feed moves, so that it cannot be
    checked against the address.
    """
    guid = feed.channel.first("podcast:guid")
    if guid and guid.text.strip():
        try:
            UUID(guid.text.strip())
        except ValueError:
            yield Hit(say("“{text}” is no UUID.", text=guid.text.strip()[:60]), guid.line)


@show_rule("psp1-copyright", NOTE, f"{PSP1}, Situational Channel", "Name the holder only.", field="copyright")
def copyright_is_a_name(feed: Feed) -> Iterator[Hit]:
    """The copyright is a name, without the word, the sign or a year."""
    element = feed.channel.first("copyright")
    if element and re.search(r"copyright|©|\b(?:19|20)\d\d\b", element.text, re.IGNORECASE):
        yield Hit(say("The copyright is “{text}”.", text=element.text.strip()[:60]), element.line)


@episode_rule("psp1-item-explicit", WARNING, f"{PSP1}, Recommended Item", "Say true or false.", field="explicit")
def episode_says_explicit(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode says whether it is explicit."""
    if item.first("itunes:explicit") is None:
        yield Hit(say("{item} has no <itunes:explicit>.", item=name_of(item)), item.line)


@episode_rule("psp1-item-image", WARNING, f"{PSP1}, Recommended Item", "Name the episode’s cover.", field="cover")
def episode_has_image(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode names a cover."""
    return missing_attribute(item, "itunes:image", "href", name_of(item))


@episode_rule("psp1-transcript", WARNING, f"{PSP1}, Recommended Item", "Add a transcript.", field="transcript")
def episode_has_transcript(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has a transcript."""
    return missing_attribute(item, "podcast:transcript", "url", name_of(item))


@observed_rule("psp1-self-address", WARNING, f"{PSP1}, Required Channel", "Name the feed’s address.", SavedFeed)
def names_its_own_address(feed: SavedFeed) -> Iterator[Hit]:
    """The feed calls itself by the address at which it is."""
    names = {address.partition("://")[2].rstrip("/") for address in (feed.url, feed.self_link)}
    if feed.self_link and len(names) > 1:
        yield Hit(say("The feed calls itself {self_link}.", self_link=feed.self_link[:100]))
