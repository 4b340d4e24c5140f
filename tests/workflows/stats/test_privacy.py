"""No address of a log is anywhere after it was counted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import make_logs as logs
import pytest

from sendung.listening import stage
from sendung.listening.agents import load_judgements
from sendung.listening.formats import LogFormat
from sendung.listening.plan import CountPlan
from sendung.workflows.context import RunContext
from sendung.workflows.stats import reading
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

    monkeypatch.setattr(reading, "load_judgements", look_meanwhile)
    told = statistics(run, StatsRequest(places=(str(folder),)))
    assert told.read == truth.lines
    there = addresses(folder)
    assert len(there) > 1000
    kept = everything_below(tmp_path / "public", run.cache, temporary)
    assert len(looked[0]) > 100_000, "the engine's own files were looked into"
    assert [address for address in there if address in kept or address in looked[0]] == []
    assert not list(run.cache.glob("making-*")), "the engine's folder is gone"


def builds(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The side of each join that is kept in memory, and spilled where that is too little."""
    children = node.get("children", [])
    if "JOIN" in node["name"]:
        yield children[1]
    for child in children:
        yield from builds(child)


def names(node: dict[str, Any]) -> set[str]:
    return {node["name"].strip()}.union(*map(names, node.get("children", [])))


def test_no_join_keeps_the_lines(run: RunContext, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else addresses would be spilled into the scratch folder, and a long log would need as much memory as it has."""
    plans: list[dict[str, Any]] = []
    rows = stage._rows

    def explain(plan: CountPlan, lines: str, form: LogFormat, marked: str = "") -> str:
        query = rows(plan, lines, form, marked)
        if "read_csv" in lines:
            [(_, text)] = engines[0].execute(f"EXPLAIN (FORMAT json) {query}").fetchall()
            plans.extend(json.loads(text))
        return query

    engines: list[Any] = []
    load = stage.load_objects

    def remember(engine: Any, plan: CountPlan) -> None:
        engines.append(engine)
        load(engine, plan)

    monkeypatch.setattr(stage, "load_objects", remember)
    monkeypatch.setattr(stage, "_rows", explain)
    statistics(run, StatsRequest(places=(str(corpus("s3")[0]),)))
    kept = [names(side) for plan in plans for side in builds(plan)]
    assert len(kept) == 3, "three tables are looked up"
    assert not [side for side in kept if any("CSV" in name for name in side)]


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

    monkeypatch.setattr(reading, "load_judgements", count_shared)
    statistics(run, StatsRequest(places=(str(folder),)))
    assert shared == [0], "some listeners of the corpus come on two days"
