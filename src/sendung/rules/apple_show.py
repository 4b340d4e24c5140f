"""What Apple Podcasts asks of a show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sendung.core.namespaces import PREFIXES
from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import extension, html_tags, texts
from sendung.rules.categories import CATEGORIES, LANGUAGES
from sendung.rules.registry import ERROR, NOTE, WARNING, Hit, missing, missing_attribute, show_rule
from sendung.rules.yaml_keys import key_of

APPLE = "Apple Podcasts for Creators, Podcast RSS feed requirements"
GUIDE = "Apple, A Podcaster’s Guide to RSS"
SHOWN_TAGS = {"p", "ol", "ul", "li", "a"}
LONG_TEXTS = {"description", "content:encoded", "itunes:summary"}
ITUNES_TAGS = (
    *("author", "block", "category", "complete", "duration", "email", "episode", "episodeType", "explicit", "image"),
    *("keywords", "name", "new-feed-url", "order", "owner", "season", "subtitle", "summary", "title", "type"),
    *("applepodcastsverify", "isClosedCaptioned"),
)
_PROPER_CASE = {f"itunes:{name}".lower(): f"itunes:{name}" for name in ITUNES_TAGS}


@show_rule("apple-rss-version", ERROR, APPLE, 'Begin the feed with <rss version="2.0">.')
def is_rss_2(feed: Feed) -> Iterator[Hit]:
    """The feed is RSS 2.0."""
    if feed.version != "2.0":
        yield Hit(say("The feed is RSS “{version}”, not 2.0.", version=feed.version), 1)


@show_rule("apple-encoding", ERROR, GUIDE, "Save the feed as UTF-8, and say so in its first line.")
def is_utf_8(feed: Feed) -> Iterator[Hit]:
    """The feed is UTF-8, and calls it so."""
    if feed.encoding == "UTF8":
        yield Hit("The feed calls its encoding “utf8”, which many parsers do not know; the name is UTF-8.", 1)
    elif feed.encoding not in {"UTF-8", "US-ASCII", "ASCII"}:
        yield Hit(say("The feed is in {encoding}.", encoding=feed.encoding), 1)


@show_rule("apple-namespace", ERROR, GUIDE, "Write xmlns:itunes exactly as Apple does; it is case-sensitive.")
def itunes_namespace_is_exact(feed: Feed) -> Iterator[Hit]:
    """The itunes namespace is written exactly."""
    for declared in feed.namespaces:
        if declared.means == "itunes" and declared.uri not in PREFIXES:
            yield Hit(
                say("“{uri}” is not Apple’s namespace, so its tags are ignored.", uri=declared.uri), declared.line
            )


@show_rule("apple-tag-case", ERROR, GUIDE, "Write the tag in Apple’s case; another case is another tag.")
def itunes_tags_have_their_case(feed: Feed) -> Iterator[Hit]:
    """Tags of the itunes namespace are written in Apple's case."""
    for parent in (feed.channel, *feed.items):
        for element in parent.walk():
            proper = _PROPER_CASE.get(element.name.lower())
            if proper and proper != element.name:
                yield Hit(say("<{name}> is not <{proper}>.", name=element.name, proper=proper), element.line)


@show_rule("apple-title", ERROR, APPLE, "Give the show a title.", field="title")
def has_title(feed: Feed) -> Iterator[Hit]:
    """The show has a title."""
    return missing(feed.channel, "title", "The show")


@show_rule("apple-description", ERROR, APPLE, "Say in a few sentences what the show is about.", field="description")
def has_description(feed: Feed) -> Iterator[Hit]:
    """The show has a description."""
    return missing(feed.channel, "description", "The show")


@show_rule("apple-image", ERROR, APPLE, "Give the show a cover.", field="cover")
def has_image(feed: Feed) -> Iterator[Hit]:
    """The show has a cover."""
    return missing_attribute(feed.channel, "itunes:image", "href", "The show")


