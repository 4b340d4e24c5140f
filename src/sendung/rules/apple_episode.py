"""What Apple Podcasts asks of each episode."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import ceil

from sendung.core.media_types import CAPTIONS
from sendung.core.words import say
from sendung.feed.dates import fault_of
from sendung.feed.document import Element, Feed
from sendung.feed.values import duration, extension, name_of, timestamps
from sendung.rules.apple_show import APPLE, GUIDE, hidden_tags, loose_html, too_long, untrim
from sendung.rules.registry import ERROR, WARNING, Hit, episode_rule, missing, missing_attribute, show_rule

CHAPTERS = "Apple Podcasts for Creators, Chapters on Apple Podcasts (support/5482)"
TRANSCRIPTS = "Apple Podcasts for Creators, Transcripts on Apple Podcasts (support/5316)"
MEDIA_TYPES = {
    ".mp3": {"audio/mpeg"},
    # Apple says audio/x-m4a, PSP-1 audio/m4a; both work everywhere.
    ".m4a": {"audio/x-m4a", "audio/m4a"},
    ".mp4": {"video/mp4", "audio/mp4"},
    ".m4v": {"video/x-m4v"},
    ".mov": {"video/quicktime"},
    ".pdf": {"application/pdf"},
}
_NUMBERED = re.compile(
    r"^\W*(\d+)\s*[:.)–—|-]|(?:\b(?:folge|episode|ep|nr|no|number|ausgabe)\.?\s*(?:#\s*)?|#\s*|\bs\d+\s*e)(\d+)\b",
    re.IGNORECASE,
)


@episode_rule("apple-item-title", ERROR, APPLE, "Give the episode a title.", field="title")
def has_title(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has a title."""
    return missing(item, "title", "An item")


