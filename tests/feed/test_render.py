"""The feed as bytes: golden, deterministic, and what only looking at the markup shows."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_origin

import pytest
from lxml import etree
from pydantic import BaseModel

from sendung.core.model import EpisodeType, Rendition, Show
from sendung.core.podcasting20 import FeedOptions
from sendung.core.version import __version__
from sendung.feed import render
from sendung.feed.markup import line
from sendung.feed.reader import read
from tests.feed.shows import BUILT, FULL, NOW, OPTIONS, SHOW, SUPPLEMENTED, asset, episode

GOLDEN = Path(__file__).parent / "golden"
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}


def find(feed: bytes, path: str) -> list[str]:
    found = etree.fromstring(feed).xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    return [str(value) for value in found]


def golden(name: str, feed: bytes) -> None:
    """Compare with the kept feed; UPDATE_GOLDEN=1 keeps the new one instead."""
    kept = GOLDEN / name
    feed = feed.replace(f"Sendung {__version__}<".encode(), b"Sendung<")
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_bytes(feed)
    assert feed.decode().splitlines() == kept.read_text(encoding="utf-8").splitlines()


def test_feed_with_every_field_is_golden() -> None:
    golden("full.xml", render(SUPPLEMENTED, FULL, NOW, BUILT))


def test_feed_without_episodes_is_golden() -> None:
    bare = SHOW.model_copy(
        update={"language": "en", "copyright": None, "feed": FeedOptions(locked=False, block=True, complete=True)}
    )
    golden("empty.xml", render(bare, [], NOW, BUILT))


def test_episodes_of_the_future_are_left_out_until_their_moment() -> None:
    soon = episode(1, date=NOW + timedelta(seconds=1))
    assert find(render(SHOW, [soon], NOW, BUILT), "//item/guid/text()") == []
    assert find(render(SHOW, [soon], soon.date, BUILT), "//item/guid/text()") == [soon.guid]


def test_newest_come_first_and_those_of_one_moment_by_guid() -> None:
    same = [episode(n, date=NOW - timedelta(days=9), title=f"{9 - n}") for n in (3, 1, 2)]
    feed = render(SHOW, [*same, episode(9, date=NOW)], NOW, BUILT)
    assert find(feed, "//item/guid/text()") == [f"sendung:folge-{n}" for n in (9, 1, 2, 3)]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_every_episode_is_there_once_however_many_there_are(count: int) -> None:
    episodes = [episode(n, date=NOW - timedelta(minutes=n)) for n in range(count)]
    feed = render(SHOW, episodes, NOW, BUILT)
    assert find(feed, "/rss/channel/item/guid/text()") == [e.guid for e in episodes]
    assert len(find(feed, "/rss/channel/title/text()")) == 1


def test_item_names_the_hosts_again_beside_guests_because_its_list_replaces_the_shows() -> None:
    feed = render(SHOW, FULL, NOW, BUILT)
    assert find(feed, "//item[title='Autoindustrie, Teil 2']/podcast:person/text()") == [
        "Sven Kramer",
        "Sebastian Karger",
        "Ada Lovelace",
    ]
    assert find(feed, "//item[title='Autoindustrie, Teil 3']/podcast:person/text()") == []


def test_item_links_the_article_or_else_the_listen_page() -> None:
    links = find(render(SHOW, FULL, NOW, BUILT), "//item/link/text()")
    assert links == [
        "https://example.org/artikel-3",
        "https://example.org/artikel-2",
        "https://podcast.example.org/e/folge-1/index.html",
    ]


def test_content_speaks_english_in_an_english_show() -> None:
    english = SHOW.model_copy(update={"language": "en-GB"})
    (content,) = find(render(english, [episode()], NOW, BUILT), "//content:encoded/text()")
    assert content.startswith('<p>Read the article: <a href="https://example.org/artikel-1">')
    assert content.endswith(">Listen now</a></p>")


def test_content_names_the_article_by_its_title_where_that_is_known() -> None:
    first = episode()
    titled = first.articles[0].model_copy(update={"title": "Wer <liefert>?"})
    (content,) = find(
        render(SHOW, [first.model_copy(update={"articles": (titled,)})], NOW, BUILT), "//content:encoded/text()"
    )
    assert content.startswith(
        '<p>Zum Artikel: <a href="https://example.org/artikel-1">Wer &lt;liefert&gt;?</a></p>\n<p>In dieser'
    )


def test_other_attributes_of_the_show_reach_the_feed() -> None:
    moved = SHOW.model_copy(update={"feed": FeedOptions(new_feed_url="https://new.example.org/feed.xml")})
    feed = render(moved, [], NOW, BUILT)
    assert find(feed, "//itunes:new-feed-url/text()") == ["https://new.example.org/feed.xml"]
    assert find(feed, "//itunes:block | //itunes:complete") == []


HOSTILE = [
    "\x00\x07\x1b",
    "]]>",
    "<b>&amp;</b>",
    "👩‍🚀🎙️",
    "\u202eabc\u2066",
    "\ud800x\udfff",
    "\ufffe\uffff",
    "T" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_kills_the_feed(text: str) -> None:
    person = SHOW.hosts[0].model_copy(update={"name": text, "url": text, "role": text})
    show = SHOW.model_copy(update={"title": text, "description": text, "author": text, "hosts": (person,)})
    first = episode()
    hostile = first.model_copy(
        update={
            "guid": f"a{text}",
            "title": text,
            "summary": text,
            "notes": text,
            "keywords": (text,),
            "guests": (person,),
            "chapters": (first.chapters[0].model_copy(update={"title": text, "url": text}),),
            "articles": (first.articles[0].model_copy(update={"url": text, "language": text}),),
        }
    )
    feed = render(show, [hostile, first], NOW, BUILT)
    assert len(find(feed, "//item")) == 2
    feed.decode("utf-8")


ADDRESSES = {"public_url", "key"}
"""What config checks and Sendung makes: of hostile texts only those come here that XML can hold."""


def everywhere(value: Any, text: str) -> Any:
    """The same facts with `text` in place of every text; digests, starts of rhythms and choices from a list stay."""
    if isinstance(value, BaseModel):
        kept = {name for name, field in type(value).model_fields.items() if get_origin(field.annotation) is Literal}
        return value.model_copy(
            update={
                name: everywhere(getattr(value, name), line(text) if name in ADDRESSES else text)
                for name in set(type(value).model_fields) - kept - {"sha256", "start"}
            }
        )
    if isinstance(value, tuple):
        return tuple(everywhere(member, text) for member in value)
    if isinstance(value, dict):
        return {key: everywhere(member, text) for key, member in value.items()}
    return f"a{text}" if type(value) is str else value


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_any_field_is_taken_for_markup(text: str) -> None:
    show = SUPPLEMENTED.model_copy(update={"feed": OPTIONS.model_copy(update={"items": len(FULL)})})
    plain, hostile = (read(render(everywhere(show, word), everywhere(FULL, word), NOW, BUILT)) for word in ("x", text))
    assert [[tag.name for tag in item.walk()] for item in hostile.items] == [
        [tag.name for tag in item.walk()] for item in plain.items
    ]
    assert [tag.name for tag in hostile.channel.walk()] == [tag.name for tag in plain.channel.walk()]
    assert hostile.channel.value("podcast:trailer") == line(f"a{text}")


def test_trailer_names_its_season_and_not_its_number() -> None:
    trailer = episode(4, season=2, type=EpisodeType.TRAILER, title="Bald & hier")
    bare = episode(5, type=EpisodeType.TRAILER)
    feed = render(SHOW, [trailer, bare, episode(6, season=2)], NOW, BUILT)
    assert find(feed, "//podcast:trailer[contains(@url, 'folge-4')]/@season") == ["2"]
    assert find(feed, "//podcast:trailer[not(@season)]/text()") == ["Autoindustrie, Teil 5"]
    assert len(find(feed, "//podcast:trailer")) == 2


def test_text_that_ends_a_cdata_section_is_kept() -> None:
    notes = '`]]>` <a href="https://example.org/?]]>">x</a>'
    feed = render(SHOW, [episode(notes=notes, title="a]]>b")], NOW, BUILT)
    (content,) = find(feed, "//content:encoded/text()")
    assert "<p>]]&gt; " in content
    assert find(feed, "//item/title/text()") == ["a]]>b"]


def test_empty_texts_do_not_kill_the_feed() -> None:
    empty: Show = SHOW.model_copy(update={"title": "", "description": "", "website": "", "hosts": ()})
    assert find(render(empty, [episode(title="", summary="", notes="")], NOW, BUILT), "//item/guid/text()")


@pytest.mark.parametrize(("seconds", "written"), [(0.2, "1"), (95.4, "95"), (95.5, "96"), (96.5, "97")])
def test_a_duration_is_rounded_half_up_and_a_second_at_least(seconds: float, written: str) -> None:
    """The podcast namespace and Apple want whole seconds; a zero would say that there is nothing to hear."""
    first = episode()
    brief = first.model_copy(update={"audio": first.audio.model_copy(update={"duration_s": seconds})})
    assert find(render(SHOW, [brief], NOW, BUILT), "//itunes:duration/text()") == [written]


def test_renditions_are_called_by_format_and_rounded_bit_rate() -> None:
    first = episode()
    opus = Rendition(
        asset=asset("audio/folge-1-cd.opus", "audio/ogg; codecs=opus"),
        **first.audio.model_dump(include={"duration_s", "lufs", "dbtp", "channels", "sample_rate"}),
        bitrate=95_600,
    )
    both = first.audio.model_copy(update={"also": (opus,)})
    feed = render(SHOW, [first.model_copy(update={"audio": both})], NOW, BUILT)
    assert find(feed, "//podcast:alternateEnclosure/@title") == ["MP3, 128 kbit/s", "Opus, 96 kbit/s"]
    assert find(feed, "//podcast:alternateEnclosure[@codecs='opus']/@type") == ["audio/ogg"]


def test_digest_that_is_none_is_left_out() -> None:
    first = episode()
    asset = first.audio.asset.model_copy(update={"sha256": "unknown"})
    odd = first.model_copy(update={"audio": first.audio.model_copy(update={"asset": asset})})
    assert len(find(render(SHOW, [first], NOW, BUILT), "//podcast:integrity/@value")) == 1
    assert find(render(SHOW, [odd], NOW, BUILT), "//podcast:integrity/@value") == []


RENDER = """
import hashlib
from sendung import __version__
from sendung.feed import render
from tests.feed.shows import BUILT, FULL, NOW, SHOW
print(hashlib.sha256(render(SHOW, FULL, NOW, BUILT)).hexdigest())
"""


def test_same_input_gives_same_bytes_whatever_zone_locale_or_hash_seed() -> None:
    digests = set()
    for zone, locale, seed in (("UTC", "C", "1"), ("Asia/Kathmandu", "de_DE.UTF-8", "2")):
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", RENDER], env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_the_clock_does_not_show() -> None:
    assert find(render(SHOW, [], NOW, BUILT), "//lastBuildDate/text()") == ["Sat, 31 Oct 2026 08:30:00 +0000"]
