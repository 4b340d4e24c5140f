"""A small show of the kind that may be large: published long ago, with its drafts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendung.config.show import load_show
from sendung.core import stamps
from sendung.core.progress import Silent
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import publish
from tests.large import LargeShow, make_large_show
from tests.servers.fixtures import Target

EPISODES = 8


def run_on(show: LargeShow, cache: Path | None = None) -> RunContext:
    """A run of the machine that made the show, or of one with another cache."""
    world = show.world
    return RunContext(world.store(), "sven@studio", lambda: datetime.now(UTC), cache or world.cache, Silent())


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> LargeShow:
    folder = tmp_path_factory.mktemp("large")
    show = make_large_show(folder, Target("directory", str(folder / "public"), None, {}), EPISODES)
    publish(sorted((show.world.folder / "episodes").iterdir()), load_show(show.world.folder), run_on(show))
    return show


@pytest.fixture
def show(made: LargeShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LargeShow:
    """A copy of its own, whose files may be trusted although they are new."""
    monkeypatch.setattr(stamps, "SETTLED_NS", -1)
    for name in ("show", "public", "cache"):
        shutil.copytree(made.world.folder.parent / name, tmp_path / name)
    shutil.rmtree(tmp_path / "cache/seen", ignore_errors=True)
    target = replace(made.world.target, url=str(tmp_path / "public"))
    return LargeShow(replace(made.world, folder=tmp_path / "show", cache=tmp_path / "cache", target=target), made.slugs)
