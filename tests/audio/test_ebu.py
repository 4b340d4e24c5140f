"""The meter against EBU Tech 3341 (2016) and 3342 (2016), and against a second meter.

The minimum-requirement signals that can be synthesised, by their numbers there; 9 to 14 test displays of momentary and
short-term loudness, 7 and 8 (3341) and 5 and 6 (3342) are programme recordings.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendung.audio.measure.loudness import loudness_range
from sendung.audio.measure.meter import measure
from sendung.audio.measure.reading import Reading
from sendung.audio.source.decode import take_in
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.source.programme import spans

from .conftest import RATE, Samples, run_ffmpeg, speech, write_wav


def _read(folder: Path, source: Path, workers: int = 2) -> Reading:
    with Ffmpeg(folder, workers=workers) as ffmpeg:
        found = probe_with(ffmpeg, source)
        programme = take_in(ffmpeg, found, folder, lambda seconds: None)
        length = programme.length or round(found.duration_s * programme.rate)
        cut = spans(length, programme.rate // 10, 5 * programme.rate, 15 * programme.rate, workers)
        parts: list[tuple[int, int | None]] = [*cut[:-1], (cut[-1][0], None)]
        reading = Reading(programme.rate, programme.channels)
        measure(ffmpeg, programme, parts, lambda seconds: None, reading)
        return reading


def _tone(*sections: tuple[float, float], frequency: float = 1000.0, rate: int = 48000) -> Samples:
    """Sections of (seconds, dBFS) of a sine in both channels, in phase through."""
    levels = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for seconds, level in sections])
    tone = levels * np.sin(2 * np.pi * frequency * np.arange(len(levels)) / rate)
    return np.stack([tone, tone], 1)


INTEGRATED: dict[int, tuple[list[tuple[float, float]], float]] = {
    1: ([(20, -23.0)], -23.0),
    2: ([(20, -33.0)], -33.0),
    3: ([(10, -36.0), (60, -23.0), (10, -36.0)], -23.0),
    4: ([(10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)], -23.0),
    5: ([(20, -26.0), (20.1, -20.0), (20, -26.0)], -23.0),
}


@pytest.mark.parametrize("number", INTEGRATED)
def test_tech_3341_integrated_loudness_within_a_tenth(number: int, tmp_path: Path) -> None:
    sections, expected = INTEGRATED[number]
    source = write_wav(tmp_path / "a.wav", _tone(*sections), 48000, 24)
    assert _read(tmp_path, source).levels.lufs == pytest.approx(expected, abs=0.1)


PEAKS: dict[int, tuple[float, float, float, float]] = {
    # number: (samples in a period, phase in degrees, amplitude, dBTP)
    15: (4, 0, 0.50, -6.0),
    16: (4, 45, 0.50, -6.0),
    17: (6, 60, 0.50, -6.0),
    18: (8, 67.5, 0.50, -6.0),
    19: (4, 45, 1.41, 3.0),
}


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("number", PEAKS)
def test_tech_3341_true_peak_within_its_tolerance(number: int, rate: int, tmp_path: Path) -> None:
    period, phase, top, expected = PEAKS[number]
    time = np.arange(2 * rate)
    tone = top * np.sin(2 * np.pi * time / period + np.radians(phase))
    fade = np.minimum(1, np.minimum(time, time[::-1]) / (0.01 * rate))
    source = write_wav(tmp_path / "a.wav", np.stack([tone * fade] * 2, 1), rate, 24)
    assert expected - 0.4 <= _read(tmp_path, source).levels.dbtp <= expected + 0.2


@pytest.mark.parametrize("offset", range(4))
def test_tech_3341_signals_20_to_23_true_peak_at_any_offset(offset: int, tmp_path: Path) -> None:
    """One period at a quarter of the rate in a slow one, made at four times the rate and shifted by single samples."""
    high = 4 * 48000
    time = np.arange(2 * high)
    tone = np.sin(2 * np.pi * time / 16 + np.pi / 4) * 0.5 * (np.abs(time - high) < 400)
    window = np.exp(-(((time - high) / 200.0) ** 2))
    shifted = (tone * window)[offset:]
    source = write_wav(tmp_path / "high.wav", np.stack([shifted] * 2, 1), high, 24)
    run_ffmpeg(
        "-i", source, "-af", "aresample=48000:resampler=soxr:precision=28", "-c:a", "pcm_s24le", tmp_path / "a.wav"
    )
    expected = 20 * np.log10(np.abs(shifted).max())
    assert expected - 0.4 <= _read(tmp_path, tmp_path / "a.wav").levels.dbtp <= expected + 0.2


RANGES: dict[int, tuple[list[tuple[float, float]], float]] = {
    1: ([(20, -20.0), (20, -30.0)], 10.0),
    2: ([(20, -20.0), (20, -15.0)], 5.0),
    3: ([(20, -40.0), (20, -20.0)], 20.0),
    4: ([(20, -50.0), (20, -35.0), (20, -20.0), (20, -35.0), (20, -50.0)], 15.0),
}


@pytest.mark.parametrize("number", RANGES)
def test_tech_3342_loudness_range_within_one(number: int, tmp_path: Path) -> None:
    sections, expected = RANGES[number]
    source = write_wav(tmp_path / "a.wav", _tone(*sections), 48000, 24)
    assert _read(tmp_path, source).levels.loudness_range == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_speech_reads_the_same_on_a_second_meter(rate: int, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyloudnorm.meter import Meter
    samples = speech(15, rate)
    reading = _read(tmp_path, write_wav(tmp_path / "a.wav", samples, rate, 24))
    second = Meter(rate).integrated_loudness(samples)  # type: ignore[no-untyped-call]
    assert reading.levels.lufs == pytest.approx(second, abs=0.1)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff", "a.w64", "a.ogg"])
def test_measuring_in_parts_reads_the_same_as_in_one(name: str, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "a.wav", speech(40), RATE)
    if name != "a.wav":
        run_ffmpeg("-i", source, tmp_path / name)
    source = tmp_path / name
    one, parts = _read(tmp_path, source, workers=1), _read(tmp_path, source, workers=3)
    assert parts.samples == one.samples == pytest.approx(40 * RATE, abs=0 if name != "a.ogg" else 200)
    for ours, whole in ((parts.momentary, one.momentary), (parts.short_term, one.short_term)):
        # Below the absolute gate the filter's rounding is all there is.
        assert np.allclose(np.maximum(ours, -70), np.maximum(whole, -70), atol=0.002)
    assert np.array_equal(parts.peaks, one.peaks)
    assert parts.levels.dbtp == pytest.approx(one.levels.dbtp, abs=1e-6)


def test_two_equal_channels_are_recognised_and_a_small_difference_is_not_overlooked(tmp_path: Path) -> None:
    both = np.repeat(speech(3)[:, :1], 2, 1)
    assert _read(tmp_path, write_wav(tmp_path / "a.wav", both)).difference == 0
    both[RATE : RATE + 50, 1] *= 0.9
    assert _read(tmp_path, write_wav(tmp_path / "b.wav", both)).difference > 0.001


@given(st.lists(st.floats(-120, 12, width=32), max_size=300))
def test_the_range_is_that_of_all_values_sorted(levels: list[float]) -> None:
    """In numbers of 64 bits, and by the words of Tech 3342."""
    every = np.array(levels, np.float64)
    heard = every[every > -70]
    gate = 10 * np.log10(np.mean(10 ** (heard / 10))) - 20 if heard.size else 0.0
    kept = np.sort(heard[heard >= gate])
    expected = kept[round((len(kept) - 1) * 0.95)] - kept[round((len(kept) - 1) * 0.10)] if kept.size else 0.0
    assert loudness_range(np.array(levels, np.float32)) == pytest.approx(expected)
