"""What a host promises listeners: the loudness, the peak and the length of the published file."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Mastered, Target, master
from sendung.audio.source import ffmpeg
from sendung.core.progress import Meter, Silent

from .conftest import decode, hear, silence, speech, voice, write_wav


class Watched(Silent):
    """A progress that keeps what it is told."""

    def __init__(self) -> None:
        self.bars: list[tuple[str, float, list[float]]] = []

    @contextmanager
    def meter(self, label: str, total: float, unit: str) -> Iterator[Meter]:
        steps: list[float] = []
        self.bars.append((label, total, steps))

        class Keeper:
            def advance(self, amount: float) -> None:
                steps.append(amount)

        yield Keeper()


def _check(result: Mastered, loudness: float) -> None:
    heard = hear(result.path)
    assert heard.lufs == pytest.approx(loudness, abs=0.3)
    assert heard.dbtp <= -1.0
    assert result.lufs == pytest.approx(heard.lufs, abs=0.06)
    assert result.dbtp == pytest.approx(heard.dbtp, abs=0.15)
    # Both take a percentile, which may be the next value in one of them: chosen sounds have no jump there.
    assert result.loudness_range == pytest.approx(heard.loudness_range, abs=0.15)
    assert result.size == result.path.stat().st_size


def test_stereo_speech_comes_out_at_the_target(tmp_path: Path, cache: Path) -> None:
    result = master(write_wav(tmp_path / "a.wav", speech(25, seed=6)), Target(), cache, Silent())
    _check(result, -16.0)
    assert (result.channels, result.sample_rate, result.bitrate, result.media_type) == (2, 44100, 128000, "audio/mpeg")
    assert result.duration_s == pytest.approx(25.0)
    assert len(decode(result.path)) == 25 * 44100


def test_little_more_than_a_second_is_enough(tmp_path: Path, cache: Path) -> None:
    """Fewer frames than the pattern of their padding has."""
    result = master(write_wav(tmp_path / "a.wav", speech(1.1)), Target(), cache, Silent())
    _check(result, -16.0)
    assert len(decode(result.path)) == 48510


def test_mono_is_as_loud_on_two_speakers(tmp_path: Path, cache: Path) -> None:
    result = master(write_wav(tmp_path / "a.wav", voice(10) * 0.3), Target(), cache, Silent())
    _check(result, -19.0)
    assert (result.channels, result.bitrate) == (1, 96000)


def test_silence_at_both_ends_is_cut_to_a_little_air(tmp_path: Path, cache: Path) -> None:
    samples = np.vstack([silence(4), speech(8), silence(6)])
    result = master(write_wav(tmp_path / "a.wav", samples), Target(), cache, Silent())
    assert result.head_trimmed_s == pytest.approx(3.7, abs=0.05)
    assert result.tail_trimmed_s == pytest.approx(5.2, abs=0.3)
    assert result.duration_s == pytest.approx(18 - result.head_trimmed_s - result.tail_trimmed_s, abs=0.001)
    kept = master(tmp_path / "a.wav", Target(trim=False), cache, Silent())
    assert (kept.head_trimmed_s, kept.tail_trimmed_s) == (0.0, 0.0)
    assert kept.duration_s == pytest.approx(18.0)


def test_m4a_comes_out_at_the_target(tmp_path: Path, cache: Path) -> None:
    result = master(write_wav(tmp_path / "a.wav", speech(12)), Target(format="m4a"), cache, Silent())
    _check(result, -16.0)
    assert result.media_type == "audio/x-m4a"
    assert result.duration_s == pytest.approx(12.0, abs=0.05)


def test_a_copy_under_another_name_is_measured_at_most(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is long, its digest is made meanwhile, and tells that the result is there."""
    monkeypatch.setattr(importlib.import_module("sendung.audio.master"), "_BRIEF", 0)
    first = master(write_wav(tmp_path / "a.wav", speech(5)), Target(), cache, Silent())

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("sendung.audio.mastering.Mastering._encode", refuse)
    copy = tmp_path / "copy.wav"
    copy.write_bytes((tmp_path / "a.wav").read_bytes())
    assert master(copy, Target(), cache, Silent()) == first
    assert not list(cache.glob("making-*"))


def test_the_same_again_comes_from_the_cache_unless_it_is_damaged(tmp_path: Path, cache: Path) -> None:
    source = write_wav(tmp_path / "a.wav", speech(5))
    first = master(source, Target(), cache, Silent())
    before = first.path.stat().st_mtime_ns
    assert master(source, Target(), cache, Silent()) == first
    assert first.path.stat().st_mtime_ns == before
    assert {path.suffix for path in cache.glob("*.*")} == {".mp3", ".json"}

    whole = first.path.read_bytes()
    first.path.write_bytes(whole[:-500])
    assert master(source, Target(), cache, Silent()) == first
    assert first.path.read_bytes() == whole

    entry = first.path.with_suffix(".json")
    entry.write_text(entry.read_text()[:40])
    assert master(source, Target(), cache, Silent()) == first
    assert json.loads(entry.read_text())["mastered"]["size"] == len(whole)

    assert master(source, Target(loudness=-18), cache, Silent()).path != first.path


def test_odd_names_of_files_and_folders_do_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "it's [a] folder: 100%, \u00fc;"
    folder.mkdir()
    result = master(
        write_wav(folder / "-take 'one', [2]: \u00e4.wav", speech(12)), Target(), folder / "cache", Silent()
    )
    _check(result, -16.0)


def test_one_bar_runs_from_start_to_end(tmp_path: Path, cache: Path) -> None:
    progress = Watched()
    master(write_wav(tmp_path / "a.wav", speech(60) * 0.2), Target(loudness=-26), cache, progress)
    assert [label for label, _, _ in progress.bars] == ["Mastering"]
    ((_, total, steps),) = progress.bars
    assert total == pytest.approx(60)
    assert sum(steps) == pytest.approx(60, rel=0.06)
    assert len(steps) > 10


def test_a_result_is_the_same_bytes_however_many_cores_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_wav(tmp_path / "a.wav", np.tile(voice(7) * 0.5, (20, 1)))
    results = []
    for cores in (1, 5):
        monkeypatch.setattr(ffmpeg, "usable_cores", lambda count=cores: count)
        result = master(source, Target(), tmp_path / str(cores), Silent())
        results.append((result.path.read_bytes(), result.model_dump(exclude={"path"})))
    assert results[0] == results[1]
