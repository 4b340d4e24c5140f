"""What was planted is what is counted, in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import make_logs as logs
import pytest

from sendung.listening.rules import Reason
from sendung.workflows.context import RunContext
from sendung.workflows.stats.flow import count_logs, statistics
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.result import Statistics
from sendung.workflows.stats.scope import scope_of

from .conftest import DAYS, EPISODES

Corpus = Callable[[str], tuple[Path, logs.Truth]]


def ask(folder: Path, hosting: Path, **options: object) -> StatsRequest:
    return StatsRequest(places=(str(folder),), hosting=(hosting,), threads=2, **options)  # type: ignore[arg-type]


def by_day(told: Statistics) -> Counter[tuple[date, int]]:
    return Counter(
        {
            (day, int(episode.slug.rpartition("-")[2])): number
            for episode in told.episodes
            for day, number in episode.days.items()
        }
    )


@pytest.mark.parametrize("form", logs.FORMATS)
def test_each_day_of_each_episode_has_its_downloads(form: str, run: RunContext, corpus: Corpus, hosting: Path) -> None:
    folder, truth = corpus(form)
    told = statistics(run, ask(folder, hosting))
    assert by_day(told) == truth.downloads
    assert told.read == truth.lines
    assert told.reasons[Reason.COUNTED] == truth.downloads.total() == told.downloads


def test_servers_whose_clocks_differ_move_next_to_nothing(run: RunContext, hosting: Path, tmp_path: Path) -> None:
    """Two servers write one log, by turns, and the clock of one is 90 seconds late: only midnight is another moment."""
    crowd = logs.Crowd(7, EPISODES, DAYS)
    for number, request in enumerate(crowd.requests(4_000)):
        late = number % 2
        with (tmp_path / f"server-{late}.log").open("a") as file:
            file.write(logs.combined_line(replace(request, at=request.at - 90 * late)) + "\n")
    places = tuple(str(tmp_path / f"server-{late}.log") for late in (0, 1))
    told = statistics(run, StatsRequest(places=places, hosting=(hosting,)))
    planted = crowd.truth.downloads.total()
    assert told.read == crowd.truth.lines
    assert told.downloads == pytest.approx(planted, rel=0.01)
    assert told.downloads < planted, "of those who came within 90 seconds of midnight, some came on one day"
    brought = sum(sum(languages.values()) for episode in told.episodes for languages in episode.articles.values())
    assert brought == pytest.approx(crowd.truth.articles.total(), rel=0.01)


def test_apps_and_articles_are_what_was_planted(run: RunContext, corpus: Corpus, hosting: Path) -> None:
    folder, truth = corpus("s3")
    scope = scope_of(run, ask(folder, hosting))
    counted = count_logs(run, ask(folder, hosting), scope)
    apps: Counter[str] = Counter()
    articles: Counter[tuple[int, str]] = Counter()
    for sums in counted.sums.values():
        for guid, episode in sums.episodes.items():
            apps.update(episode.apps)
            for languages in episode.articles.values():
                articles.update({(int(guid.rpartition("-")[2]), name): n for name, n in languages.items()})
    assert apps == truth.apps
    assert articles == truth.articles
