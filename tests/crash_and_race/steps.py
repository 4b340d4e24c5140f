"""Taking the steps of a state machine: few and always the same in CI, or many at random.

The long forms take SENDUNG_MODEL_STEPS steps on each store, 4,500 if that is not set.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from sendung.store import Store
from tests.servers.fixtures import Target


class Counted(RuleBasedStateMachine):
    """A machine each of whose histories begins with a copy of the pattern and an empty store; it counts its steps."""

    pattern: ClassVar[Path]
    target: ClassVar[Target]
    places: ClassVar[Iterator[int]]
    steps: ClassVar[int]
    failed_after: ClassVar[int | None]

    @classmethod
    def begin(cls, pattern: Path, target: Target) -> None:
        """What all histories of a test have in common; none was taken yet."""
        cls.pattern, cls.target, cls.places = pattern, target, itertools.count()
        cls.steps, cls.failed_after = 0, None

    def open_store(self) -> Store:
        """The empty store of another history."""
        self.own = replace(self.target, url=f"{self.target.url}-{next(self.places)}")
        return self.own.open()

    def fresh_folder(self) -> Path:
        """An empty folder, in the place where those of all histories were: what is made of a cover is made once."""
        folder = self.pattern / "history"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def teardown(self) -> None:
        """Note how many steps the first failure took; and leave no store behind, for long trials would fill a disk."""
        if isinstance(sys.exc_info()[1], Exception):  # hypothesis ends histories by another
            type(self).failed_after = type(self).failed_after or type(self).steps + 1
        if hasattr(self, "own") and self.own.kind == "directory":
            shutil.rmtree(self.own.url, ignore_errors=True)


def take_some(machine: type[Counted], examples: int, each: int) -> None:
    """A few histories of so many steps at most, the same in each run; what fails is made short."""
    _take(machine, _settings(examples, each, derandomize=True, phases=[Phase.generate, Phase.shrink]))


def take_until_one_fails(machine: type[Counted], examples: int, each: int) -> str:
    """Histories, the same in each run; after how many steps the first one failed, and of what."""
    try:
        _take(machine, _settings(examples, each, derandomize=True, phases=[Phase.generate]))
    except Exception as error:  # noqa: BLE001 - whatever it is, it was noticed
        return f"{machine.failed_after} steps ({str(error).partition(chr(10))[0][:100]})"
    return ""


def take_many(machine: type[Counted], each: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Histories at random, until as many steps as are wanted were taken; what fails stays as long as it is.

    How many were taken is printed, also where nobody asked for what tests print.
    """
    wanted = int(os.environ.get("SENDUNG_MODEL_STEPS", "4500"))
    try:
        while machine.steps < wanted:
            _take(machine, _settings(min(wanted // each + 1, 50), each, derandomize=False, phases=[Phase.generate]))
    finally:
        with capsys.disabled():
            sys.stdout.write(f"\n{machine.steps} steps on {machine.target.kind}\n")


def _settings(examples: int, each: int, *, derandomize: bool, phases: list[Phase]) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=each,
        deadline=None,
        database=None,
        derandomize=derandomize,
        print_blob=False,
        report_multiple_bugs=False,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


def _take(machine: type[RuleBasedStateMachine], chosen: settings) -> None:
    run_state_machine_as_test(machine, settings=chosen)
