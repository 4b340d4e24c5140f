"""One bar for several things that are done at once, each of which reports to a Progress of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sendung.core.progress import Meter, Progress, Unit, name
from sendung.core.words import say


class SharedBar:
    """A bar over all of some things, which says how many of them are done, and which are under way.

    `weights` are the things by name, each with its part of the bar, in the bar's unit.
    """

    def __init__(self, progress: Progress, meter: Meter, weights: Mapping[str, float]) -> None:
        self._progress = progress
        self._meter = meter
        self._left = dict(weights)
        self._weights = dict(weights)
        self._under_way: list[str] = []
        self._done = 0
        self._lock = threading.Lock()

    @classmethod
    @contextmanager
    def over(cls, progress: Progress, label: str, weights: Mapping[str, float], unit: Unit) -> Iterator[SharedBar]:
        """The bar, drawn until the context ends."""
        with progress.meter(label, sum(weights.values()), unit) as meter:
            yield cls(progress, meter, weights)

    def begin(self, thing: str, share: float = 1.0, parts: int = 1) -> BarPart:
        """What one thing reports to: its `parts` meters (how many are expected) fill so much of its part of the bar."""
        with self._lock:
            self._under_way.append(thing)
        self._tell()
        return BarPart(self, thing, share * self._weights[thing] / parts)

    def advance(self, thing: str, amount: float) -> None:
        """Move the bar by so much of a thing's part, as far as that has not been moved already."""
        with self._lock:
            amount = min(amount, self._left[thing])
            self._left[thing] -= amount
        self._meter.advance(amount)

    def left(self, thing: str) -> float:
        """How much of a thing's part is not full yet."""
        return self._left[thing]

    def end(self, thing: str) -> None:
        """A thing is done, or has failed: the rest of its part is full."""
        self.advance(thing, self._left[thing])
        with self._lock:
            self._done += 1
            self._under_way.remove(thing)
        self._tell()

    def warn(self, message: str, hint: str) -> None:
        """Hand on a warning, one at a time."""
        with self._lock:
            self._progress.warn(message, hint)

    def _tell(self) -> None:
        with self._lock:
            values = {"done": self._done, "all": len(self._weights)}
            words = say("{done} of {all}: {thing}", thing=self._under_way[0], **values) if self._under_way else ""
            name(self._meter, words or say("{done} of {all}", **values))


@dataclass(frozen=True)
class BarPart:
    """A Progress whose bars together are a part of one."""

    bar: SharedBar
    thing: str
    weight: float
    """Of each of its meters, in the bar's unit."""

    def step(self, number: int, of: int, title: str) -> None:
        """A part has no steps."""

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        """A meter that moves the one bar."""
        yield _PartMeter(self, total)

    def rest(self) -> BarPart:
        """A part whose one meter fills what is left of the thing's."""
        return BarPart(self.bar, self.thing, self.bar.left(self.thing))

    def warn(self, message: str, hint: str = "") -> None:
        """Hand on a warning."""
        self.bar.warn(message, hint)


@dataclass
class _PartMeter:
    part: BarPart
    total: float
    _left: float = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.part.weight

    def advance(self, amount: float) -> None:
        """Move the bar by its part, and not further."""
        moved = min(self._left, amount / self.total * self.part.weight) if self.total else 0.0
        self._left -= moved
        self.part.bar.advance(self.part.thing, moved)
