"""Results encoded in one piece, Opus and M4A: as loud, as long and as well known as MP3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Target, master_all
from sendung.audio.encode.decoded import FileResult
from sendung.audio.encode.single_pass import at_rate
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import WindowValues, window_of
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.values import Format
from sendung.core.progress import Silent

from .conftest import RATE, Samples, decode, hear, run_ffmpeg, speech, voice, write_wav

BOTH = [Target(trim=False), Target(trim=False, format="opus")]

CASES: dict[str, tuple[Callable[[], Samples], int, Format]] = {
    # name: (what makes the samples, their rate, format)
    "Opus, stereo": (lambda: speech(8), RATE, "opus"),
    "Opus, mono": (lambda: voice(6) * 0.5, RATE, "opus"),
    "Opus, clipped": (lambda: np.clip(speech(8) * 8, -1, 1), RATE, "opus"),
    "Opus, quiet, 48 kHz": (lambda: speech(6, 48000, peak=0.003), 48000, "opus"),
    "M4A, clipped": (lambda: np.clip(speech(6) * 8, -1, 1), RATE, "m4a"),
    "M4A, mono, 48 kHz": (lambda: voice(5, 48000) * 0.5, 48000, "m4a"),
}


@pytest.mark.parametrize("case", CASES)
def test_decoded_file_keeps_loudness_peak_and_length(case: str, tmp_path: Path, cache: Path) -> None:
    sound, rate, kind = CASES[case]
    samples = sound()
    source = write_wav(tmp_path / "a.wav", samples, rate, 24)
    (result,) = master_all(source, [Target(trim=False, format=kind)], cache, Silent())
    heard, channels = hear(result.path), samples.shape[1]
    assert heard.lufs == pytest.approx(-16.0 if channels == 2 else -19.0, abs=0.3)
    assert heard.dbtp <= -1.0
    assert result.lufs == pytest.approx(heard.lufs, abs=0.06)
    assert result.dbtp == pytest.approx(heard.dbtp, abs=0.15)
    assert (result.channels, result.sample_rate) == (channels, 48000 if kind == "opus" else rate)
    played = decode(result.path, channels, result.sample_rate)
    assert len(played) == round(len(samples) * result.sample_rate / rate)
    assert result.duration_s == pytest.approx(len(samples) / rate, abs=1e-4)


def test_two_formats_at_once_are_what_each_is_by_itself(tmp_path: Path, cache: Path) -> None:
    source = write_wav(tmp_path / "a.wav", speech(6))
    mp3, opus = master_all(source, BOTH, cache, Silent())
    assert (mp3.media_type, opus.media_type) == ("audio/mpeg", "audio/ogg; codecs=opus")
    assert (mp3.path.suffix, opus.path.suffix) == (".mp3", ".opus")
    assert opus.size < mp3.size
    assert opus.bitrate == round(opus.size * 8 / opus.duration_s)
    alone = [master_all(source, [target], tmp_path / "other", Silent())[0] for target in BOTH]
    assert [one.path.read_bytes() for one in alone] == [mp3.path.read_bytes(), opus.path.read_bytes()]
    assert len(list(cache.glob("*.*"))) == 4

    kept = mp3.path.stat().st_mtime_ns
    opus.path.unlink()
    assert master_all(source, BOTH, cache, Silent()) == [mp3, opus]
    assert mp3.path.stat().st_mtime_ns == kept


def test_one_format_at_two_bit_rates_is_what_each_is_by_itself(tmp_path: Path, cache: Path) -> None:
    source, rates = write_wav(tmp_path / "a.wav", speech(6)), [Target(), Target(bitrate_kbps=64)]
    made = master_all(source, rates, cache, Silent())
    assert [one.bitrate for one in made] == [128000, 64000]
    alone = [master_all(source, [target], tmp_path / "other", Silent())[0] for target in rates]
    assert [one.path.read_bytes() for one in alone] == [one.path.read_bytes() for one in made]


@pytest.mark.parametrize(("name", "rate"), [("a.opus", 48000), ("a.m4a", 44100), ("a.m4a", 48000)])
def test_any_stretch_is_read_as_a_player_plays_it(name: str, rate: int, tmp_path: Path) -> None:
    run_ffmpeg("-i", write_wav(tmp_path / "a.wav", speech(5, rate), rate), "-b:a", "96k", tmp_path / name)
    played = decode(tmp_path / name, rate=rate)
    result = FileResult(tmp_path / name, rate, 2, len(played))
    with Ffmpeg(tmp_path, workers=1) as ffmpeg:
        for tenths, count in ((0, 3000), (1, 2000), (13, 5000), (37, 7000), (48, len(played) - 48 * rate // 10)):
            found, first = bytearray(), tenths * rate // 10
            arguments, graph = result.open(first, count)
            args = ["-filter_complex", f"{graph}[out]", "-map", "[out]", "-f", "f32le", "pipe:1"]
            ffmpeg.read([*arguments, *args], found.extend)
            read = np.frombuffer(bytes(found), "<f4").reshape(-1, 2)
            assert read.shape == (count, 2)
            # AAC fills bands with noise that no two decoders make alike.
            noise = read - played[first : first + count]
            assert np.std(noise) < (0.02 if name == "a.m4a" else 0.001) * np.std(played[first : first + count])


def test_windows_of_another_rate_get_the_highest_peak_that_they_touch() -> None:
    peaks, levels = np.full(400, 0.1, np.float32), np.full(20, -20, np.float32)
    peaks[100] = 0.9
    true_peaks = WindowValues(np.array([100], np.int32), np.array([0.95], np.float32))
    reading = Reading(48000, 2, 400 * window_of(48000), levels, levels, peaks, true_peaks)
    assert at_rate(reading, 48000) is reading
    other = at_rate(reading, RATE)
    assert (other.rate, other.samples, other.duration_s) == (RATE, 88200, 2.0)
    assert len(other.peaks) == 420
    # 500 to 505 ms.
    assert np.flatnonzero(other.peaks > 0.5).tolist() == [105, 106] == other.true_peaks.windows.tolist()
    assert other.levels.dbtp == pytest.approx(reading.levels.dbtp)


@pytest.mark.parametrize("samples", [1, 239, 240, 241, 9_599, 9_601, 95_999])
def test_every_window_of_another_rate_touches_one_that_was_measured(samples: int) -> None:
    peaks = np.full(-(-samples // window_of(48000)), 0.1, np.float32)
    other = at_rate(Reading(48000, 1, samples, peaks=peaks), RATE)
    assert set(other.peaks.tolist()) == {float(np.float32(0.1))}
    assert len(other.peaks) == -(-other.samples // window_of(RATE))


def test_what_fails_is_told_and_not_that_the_rest_was_stopped_for_it(tmp_path: Path) -> None:
    with Ffmpeg(tmp_path, workers=2) as ffmpeg:

        def fail() -> None:
            ffmpeg.all([lambda: ffmpeg.read(["-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-"], len), broken])

        def broken() -> str:
            return ffmpeg.read(["-i", "none.wav", "-f", "null", "-"], len)

        def endless() -> str:
            return ffmpeg.read(["-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-"], len)

        with pytest.raises(FfmpegFailed, match=r"none\.wav"):
            ffmpeg.all([endless, fail])
