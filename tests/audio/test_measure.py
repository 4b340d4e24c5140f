"""What is measured stays right when parts of it are mended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.intake import take_in
from sendung.audio.measure import measure
from sendung.audio.probe import probe_with
from sendung.audio.reading import Reading

from .conftest import RATE, silence, write_wav

CEILING = 0.885


@pytest.mark.parametrize("passing", [0.97, 1.0], ids=["with low shoulders", "with shoulders above what is left"])
def test_what_keeps_to_the_ceiling_is_known_once_what_passes_it_is_mended(passing: float, tmp_path: Path) -> None:
    """The published true peak is that of the loudest place that is left, also if a louder one came before it."""
    sound = silence(4, channels=1)
    time = np.arange(RATE // 10) / RATE
    for at_s, top in [(0.5, 0.7), (1.5, passing), (2.5, 0.86)]:
        first = round(at_s * RATE)
        sound[first : first + len(time), 0] = top * np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    source = write_wav(tmp_path / "a.wav", sound)
    with Ffmpeg(tmp_path) as ffmpeg:
        programme = take_in(ffmpeg, probe_with(ffmpeg, source), tmp_path, lambda _: None)
        [reading] = measure(ffmpeg, programme, [(0, len(sound))], lambda _: None, CEILING)
    assert reading.peak == pytest.approx(passing, abs=0.01)
    reading.record_over(15, Reading(RATE, 1, samples=RATE // 10))
    assert reading.peak == pytest.approx(0.86, abs=0.01)


def test_the_true_peaks_are_the_same_whichever_part_is_quicker(tmp_path: Path) -> None:
    """A soft half and a loud one: what of the soft half is looked at depends on when the loud one is heard of."""
    random = np.random.default_rng(7)
    sound = random.uniform(-1, 1, (32 * RATE, 1)) * np.repeat([0.3, 0.5], 16 * RATE)[:, None]
    source = write_wav(tmp_path / "a.wav", sound)
    halves = [(0, 16 * RATE), (16 * RATE, 16 * RATE)]
    found = []
    for workers, parts in [(1, halves), (1, halves[::-1]), (2, halves)]:
        with Ffmpeg(tmp_path, workers) as ffmpeg:
            programme = take_in(ffmpeg, probe_with(ffmpeg, source), tmp_path, lambda _: None)
            readings = measure(ffmpeg, programme, parts, lambda _: None)
        every = [reading.true_peaks for reading in readings]
        found.append(
            {n: peak for one in every for n, peak in zip(one.windows.tolist(), one.peaks.tolist(), strict=True)}
        )
    assert found[0] == found[1] == found[2] != {}