@episode_rule("apple-enclosure", ERROR, APPLE, "Name the audio’s address, its length in bytes and its type.", "audio")
def has_enclosure(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has an enclosure with url, length and type.

    Spotify and PSP-1 ask for the same three.
    """
    for attribute in ("url", "length", "type"):
        hits = list(missing_attribute(item, "enclosure", attribute, name_of(item)))
        yield from hits
        if hits and item.first("enclosure") is None:
            return


@episode_rule("apple-enclosure-length", ERROR, APPLE, "Write the file’s size in bytes.", field="audio")
def length_is_bytes(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The enclosure's length is a number of bytes."""
    length = item.attribute("enclosure", "length")
    if length and (not (length.isascii() and length.isdigit()) or int(length[:18]) == 0):
        yield Hit(
            say("The length of {item} is “{length}”.", item=name_of(item), length=length[:40]), _line(item, "enclosure")
        )


@episode_rule("apple-enclosure-type", ERROR, APPLE, "Let extension and type agree: .mp3 is audio/mpeg.", field="audio")
def type_fits_extension(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The enclosure's type is that of its extension, and Apple takes both."""
    address, media_type = item.attribute("enclosure", "url"), item.attribute("enclosure", "type").lower()
    if not address:
        return
    ending = extension(address)
    if ending not in MEDIA_TYPES:
        known = ", ".join(MEDIA_TYPES)
        yield Hit(
            say("The enclosure ends in “{ending}”; Apple takes {known}.", ending=ending, known=known),
            _line(item, "enclosure"),
        )
    elif media_type and media_type not in MEDIA_TYPES[ending]:
        yield Hit(
            say("The enclosure ends in {ending}, but its type is {media_type}.", ending=ending, media_type=media_type),
            _line(item, "enclosure"),
        )


@episode_rule("apple-ascii", ERROR, APPLE, "Percent-encode the address, or rename the file.", field="audio")
def address_is_ascii(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The enclosure's address is ASCII."""
    if not (address := item.attribute("enclosure", "url")).isascii():
        yield Hit(say("“{address}” has characters beyond ASCII.", address=address), _line(item, "enclosure"))


@episode_rule("apple-guid", ERROR, APPLE, "Give the episode a GUID, and never change it.", field="guid")
def has_guid(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has a GUID.

    Spotify and PSP-1 require it, too. Where it changes, apps take the episode for a new one and load it again.
    """
    return missing(item, "guid", name_of(item))


@show_rule(
    "apple-guid-unique", ERROR, APPLE, "Give each episode a GUID of its own; the older one keeps its own.", "guid"
)
def guids_are_unique(feed: Feed) -> Iterator[Hit]:
    """No two episodes have one GUID."""
    return _repeated(feed, [(item.value("guid"), item) for item in feed.items], "guid", "GUID")


@show_rule("apple-enclosure-unique", ERROR, APPLE, "Give each episode a file of its own.", field="audio")
def enclosures_are_unique(feed: Feed) -> Iterator[Hit]:
    """No two episodes have one enclosure address."""
    pairs = [(item.attribute("enclosure", "url"), item) for item in feed.items]
    return _repeated(feed, pairs, "enclosure", "enclosure")


@episode_rule("apple-date", ERROR, GUIDE, "Write it as in “Wed, 15 Jun 2022 19:00:00 +0200”.", field="date")
def date_is_rfc_2822(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The episode's date is RFC 2822: a day that there is, on its weekday, in a zone that is known."""
    date = item.value("pubDate")
    if date and (fault := fault_of(date)):
        yield Hit(say("“{date}” {fault}.", date=date, fault=fault), _line(item, "pubDate"))


@episode_rule("apple-date-missing", WARNING, APPLE, "Say when the episode was published.", field="date")
def has_date(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has a date."""
    return missing(item, "pubDate", name_of(item))


@episode_rule("apple-item-link", WARNING, APPLE, "Link the page that belongs to the episode.", field="article")
def has_link(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode links its page."""
    return missing(item, "link", name_of(item))


@episode_rule("apple-item-description", WARNING, APPLE, "Say what the episode is about.", field="summary")
def has_description(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode has a description."""
    if not item.value("content:encoded"):
        yield from missing(item, "description", name_of(item))


@episode_rule("apple-duration", WARNING, APPLE, "Write the duration in whole seconds.", field="audio")
def has_duration(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every episode says its duration in whole seconds."""
    value = item.value("itunes:duration")
    if not value:
        yield from missing(item, "itunes:duration", name_of(item))
    elif not value.isdigit() or not duration(item):
        yield Hit(
            say("The duration of {item} is “{value}”.", item=name_of(item), value=value), _line(item, "itunes:duration")
        )


@episode_rule("apple-item-explicit", ERROR, APPLE, "Say true or false, or leave it out.", field="explicit")
def explicit_is_true_or_false(_feed: Feed, item: Element) -> Iterator[Hit]:
    """An episode's explicit value, if there is one, is true or false."""
    element = item.first("itunes:explicit")
    if element and element.text.strip() not in {"true", "false"}:
        yield Hit(say("itunes:explicit is “{text}”, not true or false.", text=element.text.strip()), element.line)


@episode_rule("apple-episode-type", ERROR, GUIDE, "Say full, trailer or bonus.", field="type")
def type_is_known(_feed: Feed, item: Element) -> Iterator[Hit]:
    """An episode's type, if there is one, is full, trailer or bonus."""
    value = item.value("itunes:episodeType")
    if value and value.lower() not in {"full", "trailer", "bonus"}:
        yield Hit(say("itunes:episodeType is “{value}”.", value=value), _line(item, "itunes:episodeType"))


@episode_rule("apple-serial-number", ERROR, GUIDE, "Number the episodes of a serial show.", field="number")
def serial_has_numbers(feed: Feed, item: Element) -> Iterator[Hit]:
    """Every full episode of a serial show has a number."""
    full = item.value("itunes:episodeType").lower() in {"", "full"}
    if feed.channel.value("itunes:type").lower() == "serial" and full:
        yield from missing(item, "itunes:episode", name_of(item))


@episode_rule("apple-number-zero", ERROR, GUIDE, "Count from 1.", field="number")
def numbers_start_at_one(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Season and episode are whole numbers from 1."""
    for name in ("itunes:season", "itunes:episode"):
        if (element := item.first(name)) and not re.fullmatch("0*[1-9][0-9]*", element.text.strip()):
            yield Hit(say("{name} is “{text}”.", name=name, text=element.text.strip()), element.line)


@episode_rule("apple-title-number", WARNING, GUIDE, "Take the number out of the title: apps show it anyway.", "title")
def title_repeats_no_number(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The title does not repeat the episode's number."""
    number = item.value("itunes:episode").lstrip("0")
    if number and number in {(first or other).lstrip("0") for first, other in _NUMBERED.findall(item.value("title"))}:
        yield Hit(say("{item} repeats its number.", item=name_of(item)), _line(item, "title"))


@episode_rule("apple-title-show", WARNING, GUIDE, "Take the show’s name out of the title.", field="title")
def title_repeats_no_show(feed: Feed, item: Element) -> Iterator[Hit]:
    """The title does not repeat the show's name, but a trailer's may."""
    show = feed.channel.value("title").lower()
    trailer = item.value("itunes:episodeType").lower() == "trailer"
    if len(show) > 3 and not trailer and re.search(rf"(?<!\w){re.escape(show)}(?!\w)", item.value("title").lower()):
        yield Hit(say("{item} repeats the show’s name.", item=name_of(item)), _line(item, "title"))


@episode_rule("apple-text-length", WARNING, GUIDE, "Shorten it: an umlaut counts as two bytes.", field="summary")
def description_fits(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The episode's description has at most 4000 bytes."""
    return too_long(item)


@episode_rule("apple-value", WARNING, GUIDE, "Shorten it to 255 characters, without white space at its ends.")
def values_are_trim(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Values have at most 255 characters and no white space at their ends."""
    return untrim(item)


@episode_rule("apple-html", WARNING, GUIDE, "Use p, ol, ul, li and a only.", field="notes")
def html_is_shown(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The episode's notes have no HTML that Apple does not show."""
    return hidden_tags(item)


@episode_rule("apple-cdata", WARNING, GUIDE, "Put the text in a CDATA section.", field="notes")
def html_is_in_cdata(_feed: Feed, item: Element) -> Iterator[Hit]:
    """HTML in the episode's notes is in a CDATA section."""
    return loose_html(item)


@episode_rule(
    "apple-timestamps", WARNING, CHAPTERS, "Begin with 00:00:00, and have three chapters or more.", "chapters"
)
def timestamps_begin_at_zero(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Timestamps in the notes begin at 00:00:00, and there are three of them at least.

    A single timestamp is taken for a mention, not for a list of chapters.
    """
    times = timestamps(item)
    if len(times) > 1 and (times[0] or len(times) < 3) and item.first("podcast:chapters") is None:
        yield Hit(
            say("Apple takes the {count} timestamps of {item} for no chapters.", count=len(times), item=name_of(item)),
            item.line,
        )


@episode_rule("apple-chapter-rate", WARNING, f"{CHAPTERS} (S)", "Join chapters: six an hour are enough.", "chapters")
def chapters_are_few(_feed: Feed, item: Element) -> Iterator[Hit]:
    """There are at most six chapters an hour, or six in all."""
    seconds = duration(item) or 0
    chapters = item.first("psc:chapters")
    count = len(chapters.children) if chapters else len(timestamps(item))
    if count > 6 * max(1, ceil(seconds / 3600)):
        yield Hit(say("{item} has {count} chapters.", item=name_of(item), count=count), (chapters or item).line)


@episode_rule("apple-transcript-format", WARNING, TRANSCRIPTS, "Offer the transcript as WebVTT, too.", "transcript")
def transcript_is_vtt(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Transcripts are offered as WebVTT or SubRip.

    Apple takes no other; WebVTT also says who speaks.
    """
    offers = list(item.every("podcast:transcript"))
    types = {offer.attributes.get("type", "").lower() for offer in offers}
    if offers and not types & CAPTIONS:
        yield Hit(say("{item} has a transcript, but not as WebVTT.", item=name_of(item)), offers[0].line)


def _repeated(feed: Feed, pairs: list[tuple[str, Element]], name: str, what: str) -> Iterator[Hit]:
    counts = Counter(value for value, _ in pairs if value)
    seen: set[str] = set()
    for value, item in pairs:
        if counts[value] > 1 and value in seen:
            yield Hit(
                say(
                    "{item} has the {what} of another item, “{value}”.",
                    item=name_of(item),
                    what=what,
                    value=value[:100],
                ),
                _line(item, name),
                item,
            )
        seen.add(value)


def _line(item: Element, name: str) -> int:
    element = item.first(name)
    return element.line if element else item.line
