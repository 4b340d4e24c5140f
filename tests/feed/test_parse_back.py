"""What two independent parsers, feedparser and gPodder's podcastparser, read in our feed."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from typing import Any

import podcastparser
import pytest
from feedparser.api import parse as parse_universally

from sendung.core.model import listen_key
from sendung.feed import render
from tests.feed.shows import BUILT, FULL, NOW, OPTIONS, SHOW, SUPPLEMENTED

FEED = render(SUPPLEMENTED, FULL, NOW, BUILT)
NEWEST_FIRST = tuple(reversed(FULL))


@pytest.fixture(scope="module")
def universal() -> Any:
    parsed = parse_universally(BytesIO(FEED))
    assert not parsed.bozo
    return parsed


@pytest.fixture(scope="module")
def gpodder() -> Any:
    return podcastparser.parse(SHOW.feed_url, BytesIO(FEED))


def test_feedparser_reads_the_show(universal: Any) -> None:
    feed = universal.feed
    assert universal.version == "rss20"
    assert feed.title == SHOW.title
    assert feed.link == SHOW.website
    assert feed.language == SHOW.language
    assert feed.rights == SHOW.copyright
    assert feed.author == SHOW.author
    assert feed.publisher_detail.email == SHOW.owner.email
    assert feed.publisher_detail.name == SHOW.owner.name
    assert {tag.term for tag in feed.tags} == set(SHOW.category)
    assert feed.image.href == SHOW.url_of(SHOW.cover.asset.key)
    assert feed.podcast_guid == SHOW.guid
    assert feed.podcast_locked == {"owner": SHOW.owner.email}
    assert tuple(feed.updated_parsed)[:6] == BUILT.utctimetuple()[:6]
    assert [link.href for link in feed.links if link.rel == "self"] == [SHOW.feed_url]


def test_feedparser_reads_what_the_show_tells_podcasting_20_apps(universal: Any) -> None:
    """Of tags that occur several times it keeps the last."""
    read = {key.removeprefix("podcast_"): value for key, value in universal.feed.items() if key.startswith("podcast_")}
    schedule, remote, payee = OPTIONS.schedule, OPTIONS.podroll[-1], OPTIONS.value
    assert schedule
    assert schedule.start
    assert payee
    cover = {"href": SHOW.url_of(SHOW.cover.asset.key), "alt": SHOW.cover.alt, "width": "3000", "height": "3000"}
    assert cover.items() <= read["image"].items()
    assert read["medium"] == OPTIONS.medium
    assert read["block"] == {"id": OPTIONS.blocked_at[-1]}
    assert read["funding"] == {"url": OPTIONS.funding[-1].url}
    assert read["license"] == "cc-by-4.0"
    assert read["location"] == {"rel": "creator", "geo": "geo:52.52,13.405", "osm": "R62422", "country": "de"}
    assert read["txt"] == OPTIONS.txt[-1].text
    assert read["socialinteract"] == {"protocol": "disabled"}
    assert read["updatefrequency"] == {"rrule": schedule.rrule, "dtstart": schedule.start}
    assert read["remoteitem"] == {"feedguid": remote.guid, "feedurl": remote.url, "title": remote.title}
    assert read["value"] == {"type": payee.type, "method": payee.method, "suggested": payee.suggested}
    assert read["valuerecipient"] == {"type": "node", "address": "03ae", "split": "10", "fee": "true"}
    assert read["trailer"]["url"] == SHOW.url_of(FULL[0].audio.asset.key)
    assert [link.href for link in universal.feed.links if link.rel == "hub"] == list(OPTIONS.hubs)


def test_feedparser_reads_what_an_episode_tells_podcasting_20_apps(universal: Any) -> None:
    said = FULL[1]
    entry = next(entry for entry in universal.entries if entry.id == said.guid)
    read = {key.removeprefix("podcast_"): value for key, value in entry.items() if key.startswith("podcast_")}
    post, guest, asset = said.discussions[0], said.guests[0], said.audio.asset
    assert said.transcript
    assert said.chapters_file
    assert read["season"] == {"name": OPTIONS.seasons[2]}
    assert read["episode"] == {"display": said.number_label}
    assert read["person"] == {"role": guest.role, "href": guest.url}
    assert read["transcript"]["url"] == SHOW.url_of(said.transcript.assets[-1].key)
    assert read["chapters"] == {"url": SHOW.url_of(said.chapters_file.key), "type": "application/json+chapters"}
    assert read["contentlink"] == {"href": said.links[-1].url}
    assert read["soundbite"] == {"starttime": "12.500", "duration": "30.000"}
    assert read["license"] == {"url": "https://example.org/lizenz"}
    assert read["location"] == {"rel": "subject"}
    assert read["source"] == {"uri": SHOW.url_of(asset.key)}
    assert read["integrity"]["value"] == f"sha256-{b64encode(bytes.fromhex(asset.sha256)).decode()}"
    assert read["socialinteract"] == {
        "protocol": post.protocol,
        "uri": post.url,
        "priority": "1",
        "accountid": post.account,
        "accounturl": post.account_url,
    }
    chapters = [(one.start_parsed, one.title, one.get("href"), one.get("image")) for one in entry.psc_chapters.chapters]
    assert chapters == [
        (timedelta(milliseconds=c.start_ms), c.title, c.url, SHOW.url_of(c.image.key) if c.image else None)
        for c in said.chapters
    ]


def test_feedparser_reads_every_episode(universal: Any) -> None:
    assert [entry.id for entry in universal.entries] == [e.guid for e in NEWEST_FIRST]
    for entry, episode in zip(universal.entries, NEWEST_FIRST, strict=True):
        assert entry.title == episode.title
        assert entry.link == (episode.article.url if episode.article else SHOW.url_of(listen_key(episode.slug)))
        assert not entry.guidislink
        assert entry.summary == episode.summary
        assert tuple(entry.published_parsed)[:6] == episode.date.utctimetuple()[:6]
        (enclosure,) = entry.enclosures
        assert enclosure.href == SHOW.url_of(episode.audio.asset.key)
        assert int(enclosure.length) == episode.audio.asset.size
        assert enclosure.type == episode.audio.asset.media_type
        assert entry.itunes_duration == "96"
        assert entry.itunes_episodetype == episode.type
        assert entry.itunes_episode == str(episode.number)
        assert entry.get("itunes_season", "None") == str(episode.season)
        assert entry.image.href == SHOW.url_of(SHOW.cover_of(episode).asset.key)
        assert {tag.term for tag in entry.tags} == set(episode.keywords)
        assert "Jetzt reinhören" in entry.content[0].value


def test_podcastparser_reads_the_show(gpodder: Any) -> None:
    assert gpodder["title"] == SHOW.title
    assert gpodder["link"] == SHOW.website
    assert gpodder["language"] == SHOW.language
    assert gpodder["cover_url"] == SHOW.url_of(SHOW.cover.asset.key)
    assert gpodder["itunes_author"] == SHOW.author
    assert gpodder["itunes_owner"] == {"name": SHOW.owner.name, "email": SHOW.owner.email}
    assert gpodder["itunes_categories"] == [list(SHOW.category)]
    assert gpodder["explicit"] is False
    assert gpodder["type"] == "episodic"


def test_podcastparser_reads_every_episode(gpodder: Any) -> None:
    assert [read["guid"] for read in gpodder["episodes"]] == [e.guid for e in NEWEST_FIRST]
    for read, episode in zip(gpodder["episodes"], NEWEST_FIRST, strict=True):
        assert read["title"] == episode.title
        assert read["published"] == int(episode.date.timestamp())
        assert read["total_time"] == 96
        assert read["number"] == episode.number
        assert read["type"] == episode.type
        assert read["explicit"] is SHOW.explicit_of(episode)
        (enclosure,) = read["enclosures"]
        assert enclosure == {
            "url": SHOW.url_of(episode.audio.asset.key),
            "file_size": episode.audio.asset.size,
            "mime_type": episode.audio.asset.media_type,
        }
        assert [(c["start"], c["title"]) for c in read.get("chapters", [])] == [
            (c.start_ms // 1000, c.title) for c in episode.chapters
        ]
        assert [c.get("href") for c in read.get("chapters", [])] == [c.url for c in episode.chapters]
        assert read["description"] == episode.summary
        assert "Jetzt reinhören" in read["description_html"]
        assert read.get("season") == episode.season
        assert read["episode_art_url"] == SHOW.url_of(SHOW.cover_of(episode).asset.key)
