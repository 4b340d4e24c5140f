"""How recordings are cut into parts, and what the limiter's curve does."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendung.audio.encode.rendition import ATTEMPTS, finish
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import Numbers, WindowValues, window_of
from sendung.audio.shape.gain import lowered, plan
from sendung.audio.shape.limiter import STEPS, Curve, step_rate
from sendung.audio.source.programme import spans

RATE = 48000
WINDOWS_A_BLOCK = 20


def _reading(peaks: list[float], lufs: float = -20.0, true_peaks: dict[int, float] | None = None) -> Reading:
    blocks = len(peaks) // WINDOWS_A_BLOCK
    return Reading(
        RATE,
        2,
        samples=len(peaks) * window_of(RATE),
        momentary=np.full(blocks, lufs, np.float32),
        short_term=np.full(blocks, lufs, np.float32),
        peaks=np.array(peaks, np.float32),
        true_peaks=_values(true_peaks or {}),
    )


def _values(of: dict[int, float]) -> WindowValues:
    return WindowValues(np.array(sorted(of), np.int32), np.array([of[window] for window in sorted(of)], np.float32))


def _curve(dips: dict[int, float]) -> Curve:
    return Curve(0.0, _values(dips))


def _limited_everywhere(seed: int, count: int) -> Curve:
    gains = np.random.default_rng(seed).uniform(0.3, 1, count)
    return _curve(dict(enumerate(gains.tolist())))


@settings(deadline=None)
@given(st.integers(1, 10**7), st.sampled_from([1, 4410]), st.integers(1, 64), st.integers(10**4, 10**6))
def test_spans_cover_the_whole_once_and_start_on_the_grid(length: int, grid: int, workers: int, least: int) -> None:
    found = spans(length, grid, least, 4 * least, workers)
    assert found[0][0] == 0
    assert sum(count for _, count in found) == length
    for (first, count), (after, _) in itertools.pairwise(found):
        assert first + count == after
        assert after % grid == 0
    assert all(count < 4 * least + grid for _, count in found)
    assert all(count > min(length, least) / 2 - grid for _, count in found)


def test_spans_shrink_so_that_workers_end_together() -> None:
    found = [count for _, count in spans(1200, 1, 30, 150, 2)]
    assert found == sorted(found, reverse=True)
    assert found[0] == 150
    assert found[-1] < 30


def test_plain_gain_has_no_dips() -> None:
    curve = plan(_reading([0.1] * 400), -16, -1)
    assert curve.gain_db == pytest.approx(4)
    assert curve.limited_db == 0
    assert not curve.touches(0, 10**6, RATE)


def test_dips_bring_each_window_under_the_ceiling_and_the_gain_makes_up_for_them() -> None:
    peaks = [0.3] * 4000
    peaks[1000:1010] = [0.9] * 10
    curve = plan(_reading(peaks), -16, -1)
    assert curve.gain_db > 4
    gain = 10 ** (curve.gain_db / 20)
    dips = curve.dips.at(np.arange(4000, dtype=np.int32), 1.0)
    assert (np.array(peaks) * dips * gain).max() <= 10 ** (-1 / 20)
    assert curve.dips.windows.tolist() == list(range(1000, 1010))


def test_steps_hold_a_dip_and_ramp_smoothly_around_it() -> None:
    window = window_of(RATE)
    steps = _curve({100: 0.25}).steps(0, 200 * window, RATE)
    held = steps[100 * STEPS : 101 * STEPS]
    assert np.all(held == pytest.approx(0.25))
    assert np.all(steps[: 98 * STEPS] == 1)
    assert np.all(steps[112 * STEPS :] == 1)
    assert np.abs(np.diff(steps)).max() < 0.15
    rising = steps[101 * STEPS + 1 : 112 * STEPS]
    assert np.all(np.diff(rising) >= 0)
    assert step_rate(RATE) == 1200


def test_a_part_gets_the_same_steps_as_the_whole() -> None:
    curve, window = _limited_everywhere(1, 400), window_of(RATE)
    whole = curve.steps(0, 400 * window, RATE)
    part = curve.steps(150 * window, 100 * window, RATE)
    assert np.array_equal(part[: 100 * STEPS], whole[150 * STEPS : 250 * STEPS])


def test_a_curve_is_written_as_its_steps_are(tmp_path: Path) -> None:
    """In stretches of a minute; dips reach over their ends, and a second of curve follows."""
    curve, window = _limited_everywhere(2, 30_000), window_of(RATE)
    curve.write(tmp_path / "curve.f32", 7 * window, 28_000 * window + 5, RATE)
    written = np.fromfile(tmp_path / "curve.f32", "<f4")
    assert np.array_equal(written, curve.steps(7 * window, 28_000 * window + 5 + RATE, RATE))


class Stubborn:
    """A codec that adds 2 dB to its highest peak, whatever dips there are, and takes some loudness away."""

    path = Path("none")

    def __init__(self, reading: Reading, lost_lu: float) -> None:
        self.reading, self.lost, self.made = reading, lost_lu, 0

    def make(self, curve: Curve) -> Reading:
        self.made += 1
        lufs = self.reading.momentary + np.float32(curve.gain_db - self.lost)
        peak = self.reading.peak * 10 ** ((curve.gain_db + 2) / 20)
        return replace(self.reading, momentary=lufs, true_peaks=_values({200: peak}))

    def mend(self, curve: Curve, windows: Numbers) -> Reading:
        return self.make(curve)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("lost", [0.0, 1.0, 20.0])
def test_the_ceiling_is_kept_at_last_by_making_all_softer(lost: float) -> None:
    reading = _reading([0.15] * 400, true_peaks={200: 0.7})
    rendition = Stubborn(reading, lost)
    curve, result = finish(rendition, reading, -16.0, -1.06, plan(reading, -16.0, -1.06))
    assert result.levels.dbtp <= -1.06
    assert rendition.made <= ATTEMPTS + 1
    assert curve.gain_db < 13


def test_lost_loudness_is_made_up_for() -> None:
    reading = _reading([0.05] * 400)
    rendition = Stubborn(reading, 1.0)
    _, result = finish(rendition, reading, -16.0, -1.06, plan(reading, -16.0, -1.06))
    assert result.levels.lufs == pytest.approx(-16, abs=0.01)
    assert rendition.made == 2


def test_what_came_out_too_high_is_lowered_by_more_than_that() -> None:
    result = _reading([0.5] * 400, true_peaks={200: 1.0, 10: 0.5})
    lower, changed = lowered(Curve(0.0), result, -1.0)
    assert lower.dips.windows.tolist() == [199, 200, 201] == changed.tolist()
    assert all(0.8 * 10 ** (-1 / 20) < gain < 10 ** (-1 / 20) for gain in lower.dips.values.tolist())


@pytest.mark.parametrize("over", [0, 150, 399])
def test_an_overshoot_lowers_its_neighbours_and_no_other_window(over: int) -> None:
    """Also at both ends of the whole; a dip that was there is lowered further, and all others are kept."""
    result = _reading([0.5] * 400, true_peaks={over: 1.0, 200: 0.5})
    before = {over: 0.5, 200: 0.25}
    lower, changed = lowered(_curve(before), result, -1.0)
    around = [number for number in (over - 1, over, over + 1) if 0 <= number < 400]
    assert changed.tolist() == around
    assert lower.dips.windows.tolist() == sorted({*around, 200})
    gains = dict(zip(lower.dips.windows.tolist(), lower.dips.values.tolist(), strict=True))
    assert gains == {
        window: pytest.approx(before.get(window, 1.0) * (0.97 * 10 ** (-1 / 20) if window in around else 1.0))
        for window in gains
    }
