"""A file joined from parts is as good as one encoded in one piece, and says of itself what is true."""

from __future__ import annotations

import itertools
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutagen.mp3 import MP3, BitrateMode

from sendung.audio.encode.decoded import Mp3Result
from sendung.audio.encode.mp3_format import DELAY, FRAME, PERIOD, Layout, crc16, frame_size
from sendung.audio.encode.mp3_parts import encoding
from sendung.audio.encode.mp3_writer import Arrivals, Strip
from sendung.audio.shape.limiter import Curve
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.programme import Programme, Reel
from sendung.core.errors import AudioError

from .conftest import RATE, Samples, decode, run_ffmpeg, speech, voice, write_wav


def _joined(folder: Path, samples: Samples, parts: list[int], rate: int = RATE, kbps: int = 128) -> Path:
    """Encode in parts of these many frames (the last takes the rest)."""
    source = write_wav(folder / "source.wav", samples, rate)
    length, channels = samples.shape
    programme = Programme((Reel(source, 0, length, channels, raw=False),), rate, channels, "s16")
    layout, path = Layout(length, rate, channels, kbps), folder / "joined.mp3"
    path.write_bytes(layout.info())
    starts = np.cumsum([0, *parts]).tolist()
    cut = [(start, stop - start) for start, stop in zip(starts, [*starts[1:], layout.frames], strict=True)]
    with Ffmpeg(folder, workers=2) as ffmpeg:
        ffmpeg.all(encoding(ffmpeg, programme, Curve(0.0), layout, path, cut, lambda seconds: None))
    return path


def _frames_of(data: bytes) -> list[bytes]:
    """The frames of a file, each found by what the one before says of its length."""
    frames, at = [], 0
    while at < len(data):
        stop = at + frame_size(struct.unpack_from(">I", data, at)[0])
        frames.append(data[at:stop])
        at = stop
    return frames


@pytest.mark.parametrize("rate", [44100, 48000])
def test_joined_parts_sound_like_one_piece(rate: int, tmp_path: Path) -> None:
    samples = speech(20, rate)
    parts = [100, 1, 57, 200, 33]
    joined = decode(_joined(tmp_path, samples, parts, rate), rate=rate)
    run_ffmpeg("-i", tmp_path / "source.wav", "-af", "volume=0.4455dB", "-b:a", "128k", tmp_path / "whole.mp3")
    whole = decode(tmp_path / "whole.mp3", rate=rate)
    assert len(joined) == len(whole) == len(samples)

    noise = float(np.std(whole - samples))
    assert np.std(joined - samples) < 1.15 * noise
    assert np.std(joined - whole) < noise
    for join in np.cumsum(parts):
        # What a click would be: more error around a join than the same encoder makes there elsewhere.
        near = slice(max(0, join * FRAME - DELAY - FRAME), join * FRAME - DELAY + 2 * FRAME)
        assert np.std((joined - samples)[near]) < max(1.3 * float(np.std((whole - samples)[near])), 0.3 * noise)
        assert np.abs((joined - whole)[near]).max() < np.abs(whole - samples).max()


@pytest.mark.parametrize("rate", [44100, 48000])
def test_joined_parts_lie_on_the_input_to_the_sample(rate: int, tmp_path: Path) -> None:
    """Noise resembles itself at no other lag, so each part shows where it lies."""
    samples = np.random.default_rng(5).standard_normal((10 * rate, 1)) * 0.1
    parts = [60, 47, 110]
    joined = decode(_joined(tmp_path, samples, parts, rate, 96), 1, rate)
    run_ffmpeg("-i", tmp_path / "source.wav", "-b:a", "96k", tmp_path / "whole.mp3")
    whole = decode(tmp_path / "whole.mp3", 1, rate)
    joins = [0, *(np.cumsum(parts) * FRAME - DELAY).tolist(), len(samples)]
    for other in (whole, samples):
        for first, last in itertools.pairwise(joins):
            near = joined[first + 2 * FRAME : last - 2 * FRAME, 0]
            lags = [float(near @ other[first + 2 * FRAME + lag :][: len(near), 0]) for lag in (0, -2, -1, 1, 2)]
            assert max(lags[1:]) < 0.6 * lags[0]


