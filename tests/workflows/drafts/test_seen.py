"""Drafts that are as published are not read again, and that never changes what anybody is told."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sendung.config import episode
from sendung.config.show import load_show
from sendung.core import stamps
from sendung.workflows.drafts import seen
from sendung.workflows.history import status
from sendung.workflows.history.rollback import withdraw
from sendung.workflows.publish import reading
from sendung.workflows.publish.flow import publish
from tests.large import LargeShow
from tests.workflows.conftest import EPISODES, run_on


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The drafts that were read, by name."""
    names: list[str] = []

    def load(folder: Path, *arguments: object) -> episode.Draft:
        names.append(folder.name)
        return original(folder, *arguments)  # type: ignore[arg-type]

    original = episode.load_draft
    monkeypatch.setattr(status, "load_draft", load)
    monkeypatch.setattr("sendung.workflows.check.drafts.load_draft", load)
    return names


def rows(show: LargeShow, cache: Path | None = None) -> list[tuple[object, ...]]:
    lines = status.read_status(load_show(show.world.folder), run_on(show, cache))
    return [(line.slug, line.state, line.title, line.published, line.since, line.comes) for line in lines]


def test_a_second_look_reads_no_draft(show: LargeShow, read: list[str]) -> None:
    first = rows(show)
    assert len(read) == EPISODES
    read.clear()
    assert rows(show) == first
    outcome = publish([*(show.world.folder / "episodes").iterdir()], load_show(show.world.folder), run_on(show))
    assert {str(result.status) for result in outcome.episodes} == {"unchanged"}
    assert read == []


def test_a_publish_reads_what_changed_and_nothing_else(show: LargeShow, read: list[str]) -> None:
    rows(show)
    (show.world.folder / "episodes/folge-0003/notes.md").write_text("Anders.\n", "utf-8")
    read.clear()
    batch = reading.read_and_compare(
        sorted((show.world.folder / "episodes").iterdir()), load_show(show.world.folder), run_on(show)
    )
    assert read == ["folge-0003"]
    assert [candidate.slug for candidate in batch.candidates if candidate.taken] == ["folge-0003"]
    assert len(batch.candidates) == EPISODES


def _edit(show: LargeShow, chance: random.Random) -> None:
    path = _draft(show, chance) / "notes.md"
    path.write_text(path.read_text("utf-8") + chance.choice("abc"), "utf-8")


def _edit_in_place(show: LargeShow, chance: random.Random) -> None:
    """As many bytes as before."""
    path = _draft(show, chance) / "episode.yaml"
    path.write_text(path.read_text("utf-8").replace("geht", "ging"), "utf-8")


def _break(show: LargeShow, chance: random.Random) -> None:
    (_draft(show, chance) / "audio.mp3").unlink(missing_ok=True)


def _withdraw(show: LargeShow, chance: random.Random) -> None:
    if chance.random() < 0.3:
        withdraw(_draft(show, chance).name, run_on(show), delete_audio=False)


def _publish(show: LargeShow, chance: random.Random) -> None:
    publish([_draft(show, chance)], load_show(show.world.folder), run_on(show))


def _say_other_hosts(show: LargeShow, chance: random.Random) -> None:
    path = show.world.folder / "show.yaml"
    path.write_text(path.read_text("utf-8").replace("Sebastian Karger", "Sebastian K"), "utf-8")


def _lose(show: LargeShow, chance: random.Random) -> None:
    shutil.rmtree(show.world.cache / chance.choice(["seen", "agreed", "records"]), ignore_errors=True)


def _damage(show: LargeShow, chance: random.Random) -> None:
    for path in (show.world.cache / "seen").glob("*.json"):
        data = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data[: chance.choice([None, chance.randrange(len(data))])])


def _swap(show: LargeShow, chance: random.Random) -> None:
    """Two folders take each other's names."""
    first, second = _draft(show, chance), _draft(show, chance)
    if first != second:
        first.rename(first.with_name("swapped"))
        second.rename(first)
        first.with_name("swapped").rename(second)


def _draft(show: LargeShow, chance: random.Random) -> Path:
    return show.world.folder / "episodes" / chance.choice(show.slugs)


_CHANGES: list[Callable[[LargeShow, random.Random], None]] = [
    _edit, _edit_in_place, _break, _withdraw, _publish, _say_other_hosts, _lose, _damage, _damage, _swap
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_same_is_told_as_on_a_machine_that_saw_nothing(
    show: LargeShow, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    for step in range(12):
        change = chance.choice(_CHANGES)
        change(show, chance)
        fresh = tmp_path / f"fresh-{step}"
        shutil.copytree(show.world.cache, fresh)
        shutil.rmtree(fresh / "seen", ignore_errors=True)
        assert rows(show) == rows(show, fresh), f"{step}: {change.__name__}"


def test_what_is_kept_is_for_this_user_alone_and_no_secret(show: LargeShow) -> None:
    rows(show)
    [path] = (show.world.cache / "seen").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    entries = json.loads(path.read_bytes().partition(b"\n")[2])
    assert {tuple(seen.SeenDraft(*entry)._asdict()) for entry in entries.values()} == {seen.SeenDraft._fields}


def test_what_changed_a_moment_ago_is_read_again(
    show: LargeShow, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "SETTLED_NS", 2 * 10**9)
    rows(show)
    rows(show)
    assert len(read) == 2 * EPISODES


def test_another_show_or_store_believes_nothing_of_it(show: LargeShow, read: list[str], tmp_path: Path) -> None:
    rows(show)
    shutil.copytree(tmp_path / "public", tmp_path / "other")
    world = replace(show.world, target=replace(show.world.target, url=str(tmp_path / "other")))
    read.clear()
    rows(LargeShow(world, show.slugs))
    assert len(read) == EPISODES
