"""How two noisy microphones sound to DNSMOS: a plain sum, Sendung's mix, and with noise taken out.

    python3 -m venv .venv/mos && .venv/mos/bin/pip install speechmos librosa onnxruntime
    .venv/bin/python -m benchmarks.quality .venv/mos/bin/python

Noise is 48 dB below full scale, the second host 6 dB softer. Values are means over stretches of 10 s.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from sendung.audio import SoundOptions, TrackFile, TrackSet
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import blend, probe_tracks
from tests.audio.conftest import decode, write_wav
from tests.audio.tracks.conversation import RATE, Microphone, conversation

MICROPHONES = Microphone(0, noise_db=-48), Microphone(1, noise_db=-48, ppm=145, start_s=1.3, gain_db=-6)
WAYS = {
    "plain sum, aligned": SoundOptions(level="off", gate="off", hum="off"),
    "sendung": SoundOptions(),
    "denoise: light": SoundOptions(denoise="light"),
    "denoise: strong": SoundOptions(denoise="strong"),
}
SCORED_RATE, SECONDS = 16000, 10
SCORE = """
import sys
import numpy as np
from speechmos import dnsmos
sound = np.load(sys.argv[1]).astype(np.float32)
values = [dnsmos.run(part, 16000) for part in sound.reshape(-1, 160000)]
means = [np.mean([value[name] for value in values]) for name in ("ovrl_mos", "sig_mos", "bak_mos", "p808_mos")]
print(" | ".join(f"{mean:.2f}" for mean in means))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="of an environment with speechmos")
    options = parser.parse_args()
    print("| way | overall | speech | background | P.808 |\n|---|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [_write(folder / f"{number}.wav", microphone) for number, microphone in enumerate(MICROPHONES)]
        for way, sound in WAYS.items():
            mixed = _mix(files, sound, folder)
            part = len(mixed) // (SECONDS * SCORED_RATE) * SECONDS * SCORED_RATE
            np.save(folder / "mixed.npy", mixed[:part] / np.abs(mixed).max() * 0.7)
            command = [options.python, "-c", SCORE, str(folder / "mixed.npy")]
            print(f"| {way} | {subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()} |")


def _write(path: Path, microphone: Microphone) -> Path:
    return write_wav(path, microphone.record(conversation())[:, None].astype(np.float64), RATE, 24)


def _mix(files: list[Path], sound: SoundOptions, folder: Path) -> np.ndarray:
    tracks = TrackSet(tuple(TrackFile(file, person=name) for file, name in zip(files, "AB", strict=True)), sound)
    with Ffmpeg(folder) as ffmpeg:
        path = blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), folder, lambda seconds: None).path
    return decode(path, 1, SCORED_RATE)[:, 0]


if __name__ == "__main__":
    main()
