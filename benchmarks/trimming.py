"""What is cut at both ends, by three ways to know silence: 6 s of noise, a soft voice, or soft music beside speech.

    python benchmarks/trimming.py

The speech is the sample episode's. Noise alone may be cut (5.7 s at the start, 5.2 at the end); of a voice or of music,
nothing.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

from sendung.audio import Target, master
from sendung.audio.measure import tones, voice_activity
from sendung.core.progress import Silent

import imageio_ffmpeg  # isort: skip - numpy comes after
import numpy as np

RATE, SECONDS = 48000, 6
SAMPLE = Path(__file__).parent.parent / "episodes" / "realitaetscheck-autoindustrie" / "sven.flac"
WAYS: Mapping[str, tuple[str, ...]] = {
    "noise floor": ("voice", "tones"),
    "and voice": ("tones",),
    "and tones": (),
}
"""What is left out of each."""


def main() -> None:
    talk = decoded(SAMPLE)
    voice, talk = talk[60 * RATE :][: SECONDS * RATE], talk[20 * RATE : 50 * RATE]
    random, time = np.random.default_rng(1), np.arange(SECONDS * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * tone * time) for tone in (220.0, 277.2, 329.6)) / 3
    notes = np.concatenate([np.sin(2 * np.pi * 220 * 2 ** (n / 12) * time[: RATE // 2]) for n in (0, 4, 7, 12) * 3])
    ends = {"nothing": 0 * time, "voice": at(voice, -48), "chord": at(chord, -48), "melody": at(notes, -48)}
    print(f"{'cut at start, end (s)':28}" + "".join(f"{way:>16}" for way in WAYS))
    for noise_db in (-120, -72, -60, -52):
        for name, end in ends.items():
            sound = np.concatenate((end, at(talk, -20), end[::-1] if name != "voice" else end))
            sound = sound + 10 ** (noise_db / 20) * random.standard_normal(len(sound))
            cuts = [cut(sound, leave_out) for leave_out in WAYS.values()]
            print(f"{name + f', noise {noise_db} dB':28}" + "".join(f"{head:8.1f}{tail:8.1f}" for head, tail in cuts))


def cut(sound: np.ndarray, leave_out: tuple[str, ...]) -> tuple[float, float]:
    """Seconds at the start and at the end."""
    lines_db = 99.0 if "tones" in leave_out else tones.LINE_DB
    with (
        tempfile.TemporaryDirectory() as name,
        mock.patch.object(voice_activity, "is_available", return_value="voice" not in leave_out),
        mock.patch.object(tones, "LINE_DB", lines_db),
    ):
        path = Path(name) / "a.wav"
        write(path, sound)
        result = master(path, Target(), Path(name) / "cache", Silent())
    return result.cut_head_s, result.cut_tail_s


def at(sound: np.ndarray, level_db: float) -> np.ndarray:
    """A sound at so many dBFS (root mean square)."""
    return sound * 10 ** (level_db / 20) / max(1e-9, float(np.sqrt(np.mean(sound**2))))


def decoded(path: Path) -> np.ndarray:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-ac", "1", "-ar", str(RATE)]
    command += ["-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<f4").astype(np.float64)


def write(path: Path, sound: np.ndarray) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-"]
    subprocess.run([*command, "-c:a", "pcm_s24le", path], check=True, input=sound.astype("<f4").tobytes())


if __name__ == "__main__":
    main()