@pytest.mark.parametrize("rate", [44100, 48000])
def test_any_stretch_is_read_as_a_player_plays_it(rate: int, tmp_path: Path) -> None:
    """What is measured in parts, and mended by frames, are the samples that a player plays there, none to the side."""
    samples = speech(6, rate)
    path = _joined(tmp_path, samples, [50, 70], rate)
    played = decode(path, rate=rate)
    result = Mp3Result(path.name, Layout(len(samples), rate, 2, 128))
    with Ffmpeg(tmp_path, workers=1) as ffmpeg:
        for first, count in ((0, 3000), (4410, 5000), (50 * FRAME - DELAY - 700, 2000), (len(samples) - 3000, 3000)):
            found = bytearray()
            arguments, graph = result.open(first, count)
            ffmpeg.read([*arguments, "-f", "lavfi", "-i", graph, "-f", "f32le", "pipe:1"], found.extend)
            read = np.frombuffer(bytes(found), "<f4").reshape(-1, 2)
            assert read.shape == (count, 2)
            assert np.abs(read - played[first : first + count]).max() < 1e-3


@pytest.mark.parametrize("extra", [0, 1, -1, FRAME - 1, 2 * FRAME - 2 * 576, 2 * FRAME - 2 * 576 + 1])
def test_as_many_samples_are_played_as_went_in(extra: int, tmp_path: Path) -> None:
    samples = voice(2)[: 40 * FRAME + extra] * 0.5
    assert len(decode(_joined(tmp_path, samples, [20]), 1)) == len(samples)


def test_a_tone_runs_through_the_joins_without_a_click(tmp_path: Path) -> None:
    """A tone has no room to hide a click: its second difference is small everywhere."""
    samples = 0.5 * np.sin(2 * np.pi * 440 * np.arange(5 * RATE) / RATE)[:, None]
    parts = [40, 1, 60]
    joined = decode(_joined(tmp_path, samples, parts, kbps=96), 1)
    bends = np.abs(np.diff(joined[:, 0], 2))
    smooth = bends[4 * FRAME : 30 * FRAME].max()
    for join in np.cumsum(parts):
        assert bends[(join - 2) * FRAME - DELAY : (join + 2) * FRAME - DELAY].max() < 1.2 * smooth


