"""A published show without any sound: records in a store, as a publish would have left them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import make_logs as logs

from sendung import records
from sendung.core.model import Article, Asset, Audio, Episode
from sendung.records import EpisodeRecord, ShowRecord
from sendung.records.reader import PRIVATE
from sendung.store import open_store
from sendung.store.interface import Store
from sendung.workflows.context import RunContext
from tests.website.samples import make_show

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
FIRST_EPISODE = datetime(2026, 10, 19, 4, tzinfo=UTC)


def make_episode(number: int, **changes: Any) -> Episode:
    """An episode whose file is as long and large as those that `make_logs` has."""
    key = f"audio/episode-{number}-0123456789abcdef.mp3"
    audio = Audio(
        asset=Asset(key=key, media_type="audio/mpeg", size=logs.SIZE, sha256="0" * 64),
        duration_s=logs.DURATION_S,
        lufs=-16,
        dbtp=-1,
        channels=2,
        sample_rate=44100,
        bitrate=logs.BITRATE,
    )
    facts: dict[str, Any] = {
        "guid": f"guid-{number}",
        "slug": f"episode-{number}",
        "title": f"Episode {number}",
        "date": FIRST_EPISODE + timedelta(days=number),
        "summary": "",
        "articles": tuple(
            Article(url=f"{logs.ARTICLE_SITE}/{language}/article-{number}", language=language)
            for language in ("de", "en")
        ),
        "audio": audio,
    }
    return Episode.model_validate(facts | changes)


def publish(store: Store, episodes: int, make: Callable[[int], Episode] = make_episode) -> None:
    """Put records into a store."""
    show = make_show(title="Zwei Töne", public_url=logs.SITE)
    at = FIRST_EPISODE
    record = ShowRecord(number=1, source={"title": "x"}, by="sven", at=at, tool="0.1.0", show=show, audio={})
    store.create(records.key_of(records.SHOW, 1), records.encode(record), PRIVATE)
    for number in range(episodes):
        episode = make(number)
        revision = EpisodeRecord(number=1, source={"title": "x"}, by="sven", at=at, tool="0.1.0", episode=episode)
        key = records.key_of(records.owner_of(episode.guid), 1)
        store.create(key, records.encode(revision), PRIVATE)


def run_at(folder: Path, cache: Path | None = None) -> RunContext:
    """A run on a directory store, by a clock that stands."""
    store = open_store(str(folder / "public"), folder, None, None)
    return RunContext(store, "sven", lambda: NOW, cache or folder / "cache")
