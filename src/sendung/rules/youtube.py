"""What YouTube asks for (YouTube Help, "Deliver podcasts using an RSS feed")."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import say
from sendung.feed.document import Element, Feed
from sendung.feed.values import name_of
from sendung.rules.observations import EpisodeEdit
from sendung.rules.registry import WARNING, Hit, episode_rule, observed_rule, show_rule

YOUTUBE = "YouTube Help, Deliver podcasts using an RSS feed"


@episode_rule("youtube-title", WARNING, YOUTUBE, "Take < and > out of the title.", field="title")
def title_has_no_brackets(_feed: Feed, item: Element) -> Iterator[Hit]:
    """Episodes' titles have neither < nor >."""
    if set("<>") & set(item.value("title")):
        yield _brackets(item)


@show_rule("youtube-show-title", WARNING, YOUTUBE, "Take < and > out of the title.", field="title")
def show_title_has_no_brackets(feed: Feed) -> Iterator[Hit]:
    """The show's title has neither < nor >."""
    if set("<>") & set(feed.channel.value("title")):
        yield _brackets(feed.channel)


@episode_rule("youtube-description", WARNING, YOUTUBE, "Shorten it.", field="summary")
def description_fits(_feed: Feed, item: Element) -> Iterator[Hit]:
    """The episode's description has at most 5000 characters."""
    element = item.first("description")
    if element and len(element.text.strip()) > 5000:
        yield Hit(
            say(
                "The description of {item} has {text_count} characters.",
                item=name_of(item),
                text_count=len(element.text.strip()),
            ),
            element.line,
        )


@observed_rule("youtube-edit", WARNING, YOUTUBE, "Make the same change in YouTube Studio.", EpisodeEdit)
def edits_are_made_twice(change: EpisodeEdit) -> Iterator[Hit]:
    """Edits and replaced audio of a published episode never reach YouTube, if `listen_on:` names it."""
    if "youtube" in change.listed and _facts(change.before) != _facts(change.after):
        yield Hit(say("YouTube does not take over what changed in {after}.", after=name_of(change.after)))


def _facts(item: Element) -> tuple[str, ...]:
    audio = tuple(item.attribute("enclosure", name) for name in ("url", "length"))
    return (item.value("title"), item.value("description"), item.value("content:encoded"), *audio)


def _brackets(parent: Element) -> Hit:
    title = parent.first("title")
    return Hit(say("The title {parent} has < or >.", parent=name_of(parent)), title.line if title else parent.line)
