"""Observed things that are fine, and one that is bad for each rule."""

from __future__ import annotations

from dataclasses import replace

from sendung.feed.document import Feed
from sendung.feed.reader import read
from sendung.rules import Observed
from sendung.rules.observations import (
    ArticleObservation,
    Artwork,
    EpisodeEdit,
    HttpObservation,
    LanguagePage,
    Opened,
    Role,
    SavedFeed,
    Sound,
    TranscriptText,
)
from tests.rules.feeds import GOOD, Break, in_item, swap

IMAGE = Artwork("https://example.org/cover.jpg", "JPEG", "RGB", 3000, 3000, 300_000, "aa", "aa")
SOUND = Sound("https://example.org/a.mp3", "mp3", 2, 128_000, 95.6, -16.2, -1.4, 96)
MONO = Sound("https://example.org/a.mp3", "mp3", 1, 96_000, 95.6, -19.1, -1.4, 96)
SPOKEN = TranscriptText(
    "https://example.org/t.vtt", "text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Sven Kramer>Hallo.\n"
)
AUDIO = HttpObservation(
    "https://example.org/a.mp3",
    Role.AUDIO,
    206,
    content_type="audio/mpeg",
    content_length=5,
    expected_type="audio/mpeg",
    expected_length=5,
    final_url="https://cdn.example.org/b.mp3",
)
FEED = HttpObservation(
    "https://example.org/feed.xml", Role.FEED, 200, content_type="application/rss+xml; charset=utf-8", etag='"1"'
)
CHAPTERS = HttpObservation(
    "https://example.org/c.json", Role.CHAPTERS, 200, content_type="application/json+chapters", allow_origin="*"
)
PAIR = ArticleObservation("https://example.org/artikel", "folge-2")
ENGLISH = LanguagePage("https://example.org/feed.en.xml", "en", "EN", (), "guid", "guid")
SAME: Feed = read(GOOD.encode())


def after(*changes: Break) -> EpisodeEdit:
    """The newest episode of the good feed on YouTube, and what became of it by all these."""
    feed = GOOD
    for change in changes:
        feed = change(feed)
    return EpisodeEdit(SAME.items[0], read(feed.encode()).items[0], frozenset({"youtube"}))


FINE: list[Observed] = [
    SavedFeed("https://example.org/f.xml", "https://example.org/f.xml/"),
    SavedFeed("https://example.org/f.xml", ""),
    IMAGE,
    replace(IMAGE, url="cover.png", format="PNG", previous_sha256=""),
    SOUND,
    MONO,
    replace(MONO, lufs=-16.5),
    replace(SOUND, codec="aac", bitrate=64_000, lufs=None, dbtp=None, expected_duration_s=None),
    SPOKEN,
    AUDIO,
    FEED,
    CHAPTERS,
    replace(FEED, ranges=False, head_status=405),
    replace(AUDIO, allow_origin=None, compressed=False, final_url=""),
    replace(AUDIO, status=200, content_type="audio/mpeg; charset=x", expected_length=None),
    replace(FEED, etag="", last_modified="Sat, 03 Oct 2026 05:00:00 GMT"),
    replace(IMAGE, size=512 * 1024),
    replace(SOUND, bitrate=256_400, lufs=-15.0, dbtp=-1.0, expected_duration_s=97),
    Opened("https://example.org/a.mp3", Role.AUDIO, title="Folge 1"),
    Opened("https://example.org/c.json", Role.CHAPTERS),
    PAIR,
    ENGLISH,
    LanguagePage("https://example.org/e/folge-2/en/index.html", "en", "en"),
    EpisodeEdit(SAME.items[0], SAME.items[0], frozenset({"youtube"})),
]

BAD: dict[str, Observed] = {
    "psp1-self-address": SavedFeed("https://example.org/f.xml", "https://example.org/g.xml"),
    "apple-artwork-square": replace(IMAGE, width=2999),
    "apple-artwork-size": replace(IMAGE, width=1399, height=1399),
    "apple-artwork-3000": replace(IMAGE, width=1400, height=1400),
    "apple-artwork-format": replace(IMAGE, format="WEBP"),
    "apple-artwork-extension": replace(IMAGE, url="https://example.org/cover.png?x=.jpg"),
    "apple-artwork-rgb": replace(IMAGE, mode="CMYK"),
    "apple-artwork-alpha": replace(IMAGE, mode="RGBA"),
    "apple-artwork-weight": replace(IMAGE, size=512 * 1024 + 1),
    "apple-artwork-changed": replace(IMAGE, previous_sha256="bb"),
    "apple-audio-bitrate": replace(SOUND, bitrate=96_000),
    "apple-audio-loudness": replace(SOUND, lufs=-19.0),
    "apple-audio-peak": replace(SOUND, dbtp=-0.9),
    "apple-duration-true": replace(SOUND, expected_duration_s=92),
    "apple-transcript-lines": replace(SPOKEN, text=f"WEBVTT\n\n00:00.000 --> 00:01.000\n<v A>{'x' * 66}\n"),
    "apple-transcript-speakers": replace(SPOKEN, text="WEBVTT\n\n00:00.000 --> 00:01.000\nHallo.\n"),
    "apple-guid-changed": after(in_item(swap("sendung:folge-2<", "sendung:neu<"))),
    "spotify-replaced": after(swap('length="1234569" type="audio/mpeg"/>', 'length="9" type="audio/mpeg"/>')),
    "youtube-edit": after(in_item(swap("<title>Auto", "<title>Die Auto"))),
    "transport-opens": Opened("https://example.org/a.mp3", Role.AUDIO, "is no audio"),
    "transport-tags": Opened("https://example.org/a.mp3", Role.AUDIO),
    "transport-answer": replace(AUDIO, status=0, fault="the certificate has expired"),
    "transport-status": replace(AUDIO, status=403),
    "transport-head": replace(AUDIO, head_status=405),
    "transport-ranges": replace(AUDIO, ranges=False),
    "transport-octet-stream": replace(AUDIO, content_type="application/octet-stream"),
    "transport-type": replace(AUDIO, content_type="text/html"),
    "transport-length": replace(AUDIO, content_length=4),
    "transport-cors": replace(CHAPTERS, allow_origin=None),
    "transport-validators": replace(FEED, etag=""),
    "transport-unchanged": replace(FEED, ignored=("If-None-Match",)),
    "transport-feed-type": replace(FEED, content_type="text/html"),
    "transport-compressed": replace(FEED, compressed=False),
    "languages-named": replace(ENGLISH, unnamed=("https://example.org/feed.xml",)),
    "languages-said": replace(ENGLISH, said="de"),
    "languages-guid": replace(ENGLISH, podcast_guid="other"),
    "article-missing": replace(PAIR, url=""),
    "article-up": replace(PAIR, fault="https://example.org/artikel answers 404 (Not Found)"),
    "article-links": replace(PAIR, leads_back=False),
    "article-dead-link": replace(PAIR, dead=("folge-3",)),
    "article-canonical": replace(PAIR, canonical="https://example.org/anders"),
    "transport-redirect": replace(AUDIO, final_url="https://cdn.example.org/b"),
}
"""Rule id to what breaks it."""
