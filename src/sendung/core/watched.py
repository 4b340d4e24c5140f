"""A Progress that remembers what was warned of, and that can end what it watches from another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from sendung.core.errors import Problem, Severity
from sendung.core.progress import Meter, Progress, Unit


class Cancelled(Exception):
    """A call was ended by whoever made it. Running it again finishes what it began."""


class Watched:
    """Passes everything on to `beside`; once `cancel` is set, the next step or tick of a bar raises Cancelled."""

    def __init__(self, beside: Progress, cancel: Event | None) -> None:
        self._beside = beside
        self._cancel = cancel
        self.warnings: list[Problem] = []

    def step(self, number: int, of: int, title: str) -> None:
        """A step begins."""
        self.stop_if_cancelled()
        self._beside.step(number, of, title)

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        """A bar."""
        self.stop_if_cancelled()
        with self._beside.meter(label, total, unit) as beside:
            yield _WatchedMeter(beside, self)

    def warn(self, message: str, hint: str = "") -> None:
        """Something went wrong that does not stop the publish."""
        self.warnings.append(Problem(message, hint, severity=Severity.WARNING))
        self._beside.warn(message, hint)

    def stop_if_cancelled(self) -> None:
        """Raises Cancelled."""
        if self._cancel and self._cancel.is_set():
            raise Cancelled


class _WatchedMeter:
    def __init__(self, beside: Meter, watched: Watched) -> None:
        self._beside = beside
        self._watched = watched

    def advance(self, amount: float) -> None:
        self._watched.stop_if_cancelled()
        self._beside.advance(amount)
