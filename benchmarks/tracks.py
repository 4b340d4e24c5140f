"""Two microphones of one conversation beside other ways, with the same input and the same figures.

    .venv/bin/python -m benchmarks.tracks [--others .venv/tracks/bin] [--minutes 60]

The input is made by espeak-ng, so what is right is known: see tests/audio/tracks/conversation.py. The second host is
12 dB softer, switched on 1.3 s later, with a clock that is 145 ppm fast; each voice is heard in the other microphone,
20 dB down. With --minutes, what such a conversation takes beside one bare encode of its mix.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from sendung.audio import SoundOptions, Target, TrackFile, TrackSet, master
from sendung.core.progress import Silent
from tests.audio.conftest import decode, write_wav
from tests.audio.tracks.conversation import RATE, Conversation, Microphone, conversation

Mixed = NDArray[np.float64]
ROUND_S = 50
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MICROPHONES = Microphone(0, noise_db=-70), Microphone(1, noise_db=-70, ppm=145, start_s=1.3, gain_db=-12.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--others", type=Path, help="where podcast-automix and double-ender-sync are")
    parser.add_argument("--rounds", type=int, default=1, help="of the conversation, 50 s each")
    parser.add_argument(
        "--minutes", type=int, help="measure time and memory of so long a conversation, and nothing else"
    )
    options = parser.parse_args()
    if options.minutes:
        _measure(options.minutes)
        return
    said = conversation(options.rounds)
    print(
        "| way | time | voices apart | latest of a voice | other's bleed and noise in a turn |\n|---|--:|--:|--:|--:|"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = _write(said, folder)
        ways: dict[str, Callable[[], Path]] = {
            "sendung": lambda: _sendung(files, folder),
            "ffmpeg amix": lambda: _amix(files[:2], folder / "amix.wav"),
        }
        if options.others:
            ways["podcast-automixer"] = lambda: _automix(options.others, files[:2], folder)
            ways["double-ender-sync, then amix"] = lambda: _sync(options.others, files, folder)
        for way, make in ways.items():
            start = time.perf_counter()
            try:
                mixed = decode(make(), 1, RATE)[:, 0]
            except (subprocess.CalledProcessError, FileNotFoundError, StopIteration) as error:
                print(f"| {way} | {str(error)[:80] or 'wrote no file'} | | | |")
                continue
            print(f"| {way} | {time.perf_counter() - start:.1f} s | {_figures(mixed, said)} |")


MASTER = """
import sys
from pathlib import Path
from sendung.audio import SoundOptions, Target, TrackFile, TrackSet, master
from sendung.core.progress import Silent
tracks = TrackSet((TrackFile(Path(sys.argv[1]), person="A"), TrackFile(Path(sys.argv[2]), person="B")), SoundOptions())
Path(sys.argv[4]).symlink_to(master(tracks, Target(), Path(sys.argv[3]), Silent()).path)
"""


def _measure(minutes: int) -> None:
    """Time and memory, each in processes of their own."""
    from benchmarks.audio import measure  # it wants psutil

    said = conversation(-(-minutes * 60 // ROUND_S))
    print("| of a conversation | time | CPU | of the bare encode | peak memory |\n|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second, _ = map(str, _write(said, folder))
        result, mix = str(folder / "result"), str(folder / "mix.wav")
        ours = measure([sys.executable, "-c", MASTER, first, second, str(folder / "cache"), result])
        _run(FFMPEG, "-y", "-i", result, mix)
        bare = measure(
            [FFMPEG, "-v", "error", "-y", "-i", mix, "-c:a", "libmp3lame", "-b:a", "128k", str(folder / "bare.mp3")]
        )
    for way, run in ((f"sendung, {said.duration_s / 60:.0f} min", ours), ("bare encode of its mix", bare)):
        share = run.cpu_seconds / bare.cpu_seconds
        print(f"| {way} | {run.seconds:.1f} s | {run.cpu_seconds:.1f} s | {share:.2f} | {run.megabytes:.0f} MB |")


def _write(said: Conversation, folder: Path) -> list[Path]:
    """The two tracks as of one length, and what the call itself recorded."""
    sounds = [microphone.record(said) for microphone in MICROPHONES]
    sounds.append(said.voices[0] + said.voices[1])
    longest = max(map(len, sounds))
    padded = [np.pad(sound, (0, longest - len(sound)))[:, None].astype(np.float64) for sound in sounds]
    names = ("a.wav", "b.wav", "call.wav")
    return [write_wav(folder / name, sound, RATE, 24) for name, sound in zip(names, padded, strict=True)]


def _sendung(files: list[Path], folder: Path) -> Path:
    tracks = TrackSet((TrackFile(files[0], person="A"), TrackFile(files[1], person="B")), SoundOptions())
    return master(tracks, Target(trim=False), folder / "cache", Silent()).path


def _run(*command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=1800)


def _amix(files: list[Path], path: Path) -> Path:
    inputs = [word for file in files for word in ("-i", file)]
    _run(FFMPEG, "-y", *inputs, "-filter_complex", f"amix=inputs={len(files)}:normalize=0", "-c:a", "pcm_f32le", path)
    return path


def _automix(programs: Path, files: list[Path], folder: Path) -> Path:
    output = folder / "automix"
    output.mkdir()
    _run(programs / "podcast-automix", "--non-interactive", "--overwrite", "--output-dir", output, *files)
    stems = sorted(output.rglob("*.wav"))
    return stems[0] if len(stems) == 1 else _amix(stems[:2], folder / "automixed.wav")


def _sync(programs: Path, files: list[Path], folder: Path) -> Path:
    synced = []
    for file in files[:2]:
        output = folder / f"synced-{file.stem}"
        _run(programs / "double-ender-sync", "--master", files[2], "--track", file, "--out", output)
        synced.append(next(output.rglob("*.wav")))
    return _amix(synced, folder / "synced.wav")


def _figures(mixed: Mixed, said: Conversation) -> str:
    meter: Any = pyloudnorm.Meter(RATE)
    loudness, late, rests = [], [0.0], []
    for who in (0, 1):
        parts = []
        for turn in said.alone(who):
            first, last = round(turn.start * RATE), min(len(mixed), round(turn.end * RATE))
            heard, voice = mixed[first:last], said.voices[who][first:last]
            if len(heard) < RATE // 2:
                continue
            parts.append(heard)
            lag, shifted = _lag(mixed, voice, first)
            late.append(abs(lag) / RATE * 1000)
            rest = shifted - voice * (shifted @ voice) / (voice @ voice)
            rests.append(10 * np.log10((rest @ rest) / (shifted @ shifted)))
        loudness.append(meter.integrated_loudness(np.concatenate(parts)))
    return f"{abs(loudness[0] - loudness[1]):.1f} LU | {max(late):.1f} ms | {np.median(rests):.1f} dB"


def _lag(mixed: Mixed, voice: NDArray[np.float32], first: int, reach: int = 3 * RATE) -> tuple[int, Mixed]:
    """By how many samples a turn is late in a mix, and the mix at that place."""
    start = max(0, first - reach)
    around = np.pad(mixed[start : first + len(voice) + reach], (0, len(voice)))
    size = 1 << (len(around) + len(voice)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(voice, size)), size)[: 2 * reach]
    place = int(np.argmax(np.abs(likeness)))
    return start + place - first, around[place : place + len(voice)]


if __name__ == "__main__":
    if shutil.which("espeak-ng") is None:
        raise SystemExit("espeak-ng is needed: scripts/install_test_tools.sh")
    main()
