"""Whatever a recording is like, and whatever it comes in: the published file keeps its loudness and its peak."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Format, Target, master
from sendung.core.progress import Silent

from .conftest import RATE, Samples, decode, hear, run_ffmpeg, speech, voice, wav_bytes, write_wav

Make = Callable[[Path], Path]


def _wav(sound: Callable[[], Samples], rate: int = RATE, bits: int = 16, floating: bool = False) -> Make:
    return lambda folder: write_wav(folder / "a.wav", sound(), rate, bits, floating)


def _by_ffmpeg(name: str, *arguments: str) -> Make:
    def make(folder: Path) -> Path:
        whole = write_wav(folder / "whole.wav", speech(8), RATE, 24)
        run_ffmpeg("-i", whole, *arguments, folder / name)
        return folder / name

    return make


def _music() -> Samples:
    """A bed of chords that swells, wide in stereo, under a voice."""
    time = np.arange(8 * RATE) / RATE
    left = sum(np.sin(2 * np.pi * f * time) for f in (110, 165, 220, 277.2)) * (1 + np.sin(time))
    right = sum(np.sin(2 * np.pi * f * time + f) for f in (111, 164, 221, 329.6)) * (1 + np.cos(time))
    return np.stack([left, right], 1) * 0.02 + voice(8) * 0.4


def _very_dynamic() -> Samples:
    """Whispers and shouts, 20 LU apart."""
    samples = speech(24, peak=0.9)
    return samples * (0.1 + 0.9 * (np.arange(len(samples)) > len(samples) * 0.6))[:, None]


def _streamed(folder: Path) -> Path:
    """What a recorder leaves that could not go back to write the length."""
    data = wav_bytes(speech(6))
    (folder / "a.wav").write_bytes(data[:40] + struct.pack("<I", 0xFFFFFFFF) + data[44:])
    return folder / "a.wav"


def _says_less(folder: Path) -> Path:
    """A header that promises less than is there."""
    data = wav_bytes(speech(8))
    (folder / "a.wav").write_bytes(data[:40] + struct.pack("<I", 6 * RATE * 4) + data[44:])
    return folder / "a.wav"


def _changing(folder: Path) -> Path:
    """Two MP3 files of different rate and channels, one after the other."""
    run_ffmpeg("-i", write_wav(folder / "1.wav", speech(4)), "-write_xing", "0", folder / "1.mp3")
    run_ffmpeg("-i", write_wav(folder / "2.wav", voice(4, 48000) * 0.5, 48000), "-write_xing", "0", folder / "2.mp3")
    (folder / "a.mp3").write_bytes((folder / "1.mp3").read_bytes() + (folder / "2.mp3").read_bytes())
    return folder / "a.mp3"


def _film(folder: Path) -> Path:
    whole = write_wav(folder / "whole.wav", speech(6))
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=6", "-i", whole, "-c:a", "aac", folder / "a.mkv")
    return folder / "a.mkv"


CASES: dict[str, tuple[Make, float, int]] = {
    # name: (how it is made, its length in seconds, channels of the result)
    "quiet": (_wav(lambda: speech(8, peak=0.003), bits=24), 8, 2),
    "loud": (_wav(lambda: speech(8, peak=0.999)), 8, 2),
    "clipped": (_wav(lambda: np.clip(speech(8) * 8, -1, 1)), 8, 2),
    "very dynamic": (_wav(_very_dynamic, bits=24), 24, 2),
    "mono": (_wav(lambda: voice(8) * 0.5), 8, 1),
    "dual mono": (_wav(lambda: np.repeat(voice(8), 2, 1) * 0.5), 8, 1),
    "music bed": (_wav(_music, bits=24), 8, 2),
    "8 kHz": (_wav(lambda: voice(8, 8000) * 0.5, 8000), 8, 1),
    "22.05 kHz": (_wav(lambda: speech(8, 22050), 22050), 8, 2),
    "48 kHz": (_wav(lambda: speech(8, 48000), 48000), 8, 2),
    "96 kHz": (_wav(lambda: speech(6, 96000), 96000, 24), 6, 2),
    "192 kHz": (_wav(lambda: speech(4, 192000), 192000, 24), 4, 2),
    "32 bit": (_wav(lambda: speech(6), bits=32), 6, 2),
    "float beyond full scale": (_wav(lambda: speech(6, peak=4.0), floating=True), 6, 2),
    "three seconds": (_wav(lambda: speech(3)), 3, 2),
    "RF64": (_by_ffmpeg("a.wav", "-rf64", "always"), 8, 2),
    "BWF": (_by_ffmpeg("a.wav", "-write_bext", "1", "-metadata", "description=take 1"), 8, 2),
    "FLAC": (_by_ffmpeg("a.flac"), 8, 2),
    "AIFF": (_by_ffmpeg("a.aiff", "-c:a", "pcm_s24be"), 8, 2),
    "M4A": (_by_ffmpeg("a.m4a", "-b:a", "160k"), 8, 2),
    "MP3": (_by_ffmpeg("a.mp3", "-b:a", "160k"), 8, 2),
    "MP3 with variable bit rate and no header": (_by_ffmpeg("a.mp3", "-q:a", "4", "-write_xing", "0"), 8, 2),
    "Vorbis": (_by_ffmpeg("a.ogg", "-c:a", "libvorbis"), 8, 2),
    "Opus": (_by_ffmpeg("a.opus"), 8, 2),
    "5.1": (_by_ffmpeg("a.wav", "-af", "pan=5.1|FL=c0|FR=c1|FC=0.5*c0+0.5*c1|LFE=c0|BL=0.2*c0|BR=0.2*c1"), 8, 2),
    "7.1": (_by_ffmpeg("a.flac", "-af", "pan=7.1|FL=c0|FR=c1|FC=c0|LFE=c1|BL=c0|BR=c1|SL=c0|SR=c1"), 8, 2),
    "film": (_film, 6, 2),
    "no length in the header": (_streamed, 6, 2),
    "header promises less": (_says_less, 6, 2),
    "changing half-way": (_changing, 8, 2),
}


@pytest.mark.parametrize("case", CASES)
def test_result_keeps_loudness_peak_and_length(case: str, tmp_path: Path, cache: Path) -> None:
    make, seconds, channels = CASES[case]
    result = master(make(tmp_path), Target(trim=False), cache, Silent())
    heard = hear(result.path)
    assert heard.lufs == pytest.approx(-16.0 if channels == 2 else -19.0, abs=0.3)
    assert heard.dbtp <= -1.0
    assert result.channels == channels
    assert result.duration_s == pytest.approx(seconds, abs=0.15)
    assert len(decode(result.path, channels, result.sample_rate)) == round(result.duration_s * result.sample_rate)


def _claps() -> Samples:
    """Some milliseconds of noise every quarter of a second: under the ceiling they can never be loud."""
    samples, clap = np.zeros((6 * RATE, 1)), np.random.default_rng(1).standard_normal(400)
    for start in range(0, len(samples), RATE // 4):
        samples[start : start + 400, 0] = clap * np.exp(-np.arange(400) / 60)
    return np.asarray(samples / np.abs(samples).max())


@pytest.mark.parametrize("form", ["mp3", "opus"])
@pytest.mark.parametrize("sound", [_claps, lambda: speech(5, peak=0.4) + 0.5], ids=["claps", "far from zero"])
def test_what_cannot_be_that_loud_keeps_the_peak_all_the_same(
    sound: Callable[[], Samples], form: Format, tmp_path: Path, cache: Path
) -> None:
    source = write_wav(tmp_path / "a.wav", sound(), bits=24)
    result = master(source, Target(format=form, trim=False), cache, Silent())
    heard = hear(result.path)
    assert heard.dbtp <= -1.0
    assert result.lufs == pytest.approx(heard.lufs, abs=0.1)
    # It is not made softer than plain gain would leave it.
    assert heard.lufs > hear(source).lufs - 8


def test_channels_can_be_asked_for(tmp_path: Path, cache: Path) -> None:
    both = write_wav(tmp_path / "both.wav", np.repeat(voice(5), 2, 1) * 0.5)
    one = write_wav(tmp_path / "one.wav", voice(5) * 0.5)
    wide = write_wav(tmp_path / "wide.wav", speech(5))
    assert master(both, Target(channels="stereo"), cache, Silent()).channels == 2
    for source, wanted, channels in ((one, "stereo", 2), (wide, "mono", 1)):
        result = master(source, Target(channels=wanted), cache, Silent())  # type: ignore[arg-type]
        assert result.channels == channels
        assert hear(result.path).lufs == pytest.approx(-16.0 if channels == 2 else -19.0, abs=0.3)


def test_plain_gain_where_that_is_enough(tmp_path: Path, cache: Path) -> None:
    """Without limiting and high-pass, the result is the recording at another level: nothing else is done to it."""
    samples = np.random.default_rng(3).standard_normal((6 * RATE, 2)) * 0.02
    low = np.apply_along_axis(lambda one: np.convolve(one, np.hanning(64) / 32, "same"), 0, samples)
    result = master(write_wav(tmp_path / "a.wav", low, bits=24), Target(loudness=-24, high_pass=0), cache, Silent())
    assert result.limited_db == 0
    decoded = decode(result.path)
    difference = decoded - low * 10 ** (result.gain_db / 20)
    assert np.std(difference) < 0.08 * np.std(decoded)


def test_limiter_works_only_around_what_is_too_high(tmp_path: Path, cache: Path) -> None:
    samples = speech(10, peak=0.2)
    samples[5 * RATE : 5 * RATE + 400] += 0.7 * np.hanning(400)[:, None] * np.sin(np.arange(400) / 3)[:, None]
    target = Target(loudness=-20, trim=False, high_pass=0)
    result = master(write_wav(tmp_path / "a.wav", samples, bits=24), target, cache, Silent())
    assert result.limited_db > 3
    decoded, plain = decode(result.path), samples * 10 ** (result.gain_db / 20)
    near = slice(round(4.9 * RATE), round(5.1 * RATE))
    assert np.abs(plain[near]).max() > 1
    assert np.abs(decoded[near]).max() < 0.9
    for far in (slice(0, round(4.9 * RATE)), slice(round(5.1 * RATE), None)):
        assert np.std(decoded[far]) == pytest.approx(np.std(plain[far]), rel=0.02)
