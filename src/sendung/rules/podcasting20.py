"""What the podcast namespace says of its tags (podcast-namespace, docs/tags)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from sendung.core import media_types
from sendung.core.namespaces import PREFIXES
from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import duration, is_absolute, name_of
from sendung.rules.registry import ERROR, WARNING, Hit, episode_rule, show_rule
from sendung.rules.yaml_keys import key_of, key_of_address

DOCS = "podcast-namespace, docs"
_MEDIUMS = {"podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course", "mixed"}
_TRANSCRIPTS = media_types.CAPTIONS | {"application/json", "text/html", "text/plain"}
_LIMITS = {
    "funding": 128,
    "person": 128,
    "soundbite": 128,
    "trailer": 128,
    "location": 128,
    "license": 128,
    "txt": 4000,
}
_NEEDS = {
    "funding": ("url",),
    "trailer": ("url", "pubdate"),
    "chapters": ("url", "type"),
    "transcript": ("url", "type"),
    "soundbite": ("startTime", "duration"),
    "contentLink": ("href",),
    "alternateEnclosure": ("type",),
    "remoteItem": ("feedGuid",),
    "socialInteract": ("protocol",),
    "image": ("href",),
    "integrity": ("type", "value"),
    "source": ("uri",),
    "value": ("type", "method"),
    "valueRecipient": ("type", "address", "split"),
}


@show_rule("podcast-namespace", ERROR, f"{DOCS}/1.0.md", "Write xmlns:podcast exactly.")
def namespace_is_exact(feed: Feed) -> Iterator[Hit]:
    """The podcast namespace is written exactly."""
    for declared in feed.namespaces:
        if declared.means == "podcast" and declared.uri not in PREFIXES:
            yield Hit(say("“{uri}” is not the podcast namespace.", uri=declared.uri), declared.line)


@show_rule("podcast-attributes", ERROR, f"{DOCS}/tags", "Add the attribute, or leave the tag out.")
def tags_have_their_attributes(feed: Feed) -> Iterator[Hit]:
    """Tags of the podcast namespace have the attributes that they need."""
    for element, item in _tags(feed):
        for attribute in _NEEDS.get(element.name.removeprefix("podcast:"), ()):
            if not element.attributes.get(attribute, "").strip():
                yield Hit(
                    say("<{name}> has no {attribute}.", name=element.name, attribute=attribute),
                    element.line,
                    item,
                    _key(feed, element, item),
                )


@show_rule("podcast-length", WARNING, f"{DOCS}/tags", "Shorten it: longer values may be cut.")
def values_fit(feed: Feed) -> Iterator[Hit]:
    """Values are no longer than aggregators keep: 128 characters, 4000 in podcast:txt."""
    for element, item in _tags(feed):
        limit = _LIMITS.get(element.name.removeprefix("podcast:"), 0)
        if limit and len(element.text.strip()) > limit:
            message = say(
                "<{name}> has {text_count} characters.", name=element.name, text_count=len(element.text.strip())
            )
            yield Hit(message, element.line, item, _key(feed, element, item))


@show_rule("podcast-https", ERROR, f"{DOCS}/1.0.md; browsers block what is not https", "Use https addresses.")
def addresses_are_https(feed: Feed) -> Iterator[Hit]:
    """Addresses in tags of the podcast namespace are https."""
    for element, item in _tags(feed):
        for name in ("url", "href", "img", "uri"):
            address = element.attributes.get(name, "")
            if address.lower().startswith("http:") and not _is_local(address):
                field = key_of_address(element, item or feed.channel, address, feed)
                # What is in the store is the show's to mend, at one place for all episodes.
                of = None if field == "store.public_url" else item
                yield Hit(say("<{name}> has an http address.", name=element.name), element.line, of, field)


@show_rule(
    "podcast-local",
    WARNING,
    "RFC 6761, section 6.3; RFC 1122, section 3.2.1.3",
    "Write an address on the web.",
)
def addresses_lead_out(feed: Feed) -> Iterator[Hit]:
    """No address of the show is that of this machine alone."""
    told = set[tuple[str, str]]()
    for element, item in _tags(feed):
        for name in ("url", "href", "uri"):
            if not _is_local(address := element.attributes.get(name, "")):
                continue
            origin = "/".join(address.split("/")[:3])
            field = key_of_address(element, item or feed.channel, address, feed)
            if (origin, field) in told:
                continue
            told.add((origin, field))
            # What is in the store is the show's to mend, at one place for all episodes.
            if field == "store.public_url":
                message = say("{origin} is this machine: nobody else can hear the show.", origin=origin)
                yield Hit(message, element.line, None, field)
            else:
                message = say("{origin} is this machine: nobody else can open it there.", origin=origin)
                yield Hit(message, element.line, item, field)


def _is_local(address: str) -> bool:
    """Whether an address is that of the machine that reads it."""
    if not address.lower().startswith(("http:", "https:")):
        return False
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # which rss-absolute tells
        return False
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


@show_rule("podcast-person", ERROR, f"{DOCS}/tags/person.md", "Name the person, or leave the tag out.", field="hosts")
def persons_have_names(feed: Feed) -> Iterator[Hit]:
    """Every podcast:person has a name."""
    for element, item in _tags(feed):
        if element.name == "podcast:person" and not element.text.strip():
            yield Hit("<podcast:person> has no name.", element.line, item)


@episode_rule("podcast-hosts", WARNING, f"{DOCS}/tags/person.md", "Name the hosts beside the guests.", field="hosts")
def guests_come_with_hosts(feed: Feed, item: Element) -> Iterator[Hit]:
    """An episode that names people names its hosts, too: its list replaces the show's."""
    persons = list(item.every("podcast:person"))
    roles = {person.attributes.get("role", "host").lower() for person in persons}
    if persons and feed.channel.first("podcast:person") and not any("host" in role for role in roles):
        yield Hit(say("{item} names people, but no host.", item=name_of(item)), persons[0].line)


