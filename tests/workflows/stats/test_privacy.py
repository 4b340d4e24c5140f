"""No address of a log is anywhere after it was counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import make_logs as logs
import pytest

from sendung.listening.agents import load_judgements
from sendung.workflows.context import RunContext
from sendung.workflows.stats import flow
from sendung.workflows.stats.flow import statistics
from sendung.workflows.stats.request import StatsRequest

Corpus = Callable[[str], tuple[Path, logs.Truth]]


def addresses(folder: Path) -> set[bytes]:
    text = (folder / "access.log").read_text()
    return {match.encode() for match in re.findall(r"^\S+ \S+ \[[^\]]+\] (\S+) ", text, re.MULTILINE)}


def everything_below(*folders: Path) -> bytes:
    return b"\n".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())


def test_neither_store_nor_cache_nor_temporary_files_have_an_address(
    run: RunContext, corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, truth = corpus("s3")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    looked: list[bytes] = []
    judge = load_judgements

    def look_meanwhile(*arguments: object) -> None:
        """All lines are read by now, and the engine's folder is as full as it gets."""
        arguments[0].execute("CHECKPOINT")  # type: ignore[attr-defined]
        looked.append(everything_below(run.cache, temporary))
        judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(flow, "load_judgements", look_meanwhile)
    told = statistics(run, StatsRequest(places=(str(folder),)))
    assert told.read == truth.lines
    there = addresses(folder)
    assert len(there) > 1000
    kept = everything_below(tmp_path / "public", run.cache, temporary)
    assert len(looked[0]) > 100_000, "the engine's own files were looked into"
    assert [address for address in there if address in kept or address in looked[0]] == []
    assert not list(run.cache.glob("making-*")), "the engine's folder is gone"


def test_a_listener_has_another_number_each_day(
    run: RunContext, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = corpus("s3")
    shared: list[int] = []
    judge = load_judgements

    def count_shared(*arguments: object) -> None:
        days = "SELECT listener FROM hits WHERE listener > 0 GROUP BY listener HAVING count(DISTINCT day) > 1"
        query = f"SELECT count(*) FROM ({days})"
        shared.extend(row[0] for row in arguments[0].execute(query).fetchall())  # type: ignore[attr-defined]
        judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(flow, "load_judgements", count_shared)
    statistics(run, StatsRequest(places=(str(folder),)))
    assert shared == [0], "some listeners of the corpus come on two days"
