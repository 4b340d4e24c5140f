"""A show and episodes for the feed's tests, with every field filled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sendung.core.model import (
    Article,
    Asset,
    Audio,
    Chapter,
    Cue,
    Episode,
    EpisodeType,
    Image,
    Owner,
    Person,
    Show,
    Soundbite,
    Transcript,
)
from sendung.core.podcasting20 import (
    Discussion,
    FeedOptions,
    License,
    Link,
    Location,
    Recipient,
    RemoteFeed,
    Schedule,
    Txt,
    Value,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BUILT = datetime(2026, 10, 31, 8, 30, tzinfo=UTC)
CET = timezone(timedelta(hours=1))

NOTES = """In dieser Folge:

- **Xiaomi** liefert, siehe [Zahlen](https://example.org/zahlen?a=1&b=2)
- SoftBank *pivotet*

## Korrektur

Es waren < 5 % & nicht mehr.
"""


def asset(key: str, media_type: str, size: int = 1000, digest: str = "ab") -> Asset:
    return Asset(key=key, media_type=media_type, size=size, sha256=digest * 32)


COVER = Image(asset=asset("assets/cover.jpg", "image/jpeg", 200_000), width=3000, height=3000, alt="Zwei Mikrofone")

SVEN = Person(name="Sven Kramer", url="https://example.org/sven", image="https://example.org/sven.jpg")
SEBASTIAN = Person(name="Sebastian Karger")

SHOW = Show(
    guid="9b024349-ccf0-5f69-a609-6b82873eab3c",
    title="Realitätscheck & Co.",
    description="Zwei Hosts prüfen die Woche.\n\nMit <Nachdruck> & Quellen.",
    language="de",
    timezone="Europe/Berlin",
    website="https://example.org/",
    public_url="https://podcast.example.org",
    category=("News", "Tech News"),
    explicit=False,
    cover=COVER,
    copyright="© 2026 Sven Kramer, Sebastian Karger",
    author="Sven Kramer und Sebastian Karger",
    owner=Owner(name="Sven Kramer", email="podcast@example.org"),
    hosts=(SVEN, SEBASTIAN),
    feed=FeedOptions(),
)


def episode(number: int = 1, **changes: object) -> Episode:
    """Episode `number`, published that many days after the first of October."""
    slug = f"folge-{number}"
    facts: dict[str, object] = {
        "guid": f"sendung:{slug}",
        "slug": slug,
        "title": f"Autoindustrie, Teil {number}",
        "date": datetime(2026, 10, 1, 6, tzinfo=CET) + timedelta(days=number),
        "summary": "Xiaomi liefert, SoftBank pivotet & Deutschland baut ab.",
        "notes": NOTES,
        "articles": (
            Article(url=f"https://example.org/artikel-{number}", language="de"),
            Article(url=f"https://example.org/en/article-{number}", language="en"),
        ),
        "number": number,
        "keywords": ("Autos", "China"),
        "audio": Audio(
            asset=asset(f"audio/{slug}-abab.mp3", "audio/mpeg", 1_234_567 + number),
            duration_s=95.6,
            lufs=-16.0,
            dbtp=-1.5,
            channels=2,
            sample_rate=44_100,
            bitrate=128_000,
        ),
        "chapters": (
            Chapter(start_ms=0, title="Begrüßung"),
            Chapter(start_ms=30_500, title="Xiaomi & SoftBank", url="https://example.org/xiaomi"),
            Chapter(start_ms=61_000, title="Deutschland", image=asset("assets/bild.jpg", "image/jpeg")),
        ),
        "chapters_file": asset("assets/chapters.json", "application/json+chapters"),
        "transcript": Transcript(
            language="de",
            assets=(
                asset("assets/t.vtt", "text/vtt"),
                asset("assets/t.srt", "application/x-subrip"),
                asset("assets/t.json", "application/json"),
                asset("assets/t.html", "text/html"),
            ),
            cues=(Cue(start_ms=0, end_ms=1000, text="Hallo."),),
        ),
    }
    return Episode.model_validate({**facts, **changes})


OPTIONS = FeedOptions(
    medium="podcast",
    blocked_at=("amazon",),
    seasons={2: "Die Wende"},
    schedule=Schedule(text="Jeden Montag", rrule="FREQ=WEEKLY;BYDAY=MO", start="2026-10-05T06:00:00+01:00"),
    podroll=(
        RemoteFeed(guid="917393e3-1b1e-5cef-ace4-edaa54e1f810", url="https://example.org/other.xml", title="Andere"),
    ),
    hubs=("https://hub.example.org/",),
    funding=(Link(title="Unterstützt uns & euch", url="https://example.org/geld"),),
    license=License(name="CC-BY-4.0"),
    locations=(Location(name="Berlin", rel="creator", geo="geo:52.52,13.405", osm="R62422", country="de"),),
    txt=(Txt(text="naj3eEZaWVVY9a38", purpose="verify"), Txt(text="frei")),
    discussions=(Discussion(protocol="disabled"),),
    value=Value(
        type="lightning",
        method="keysend",
        suggested="0.00000005000",
        recipients=(
            Recipient(name="Sven", type="node", address="02d5", split=90, custom_key="1", custom_value="2"),
            Recipient(type="node", address="03ae", split=10, fee=True),
        ),
    ),
)
"""What only the feed says, all of it."""

SUPPLEMENTED = SHOW.model_copy(update={"feed": OPTIONS})

FULL = (
    episode(1, season=1, type=EpisodeType.TRAILER, articles=(), chapters=(), chapters_file=None, transcript=None),
    episode(
        2,
        season=2,
        number_label="Kap. 2",
        guests=(Person(name="Ada Lovelace", role="guest", url="https://example.org/ada"),),
        links=(Link(title="Video", url="https://video.example.org/2"),),
        soundbites=(Soundbite(start_ms=12_500, duration_ms=30_000, title="Das & das"),),
        license=License(name="eigene", url="https://example.org/lizenz"),
        locations=(Location(name="Wolfsburg"),),
        discussions=(
            Discussion(
                protocol="activitypub",
                url="https://social.example.org/@show/1",
                account="@show",
                account_url="https://social.example.org/@show",
            ),
        ),
    ),
    episode(3, notes="", cover=COVER.model_copy(update={"asset": asset("assets/3.jpg", "image/jpeg")}), explicit=True),
)