@show_rule("podcast-locked", WARNING, f"{DOCS}/tags/locked.md", "Say yes or no.", field="feed.locked")
def locked_is_yes_or_no(feed: Feed) -> Iterator[Hit]:
    """podcast:locked says yes or no."""
    element = feed.channel.first("podcast:locked")
    if element and element.text.strip().lower() not in {"yes", "no"}:
        yield Hit(say("podcast:locked is “{text}”.", text=element.text.strip()), element.line)


@show_rule(
    "podcast-medium", WARNING, f"{DOCS}/tags/medium.md", "Use podcast, or a medium of the list.", field="feed.medium"
)
def medium_is_known(feed: Feed) -> Iterator[Hit]:
    """The medium is one of the list, or a list of them."""
    element = feed.channel.first("podcast:medium")
    if element and element.text.strip().removesuffix("L") not in _MEDIUMS:
        yield Hit(say("podcast:medium is “{text}”.", text=element.text.strip()), element.line)


@show_rule("podcast-images", WARNING, f"{DOCS}/tags/images.md (deprecated)", "Use podcast:image.", field="cover")
def images_is_gone(feed: Feed) -> Iterator[Hit]:
    """podcast:images, which is deprecated, is not used."""
    for element, item in _tags(feed):
        if element.name == "podcast:images":
            yield Hit("podcast:images is deprecated.", element.line, item)


@episode_rule(
    "podcast-soundbite",
    WARNING,
    f"{DOCS}/tags/soundbite.md",
    "Choose 15 to 120 s within the audio.",
    field="soundbites",
)
def soundbites_are_short(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Soundbites last 15 to 120 seconds and end before the audio does."""
    total = duration(item)
    for bite in item.every("podcast:soundbite"):
        try:
            start, length = float(bite.attributes["startTime"]), float(bite.attributes["duration"])
        except KeyError:
            continue
        except ValueError:
            yield Hit(say("A soundbite of {item} has a time that is no number.", item=name_of(item)), bite.line)
            continue
        if not 15 <= length <= 120 or start < 0 or (total and start + length > total + 1):
            yield Hit(
                say(
                    "A soundbite of {item} starts at {start:g} s and lasts {length:g} s.",
                    item=name_of(item),
                    start=start,
                    length=length,
                ),
                bite.line,
            )


@episode_rule("podcast-transcript", ERROR, f"{DOCS}/tags/transcript.md", "Name the file’s type.", "transcript")
def transcript_type_is_known(_feed: Feed, item: Element) -> Iterator[Hit]:
    """A transcript's type is one that apps know."""
    for element in item.every("podcast:transcript"):
        kind = element.attributes.get("type", "").partition(";")[0].strip().lower()
        if kind and kind not in _TRANSCRIPTS:
            yield Hit(say("No app knows transcripts of type {kind}.", kind=kind), element.line)


@episode_rule("podcast-chapters", WARNING, f"{DOCS}/tags/chapters.md", "Write application/json+chapters.", "chapters")
def chapters_type_is_known(_feed: Feed, item: Element) -> Iterator[Hit]:
    """podcast:chapters has the type application/json+chapters."""
    element = item.first("podcast:chapters")
    kind = element.attributes.get("type", "") if element else ""
    if element and kind and kind not in {media_types.CHAPTERS, media_types.JSON}:
        yield Hit(say("The type of the chapters is {kind}.", kind=kind), element.line)


@episode_rule("podcast-source", ERROR, f"{DOCS}/tags/alternate-enclosure.md", "Add <podcast:source uri=…>.", "audio")
def alternatives_have_sources(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Every alternateEnclosure has a source."""
    for element in item.every("podcast:alternateEnclosure"):
        if element.first("podcast:source") is None:
            yield Hit("<podcast:alternateEnclosure> has no <podcast:source>.", element.line)


@episode_rule("podcast-mirror", WARNING, f"{DOCS}/tags/episode.md", "Let both say the same number.", field="number")
def numbers_agree(_feed: Feed, item: Element) -> Iterator[Hit]:
    """podcast:season and podcast:episode agree with the itunes tags."""
    for name in ("season", "episode"):
        first, other = item.value(f"itunes:{name}"), item.value(f"podcast:{name}")
        if first and other and first != other:
            yield Hit(
                say(
                    "{item} is {name} {first} for itunes and {other} for podcast.",
                    item=name_of(item),
                    name=name,
                    first=first,
                    other=other,
                ),
                item.line,
            )


@show_rule("podcast-address", ERROR, f"{DOCS}/tags", "Write the address in full.")
def addresses_are_absolute(feed: Feed) -> Iterator[Hit]:
    """Addresses of transcripts, chapters, images and links are full web addresses."""
    for element, item in _tags(feed):
        for name in ("url", "href", "img"):
            address = element.attributes.get(name, "").strip()
            if address and not is_absolute(address):
                message = say("<{name}> has “{address}”.", name=element.name, address=address[:100])
                yield Hit(message, element.line, item, _key(feed, element, item))


def _key(feed: Feed, element: Element, item: Element | None) -> str:
    return key_of(element, item or feed.channel)


def _tags(feed: Feed) -> Iterator[tuple[Element, Element | None]]:
    """Every element of the podcast namespace, with the item that it is in."""
    for parent in (feed.channel, *feed.items):
        for element in parent.walk():
            if element.name.startswith("podcast:"):
                yield element, parent if parent.name == "item" else None
