"""What is measured stays right when parts of it are mended."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Target
from sendung.audio.mastering import Mastering
from sendung.audio.measure.meter import measure, measure_whole
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import WindowValues, window_of
from sendung.audio.shape.gain import lowered
from sendung.audio.source.decode import take_in
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.core.progress import Silent
from sendung.core.scratch import scratch_in

from .conftest import RATE, run_ffmpeg, silence, write_wav

CEILING = 0.885


@pytest.mark.parametrize("passing", [0.97, 1.0], ids=["with low shoulders", "with shoulders above what is left"])
def test_what_keeps_to_the_ceiling_is_known_once_what_passes_it_is_mended(passing: float, tmp_path: Path) -> None:
    """The published true peak is that of the loudest place that is left, also if a louder one came before it."""
    sound = silence(4, channels=1)
    time = np.arange(RATE // 10) / RATE
    for at_s, top in [(0.5, 0.7), (1.5, passing), (2.5, 0.86)]:
        first = round(at_s * RATE)
        sound[first : first + len(time), 0] = top * np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    source, silent = write_wav(tmp_path / "a.wav", sound), write_wav(tmp_path / "silent.wav", 0 * sound)
    with Ffmpeg(tmp_path) as ffmpeg:
        programme = take_in(ffmpeg, probe_with(ffmpeg, source), tmp_path, lambda _: None)
        reading = measure_whole(ffmpeg, programme, len(sound), lambda _: None, CEILING)
        assert reading.peak == pytest.approx(passing, abs=0.01)
        mended = take_in(ffmpeg, probe_with(ffmpeg, silent), tmp_path, lambda _: None)
        measure(ffmpeg, mended, [(round(1.5 * RATE), RATE // 10)], lambda _: None, reading, CEILING)
    assert reading.peak == pytest.approx(0.86, abs=0.01)
    assert (reading.samples, len(reading.peaks)) == (4 * RATE, 4 * RATE // window_of(RATE))


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
            reading = Reading(RATE, 1)
            measure(ffmpeg, programme, parts, lambda _: None, reading)
        found.append((reading.true_peaks.windows.tolist(), reading.true_peaks.values.tolist()))
    assert found[0] == found[1] == found[2]
    assert found[0][0]


def test_parts_may_come_in_any_order_and_may_be_empty() -> None:
    """Where a recording ends before its header says, nothing is left for its last parts."""

    def part(tenths: int, level: float) -> Reading:
        levels, windows = np.full(tenths, level, np.float32), np.array([tenths], np.int32)
        peaks = np.full(21 * tenths, level, np.float32)
        return Reading(RATE, 1, tenths * RATE // 10, levels, levels, peaks, WindowValues(windows, levels[:1]))

    reading = Reading(RATE, 1)
    for block, written in [(9, part(0, 0.0)), (5, part(2, 0.5)), (0, part(5, 0.2)), (3, part(1, 0.1))]:
        reading.write(block, written)
    assert reading.momentary.tolist() == pytest.approx([0.2, 0.2, 0.2, 0.1, 0.2, 0.5, 0.5])
    assert reading.peaks[::21].tolist() == reading.short_term.tolist() == reading.momentary.tolist()
    assert reading.true_peaks.windows.tolist() == [5, 3 * 21 + 1, 5 * 21 + 2]
    assert (reading.samples, len(reading.peaks)) == (7 * RATE // 10, 7 * 21)


def test_what_is_held_of_a_longer_recording_are_a_few_numbers_and_no_sound(tmp_path: Path) -> None:
    """Of one that is limited everywhere: its peaks, true peaks and dips, and what becomes of them."""
    minute = write_wav(tmp_path / "1.wav", np.random.default_rng(3).normal(0, 0.2, (60 * RATE, 1)))
    long = tmp_path / "16.wav"
    run_ffmpeg("-stream_loop", "15", "-i", minute, "-c:a", "pcm_s16le", long)
    held = []
    for source in (minute, long):
        with (
            scratch_in(tmp_path / "cache") as scratch,
            Ffmpeg(scratch, workers=1) as ffmpeg,
            Silent().meter("Mastering", 60, "seconds") as meter,
        ):
            mastering = Mastering(ffmpeg, probe_with(ffmpeg, source), [Target(loudness=-6)], scratch, meter)
            tracemalloc.start()
            draft = mastering.prepare()
            lower, _ = lowered(draft.curve, draft.reading, -20.0)
            held.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert draft.curve.limited_db > 1
        assert lower.limited_db > draft.curve.limited_db
    assert held[1] - held[0] < (long.stat().st_size - minute.stat().st_size) / 4
