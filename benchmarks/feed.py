"""Time and memory of rendering a feed, beside bare feedgen and podgen (`pip install podgen`).

Each case runs in a process of its own: CPU seconds of the best of some rounds, and by how much memory grew at its peak.
The first two rows write the same number of much smaller items than Sendung does; "all" is feed.xml without paging,
"feed.xml" what a publish writes at the default limit, "pages" all pages of that feed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

COUNTS = (10, 100, 1_000, 5_000, 10_000)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NOTES = (
    """In dieser Folge:

- **Xiaomi** liefert, siehe [Zahlen](https://example.org/zahlen?a=1&b=2)
- SoftBank *pivotet*

Und noch ein Absatz für Folge {}. """
    + "Wir reden über die Woche. " * 20
)


def sendung(items: int | None, count: int, *, pages: bool = False) -> Callable[[], int]:
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
            notes=NOTES.format(n),
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


def main() -> None:
    if len(sys.argv) == 3:
        print(measure(sys.argv[1], int(sys.argv[2])))
        return
    for case in CASES:
        for count in COUNTS:
            done = subprocess.run(
                [sys.executable, __file__, case, str(count)], capture_output=True, text=True, check=False
            )
            reason = (done.stderr.strip().splitlines() or ["failed"])[-1]
            print(f"{case:18} {count:6,}  {done.stdout.strip() or reason}", flush=True)


if __name__ == "__main__":
    main()
