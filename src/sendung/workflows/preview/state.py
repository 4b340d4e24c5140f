"""What the browser is shown at a moment: written by the one that makes previews, read by those that answer requests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sendung.core.errors import Problem, Severity
from sendung.core.progress import Meter, Progress, Unit
from sendung.core.words import say
from sendung.workflows.preview.build import BuiltPreview


@dataclass(frozen=True)
class View:
    """What there is to see."""

    number: int
    """Counts what was made: pages that show another number are out of date."""
    preview: BuiltPreview | None = None
    problems: tuple[Problem, ...] = ()
    """Why nothing can be shown at present; then `preview` is None."""
    doing: str = ""
    """What is under way, in words; empty if nothing is."""


class PreviewState:
    """The present view. May be read from any thread."""

    def __init__(self, number: int) -> None:
        """`number` is that of the first view; higher than those of earlier previews, whose pages may still be open."""
        self._view = View(number)
        self._lock = threading.Lock()
        self.closed = threading.Event()
        """Set when the preview ends, so that no request waits for news any longer."""

    @property
    def view(self) -> View:
        """What there is to see now."""
        return self._view

    def show(self, preview: BuiltPreview | None, problems: tuple[Problem, ...] = ()) -> None:
        """Put something new up; nothing is under way any more."""
        with self._lock:
            self._view = View(self._view.number + 1, preview, problems)

    def say(self, doing: str) -> None:
        """Tell what is under way."""
        with self._lock:
            self._view = replace(self._view, doing=doing)


class PreviewProgress:
    """A Progress that the browser sees, too. It keeps the warnings: they belong to what is being made."""

    def __init__(self, board: PreviewState, beside: Progress) -> None:
        self._board = board
        self._beside = beside
        self.warnings: list[Problem] = []

    def step(self, number: int, of: int, title: str) -> None:
        """Say what begins."""
        self._board.say(title)
        self._beside.step(number, of, title)

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        """A bar beside, and per cent for the browser."""
        with self._beside.meter(label, total, unit) as beside:
            yield _PreviewMeter(self._board, label, total, beside)

    def warn(self, message: str, hint: str = "") -> None:
        """Keep it."""
        self.warnings.append(Problem(message, hint, severity=Severity.WARNING))


class _PreviewMeter:
    def __init__(self, board: PreviewState, label: str, total: float, beside: Meter) -> None:
        self._board, self._label, self._beside = board, label, beside
        self._total = total or 1.0
        self._done = 0.0
        self._lock = threading.Lock()

    def advance(self, amount: float) -> None:
        with self._lock:
            self._done += amount
            percent = min(100, round(100 * self._done / self._total))
        self._board.say(say("{label}: {percent} %", label=say(self._label), percent=percent))
        self._beside.advance(amount)
