"""What the keys that few shows use become in the store."""

from __future__ import annotations

import re

from tests.end_to_end.conftest import FIRST, Workshop

FEED = """\
theme: {accent: "#1144aa", logo: logo.svg}
cover_alt: Zwei Kurven
feed:
  license: CC-BY-4.0
  schedule: {text: Jeden Freitag, rrule: FREQ=WEEKLY}
  seasons: {2: Das zweite Jahr}
store:
"""
EPISODE = """\
season: 2
soundbites: [{at: 2, duration: 4, title: Zitat}]
links: [{title: Video, url: "https://video.example.org/1"}]
feed: {locations: [Wien]}
audio:
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


def test_what_show_and_episode_say_is_in_feed_and_pages(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:\n", FEED)
    workshop.edit(f"{FIRST}/episode.yaml", "audio:", EPISODE.rstrip("\n"))
    workshop.write("logo.svg", SVG)
    result = workshop.run("publish", "erster-ton")
    assert result.code == 0, result.err
    files = workshop.store_files()
    feed, page = files["feed.xml"].decode(), files["e/erster-ton/index.html"].decode()
    for tag in (
        "<podcast:license>cc-by-4.0</podcast:license>",
        '<podcast:updateFrequency rrule="FREQ=WEEKLY">Jeden Freitag</podcast:updateFrequency>',
        '<podcast:season name="Das zweite Jahr">2</podcast:season>',
        '<podcast:contentLink href="https://video.example.org/1">Video</podcast:contentLink>',
        ">Wien</podcast:location>",
        'alt="Zwei Kurven"',
    ):
        assert tag in feed
    assert re.search(r'<podcast:soundbite startTime="[12]\.\d+" duration="4\.000">Zitat</podcast:soundbite>', feed)
    [logo] = [key for key, data in files.items() if data == SVG]
    assert re.fullmatch(r"assets/[0-9a-f]{16}\.svg", logo)
    assert logo in page
    assert re.search(r'<img[^>]* alt="Zwei Kurven"', page)
    assert workshop.run("publish", "erster-ton", "--json").json["sent"]["objects"] == 0
