"""Nothing is lost without a word: each value of a feed is in what was written, or in the list of what is not kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendung.config.document import load_yaml
from sendung.core.namespaces import URIS
from sendung.core.progress import Silent
from sendung.feed.dates import read_date
from sendung.workflows.importer import Imported, ImportOptions, import_show
from tests.workflows.importer.conftest import NOW

WORD = st.text("abcdefghijklmnopqrstuvwxyzäöü", min_size=4, max_size=12)
TEXT = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
URL = WORD.map(lambda word: f"https://127.0.0.1/{word.encode().hex()}")
NUMBER = st.integers(-1, 300).map(str) | st.sampled_from(["12.5", "007", "S1E2"])
TIME = st.sampled_from(["00:00:01", "00:01:02.500", "7", "x:y"])
DATE = st.sampled_from(["Wed, 10 Jan 2024 06:00:00 +0000", "2024-01-10T06:00:00Z", "bald", "Mon, 01 Jan 0001"])
MAIL = WORD.map(lambda word: f"{word.encode().hex()}@example.org")
HTML = TEXT.map(lambda text: f"<p>{text}</p><img src='https://127.0.0.1/bild.jpg'>") | TEXT
Written = tuple[str, dict[str, str]]
"""A tag, and its attributes; its text among them as ""."""
ANY = st.one_of(TEXT, URL, NUMBER, DATE)

BOTH: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "link": {"": URL},
    "itunes:author": {"": TEXT},
    "itunes:subtitle": {"": TEXT},
    "itunes:summary": {"": HTML},
    "itunes:keywords": {"": TEXT},
    "itunes:image": {"href": URL},
    "category": {"": TEXT},
    "dc:creator": {"": TEXT},
    "podcast:person": {"": TEXT, "role": WORD, "group": st.sampled_from(["cast", "crew"]), "href": URL, "img": URL},
    "podcast:funding": {"": TEXT, "url": URL},
    "podcast:license": {"": TEXT, "url": URL},
    "podcast:location": {
        "": TEXT,
        "geo": st.sampled_from(["geo:53.5,10", "x"]),
        "osm": st.sampled_from(["R113314", "y"]),
    },
    "podcast:txt": {"": TEXT, "purpose": WORD},
    "podcast:socialInteract": {"uri": URL, "protocol": st.sampled_from(["activitypub", "zork"]), "accountId": TEXT},
    "podcast:value": {"type": WORD, "method": WORD, "suggested": NUMBER},
    "podcast:image": {"href": URL, "alt": TEXT, "purpose": WORD},
    "podcast:chat": {"server": URL, "protocol": WORD},
    "podcast:images": {"srcset": TEXT},
    "podcast:remoteItem": {"feedGuid": WORD, "feedUrl": URL, "title": TEXT},
    "atom:link": {"href": URL, "rel": WORD},
    "{urn:x-other}thing": {"": ANY, "key": ANY},
    "unheard": {"": ANY, "of": ANY},
}
CHANNEL = BOTH | {
    "copyright": {"": TEXT},
    "generator": {"": TEXT},
    "ttl": {"": NUMBER},
    "managingEditor": {"": MAIL},
    "lastBuildDate": {"": DATE},
    "itunes:category": {"text": st.sampled_from(["Technology", "News", "Kegeln"])},
    "itunes:type": {"": st.sampled_from(["serial", "episodic", "other"])},
    "itunes:new-feed-url": {"": URL},
    "podcast:medium": {"": st.sampled_from(["music", "podcast", "blubb"])},
    "podcast:updateFrequency": {"": TEXT, "rrule": st.sampled_from(["FREQ=WEEKLY", "NIE"])},
    "podcast:block": {"": st.just("yes"), "id": WORD},
    "podcast:trailer": {"": TEXT, "url": URL, "pubdate": DATE},
    "podcast:liveItem": {"status": WORD, "start": DATE},
}
ITEM = BOTH | {
    "pubDate": {"": DATE},
    "content:encoded": {"": HTML},
    "comments": {"": URL},
    "source": {"": TEXT, "url": URL},
    "author": {"": MAIL},
    "enclosure": {"url": URL.map(lambda url: f"{url}.mp3"), "length": NUMBER, "type": st.just("audio/mpeg")},
    "itunes:title": {"": TEXT},
    "itunes:order": {"": NUMBER},
    "itunes:episode": {"": NUMBER},
    "itunes:season": {"": NUMBER},
    "itunes:episodeType": {"": st.sampled_from(["bonus", "special"])},
    "itunes:duration": {"": NUMBER | TIME},
    "podcast:season": {"": NUMBER, "name": TEXT},
    "podcast:episode": {"": NUMBER, "display": TEXT},
    "podcast:transcript": {"url": URL, "type": st.sampled_from(["text/vtt", "text/html"]), "language": WORD},
    "podcast:chapters": {"url": URL, "type": st.just("application/json+chapters")},
    "podcast:soundbite": {"": TEXT, "startTime": NUMBER, "duration": NUMBER},
    "podcast:contentLink": {"": TEXT, "href": URL},
    "podcast:alternateEnclosure": {"type": WORD, "length": NUMBER},
    "media:description": {"": HTML},
    "media:thumbnail": {"url": URL},
    "googleplay:description": {"": HTML},
}


UNSAID = {("podcast:medium", "", "podcast"), ("itunes:type", "", "episodic"), ("podcast:person", "group", "cast")}
"""What a show is without a key that says so, and the new feed says."""


def elements(
    kinds: dict[str, dict[str, st.SearchStrategy[str]]],
) -> st.SearchStrategy[list[Written]]:
    """Some elements with some of their attributes, the text among them as ""."""
    each = [st.tuples(st.just(name), st.fixed_dictionaries({}, optional=values)) for name, values in kinds.items()]
    return st.lists(st.one_of(each), max_size=14)


def markup(name: str, values: dict[str, str]) -> str:
    tag = name.replace("{urn:x-other}", "other:")
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in values.items() if key)
    return f"<{tag}{attributes}>{escape(values.get('', ''))}</{tag}>"


def feed(channel: list[Written], items: list[list[Written]]) -> str:
    named = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in URIS.items() if prefix != "xml")
    written = "".join(
        f"<item><title>Titel{number}</title><guid>guid{number}</guid>"
        f'<enclosure url="https://127.0.0.1/{number}.mp3" length="9" type="audio/mpeg"/>'
        f"{''.join(markup(*element) for element in values)}</item>"
        for number, values in enumerate(items)
    )
    inside = "".join(markup(*element) for element in channel)
    head = f'<rss version="2.0" xmlns:other="urn:x-other"{named}><channel><title>Schau</title>'
    return f"{head}{inside}{written}</channel></rss>"


def flat(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from flat(value)
    elif isinstance(data, list):
        for value in data:
            yield from flat(value)
    else:
        yield str(data)


def imported(text: str) -> tuple[Imported, str]:
    """What an import did with a feed, and every word that it wrote or said that it lost."""
    folder = Path(mkdtemp())
    try:
        (folder / "feed.xml").write_text(text, "utf-8")
        done = import_show(folder / "feed.xml", folder / "show", ImportOptions(audio=False), NOW, Silent())
        files = [value for file in folder.rglob("show/**/*.yaml") for value in flat(load_yaml(file).data)]
        notes = [file.read_text("utf-8") for file in folder.rglob("notes.md")]
    finally:
        shutil.rmtree(folder)
    lost = [f"{loss.value} {loss.tag}" for loss in done.losses]
    return done, "\n".join([*files, *notes, *lost]).casefold()


def is_told(value: str, everything: str) -> bool:
    plain = value.replace("<p>", "").replace("</p>", " ").replace("<img src='", "").replace("'>", "")
    if all(part.casefold() in everything for part in plain.split()):
        return True
    moment = read_date(value, NOW.tzinfo or NOW.astimezone().tzinfo).moment  # type: ignore[arg-type]
    if moment and f"{moment:%Y-%m-%d %H:%M:%S}" in everything:
        return True
    return value.lstrip("0") in everything or f"00:00:0{value}" in everything


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(elements(CHANNEL), st.lists(elements(ITEM), min_size=1, max_size=2))
def test_each_value_of_a_feed_is_written_or_said_to_be_lost(channel: list[Written], items: list[list[Written]]) -> None:
    _, everything = imported(feed(channel, items))
    for name, values in [*channel, *(element for item in items for element in item)]:
        for key, value in values.items():
            kept = name == "enclosure" and key == "type" and "\naudio.mp3" in everything
            kept = kept or (name, key, value) in UNSAID
            if name == "podcast:block" and not key:
                kept = "\nblock\ntrue" in everything if not values.get("id") else values["id"] in everything
            assert kept or is_told(value, everything), f"{name}@{key}: {value}"


LOST = {
    "<unheard of='eins'>zwei</unheard>": {("unheard", "zwei"), ("unheard@of", "eins")},
    "<podcast:liveItem status='pending'><title>Live</title></podcast:liveItem>": {
        ("podcast:liveItem@status", "pending"),
        ("title", "Live"),
    },
    "<itunes:block>true</itunes:block>": {("itunes:block", "true")},
    "<description><![CDATA[<p>Text</p><iframe src='https://x.example/'></iframe>]]></description>": {
        ("description <iframe>", "https://x.example/")
    },
    "<podcast:person role='editor' group='writing'>Ida</podcast:person>": {("podcast:person", "Ida (editor, writing)")},
    "<guid isPermaLink='true'>x</guid>": {("guid@isPermaLink", "true")},
}


@pytest.mark.parametrize(("inside", "loss"), LOST.items())
def test_what_is_lost_is_named_with_tag_value_item_and_reason(inside: str, loss: set[tuple[str, str]]) -> None:
    done, _ = imported(feed([], [[]]).replace("<item>", f"<item>{inside}", 1))
    losses = {(lost.tag, lost.value): lost for lost in done.losses if lost.item == "Titel0"}
    assert loss <= set(losses)
    assert all(losses[key].why for key in loss)


def test_an_episode_that_apple_does_not_list_stays_hidden_and_is_named() -> None:
    done, everything = imported(feed([], [[]]).replace("<item>", "<item><itunes:block>yes</itunes:block>", 1))
    assert "\nblock\ntrue" in everything
    [warning] = [problem for problem in done.warnings if "hidden from Apple Podcasts" in problem.message]
    assert "“Titel0”" in warning.message
    assert "itunes:block" not in {loss.tag for loss in done.losses}


def test_nothing_is_said_to_be_lost_that_is_kept() -> None:
    channel = [
        ("copyright", {"": "Ida"}),
        ("itunes:category", {"text": "Technology"}),
        ("link", {"": "https://a.example/"}),
    ]
    item = [
        ("link", {"": "http://a.example/1"}), ("pubDate", {"": "Wed, 10 Jan 2024 06:00:00 +0000"}),
        ("itunes:episode", {"": "007"}), ("podcast:episode", {"": "7", "display": "Sieben"}),
        ("podcast:person", {"": "Ida", "role": "host"}), ("content:encoded", {"": "<p>Eins <b>zwei</b></p>"}),
        ("itunes:keywords", {"": "a, b"}), ("itunes:explicit", {"": "no"}),
        ("podcast:soundbite", {"": "Oh", "startTime": "1.0", "duration": "20.0"}),
    ]  # fmt: skip
    done, _ = imported(feed(channel, [item]))
    assert {loss.tag for loss in done.losses} == {"enclosure@length"}
