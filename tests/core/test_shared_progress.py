"""One bar for several things at once: it is full when all are done, and says how many are and which is under way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sendung.core.progress import Meter, Silent, Unit
from sendung.core.shared_progress import SharedBar


class Bar(Silent):
    """A bar that remembers what it showed."""

    def __init__(self) -> None:
        self.total = self.full = 0.0
        self.words: list[str] = []
        self.warnings: list[str] = []

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        self.total = total
        yield self

    def advance(self, amount: float) -> None:
        self.full += amount

    def name(self, words: str) -> None:
        self.words.append(words)

    def warn(self, message: str, hint: str = "") -> None:
        self.warnings.append(f"{message} {hint}")


def test_the_bar_is_of_all_and_says_how_many_are_done() -> None:
    bar = Bar()
    with SharedBar.over(bar, "Mastering", {"long": 30, "short": 10}, "seconds") as shared:
        long, short = shared.begin("long", share=0.9), shared.begin("short", parts=2)
        with long.meter("Mastering", 30, "seconds") as meter:
            meter.advance(15)
            assert bar.full == pytest.approx(0.9 * 15)
            meter.advance(30)
            assert bar.full == pytest.approx(27), "no meter fills more than its part"
        with long.rest().meter("Uploading", 1000, "bytes") as meter:
            meter.advance(500)
        assert bar.full == pytest.approx(28.5)
        with short.meter("Mixing", 0, "seconds") as meter:
            meter.advance(1)
        shared.end("short")
        shared.end("long")
    assert bar.total == 40
    assert bar.full == pytest.approx(40)
    assert bar.words == ["0 of 2: long", "0 of 2: long", "1 of 2: long", "2 of 2"]


def test_warnings_of_parts_are_handed_on() -> None:
    bar = Bar()
    with SharedBar.over(bar, "Mastering", {"one": 1}, "seconds") as shared:
        shared.begin("one").warn("Too loud.", "Listen to it.")
    assert bar.warnings == ["Too loud. Listen to it."]
