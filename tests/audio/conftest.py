"""Recordings made here: what sounds like speech to a meter, and a second meter's reading of results."""

from __future__ import annotations

import functools
import re
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""Shape (samples, channels), full scale 1."""
RATE = 44100
SAMPLE = Path(__file__).parents[2] / "episodes" / "realitaetscheck-autoindustrie"


@functools.lru_cache(maxsize=16)
def voice(seconds: float, rate: int = RATE, seed: int = 1, pitch: float = 120.0) -> Samples:
    """One voice: a gliding buzz in syllables and pauses, with breath; one channel, peak 1; made once, so read-only."""
    random = np.random.default_rng(seed)
    count = round(seconds * rate)
    time = np.arange(count) / rate
    knots = np.arange(0.0, seconds + 1.0, 0.3)
    glide = pitch * (1 + 0.15 * np.interp(time, knots, random.standard_normal(len(knots))))
    phase = 2 * np.pi * np.cumsum(glide) / rate
    top = min(25, int(rate / 2 / (pitch * 2)))
    buzz = sum(np.cos(k * phase + 0.3 * k * k) / k for k in range(1, top))
    envelope = np.zeros(count)
    at = 0
    while at < count:
        length = int(rate * random.uniform(0.08, 0.3))
        piece = np.hanning(length)[: count - at] * random.uniform(0.3, 1)
        envelope[at : at + len(piece)] = piece
        at += length + int(rate * (random.uniform(0, 0.05) if random.random() < 0.85 else random.uniform(0.2, 0.6)))
    sound = (0.5 * buzz + 0.1 * random.standard_normal(count)) * envelope
    samples = np.asarray(sound / np.abs(sound).max())[:, None]
    samples.setflags(write=False)
    return samples


def speech(seconds: float, rate: int = RATE, peak: float = 0.5, seed: int = 1) -> Samples:
    """Two voices in turns, each a little to one side; two channels."""
    one, two = voice(seconds, rate, seed), voice(seconds, rate, seed + 1, pitch=200.0)
    turn = np.sin(2 * np.pi * np.arange(len(one)) / rate / 7)[:, None] > 0
    both = one * turn * [0.9, 0.6] + two * ~turn * [0.5, 0.7]
    return np.asarray(both / np.abs(both).max() * peak)


def silence(seconds: float, rate: int = RATE, channels: int = 2) -> Samples:
    """Digital silence."""
    return np.zeros((round(seconds * rate), channels))


def wav_bytes(samples: Samples, rate: int = RATE, bits: int = 16, floating: bool = False) -> bytes:
    """A WAV file; more than two channels or float as the extensible form wants it is left to ffmpeg."""
    if floating:
        data = samples.astype("<f4").tobytes()
        bits = 32
    elif bits == 24:
        whole = np.clip(np.round(samples * 2**23), -(2**23), 2**23 - 1).astype("<i4")
        data = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    else:
        top = 2 ** (bits - 1)
        data = np.clip(np.round(samples * top), -top, top - 1).astype(f"<i{bits // 8}").tobytes()
    channels = samples.shape[1]
    frame = channels * bits // 8
    form = struct.pack("<HHIIHH", 3 if floating else 1, channels, rate, rate * frame, frame, bits)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + (b"data" + struct.pack("<I", len(data)) + data)
    )


def write_wav(path: Path, samples: Samples, rate: int = RATE, bits: int = 16, floating: bool = False) -> Path:
    path.write_bytes(wav_bytes(samples, rate, bits, floating))
    return path


def run_ffmpeg(*arguments: str | Path) -> bytes:
    """ffmpeg by itself, to make inputs and to judge results."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


@dataclass(frozen=True)
class Heard:
    """What ffmpeg's own meter says of a file."""

    lufs: float
    dbtp: float
    loudness_range: float


def hear(path: Path) -> Heard:
    """Measure a whole file with ffmpeg's ebur128, as anybody would."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(path), "-map", "0:a:0"]
    log = subprocess.run(
        [*command, "-af", "ebur128=framelog=quiet:peak=true", "-f", "null", "-"], check=True, capture_output=True
    ).stderr.decode()
    find: Callable[[str], float] = lambda name: float(re.findall(rf"{name}:\s+(-?[\d.]+|-?inf)", log)[-1])  # noqa: E731
    return Heard(find("I"), find("Peak"), find("LRA"))


def decode(path: Path, channels: int = 2, rate: int = RATE) -> Samples:
    """The samples that a player plays."""
    raw = run_ffmpeg("-i", path, "-map", "0:a:0", "-f", "f32le", "-ac", str(channels), "-ar", str(rate), "pipe:1")
    return np.frombuffer(raw, "<f4").reshape(-1, channels).astype(np.float64)


def sample_talk(rate: int = RATE) -> Samples:
    """Both voices of the sample episode in one channel, the second 12 dB softer."""
    tracks = [argument for name in ("sven.flac", "sebastian.opus") for argument in ("-i", SAMPLE / name)]
    graph = "[1:a]adelay=1300[late];[0:a][late]amix=inputs=2:normalize=0:duration=first"
    raw = run_ffmpeg(*tracks, "-filter_complex", graph, "-f", "f32le", "-ac", "1", "-ar", str(rate), "pipe:1")
    return np.frombuffer(raw, "<f4").reshape(-1, 1).astype(np.float64)


def children_of(process: int) -> list[int]:
    """The processes that one started, by /proc."""
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == process:
                children.append(int(stat.parent.name))
        except OSError:
            continue
    return children


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"