@pytest.mark.parametrize(("channels", "kbps"), [(1, 64), (1, 96), (2, 128), (2, 192)])
def test_header_tells_players_the_right_length_and_places(channels: int, kbps: int, tmp_path: Path) -> None:
    samples = speech(7.3) if channels == 2 else voice(7.3) * 0.5
    path = _joined(tmp_path, samples, [40, 80], kbps=kbps)
    data = path.read_bytes()
    info: Any = MP3(path).info  # type: ignore[no-untyped-call]
    assert info.length == pytest.approx(len(samples) / RATE, abs=0.0001)
    assert (info.bitrate_mode, info.channels, info.sample_rate) == (BitrateMode.CBR, channels, RATE)

    at = data.index(b"Info")
    flags, frames, size = struct.unpack_from(">III", data, at + 4)
    assert (flags, size) == (15, len(data))
    found = _frames_of(data)
    assert len(found) == frames + 1
    places = np.cumsum([*map(len, found)])
    for percent, place in enumerate(data[at + 16 : at + 116]):
        assert abs(place * len(data) / 256 - places[frames * percent // 100]) <= len(data) / 256

    lame = data[at + 120 : at + 156]
    assert lame[:4] == b"LAME"
    delay, padding = int.from_bytes(lame[21:24], "big") >> 12, int.from_bytes(lame[21:24], "big") & 0xFFF
    assert frames * FRAME - delay - padding == len(samples)
    assert struct.unpack(">H", lame[34:])[0] == crc16(data[: at + 154])
    assert struct.unpack(">I", lame[28:32])[0] == len(data)


def test_check_sum_is_the_published_one() -> None:
    assert crc16(b"123456789") == 0xBB3D  # CRC-16/ARC


def test_no_frame_needs_bytes_of_another(tmp_path: Path) -> None:
    """main_data_begin (11172-3, 2.4.1.7) is 0 everywhere: that is what lets frames be joined and mended."""
    data = _joined(tmp_path, speech(5), [50]).read_bytes()
    for frame in _frames_of(data)[1:]:
        assert struct.unpack_from(">H", frame, 4)[0] >> 7 == 0


@pytest.mark.parametrize(("rate", "kbps"), [(44100, 64), (44100, 112), (44100, 128), (44100, 320), (48000, 96)])
def test_every_frame_is_where_one_encode_would_put_it(rate: int, kbps: int, tmp_path: Path) -> None:
    """So the file's bit rate is right at every place, and a stretch can be encoded again in its place."""
    samples = speech(5, rate)
    data = _joined(tmp_path, samples, [20, 61, 3], rate, kbps).read_bytes()
    args = ["-b:a", f"{kbps}k", "-reservoir", "0", "-write_xing", "0", "-id3v2_version", "0"]
    run_ffmpeg("-i", tmp_path / "source.wav", *args, tmp_path / "whole.mp3")
    whole = [*map(len, _frames_of((tmp_path / "whole.mp3").read_bytes()))]
    head, *joined = map(len, _frames_of(data))
    layout = Layout(len(samples), rate, 2, kbps)
    assert joined == whole[: len(joined)]
    assert [layout.offset(number) for number in range(len(joined) + 1)] == np.cumsum([head, *joined]).tolist()
    assert len(data) == layout.offset(layout.frames)


def test_a_stream_of_other_frames_is_not_joined(tmp_path: Path) -> None:
    layout, path = Layout(10 * RATE, RATE, 2, 128), tmp_path / "joined.mp3"
    path.write_bytes(layout.info())
    sizes = [layout.bytes_of(number + 1) - layout.bytes_of(number) for number in range(PERIOD)]
    frames = [(0xFFFB9040 | size - 417 << 9).to_bytes(4, "big").ljust(size, b"x") for size in sizes]
    with Strip(path, layout, 0, 2, 30) as strip:
        assert sum(strip.take(b"".join(frames[at : at + 7])) for at in range(0, 35, 7)) == sum(sizes[2:32])
        strip.finish()
    assert path.read_bytes()[layout.offset(2) :] == b"".join(frames[2:32])
    with Strip(path, layout, 0, 2, 30) as strip, pytest.raises(AudioError, match="other MP3 frames"):
        strip.take(b"".join([*frames[:20], *frames[:20]]))
    with Strip(path, layout, 0, 2, 30) as strip:
        strip.take(b"".join(frames[:31]))
        with pytest.raises(AudioError, match="other MP3 frames"):
            strip.finish()


def test_a_stretch_that_is_not_there_yet_is_waited_for() -> None:
    """Also if it never comes: then what made it has failed, and its error is what counts."""

    def fail() -> None:
        raise OSError("broken")

    arrivals = Arrivals([(0, 10), (10, 5)])
    make, broken = arrivals.noting([lambda: None, fail])
    with ThreadPoolExecutor(2) as pool:
        first, both = pool.submit(arrivals.wait, 3, 10), pool.submit(arrivals.wait, 9, 11)
        arrivals.wait(15, 20)
        assert not first.done()
        make()
        first.result(10)
        assert not both.done()
        with pytest.raises(OSError, match="broken"):
            broken()
        both.result(10)
