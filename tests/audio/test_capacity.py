"""How many recordings are mastered at a time: by cores, memory and disk, and never none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung.audio import at_once, capacity


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight cores, and as much room as anybody may want."""
    monkeypatch.setattr(capacity, "usable_cores", lambda: 8)
    monkeypatch.setattr(capacity, "_free_memory", lambda: 1 << 40)
    monkeypatch.setattr(capacity, "_free_disk", lambda _: 1 << 40)


def test_one_more_than_there_are_cores(tmp_path: Path) -> None:
    assert at_once(3600, tmp_path) == 9


def test_fewer_where_memory_or_disk_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_free_memory", lambda: 1_000_000_000)
    assert at_once(3600, tmp_path) == 4
    monkeypatch.setattr(capacity, "_free_disk", lambda _: 3_000_000_000)
    assert at_once(3600, tmp_path) == 2, "an hour may take 1.4 GB before it is measured"
    assert at_once(60, tmp_path) == 4


def test_one_where_there_is_nearly_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "_free_memory", lambda: 1)
    assert at_once(3600, tmp_path / "not" / "yet" / "there") == 1


def test_what_is_free_is_asked_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert 1_000_000 < capacity._free_memory() <= 1 << 62
    assert capacity._free_disk(tmp_path / "not" / "yet" / "there") > 1_000_000
    assert at_once(60, tmp_path) >= 1
