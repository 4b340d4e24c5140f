"""What is measured stays right when parts of it are mended."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sendung.audio.ffmpeg import Ffmpeg
from sendung.audio.intake import take_in
from sendung.audio.measure import Reading, measure
from sendung.audio.probe import probe_with

from .conftest import RATE, silence, write_wav

CEILING = 0.885


def test_what_keeps_to_the_ceiling_is_known_once_what_passes_it_is_mended(tmp_path: Path) -> None:
    """The published true peak is that of the loudest place that is left, also if a louder one came before it."""
    sound = silence(4, channels=1)
    time = np.arange(RATE // 10) / RATE
    for at_s, top in [(0.5, 0.7), (1.5, 0.97), (2.5, 0.86)]:
        first = round(at_s * RATE)
        sound[first : first + len(time), 0] = top * np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    source = write_wav(tmp_path / "a.wav", sound)
    with Ffmpeg(tmp_path) as ffmpeg:
        programme = take_in(ffmpeg, probe_with(ffmpeg, source), tmp_path, lambda _: None)
        [reading] = measure(ffmpeg, programme, [(0, len(sound))], lambda _: None, CEILING)
    assert reading.peak == pytest.approx(0.97, abs=0.01)
    reading.record_over(15, Reading(RATE, 1, samples=RATE // 10))
    assert reading.peak == pytest.approx(0.86, abs=0.01)
