"""Random histories of three hosts who do as hosts do, held to what no history may end with.

Where `test_model.py` knows each answer, this knows what every folder means (`histories.py`). Folders are moved by hand,
names are used again, checkouts are stale, clocks are wrong, zones are corrected, runs are cut short or meet each other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash_and_race.checkouts import make_pattern
from tests.crash_and_race.histories import Histories
from tests.crash_and_race.steps import take_many, take_some
from tests.servers.fixtures import Target


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_histories(target: Target, tmp_path: Path) -> None:
    make_pattern(tmp_path)
    Histories.begin(tmp_path, target)
    take_some(Histories, examples=3, each=20)


@pytest.mark.soak
def test_histories_for_long(target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_pattern(tmp_path)
    Histories.begin(tmp_path, target)
    take_many(Histories, 40, capsys)
