"""A show and an episode as pages get them."""

from __future__ import annotations

import math
import struct
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image as Pixels
from PIL import ImageDraw

from sendung.core.model import Article, Asset, Audio, Chapter, Cue, Episode, Image, Owner, Person, Show, Transcript
from sendung.core.podcasting20 import Discussion, License, Link
from sendung.website import plan

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


def wav(seconds: int, rate: int = 4000) -> bytes:
    """Silence: mono, 8 bits, as small as a browser still plays it."""
    size = seconds * rate
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8, b"data", size
    )
    return header + b"\x80" * size


def article_png() -> bytes:
    """A picture for the article's card: a diagram that falls."""
    picture = Pixels.new("RGB", (480, 360), "#d9dfe3")
    draw = ImageDraw.Draw(picture)
    for bar in range(7):
        left, top = 40 + 60 * bar, 60 + 34 * bar - 22 * (bar % 2)
        draw.rectangle((left, top, left + 38, 320), "#2d5d7b" if bar < 6 else "#c8401f")
    return _png(picture)


def face(ground: str, hair: str) -> str:
    """A drawn portrait, as the data URI that records keep."""
    picture = Pixels.new("RGB", (352, 352), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((46, 236, 306, 520), "#2b2f2a")
    draw.ellipse((104, 52, 248, 226), hair)
    draw.ellipse((114, 84, 238, 242), "#d9a988")
    file = BytesIO()
    picture.resize((88, 88), Pixels.Resampling.LANCZOS).save(file, "WEBP", quality=60)
    return f"data:image/webp;base64,{b64encode(file.getvalue()).decode()}"


def portrayed(person: Person, ground: str, hair: str) -> Person:
    """Somebody with a picture."""
    key = f"assets/{person.name.split()[0].lower()}.jpg"
    return person.model_copy(update={"portrait": asset(key, "image/jpeg"), "face": face(ground, hair)})


def cover_png() -> bytes:
    """A cover of the size that pages show: the waveform, large."""
    picture = Pixels.new("RGB", (480, 480), "#20342c")
    draw = ImageDraw.Draw(picture)
    for bar, peak in enumerate(waveform()[::10]):
        left = 18 + 19 * bar
        draw.rectangle((left, 240 - 2 * peak, left + 9, 240 + 2 * peak), "#e0492a" if bar % 5 == 2 else "#f2b84b")
    return _png(picture)


def _png(picture: Pixels.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def waveform() -> tuple[int, ...]:
    """Something that looks like speech."""
    return tuple(
        round(14 + 80 * abs(math.sin(n / 7) * math.sin(n / 23 + 1)) * (0.6 + 0.4 * (n * 37 % 11) / 10))
        for n in range(240)
    )


SENTENCES = (
    "Also wenn man sich die Zahlen anschaut, sieht man ziemlich schnell, dass die Auslieferungen steigen.",
    "Das ist keine Meinung, das steht im Quartalsbericht.",
    "Und trotzdem reden hier alle nur über den Standort.",
    "Moment, da würde ich gern einmal widersprechen.",
)


def conversation(seconds: int, every: int = 5) -> tuple[Cue, ...]:
    """Two people talking, a cue every so many seconds."""
    return tuple(
        Cue(
            start_ms=1000 * at,
            end_ms=1000 * (at + every),
            text=SENTENCES[at // every % len(SENTENCES)],
            speaker=("Sven Kramer", "Sebastian Karger")[at // (6 * every) % 2],
        )
        for at in range(0, seconds - every, every)
    )


def full_show(public_url: str, **changes: Any) -> Show:
    """A show with everything that pages can show."""
    sven, sebastian = make_show().hosts
    facts: dict[str, Any] = {
        "hosts": (portrayed(sven, "#8fb8a8", "#5b4636"), portrayed(sebastian, "#e3b968", "#8d8b86")),
        "public_url": public_url,
        "cover": _cover(),
        "listen_on": {"apple": "https://podcasts.apple.com/podcast/id1", "spotify": "https://open.spotify.com/show/x"},
        "newsletter": {"title": "Der Brief zur Sendung", "url": "https://magazin.example/brief"},
        "copyright": "© 2026 Sven Kramer & Sebastian Karger",
    }
    return make_show(**(facts | changes))


def full_episode(slug: str = "xiaomi", duration_s: int = 3800, **changes: Any) -> Episode:
    """An episode with everything that pages can show; its audio is a WAV file, which needs no encoder."""
    plain = make_episode(slug)
    starts = (0, 83, 433, 1210, 2004, 3140)
    titles = ("Begrüßung", "Xiaomi liefert", "SoftBank pivotet", "Deutschland baut ab", "Realitätscheck", "Ausblick")
    picture = Image(asset=asset("assets/article.png", "image/png"), width=480, height=360, alt="")
    facts: dict[str, Any] = {
        "number": 1,
        "guests": (portrayed(plain.guests[0], "#c98d7a", "#2a2019"),),
        "audio": plain.audio.model_copy(
            update={
                "asset": asset(f"audio/{slug}.wav", "audio/wav", 40_000_000),
                "duration_s": float(duration_s),
                "waveform": waveform(),
            }
        ),
        "chapters": tuple(
            Chapter(start_ms=1000 * start, title=title, url="https://magazin.example/mehr" if start == 433 else None)
            for start, title in zip(starts, titles, strict=True)
            if start < duration_s
        ),
        "chapters_file": asset(f"assets/{slug}.json", "application/json+chapters"),
        "articles": (
            Article(
                url="https://magazin.example/realitaetscheck",
                language="de",
                title="Xiaomi liefert, SoftBank pivotet, Deutschland baut ab",
                summary="Während Xiaomi Zehntausende Autos ausliefert, streichen hiesige Hersteller Stellen.",
                authors=("Sven Kramer",),
                date=NOW - timedelta(days=2),
                image=picture,
            ),
            Article(url="https://magazin.example/en/reality-check", language="en"),
        ),
        "notes": NOTES,
        "links": (Link(title="Die Folge als Film", url="https://magazin.example/film"),),
        "discussions": (Discussion(protocol="activitypub", url="https://social.example/@gegenwind/1"),),
        "license": License(name="CC-BY-4.0", url="https://creativecommons.org/licenses/by/4.0/"),
        "transcript": plain.transcript.model_copy(update={"cues": conversation(600)}) if plain.transcript else None,
    }
    return make_episode(slug, **(facts | changes))


NOTES = """## Worum es geht

Drei Meldungen, *eine* Frage: Wer baut künftig die Autos?

- Xiaomi liefert aus, schneller als geplant
- SoftBank setzt auf anderes
- [Der Quartalsbericht](https://magazin.example/quelle)

> Die Zahlen lügen nicht, aber sie erzählen auch nicht alles.

| Jahr | Autos |
|------|-------|
| 2025 | 400 000 |
"""


def _cover() -> Image:
    small = asset("assets/cover-480.png", "image/png")
    alt = "Ein Pegel in Grün und Gelb"
    return Image(asset=asset("assets/cover.png", "image/png"), width=3000, height=3000, alt=alt, small=small)


def render_pages(show: Show, episodes: Sequence[Episode], now: datetime) -> dict[str, bytes]:
    """Every page of a show at a time, by its key."""
    return {page.key: page.render() for page in plan(show, episodes, now)}


def objects(show: Show, episodes: Sequence[Episode]) -> dict[str, bytes]:
    """A store's objects by key: every page, and what the pages show."""
    pages = render_pages(show, episodes, NOW)
    audio = {e.audio.asset.key: wav(int(e.audio.duration_s)) for e in episodes if e.audio.asset.key.endswith(".wav")}
    pictures = {"assets/cover-480.png": cover_png(), "assets/article.png": article_png()}
    return pages | audio | pictures