@show_rule("apple-language", ERROR, APPLE, 'Name the language as ISO 639 does, such as "de" or "en-US".', "language")
def has_language(feed: Feed) -> Iterator[Hit]:
    """The show names its language as ISO 639 does."""
    code = feed.channel.value("language")
    if not code:
        yield from missing(feed.channel, "language", "The show")
    elif code.lower().replace("_", "-").partition("-")[0] not in LANGUAGES and not re.match(r"[a-z]{3}(-|$)", code):
        yield Hit(say("“{code}” is no language of ISO 639.", code=code), _line(feed, "language"))


@show_rule("apple-category", ERROR, APPLE, "Choose one of Apple’s categories.", field="category")
def has_category(feed: Feed) -> Iterator[Hit]:
    """The show has a category."""
    return missing_attribute(feed.channel, "itunes:category", "text", "The show")


@show_rule(
    "apple-category-known",
    ERROR,
    "Apple Podcasts categories (support/1691)",
    "Use a name from Apple’s list.",
    "category",
)
def category_is_known(feed: Feed) -> Iterator[Hit]:
    """Categories are on Apple's list, to the letter."""
    for category in feed.channel.every("itunes:category"):
        name = category.attributes.get("text", "")
        if name not in CATEGORIES:
            near = _as_pair(name) or _nearest(name, tuple(CATEGORIES))
            yield Hit(say("“{name}” is none of Apple’s categories{near}.", name=name, near=near), category.line)
            continue
        for sub in category.every("itunes:category"):
            inner = sub.attributes.get("text", "")
            if inner not in CATEGORIES[name]:
                near = _nearest(inner, CATEGORIES[name])
                yield Hit(
                    say("“{inner}” is no subcategory of “{name}”{near}.", inner=inner, name=name, near=near), sub.line
                )


def _as_pair(name: str) -> str:
    """How “Arts / Books” is written; empty if it is no pair of Apple's."""
    first, _, second = (part.strip() for part in re.sub(r"\s*(?:/|>|›|»|:)\s*", "/", name).partition("/"))
    known = {category.lower(): category for category in CATEGORIES}.get(first.lower())
    inner = {sub.lower(): sub for sub in CATEGORIES[known]}.get(second.lower()) if known else None
    return (
        say("; a category and its subcategory are written [{known}, {inner}]", known=known, inner=inner)
        if known and inner
        else ""
    )


@show_rule("apple-category-first", NOTE, GUIDE, "Put the pair that matters first.", field="category")
def one_category_counts(feed: Feed) -> Iterator[Hit]:
    """Apple reads only the first category and its first subcategory."""
    for number, category in enumerate(feed.channel.every("itunes:category")):
        if number or len(list(category.every("itunes:category"))) > 1:
            yield Hit("Apple reads only the first category and its first subcategory.", category.line)
            return


@show_rule("apple-explicit", ERROR, APPLE, "Say true or false.", field="explicit")
def explicit_is_true_or_false(feed: Feed) -> Iterator[Hit]:
    """The show says whether it is explicit: true or false."""
    if not (value := feed.channel.value("itunes:explicit")):
        yield from missing(feed.channel, "itunes:explicit", "The show")
    elif value not in {"true", "false"}:
        yield Hit(say("itunes:explicit is “{value}”, not true or false.", value=value), _line(feed, "itunes:explicit"))


@show_rule("apple-type", ERROR, GUIDE, "Say episodic or serial.", field="type")
def type_is_known(feed: Feed) -> Iterator[Hit]:
    """The show's type, if there is one, is episodic or serial."""
    value = feed.channel.value("itunes:type")
    if value and value.lower() not in {"episodic", "serial"}:
        yield Hit(say("itunes:type is “{value}”, not episodic or serial.", value=value), _line(feed, "itunes:type"))


@show_rule("apple-yes", WARNING, GUIDE, "Write Yes, or leave the tag out.")
def switches_say_yes(feed: Feed) -> Iterator[Hit]:
    """Block and complete say Yes or are not there.

    Apple ignores every other value; PSP-1 writes “yes”, so case does not matter here.
    """
    for parent in (feed.channel, *feed.items):
        for name in ("itunes:block", "itunes:complete"):
            for element in parent.every(name):
                if element.text.strip().lower() != "yes":
                    message = say("{name} “{text}” has no effect.", name=name, text=element.text.strip())
                    yield Hit(message, element.line, field=key_of(element, parent))


