"""Taking the steps of a state machine: few and always the same in CI, or many at random.

The long forms take SENDUNG_MODEL_STEPS steps on each store, 4,500 if that is not set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def take_some(machine: type[RuleBasedStateMachine], examples: int, each: int) -> None:
    """A few histories of so many steps at most, the same in each run; what fails is made short."""
    _take(machine, _settings(examples, each, derandomize=True, phases=[Phase.generate, Phase.shrink]))


def take_many(machine: type[RuleBasedStateMachine], taken: Callable[[], int], each: int) -> None:
    """Histories at random, until as many steps as are wanted were `taken`; what fails stays as long as it is."""
    wanted = int(os.environ.get("SENDUNG_MODEL_STEPS", "4500"))
    while taken() < wanted:
        _take(machine, _settings(min(wanted // each + 1, 50), each, derandomize=False, phases=[Phase.generate]))


def tell(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Print something also where nobody asked for what tests print."""
    with capsys.disabled():
        sys.stdout.write(f"\n{words}\n")


def _settings(examples: int, each: int, *, derandomize: bool, phases: list[Phase]) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=each,
        deadline=None,
        database=None,
        derandomize=derandomize,
        print_blob=False,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )


def _take(machine: type[RuleBasedStateMachine], chosen: settings) -> None:
    run_state_machine_as_test(machine, settings=chosen)
