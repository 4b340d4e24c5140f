"""What was judged before and did not change is not judged again, and the judgement is the same."""

from __future__ import annotations

import os
import pickle
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sendung import audio
from sendung.config.episode import find_drafts
from sendung.config.show import load_show
from sendung.core import sealed
from sendung.core.words import Message
from sendung.workflows.check import lint
from sendung.workflows.check.lint import Report, check_drafts
from tests.large import LargeShow
from tests.workflows.conftest import EPISODES


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done: "judge" for all drafts, and the folder of each recording that was opened."""
    done: list[str] = []

    def judge(*arguments: object) -> Report:
        done.append("judge")
        return judged(*arguments)  # type: ignore[arg-type]

    def probe(recording: Path, *, alone: bool = True) -> audio.Source:
        done.append(recording.parent.name)
        return probed(recording, alone=alone)

    judged, probed = lint._judged, audio.probe
    monkeypatch.setattr(lint, "_judged", judge)
    monkeypatch.setattr(audio, "probe", probe)
    return done


def told(show: LargeShow, cache: Path | None = None) -> list[object]:
    config = load_show(show.world.folder)
    report = check_drafts(find_drafts(config), config, None, cache)
    problems = [*(problem for error in report.errors for problem in error.problems), *report.remarks]
    return [[type(error) for error in report.errors], *map(repr, problems)]


def test_what_did_not_change_is_not_judged_again(show: LargeShow, work: list[str]) -> None:
    first = told(show, show.world.cache)
    assert sorted(work) == sorted(["judge", "der-anfang", *show.slugs])
    work.clear()
    assert told(show, show.world.cache) == first
    assert work == []


def test_of_what_changed_no_other_recording_is_opened(show: LargeShow, work: list[str]) -> None:
    told(show, show.world.cache)
    work.clear()
    with (show.world.folder / "episodes/folge-0004/audio.mp3").open("ab") as sound:
        sound.write(b"more")
    told(show, show.world.cache)
    assert work == ["judge", "folge-0004"]


def _shorten(show: LargeShow, chance: random.Random) -> None:
    path = _draft(show, chance) / "episode.yaml"
    path.write_text(path.read_text("utf-8").replace("0:04", chance.choice(["0:05", "1:04"])), "utf-8")


def _cut(show: LargeShow, chance: random.Random) -> None:
    path = _draft(show, chance) / "audio.mp3"
    os.truncate(path, path.stat().st_size // 3)


def _claim(show: LargeShow, chance: random.Random) -> None:
    """Two drafts may then have one GUID: a draft that did not change is wrong, too."""
    path = _draft(show, chance) / "episode.yaml"
    path.write_text(
        f"{path.read_text('utf-8')}guid: the-same\n" if "guid" not in path.read_text("utf-8") else "", "utf-8"
    )


def _allow(show: LargeShow, chance: random.Random) -> None:
    path = show.world.folder / "show.yaml"
    path.write_text(f"# moved by a line\n{path.read_text('utf-8')}", "utf-8")


def _damage(show: LargeShow, chance: random.Random) -> None:
    for path in (show.world.cache / "judged").iterdir():
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)


def _draft(show: LargeShow, chance: random.Random) -> Path:
    return show.world.folder / "episodes" / chance.choice(show.slugs)


_CHANGES: list[Callable[[LargeShow, random.Random], None]] = [_shorten, _cut, _claim, _claim, _allow, _damage]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_changes_the_same_is_found_as_without_a_memory(show: LargeShow, seed: int) -> None:
    chance = random.Random(seed)
    for slug in show.slugs[3:]:
        shutil.rmtree(show.world.folder / "episodes" / slug)
    show = replace(show, slugs=show.slugs[:3])
    told(show, show.world.cache)
    for step in range(7):
        change = chance.choice(_CHANGES)
        change(show, chance)
        assert told(show, show.world.cache) == told(show), f"{step}: {change.__name__}"
        assert told(show, show.world.cache) == told(show), f"{step}: {change.__name__}, again"


def test_a_sentence_that_was_kept_can_be_told_in_another_language(show: LargeShow) -> None:
    shutil.rmtree(show.world.folder / "episodes/folge-0001")
    path = show.world.folder / "episodes/folge-0002/episode.yaml"
    path.write_text(path.read_text("utf-8").replace("audio.mp3", "sound.mp3"), "utf-8")
    config = load_show(show.world.folder)
    for _ in range(2):
        [error] = check_drafts(find_drafts(config), config, None, show.world.cache).errors
        assert isinstance(error.problems[0].message, Message)
        assert error.problems[0].message.template == "{name} is not there."
    assert len(find_drafts(config)) == EPISODES - 1


def test_nothing_but_problems_is_made_of_what_was_kept() -> None:
    assert sealed.unpack(pickle.dumps(os.system)) is None
    assert sealed.unpack(pickle.dumps(Path("a"))) == Path("a")
    assert sealed.unpack(b"") is None