@show_rule("apple-show-text-length", WARNING, GUIDE, "Shorten it: an umlaut counts as two bytes.", field="description")
def description_fits(feed: Feed) -> Iterator[Hit]:
    """The show's description has at most 4000 bytes."""
    return too_long(feed.channel)


@show_rule("apple-show-value", WARNING, GUIDE, "Shorten it to 255 characters, without white space at its ends.")
def values_are_trim(feed: Feed) -> Iterator[Hit]:
    """Values have at most 255 characters and no white space at their ends."""
    return untrim(feed.channel)


@show_rule("apple-show-html", WARNING, GUIDE, "Use p, ol, ul, li and a only.", field="description")
def html_is_shown(feed: Feed) -> Iterator[Hit]:
    """The show's description has no HTML that Apple does not show."""
    return hidden_tags(feed.channel)


@show_rule("apple-show-cdata", WARNING, GUIDE, "Put the text in a CDATA section.", field="description")
def html_is_in_cdata(feed: Feed) -> Iterator[Hit]:
    """HTML in the show's description is in a CDATA section."""
    return loose_html(feed.channel)


@show_rule("apple-image-address", ERROR, APPLE, "Let the address end in .jpg or .png, in ASCII.", field="cover")
def image_address_ends_rightly(feed: Feed) -> Iterator[Hit]:
    """Addresses of covers are ASCII and end in .jpg or .png."""
    for parent in (feed.channel, *feed.items):
        for image in parent.every("itunes:image"):
            address = image.attributes.get("href", "").strip()
            if address and (not address.isascii() or extension(address) not in {".jpg", ".jpeg", ".png"}):
                yield Hit(
                    say("“{address}” is not an ASCII address of a .jpg or .png.", address=address),
                    image.line,
                    parent if parent.name == "item" else None,
                )


def too_long(parent: Element) -> Iterator[Hit]:
    """Descriptions over 4000 bytes of UTF-8."""
    for name in ("description", "itunes:summary"):
        for element in parent.every(name):
            size = len(element.text.strip().encode("utf-8", "replace"))
            if size > 4000:
                yield Hit(say("<{name}> has {size} bytes; Apple cuts it at 4000.", name=name, size=size), element.line)


def untrim(parent: Element) -> Iterator[Hit]:
    """Short values that are too long or have white space at an end."""
    for element in parent.children:
        plain = ":" not in element.name and not element.name.startswith("{")
        if element.children or element.name in LONG_TEXTS or not (plain or element.name.startswith("itunes:")):
            continue
        if len(element.text.strip()) > 255:
            message = say(
                "<{name}> has {text_count} characters.", name=element.name, text_count=len(element.text.strip())
            )
            yield Hit(message, element.line, field=key_of(element, parent))
        if element.text != element.text.strip():
            message = say("<{name}> has white space at an end.", name=element.name)
            yield Hit(message, element.line, field=key_of(element, parent))


def hidden_tags(parent: Element) -> Iterator[Hit]:
    """Texts with tags that Apple does not show."""
    for element in texts(parent):
        if tags := html_tags(element.text) - SHOWN_TAGS:
            message = say("Apple does not show {tags} in <{name}>.", tags=", ".join(sorted(tags)), name=element.name)
            yield Hit(message, element.line, field=key_of(element, parent))


def loose_html(parent: Element) -> Iterator[Hit]:
    """Texts with HTML outside of CDATA."""
    for element in texts(parent):
        if not element.cdata and html_tags(element.text) & (
            SHOWN_TAGS | {"br", "b", "i", "strong", "em", "div", "span"}
        ):
            yield Hit(say("<{name}> holds HTML outside of a CDATA section.", name=element.name), element.line)


def _nearest(name: str, names: tuple[str, ...]) -> str:
    key = name.lower().replace(" and ", " & ").strip()
    match = next((known for known in names if known.lower() == key), None)
    return say("; “{match}” is", match=match) if match else ""


def _line(feed: Feed, name: str) -> int:
    element = feed.channel.first(name)
    return element.line if element else feed.channel.line
