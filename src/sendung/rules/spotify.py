"""What Spotify asks for beyond Apple (Podcast Delivery Specification 1.10, known at second hand)."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import html_tags, name_of, texts
from sendung.rules.observations import EpisodeEdit
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

SPOTIFY = "Spotify, Podcast Delivery Specification 1.10 (S)"
SHOWN_TAGS = {"p", "br", "a", "h1", "h2", "ul", "ol", "li"}


@show_rule("spotify-author", ERROR, f"{SPOTIFY}; Apple and PSP-1 recommend it", "Name the show’s author.", "author")
def has_author(feed: Feed) -> Iterator[Hit]:
    """The show names its author."""
    return missing(feed.channel, "itunes:author", "The show")


@show_rule("spotify-owner", NOTE, f"{SPOTIFY}; Apple no longer reads it", "Name the owner’s e-mail address.", "owner")
def has_owner(feed: Feed) -> Iterator[Hit]:
    """The show names its owner's e-mail address, to which Spotify writes when somebody claims the show."""
    owner = feed.channel.first("itunes:owner")
    yield from (
        missing(owner, "itunes:email", "The owner")
        if owner
        else missing_attribute(feed.channel, "itunes:owner", "", "The show")
    )


@episode_rule("spotify-html", WARNING, SPOTIFY, "Use p, br, a, h1, h2, ul, ol and li only.", field="notes")
def html_is_shown(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The episode's notes have no HTML that Spotify does not show."""
    for element in texts(item):
        if tags := html_tags(element.text) - SHOWN_TAGS:
            yield Hit(
                say("Spotify does not show {tags} in <{name}>.", tags=", ".join(sorted(tags)), name=element.name),
                element.line,
            )


@episode_rule("spotify-summary", NOTE, SPOTIFY, "Write it into the description.", field="summary")
def summary_is_description(_feed: Feed, item: Element) -> Iterator[Hit]:
    """itunes:summary, which Spotify ignores, says nothing that the description does not."""
    summary = item.first("itunes:summary")
    texts = (item.value("description"), item.value("content:encoded"))
    if summary and summary.text.strip() and summary.text.strip() not in texts:
        yield Hit(say("Spotify ignores the itunes:summary of {item}.", item=name_of(item)), summary.line)


@observed_rule("spotify-replaced", ERROR, SPOTIFY, "Give the new file a new address.", EpisodeEdit, field="audio")
def new_audio_has_new_address(change: EpisodeEdit) -> Iterator[Hit]:
    """Audio that was replaced has a new address: what stands under a known one is not fetched again."""
    address = change.after.attribute("enclosure", "url")
    if (
        address
        and address == change.before.attribute("enclosure", "url")
        and _file(change.before) != _file(change.after)
    ):
        yield Hit(say("The audio of {after} changed under its old address.", after=name_of(change.after)))


def _file(item: Element) -> tuple[str, str]:
    """What an item says of its audio file: length and digest."""
    enclosure = item.first("podcast:alternateEnclosure")
    return item.attribute("enclosure", "length"), enclosure.attribute("podcast:integrity", "value") if enclosure else ""
