"""Each recording that cannot be published is refused with one sentence that names it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Target, master, probe
from sendung.core.errors import AudioError
from sendung.core.progress import Silent

from .conftest import run_ffmpeg, silence, speech, voice, wav_bytes, write_wav

Make = Callable[[Path], Path]


def _bytes(name: str, data: bytes | Callable[[], bytes]) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data() if callable(data) else data)
        return folder / name

    return make


def _encoded(name: str, keep: float, *arguments: str) -> Make:
    """A file made by ffmpeg, of which only a part was copied."""

    def make(folder: Path) -> Path:
        run_ffmpeg("-i", write_wav(folder / "whole.wav", speech(20)), *arguments, folder / name)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(len(data) * keep)])
        return folder / name

    return make


def _image(folder: Path) -> Path:
    run_ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=2", "-an", folder / "film.mp4")
    return folder / "film.mp4"


def _not_numbers(folder: Path) -> Path:
    samples = speech(3)
    samples[50_000:50_010] = np.nan
    return write_wav(folder / "nan.wav", samples, floating=True)


def _chained(folder: Path) -> Path:
    """Two Ogg files of different rate and channels, one after the other, as web radio is recorded."""
    run_ffmpeg("-i", write_wav(folder / "1.wav", speech(4)), "-c:a", "libvorbis", folder / "1.ogg")
    run_ffmpeg("-i", write_wav(folder / "2.wav", voice(4, 22050) * 0.5, 22050), "-c:a", "libvorbis", folder / "2.ogg")
    (folder / "a.ogg").write_bytes((folder / "1.ogg").read_bytes() + (folder / "2.ogg").read_bytes())
    return folder / "a.ogg"


def _infinite(folder: Path) -> Path:
    samples = speech(3)
    samples[50_000:50_003] = np.inf
    return write_wav(folder / "inf.wav", samples, floating=True)


def _no_channels(seconds: float) -> bytes:
    data = bytearray(wav_bytes(speech(seconds)))
    data[22:24] = b"\0\0"
    return bytes(data)


CASES: dict[str, tuple[Make, str]] = {
    "missing": (lambda folder: folder / "none.wav", "There is no audio file none.wav"),
    "folder": (lambda folder: folder, "is not a file"),
    "empty": (_bytes("empty.wav", b""), "empty.wav is empty"),
    "text": (_bytes("text.wav", b"This is a shopping list.\n" * 100), "text.wav is not an audio file"),
    "random": (_bytes("noise.mp3", np.random.default_rng(1).bytes(50_000)), "noise.mp3 "),
    "header only": (_bytes("header.wav", wav_bytes(silence(0))), "header.wav "),
    "half a second": (_bytes("short.wav", lambda: wav_bytes(speech(0.5))), "short.wav is too short: 0.50 s"),
    "silent": (_bytes("silent.wav", wav_bytes(silence(3))), "silent.wav is silent"),
    "hiss only": (_bytes("hiss.wav", lambda: wav_bytes(1e-5 * voice(3), bits=24)), "hiss.wav is silent"),
    "truncated WAV": (_bytes("cut.wav", lambda: wav_bytes(speech(5))[:400_000]), "cut.wav is cut off"),
    "truncated MP3": (_encoded("cut.mp3", 0.5), "cut.mp3 is cut off"),
    "truncated FLAC": (_encoded("cut.flac", 0.5), "cut.flac is cut off"),
    "truncated M4A": (_encoded("cut.m4a", 0.5), "cut.m4a is cut off"),
    "truncated M4A, index first": (_encoded("cut.m4a", 0.5, "-movflags", "+faststart"), "cut.m4a is cut off"),
    "truncated AIFF": (_encoded("cut.aiff", 0.5), "cut.aiff is cut off"),
    "no sound in a film": (_image, "film.mp4 has no sound"),
    "NaN": (_not_numbers, "nan.wav holds samples that are not numbers"),
    "changing half-way, Ogg": (_chained, "a.ogg cannot be read beyond 4.0 s"),
    "infinite": (_infinite, "inf.wav holds samples that are not numbers"),
    "no channels": (_bytes("zero.wav", lambda: _no_channels(3)), "zero.wav "),
    "a playlist": (_bytes("list.wav", b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"), "list.wav "),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_one_clear_sentence(case: str, tmp_path: Path, cache: Path) -> None:
    make, sentence = CASES[case]
    source = make(tmp_path)
    with pytest.raises(AudioError) as caught:
        master(source, Target(), cache, Silent())
    (problem,) = caught.value.problems
    assert sentence in problem.message
    assert source.name in problem.message
    assert "\n" not in problem.message
    assert "0x" not in problem.message
    assert len(problem.message) < 120
    assert problem.hint
    assert {path.name for path in cache.glob("*")} <= {"digests"}


@pytest.mark.parametrize("case", ["empty", "text", "half a second", "truncated WAV", "truncated MP3", "truncated M4A"])
def test_probe_refuses_what_its_header_or_end_gives_away(case: str, tmp_path: Path) -> None:
    make, sentence = CASES[case]
    with pytest.raises(AudioError, match=sentence.split(":")[0]):
        probe(make(tmp_path))


def test_probe_tells_what_a_recording_is(tmp_path: Path) -> None:
    source = probe(write_wav(tmp_path / "a.wav", speech(3, 48000), 48000, bits=24))
    assert (source.sample_rate, source.channels, source.codec, source.container) == (48000, 2, "pcm_s24le", "wav")
    assert source.duration_s == pytest.approx(3.0)


def test_a_bit_rate_that_mp3_does_not_have_is_refused(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(AudioError, match="no bit rate of 100 kbit/s"):
        master(write_wav(tmp_path / "a.wav", speech(2)), Target(bitrate_kbps=100), cache, Silent())
