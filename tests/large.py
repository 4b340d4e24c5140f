"""A show of any size with its drafts, published long ago, without mastering: records written by the library itself.

One episode is really published; the others are that one under other names, each with a draft that it equals, with files
of its own, and with assets of the right sizes (holes, so that they take no room).
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sendung import records
from sendung.config.episode import load_draft
from sendung.config.show import load_show
from sendung.core.model import Asset, Episode, Show
from sendung.core.progress import Silent
from sendung.records import EpisodeRecord
from sendung.records.reader import PRIVATE
from sendung.store import Store
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.identity import first_guid
from sendung.workflows.publish.flow import publish
from tests.crash_and_race.world import World, add_draft, make_world
from tests.end_to_end.conftest import run_ffmpeg
from tests.servers.fixtures import Target

FIRST = "der-anfang"
NOTES = "Wir reden über Bremsen, Räder und das, was unsere Gäste so erzählen.\n\n" * 20
EPISODE = """\
title: Unterwegs bei Kilometer {kilometre}
date: {date:%Y-%m-%d %H:%M}
number: {number}
article:
  en: https://www.example.org/en/{slug}
  de: https://www.example.org/{slug}
summary: Worum es in Folge {number} geht.
audio: audio.mp3
notes: notes.md
chapters:
  - at: 0
    title: Anfang
  - at: "0:04"
    title: Mitte
transcript: transcript.vtt
"""
_SENDERS = 16


@dataclass(frozen=True)
class LargeShow:
    """A large show in its folder, its store, and the cache of the machine that made it."""

    world: World
    slugs: tuple[str, ...]
    """All but the one that was really published, oldest first."""

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this machine needs."""
        own = {"SENDUNG_CACHE": str(self.world.cache), "SENDUNG_BY": "sven@studio", "NO_COLOR": "1"}
        return os.environ | own | self.world.target.environment | {"SENDUNG_STORE": self.world.target.url}


def make_large_show(folder: Path, target: Target, episodes: int) -> LargeShow:
    """A show of so many episodes; its feed and pages are those of one of them, until somebody publishes."""
    world = make_world(folder, target, [FIRST])
    store, config = world.store(), load_show(world.folder)
    run = RunContext(store, "sven@studio", lambda: datetime.now(UTC), world.cache, Silent())
    outcome = publish([world.folder / "episodes" / FIRST], config, run)
    if outcome.error:
        raise outcome.error
    archive = run.reader.archive()
    [first] = archive.episodes.values()
    if archive.show is None:
        raise AssertionError("it was published")
    grown = _Growing(world, store, first, archive.show.show, run)
    sound = folder / "sound.mp3"
    run_ffmpeg("-i", str(folder / "tone.flac"), "-ac", "1", "-ar", "16000", "-b:a", "16k", str(sound))
    data, slugs = sound.read_bytes(), tuple(f"folge-{number:04}" for number in range(1, episodes))
    with ThreadPoolExecutor(_SENDERS) as pool:
        list(pool.map(lambda number: grown.add(number, slugs[number - 1], data), range(1, episodes)))
    return LargeShow(world, slugs)


def name_of(asset: Asset, slug: str) -> str:
    """The key of an episode's own copy of an asset."""
    folder, _, name = asset.key.rpartition("/")
    digest, suffix = hashlib.sha256(f"{slug} {asset.key}".encode()).hexdigest()[:16], name.partition(".")[2]
    return f"{folder}/{f'{slug}-' if folder == 'audio' else ''}{digest}.{suffix}"


@dataclass(frozen=True)
class _Growing:
    """A show that gets more episodes."""

    world: World
    store: Store
    first: EpisodeRecord
    show: Show
    run: RunContext

    def add(self, number: int, slug: str, sound: bytes) -> None:
        """An episode: its draft, its assets, and its record."""
        self._write_draft(number, slug, sound)
        draft = load_draft(self.world.folder / "episodes" / slug, load_show(self.world.folder))
        facts = {
            "guid": first_guid(self.show.guid, slug),
            "slug": slug,
            "title": draft.title,
            "summary": draft.summary,
            "date": draft.date,
            "notes": draft.notes,
            "number": draft.file.number,
            "articles": draft.articles,
        }
        episode = _owned(self.first.episode, slug).model_copy(update=facts)
        for asset in records.assets_of(episode):
            self._write_asset(asset)
        source = draft.source(self.run.reader.digest)
        record = self.first.model_copy(update={"at": draft.date, "episode": episode, "source": source})
        key = records.key_of(records.owner_of(episode.guid), 1)
        self.store.create(key, records.encode(record), PRIVATE)

    def _write_draft(self, number: int, slug: str, sound: bytes) -> None:
        add_draft(self.world.folder, slug, self.world.folder.parent / "tone.flac")
        folder = self.world.folder / "episodes" / slug
        (folder / "audio.flac").unlink()
        day = datetime(2010, 1, 1, 6, tzinfo=UTC) + timedelta(days=number)
        (folder / "episode.yaml").write_text(
            EPISODE.format(number=number, kilometre=10 * number + 5, date=day, slug=slug), "utf-8"
        )
        (folder / "notes.md").write_text(f"{NOTES}Folge {number}.\n", "utf-8")
        (folder / "audio.mp3").write_bytes(sound + b"TAG" + slug.encode().ljust(125, b"\0"))

    def _write_asset(self, asset: Asset) -> None:
        root = self.world.target.url
        path = Path(root) / asset.key
        if not path.exists():
            path.touch()
            os.truncate(path, asset.size)


def _owned(facts: Episode, slug: str) -> Episode:
    """An episode whose assets have keys of its own."""
    return Episode.model_validate(_renamed(facts, slug))


def _renamed(value: Any, slug: str) -> Any:
    if isinstance(value, Asset):
        return value.model_copy(update={"key": name_of(value, slug)})
    if isinstance(value, BaseModel):
        return value.model_copy(update={key: _renamed(getattr(value, key), slug) for key in type(value).model_fields})
    if isinstance(value, tuple):
        return tuple(_renamed(entry, slug) for entry in value)
    return value
