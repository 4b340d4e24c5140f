"""What RSS itself and plain parsers ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.feed.document import Element, Feed
from sendung.feed.values import is_absolute, name_of
from sendung.rules.registry import ERROR, WARNING, Hit, episode_rule, show_rule
from sendung.rules.yaml_keys import key_of

RSS = "RSS 2.0 Specification (RSS Advisory Board)"


@show_rule("rss-blank-before", ERROR, "XML 1.0, section 2.8", "Remove what stands before <?xml.")
def starts_with_declaration(feed: Feed) -> Iterator[Hit]:
    """Nothing stands before the XML declaration."""
    if feed.blank_before:
        yield Hit("White space stands before the XML declaration; strict parsers stop there.", 1)


@show_rule("rss-items", WARNING, RSS, "Publish an episode, or a trailer, before you submit the show.")
def has_items(feed: Feed) -> Iterator[Hit]:
    """The feed has at least one episode."""
    if not feed.items:
        yield Hit("The feed has no episode; directories take no empty show.")


@episode_rule("rss-guid-permalink", WARNING, f"{RSS}, guid", 'Write <guid isPermaLink="false">.', field="guid")
def guid_is_link_or_says_not(_feed: Feed, item: Element) -> Iterator[Hit]:
    """A GUID that is no web address says isPermaLink="false"."""
    guid, value = item.first("guid"), item.value("guid")
    if guid and value and guid.attributes.get("isPermaLink", "true") == "true" and not is_absolute(value):
        yield Hit(f"The GUID of {name_of(item)} is no address, but counts as one.", guid.line)


@show_rule("rss-absolute", ERROR, RSS, "Write addresses in full, with https://.")
def addresses_are_absolute(feed: Feed) -> Iterator[Hit]:
    """Links, enclosures and images are full web addresses."""
    for parent in (feed.channel, *feed.items):
        item = parent if parent.name == "item" else None
        for name, attribute in (("link", ""), ("enclosure", "url"), ("itunes:image", "href")):
            if element := parent.first(name):
                address = (element.attributes.get(attribute, "") if attribute else element.text).strip()
                if address and not is_absolute(address):
                    message = f"<{name}> is “{address[:100]}”, which is no web address."
                    yield Hit(message, element.line, item, key_of(element, parent))
