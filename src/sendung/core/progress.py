"""How the flows tell whoever watches what they are doing.

The core reports to a `Progress`; the command line draws it, tests collect it, library users may pass `Silent()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Literal, Protocol, runtime_checkable

Unit = Literal["bytes", "seconds", "items"]


class Meter(Protocol):
    """One bar. `advance` may be called from any thread."""

    def advance(self, amount: float) -> None:
        """Add `amount` (in the meter's unit) to what is done."""


@runtime_checkable
class NamedMeter(Meter, Protocol):
    """A bar that can also say what it is at."""

    def name(self, words: str) -> None:
        """Show these words beside the bar. May be called from any thread."""


def name(meter: Meter, words: str) -> None:
    """Let a bar say what it is at, where it can."""
    if isinstance(meter, NamedMeter):
        meter.name(words)


class Progress(Protocol):
    """What a flow reports while it runs."""

    def step(self, number: int, of: int, title: str) -> None:
        """A numbered step begins; the step before it is done."""

    def meter(self, label: str, total: float, unit: Unit) -> AbstractContextManager[Meter]:
        """A bar from 0 to `total` units, drawn until the context ends."""

    def warn(self, message: str, hint: str = "") -> None:
        """Something went wrong that does not stop the publish."""


class SilentMeter:
    """A Meter that shows nothing."""

    def advance(self, amount: float) -> None:
        """Draw nothing."""


class Silent:
    """A Progress that shows nothing."""

    def step(self, number: int, of: int, title: str) -> None:
        """Say nothing."""

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        """Draw nothing."""
        yield SilentMeter()

    def warn(self, message: str, hint: str = "") -> None:
        """Say nothing."""
