"""A show of four episodes, and logs of it of which the truth is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import make_logs as logs
import pytest

from sendung.workflows.context import RunContext
from tests.listening.shows import publish, run_at

EPISODES, DAYS = 4, 9
MakeLog = Callable[..., logs.Truth]


@pytest.fixture
def run(tmp_path: Path) -> RunContext:
    (tmp_path / "public").mkdir()
    run = run_at(tmp_path)
    publish(run.store, EPISODES)
    return run


@pytest.fixture
def hosting(tmp_path: Path) -> Path:
    path = tmp_path / "hosting.txt"
    path.write_text(f"# clouds\n{logs.HOSTING}\n")
    return path


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, logs.Truth]]:
    """A folder with a log in a format, made once."""
    made: dict[str, tuple[Path, logs.Truth]] = {}

    def make(form: str) -> tuple[Path, logs.Truth]:
        if form not in made:
            folder = tmp_path_factory.mktemp(form)
            crowd = logs.Crowd(7, EPISODES, DAYS)
            with (folder / "access.log").open("w") as file:
                logs.write_log(crowd, 4_000, form, file)
            made[form] = folder, crowd.truth
        return made[form]

    return make
