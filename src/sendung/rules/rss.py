"""What RSS itself and plain parsers ask for."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import is_absolute, name_of, odd_characters
from sendung.rules.registry import ERROR, WARNING, Hit, episode_rule, show_rule
from sendung.rules.yaml_keys import key_of

RSS = "RSS 2.0 Specification (RSS Advisory Board)"
PROFILE = "RSS Best Practices Profile (RSS Advisory Board)"
PAGING = "podcast-namespace, Other Recommendations: Feed Paging and Archiving (RFC 5005)"
_EXAMPLE = "post@example.org"
_ADDRESSES = {"url", "href", "img", "uri"}


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
        yield Hit(say("The GUID of {item} is no address, but counts as one.", item=name_of(item)), guid.line)


@show_rule("rss-absolute", ERROR, RSS, "Write addresses in full, with https://.")
def addresses_are_absolute(feed: Feed) -> Iterator[Hit]:
    """Links, enclosures and images are full web addresses."""
    for parent in (feed.channel, *feed.items):
        item = parent if parent.name == "item" else None
        for name, attribute in (("link", ""), ("enclosure", "url"), ("itunes:image", "href")):
            if element := parent.first(name):
                address = (element.attributes.get(attribute, "") if attribute else element.text).strip()
                if address and not is_absolute(address):
                    message = say("<{name}> is “{address}”, which is no web address.", name=name, address=address[:100])
                    yield Hit(message, element.line, item, key_of(element, parent))


@show_rule("rss-namespace", ERROR, f"{RSS}, Extending RSS", "Take xmlns=… out of <rss>, or give it a prefix.")
def rss_has_no_namespace(feed: Feed) -> Iterator[Hit]:
    """RSS's own elements are in no namespace: parsers that go by names do not know them in one."""
    for namespace in feed.defaulted:
        yield Hit(
            say("xmlns=“{uri}” is a namespace for RSS’s own elements, which have none.", uri=namespace.uri),
            namespace.line,
        )


@show_rule("rss-channel", ERROR, f"{RSS}, What is RSS?", "Give each show a feed of its own.")
def there_is_one_channel(feed: Feed) -> Iterator[Hit]:
    """The feed has one channel; apps read the first, or the last."""
    for channel in feed.channels:
        yield Hit(
            say("A second channel, “{value}”, stands in the feed.", value=channel.value("title")[:60]), channel.line
        )


@show_rule("rss-item-place", ERROR, f"{RSS}, Elements of <item>", "Move the item into <channel>.")
def items_are_in_the_channel(feed: Feed) -> Iterator[Hit]:
    """Items stand in the channel; elsewhere apps do not find them."""
    for item in feed.misplaced:
        yield Hit(say("{item} stands outside of the channel.", item=name_of(item)), item.line, item)


@episode_rule("rss-one-guid", ERROR, f"{RSS}, Elements of <item>", "Keep the one that apps know.", field="guid")
def guid_is_one(_feed: Feed, item: Element) -> Iterator[Hit]:
    """An episode has one GUID: of two, apps take different ones."""
    for guid in list(item.every("guid"))[1:]:
        yield Hit(
            say("{item} has a second GUID, “{text}”.", item=name_of(item), text=guid.text.strip()[:60]), guid.line
        )


@episode_rule("rss-one-enclosure", WARNING, f"{PROFILE}, enclosure", "Keep one of them.", field="audio")
def enclosure_is_one(_feed: Feed, item: Element) -> Iterator[Hit]:
    """An episode has one enclosure: of several, some apps take the first, and some the last."""
    for enclosure in list(item.every("enclosure"))[1:]:
        yield Hit(say("{item} has more than one enclosure.", item=name_of(item)), enclosure.line)


@show_rule("rss-markup", ERROR, f"{RSS}, Elements of <item>, description", "Escape the markup, or use a CDATA section.")
def texts_hold_no_elements(feed: Feed) -> Iterator[Hit]:
    """Markup in texts is escaped: many parsers lose text that stands in elements, or glue it together."""
    for parent in (feed.channel, *feed.items):
        for element in parent.children:
            if element.inline:
                of = parent if parent.name == "item" else None
                yield Hit(
                    say("<{name}> holds markup that is not escaped.", name=element.name),
                    element.line,
                    of,
                    key_of(element, parent),
                )


@show_rule("rss-uri", ERROR, "RFC 3986, section 2", "Percent-encode it: a space is %20.")
def addresses_are_uris(feed: Feed) -> Iterator[Hit]:
    """Addresses hold only characters that URIs may hold: no spaces, quotes or angle brackets."""
    for parent in (feed.channel, *feed.items):
        of = parent if parent.name == "item" else None
        for element in parent.walk():
            texts = [value for name, value in element.attributes.items() if name in _ADDRESSES]
            for text in [*texts, element.text] if element.name == "link" else texts:
                if odd := odd_characters(text):
                    shown = "a space" if odd[0].isspace() else say("“{title}”", title=odd[0])
                    message = say(
                        "<{name}> has {shown} in “{text}”.", name=element.name, shown=shown, text=text.strip()[:100]
                    )
                    yield Hit(message, element.line, of, key_of(element, parent))


@show_rule("rss-example", WARNING, "RFC 2606, section 3", "Write the address under which you can be reached.", "owner")
def owner_is_no_example(feed: Feed) -> Iterator[Hit]:
    """The owner's e-mail address is not the example that an import writes where the old feed names none."""
    owner = feed.channel.first("itunes:owner")
    if owner and (email := owner.first("itunes:email")) and email.text.strip() == _EXAMPLE:
        yield Hit(say("The owner’s e-mail address is the example {example}.", example=_EXAMPLE), email.line)


@show_rule("rss-paged", WARNING, PAGING, "Let feed.xml hold all of them, if all are to be found everywhere.")
def older_items_are_found(feed: Feed) -> Iterator[Hit]:
    """Every episode is in the feed itself.

    Apple Podcasts, Spotify and YouTube read the first page only; what is on further pages is found by few apps.
    """
    for link in feed.channel.every("atom:link"):
        if link.attributes.get("rel") in {"next", "prev-archive"}:
            message = say("The feed lists {count} episodes, and names a page with older ones.", count=len(feed.items))
            yield Hit(message, link.line)
