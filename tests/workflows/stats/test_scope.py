"""What counts for an episode: files and pages in each language, and what customers fetch, without telling who did."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import make_logs as logs
import pytest

from sendung import records
from sendung.core.model import Episode, Translation
from sendung.listening.agents import load_judgements
from sendung.records import PRIVATE_FILES, EpisodeRecord
from sendung.records.reader import PRIVATE
from sendung.website.newsletter import mailing_of
from sendung.workflows.context import RunContext
from sendung.workflows.stats import reading
from sendung.workflows.stats.explain import explain
from sendung.workflows.stats.flow import statistics
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.result import EpisodeStatistics
from tests.listening.shows import FIRST_EPISODE, make_episode

NOON = 1_792_576_800.0
"""2026-10-21 in Berlin."""
TOKENS = ("0a1b2c3d" * 4, "9f8e7d6c" * 4)
FIREFOX = logs.agent_names(200)[0]


def moved(episode: Episode, key: str) -> Episode:
    """The same with its sound at another key."""
    asset = episode.audio.asset.model_copy(update={"key": key})
    return episode.model_copy(update={"audio": episode.audio.model_copy(update={"asset": asset})})


def publish_again(run: RunContext, episode: Episode, whole: Episode | None = None) -> None:
    """Another revision of an episode."""
    source = {"title": "y"}
    facts = {"by": "sven", "at": FIRST_EPISODE, "tool": "0.1.0", "episode": episode, "whole": whole}
    record = EpisodeRecord.model_validate({"format": 3, "number": 2, "source": source, **facts})
    run.store.create(records.key_of(records.owner_of(episode.guid), 2), records.encode(record), PRIVATE)


def count(run: RunContext, folder: Path, requests: Sequence[logs.Request], form: str = "combined") -> EpisodeStatistics:
    """What these requests are for the first episode."""
    log = folder / f"{form}.log"
    log.write_text("".join(f"{logs.FORMATS[form](request)}\n" for request in requests))
    told = statistics(run, StatsRequest(places=(str(log),), source=form))
    [episode] = [episode for episode in told.episodes if episode.guid == "guid-0"]
    return episode


@pytest.mark.parametrize("form", ["s3", "combined", "caddy"])
def test_what_customers_fetch_counts_and_nothing_tells_who_they_are(
    run: RunContext, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = make_episode(0)
    publish_again(run, public, moved(public, f"{PRIVATE_FILES}audio/episode-0-feedfeedfeedfeed.mp3"))
    paths = [f"customers/{token}/audio/episode-0-feedfeedfeedfeed.mp3" for token in TOKENS]
    page = f"{logs.SITE}/customers/{TOKENS[0]}/index.html"
    requests = [
        logs.Request(NOON, "192.0.2.1", FIREFOX, paths[0], referrer=page, number=1),
        logs.Request(NOON + 5, "192.0.2.1", FIREFOX, paths[1], number=2),
        logs.Request(NOON + 9, "192.0.2.1", FIREFOX, public.audio.asset.key, number=3),
        logs.Request(NOON, "192.0.2.2", FIREFOX, paths[1], number=4),
        logs.Request(NOON, "192.0.2.3", FIREFOX, public.audio.asset.key, number=5),
        logs.Request(NOON, "192.0.2.4", FIREFOX, f"customers/{TOKENS[1]}/feed.xml", number=6),
        logs.Request(NOON, "192.0.2.5", FIREFOX, "customers/short/audio/episode-0-feedfeedfeedfeed.mp3", number=7),
    ]
    meanwhile: list[bytes] = []
    judge = load_judgements

    def look(*arguments: object) -> None:
        arguments[0].execute("CHECKPOINT")  # type: ignore[attr-defined]
        meanwhile.extend(path.read_bytes() for path in run.cache.rglob("*") if path.is_file())
        judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "load_judgements", look)
    assert count(run, tmp_path, requests, form).downloads == 3
    line = logs.FORMATS[form](requests[0])
    told = " ".join(explain(run, StatsRequest(places=(str(tmp_path / f"{form}.log"),)), line).sentences)
    kept = [path.read_bytes() for path in (tmp_path / "public").rglob("*") if path.is_file()]
    assert any(b"duckdb" in data or len(data) > 10_000 for data in meanwhile)
    for data in [*kept, *meanwhile, told.encode()]:
        assert not [token for token in TOKENS if token.encode() in data]


def test_a_recording_and_pages_in_another_language_are_the_episodes(run: RunContext, tmp_path: Path) -> None:
    german = make_episode(0)
    spoken = moved(german, "audio/episode-0-en-feedfeedfeedfeed.mp3").audio
    english = Translation(language="en", title="Episode", summary="", audio=spoken)
    publish_again(run, german.model_copy(update={"translations": (english,)}))
    requests = []
    for number in range(12):
        page = "e/episode-0/en/index.html" if number < 5 else "e/episode-0/index.html"
        address = f"192.0.2.{number}"
        requests += [
            logs.Request(NOON, address, FIREFOX, page, sent=30_000, referrer=f"{logs.ARTICLE_SITE}/"),
            logs.Request(NOON + 9, address, FIREFOX, spoken.asset.key if number < 5 else german.audio.asset.key),
        ]
    episode = count(run, tmp_path, requests)
    assert episode.downloads == 12
    assert episode.articles == {f"{logs.ARTICLE_SITE}/de/article-0": {"en": 5, "": 7}}


def test_the_links_of_a_newsletter_are_told_from_those_of_articles(run: RunContext, tmp_path: Path) -> None:
    archive = run.reader.archive()
    assert archive.show is not None
    mailing = mailing_of(archive.show.show, [make_episode(0)])
    links = {link.partition("#")[0] for link in re.findall(rf"{logs.SITE}/(e/[^\"\s]+)", mailing.html + mailing.text)}
    assert len(links) == 1, "all readers have the same, so it tells of none"
    requests = []
    for number in range(11):
        page, referrer = (
            (links.copy().pop(), "-") if number < 6 else ("e/episode-0/index.html", f"{logs.ARTICLE_SITE}/")
        )
        address = f"192.0.2.{number}"
        requests.append(logs.Request(NOON, address, FIREFOX, page, sent=30_000, referrer=referrer))
        requests.append(logs.Request(NOON + 9, address, FIREFOX, make_episode(0).audio.asset.key))
    articles = count(run, tmp_path, requests).articles
    assert articles == {"newsletter": {"": 6}, f"{logs.ARTICLE_SITE}/de/article-0": {"": 5}}
