"""Sums in the store: nothing counts twice, late files make a revision, little is told of few."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import make_logs as logs
import pytest

from sendung.listening.sums import PREFIX, DaySums, EpisodeSums, coarse, encode_sums, key_of_sums
from sendung.records.reader import PRIVATE
from sendung.workflows.context import RunContext
from sendung.workflows.stats.flow import statistics
from sendung.workflows.stats.keep import keep, read_kept
from sendung.workflows.stats.request import StatsRequest
from tests.listening.shows import run_at

Corpus = Callable[[str], tuple[Path, logs.Truth]]


def keys(run: RunContext) -> list[str]:
    return [stat.key for stat in run.store.list(PREFIX)]


def split(folder: Path, into: Path) -> tuple[Path, Path]:
    """The first three quarters of a log and the rest, as two files."""
    lines = (folder / "access.log").read_text().splitlines(keepends=True)
    into.mkdir()
    early, late = into / "early.log", into / "late.log"
    early.write_text("".join(lines[: len(lines) * 3 // 4]))
    late.write_text("".join(lines[len(lines) * 3 // 4 :]))
    return early, late


def test_the_same_logs_again_write_nothing(run: RunContext, corpus: Corpus, tmp_path: Path) -> None:
    folder, truth = corpus("s3")
    first = statistics(run, StatsRequest(places=(str(folder),)))
    before = keys(run)
    again = statistics(run_at(tmp_path), StatsRequest(places=(str(folder),)))
    assert keys(run) == before
    assert again.downloads == first.downloads
    assert statistics(run, StatsRequest()).downloads == first.downloads, "what is kept, without logs"
    assert len(before) == len({day for day, _ in truth.downloads})


def test_a_file_that_comes_late_makes_a_revision_and_less_than_before_changes_nothing(
    run: RunContext, corpus: Corpus, tmp_path: Path
) -> None:
    folder, _ = corpus("s3")
    early, late = split(folder, tmp_path / "split")
    partly = statistics(run, StatsRequest(places=(str(early),)))
    whole = statistics(run, StatsRequest(places=(str(early), str(late))))
    assert partly.downloads < whole.downloads
    assert {key.rpartition("/")[2] for key in keys(run)} == {"000001.json", "000002.json"}
    fewer = statistics(run, StatsRequest(places=(str(late),)))
    assert fewer.downloads == whole.downloads
    assert any("what is kept stays" in problem.message for problem in fewer.warnings)


def test_a_copy_a_packed_copy_and_an_earlier_state_of_a_file_are_left_out(
    run: RunContext, corpus: Corpus, tmp_path: Path
) -> None:
    folder, truth = corpus("combined")
    place = tmp_path / "logs"
    place.mkdir()
    data = (folder / "access.log").read_bytes()
    (place / "access.log").write_bytes(data)
    (place / "copy.log").write_bytes(data)
    (place / "access.log.gz").write_bytes(gzip.compress(data))
    (place / "earlier.log").write_bytes(data[: len(data) // 2])
    told = statistics(run, StatsRequest(places=(str(place),)))
    assert told.read == truth.lines
    assert sum("has all of its lines" in problem.message for problem in told.warnings) == 3


def test_lines_that_come_twice_by_their_id_count_once(run: RunContext, corpus: Corpus, tmp_path: Path) -> None:
    folder, truth = corpus("s3")
    lines = (folder / "access.log").read_text().splitlines(keepends=True)
    place = tmp_path / "twice.log"
    place.write_text("".join(lines[1000:]) + "".join(lines[:2000]))
    told = statistics(run, StatsRequest(places=(str(place),)))
    assert told.read == truth.lines + 1000
    assert told.reasons["twice"] > 500
    assert told.reasons["counted"] == statistics(run_other(tmp_path), StatsRequest(places=(str(folder),))).downloads


def run_other(tmp_path: Path) -> RunContext:
    """A run on another store with the same show."""
    other = tmp_path / "other"
    shutil.copytree(tmp_path / "public" / "records", other / "public" / "records")
    return run_at(other)


def test_many_hosts_at_once_keep_one_count(run: RunContext, corpus: Corpus, tmp_path: Path) -> None:
    folder, _ = corpus("s3")
    runs = [run_at(tmp_path, tmp_path / f"cache-{number}") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda host: statistics(host, StatsRequest(places=(str(folder),))), runs))
    assert len({each.downloads for each in told}) == 1
    assert all(key.endswith("000001.json") for key in keys(run))


def sums_with(lines: int, **episode: object) -> DaySums:
    from datetime import date

    facts = EpisodeSums.model_validate({"downloads": 9, **episode})
    return DaySums(day=date(2026, 10, 20), zone="Europe/Berlin", source="s3", lines=lines, episodes={"guid-0": facts})


def test_a_host_who_was_slower_looks_at_what_the_other_kept(run: RunContext) -> None:
    source = (sums_with(1).day, "s3")
    before = read_kept(run.store)
    run.store.create(key_of_sums(*source, 1), encode_sums(sums_with(50)), PRIVATE)
    holds, warnings = keep(run.store, before, {source: sums_with(40)})
    assert holds[source].lines == 50
    assert len(warnings) == 1
    holds, warnings = keep(run.store, before, {source: sums_with(60)})
    assert (holds[source].lines, warnings) == (60, [])
    assert keys(run)[-1].endswith("/000002.json")


def test_what_few_have_is_not_kept() -> None:
    sums = sums_with(
        9, apps={"Castro": 5, "Overcast": 4}, countries={"DE": 4}, articles={"a": {"de": 4, "en": 5}, "b": {"de": 3}}
    )
    episode = coarse(sums).episodes["guid-0"]
    assert episode.downloads == 9
    assert (episode.apps, episode.countries) == ({"Castro": 5}, {})
    assert episode.articles == {"a": {"en": 5, "": 4}}


@pytest.mark.parametrize("number", [1, 7])
def test_other_objects_beside_sums_are_no_sums(run: RunContext, number: int) -> None:
    for name in ("state/listening/notes.txt", "state/listening/2026-13-40/s3/000001.json"):
        run.store.create(name, b"x", PRIVATE)
    run.store.create(key_of_sums(sums_with(1).day, "s3", number), encode_sums(sums_with(5)), PRIVATE)
    assert [found for found, _ in read_kept(run.store).values()] == [number]


def test_sums_of_a_newer_version_say_what_to_do(run: RunContext) -> None:
    from sendung.core.errors import Outdated

    values = json.loads(encode_sums(sums_with(5))) | {"format": 2, "tool": "9.0.0"}
    run.store.create(key_of_sums(sums_with(1).day, "s3", 1), json.dumps(values).encode(), PRIVATE)
    with pytest.raises(Outdated, match=r"newer Sendung \(9\.0\.0"):
        read_kept(run.store)
