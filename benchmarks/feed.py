"""Time and memory of rendering a feed, beside bare feedgen and podgen (`pip install podgen`).

Each case runs in a process of its own: CPU seconds of the best of some rounds, and by how much memory grew at its peak.
The first two rows write the same number of much smaller items than Sendung does; "all" is feed.xml without paging,
"feed.xml" what a publish writes at the default limit, "pages" all pages of that feed.

Then the size of feed.xml where each episode has 12 KB of notes, and `sendung import` of large feeds without audio:
CPU seconds (user and system) of the whole command, and those of a loop run just before and after, for machines that
others work on, too.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

COUNTS = (10, 100, 1_000, 5_000, 10_000)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NOTES = (
    """In dieser Folge:

- **Xiaomi** liefert, siehe [Zahlen](https://example.org/zahlen?a=1&b=2)
- SoftBank *pivotet*

Und noch ein Absatz für Folge {}. """
    + "Wir reden über die Woche. " * 20
)

LONG_NOTES = NOTES * (12_000 // len(NOTES.encode()))
MARKUP = (
    '<p>Wir reden über <a href="https://example.org/zahlen?a=1&amp;b=2">die Woche</a> und <strong>Xiaomi</strong>, 3 '
    "&lt; 5.</p><ul><li>Eins</li><li>Zwei <em>und</em> mehr</li></ul><p>Ende<br>gut</p>"
)
"""Notes as old hosts have them."""


def sendung(items: int | None, count: int, *, pages: bool = False, notes: str = NOTES) -> Callable[[], int]:
    from sendung.core.model import Article, Asset, Audio, Chapter, Episode, Image, Owner, Person, Show, Transcript
    from sendung.core.podcasting20 import FeedOptions
    from sendung.feed import archive, render
    from sendung.feed.markup import clock, quote
    from sendung.media.notes import feed_html

    def asset(key: str, media_type: str) -> Asset:
        return Asset(key=key, media_type=media_type, size=20_000_000, sha256="ab" * 32)

    cover = Image(asset=asset("assets/cover.jpg", "image/jpeg"), width=3000, height=3000)
    hosts = (Person(name="Sven Kramer", url="https://example.org/sven"), Person(name="Sebastian Karger"))
    show = Show(
        guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
        title="Realitätscheck",
        description="Zwei Hosts prüfen die Woche.",
        language="de",
        timezone="Europe/Berlin",
        website="https://example.org/",
        public_url="https://podcast.example.org",
        category=("News",),
        explicit=False,
        cover=cover,
        author="Sven Kramer und Sebastian Karger",
        owner=Owner(name="Sven Kramer", email="podcast@example.org"),
        hosts=hosts,
        feed=FeedOptions(items=items),
    )

    def episode(n: int) -> Episode:
        audio = asset(f"audio/folge-{n}-abababab.mp3", "audio/mpeg")
        return Episode(
            guid=f"sendung:folge-{n}",
            slug=f"folge-{n}",
            title=f"Die Woche, die {n}. war",
            date=NOW - timedelta(days=n),
            summary="Xiaomi liefert, SoftBank pivotet & Deutschland baut ab.",
            notes=notes.replace("{}", str(n)),
            articles=(Article(url=f"https://example.org/artikel-{n}", language="de"),),
            number=n + 1,
            audio=Audio(
                asset=audio, duration_s=1800.4, lufs=-16, dbtp=-1.5, channels=2, sample_rate=44_100, bitrate=128_000
            ),
            chapters=tuple(Chapter(start_ms=i * (300_000 + n), title=f"Thema {i} von {n}") for i in range(4)),
            chapters_file=asset(f"assets/{n}.json", "application/json+chapters"),
            transcript=Transcript(
                language="de",
                assets=(asset(f"assets/{n}.vtt", "text/vtt"), asset(f"assets/{n}.srt", "application/x-subrip")),
                cues=(),
            ),
        )

    episodes = [episode(n) for n in range(count)]

    def run() -> int:
        for kept in (feed_html, quote, clock):  # a publish renders once, so nothing may be left from the round before
            kept.cache_clear()
        size = len(render(show, episodes, NOW, NOW))
        return size + sum(len(page.render()) for page in archive(show, episodes, NOW)) if pages else size

    return run


def feedgen(count: int) -> Callable[[], int]:
    from feedgen.feed import FeedGenerator

    def run() -> int:
        feed = FeedGenerator()
        feed.load_extension("podcast")
        feed.title("Realitätscheck")
        feed.link(href="https://example.org/")
        feed.description("Zwei Hosts prüfen die Woche.")
        for n in range(count):
            entry = feed.add_entry(order="append")
            entry.title(f"Die Woche, die {n}. war")
            entry.link(href=f"https://example.org/artikel-{n}")
            entry.description("Xiaomi liefert, SoftBank pivotet & Deutschland baut ab.")
            entry.content(NOTES.format(n), type="CDATA")
            entry.guid(f"sendung:folge-{n}")
            entry.enclosure(f"https://podcast.example.org/audio/folge-{n}.mp3", "20000000", "audio/mpeg")
            entry.pubDate(NOW - timedelta(days=n))
            entry.podcast.itunes_duration(1800)
            entry.podcast.itunes_episode(n + 1)
        return len(feed.rss_str())

    return run


def podgen(count: int) -> Callable[[], int]:
    from podgen import Episode, Media, Podcast

    def run() -> int:
        show = Podcast(
            name="Realitätscheck",
            website="https://example.org/",
            description="Zwei Hosts prüfen die Woche.",
            explicit=False,
        )
        show.last_updated = NOW
        for n in range(count):
            episode = Episode(
                id=f"sendung:folge-{n}",
                title=f"Die Woche, die {n}. war",
                link=f"https://example.org/artikel-{n}",
                summary="Xiaomi liefert, SoftBank pivotet & Deutschland baut ab.",
                long_summary=NOTES.format(n),
                publication_date=NOW - timedelta(days=n),
                media=Media(
                    f"https://podcast.example.org/audio/folge-{n}.mp3", 20_000_000, "audio/mpeg", timedelta(minutes=30)
                ),
            )
            show.add_episode(episode)
        return len(show.rss_str(minimize=True).encode())

    return run


CASES: dict[str, Callable[[int], Callable[[], int]]] = {
    "feedgen (bare)": feedgen,
    "podgen": podgen,
    "sendung, all": lambda count: sendung(0, count),
    "sendung, feed.xml": lambda count: sendung(None, count),
    "sendung, pages": lambda count: sendung(None, count, pages=True),
}


def peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measure(case: str, count: int) -> str:
    run = CASES[case](count)
    before = peak_kb()
    times: list[float] = []
    size = 0
    for _ in range(3):
        started = time.process_time()
        size = run()
        times.append(time.process_time() - started)
    return f"{min(times):8.3f} s {(peak_kb() - before) / 1024:8.1f} MB {size / 1e6:8.2f} MB written"


def old_feed(count: int, notes: str) -> str:
    """A feed of another host."""
    items = (
        f"<item><title>Folge {n}: Die Woche</title><guid isPermaLink='false'>g-{n}</guid>"
        f"<pubDate>{format_datetime(NOW - timedelta(days=n))}</pubDate><description>Kurz gesagt.</description>"
        f"<content:encoded><![CDATA[{notes}]]></content:encoded><itunes:duration>1:02:03</itunes:duration>"
        f"<enclosure url='https://cdn.example.com/{n}.mp3' length='1' type='audio/mpeg'/></item>"
        for n in range(count)
    )
    return (
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Viel</title>"
        f"<language>de</language><description>Alt.</description>{''.join(items)}</channel></rss>"
    )


def loop() -> float:
    started, total = time.process_time(), 0
    for number in range(20_000_000):
        total += number
    return time.process_time() - started


def measure_import(name: str, feed: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "feed.xml"
        file.write_text(feed, "utf-8")
        before = loop()
        command = [sys.executable, "-m", "sendung", "import", str(file), f"{folder}/show", "--no-audio"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        spent, beside = usage.ru_utime + usage.ru_stime, (before + loop()) / 2
        outcome = f"exit code {process.returncode}, {usage.ru_maxrss / 1024:.0f} MB"
        print(f"import of {name}: {spent:.1f} s of CPU ({spent / beside:.1f} loops of {beside:.2f} s), {outcome}")


def main() -> None:
    if len(sys.argv) == 3:
        print(measure(sys.argv[1], int(sys.argv[2])))
        return
    if sys.argv[1:] != ["import"]:
        compare()
    for count in (120, 1_000):
        print(f"feed.xml of {count:,} episodes with 12 KB of notes: {sendung(None, count, notes=LONG_NOTES)():,} bytes")
    measure_import("3,000 items", old_feed(3_000, MARKUP * 6))
    measure_import("two notes of 10 MB", old_feed(2, MARKUP * (10_000_000 // len(MARKUP.encode()))))


def compare() -> None:
    for case in CASES:
        for count in COUNTS:
            done = subprocess.run(
                [sys.executable, __file__, case, str(count)], capture_output=True, text=True, check=False
            )
            reason = (done.stderr.strip().splitlines() or ["failed"])[-1]
            print(f"{case:18} {count:6,}  {done.stdout.strip() or reason}", flush=True)


if __name__ == "__main__":
    main()
