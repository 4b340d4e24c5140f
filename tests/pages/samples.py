"""A show and an episode as pages get them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sendung.model import Article, Asset, Audio, Chapter, Cue, Episode, Image, Owner, Person, Show, Transcript

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHA = "0123456789abcdef" * 4


def asset(key: str, media_type: str, size: int = 1000) -> Asset:
    return Asset(key=key, media_type=media_type, size=size, sha256=SHA)


def make_show(**changes: Any) -> Show:
    facts: dict[str, Any] = {
        "guid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
        "title": "Gegenwind",
        "description": "Zwei, die Wirtschaft und Technik auseinandernehmen. Jede Woche.",
        "language": "de",
        "timezone": "Europe/Berlin",
        "website": "https://magazin.example/",
        "public_url": "https://cdn.example/show",
        "category": ("Business",),
        "explicit": False,
        "cover": Image(asset=asset("assets/cover.jpg", "image/jpeg"), width=3000, height=3000, alt="Zwei Stühle"),
        "author": "Sven Kramer & Sebastian Karger",
        "owner": Owner(name="Sven Kramer", email="post@magazin.example"),
        "hosts": (Person(name="Sven Kramer", url="https://magazin.example/sven"), Person(name="Sebastian Karger")),
        "imprint": "https://magazin.example/impressum",
        "privacy": "https://magazin.example/datenschutz",
    }
    return Show.model_validate(facts | changes)


def make_episode(slug: str = "xiaomi", **changes: Any) -> Episode:
    facts: dict[str, Any] = {
        "guid": f"guid-{slug}",
        "slug": slug,
        "title": "Realitätscheck Autoindustrie: Xiaomi liefert, SoftBank pivotet, Deutschland baut ab",
        "date": NOW - timedelta(days=2),
        "summary": "Xiaomi liefert aus, SoftBank dreht ab, und hierzulande fallen Stellen weg.",
        "notes": "## Worum es geht\n\nDrei Meldungen, *eine* Frage. [Quelle](https://magazin.example/quelle)\n",
        "articles": (Article(url="https://magazin.example/realitaetscheck", language="de"),),
        "guests": (Person(name="Ada Gast", role="guest"),),
        "audio": Audio(
            asset=asset(f"audio/{slug}-0123456789abcdef.mp3", "audio/mpeg", 40_000_000),
            duration_s=2520.4,
            lufs=-16.1,
            dbtp=-1.2,
            channels=2,
            sample_rate=44100,
            bitrate=128000,
        ),
        "chapters": (Chapter(start_ms=0, title="Begrüßung"), Chapter(start_ms=83_000, title="Xiaomi liefert")),
        "transcript": Transcript(
            language="de",
            assets=(asset(f"assets/{slug}.vtt", "text/vtt"),),
            cues=(
                Cue(start_ms=0, end_ms=4000, text="Willkommen bei Gegenwind.", speaker="Sven Kramer"),
                Cue(start_ms=4000, end_ms=9000, text="Heute geht es um Autos.", speaker="Sebastian Karger"),
            ),
        ),
    }
    return Episode.model_validate(facts | changes)
