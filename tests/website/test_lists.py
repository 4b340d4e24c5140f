"""What the pages list: ways to subscribe, and a transcript as paragraphs."""

from __future__ import annotations

from base64 import urlsafe_b64decode

from sendung.core.model import Cue
from sendung.website.subscribe import Way, configured, from_feed
from sendung.website.transcript import paragraphs

from .samples import make_show


def test_directories_that_the_show_names_come_first_and_once() -> None:
    show = make_show(listen_on={"AntennaPod": "https://antennapod.org/x", "Radio Nord": "https://nord.example/"})
    named = (Way("AntennaPod", "https://antennapod.org/x", "android"), Way("Radio Nord", "https://nord.example/"))
    assert configured(show) == named
    others = {way.name for way in from_feed(show)}
    assert "Overcast" in others
    assert "AntennaPod" not in others


def test_every_way_from_the_feed_leads_to_it_in_the_form_that_its_app_reads() -> None:
    """Base64 of the directories comes without padding, which is not allowed to stand in their paths."""
    show = make_show(public_url="https://cdn.example/show")
    ways = {way.name: way.url for way in from_feed(show)}
    percent = "https%3A%2F%2Fcdn.example%2Fshow%2Ffeed.xml"
    assert ways["Apple Podcasts"] == "podcast://cdn.example/show/feed.xml"
    assert ways["Overcast"] == f"overcast://x-callback-url/add?url={percent}"
    assert ways["AntennaPod"] == f"https://antennapod.org/deeplink/subscribe?url={percent}"
    assert ways["Castamatic"] == f"https://castamatic.com/guid/{show.guid}"
    assert bytes.fromhex(ways["Podcast Guru"].rpartition("/X")[2]) == b"https://cdn.example/show/feed.xml"
    for address in ("https://cdn.example/a", "https://cdn.example/ab", "https://cdn.example/abc"):
        code = {way.name: way.url for way in from_feed(make_show(public_url=address))}["pod.link"].rpartition("/")[2]
        assert code.strip("=") == code
        assert urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode() == f"{address}/feed.xml"


def test_a_paragraph_ends_with_the_speaker_or_after_a_minute_and_names_who_is_new() -> None:
    starts = [(0, "A"), (59_999, "A"), (60_000, "A"), (61_000, "B"), (62_000, "A")]
    cues = [Cue(start_ms=ms, end_ms=ms + 1, text="x", speaker=speaker) for ms, speaker in starts]
    assert [(one.speaker, [cue.start_ms for cue in one.cues]) for one in paragraphs(cues)] == [
        ("A", [0, 59_999]),
        (None, [60_000]),
        ("B", [61_000]),
        ("A", [62_000]),
    ]
