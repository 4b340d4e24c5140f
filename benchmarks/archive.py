"""Many episodes at once: mastered by Sendung, so many at a time, beside GNU parallel with ffmpeg-normalize; and sent.

    python -m benchmarks.archive --normalize .venv/normalize/bin/ffmpeg-normalize [--episodes 8] [--minutes 3]

Makes its own recordings (those of benchmarks/audio.py, each a little different), masters the same files in each way to
-16 LUFS, -1 dBTP and MP3 of 128 kbit/s, and prints one table; then it publishes them into a directory behind an uplink
of so many Mbit/s, once sent while the next are mastered and once afterwards. Needs GNU parallel, psutil.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.audio import FFMPEG, Run, make_input, measure
from sendung.audio import Target, master
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import open_store
from sendung.workflows.context import RunContext
from sendung.workflows.publish import flow
from tests.crash_and_race.world import make_world
from tests.servers.fixtures import Target as Place

SENDUNG = """
import sys
from functools import partial
from pathlib import Path
from sendung.audio import Target, at_once, master
from sendung.core.concurrency import each
from sendung.core.progress import Silent
crew, cache, *files = sys.argv[1:]
crew = int(crew) or at_once(600, Path(cache))
each(lambda file: master(Path(file), Target(bitrate_kbps=128), Path(cache), Silent()), files, crew)
"""
_SAMPLES_AT = 100_000
"""Where the recordings differ, in bytes: the same one would be mastered once."""


class Uplink:
    """A store to which so many bytes a second can be sent."""

    def __init__(self, below: Any, bytes_per_s: float) -> None:
        self._below = below
        self._rate = bytes_per_s
        self._sending = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name != "upload":
            return value

        def upload(key: str, path: Path, *rest: Any) -> None:
            with self._sending:
                time.sleep(path.stat().st_size / self._rate)
            value(key, path, *rest)

        return upload


def recordings(number: int, minutes: int, folder: Path) -> list[Path]:
    """So many recordings that are alike, but not the same."""
    first = make_input(minutes, folder)
    paths = [folder / f"episode-{index}.wav" for index in range(number)]
    for index, path in enumerate(paths):
        shutil.copy(first, path)
        with path.open("r+b") as file:
            file.seek(_SAMPLES_AT)
            file.write(bytes([index % 250, 0]))
    first.unlink()
    return paths


def ways(files: list[Path], folder: Path, normalize: Path) -> dict[str, list[str]]:
    """The commands, by name."""
    names = [str(path) for path in files]
    crews = {"as many as it chooses": 0} | {f"{crew} at a time": crew for crew in (1, 2, 3, 4)}
    commands = {
        f"sendung, {name}": [sys.executable, "-c", SENDUNG, str(crew), str(folder / f"cache-{crew}"), *names]
        for name, crew in crews.items()
    }
    job = [str(normalize), "{}", "-q", "-f", "-t", "-16", "-tp", "-1", "-c:a", "libmp3lame", "-b:a", "128k"]
    job += ["-ar", "44100", "-o", str(folder / "{/.}.mp3")]
    for jobs in (1, os.cpu_count() or 1):
        commands[f"parallel -j{jobs} ffmpeg-normalize"] = ["parallel", "--will-cite", f"-j{jobs}", *job, ":::", *names]
    return commands


def row(name: str, run: Run, minutes: int, other: float) -> str:
    """A row of the table; `minutes` of sound in all, `other` the seconds of the way to compare with."""
    speed, ratio = minutes * 60 / run.seconds, run.seconds / other
    figures = f"{run.seconds:.1f} s | {ratio:.2f} | {speed:.0f} | {run.cpu_seconds:.1f} s | {run.megabytes:.0f} MB"
    return f"| {name} | {figures} |"


def published(files: list[Path], folder: Path, mbits: float, *, overlap: bool) -> float:
    """The seconds from the command to the feed, nothing mastered before."""
    place = folder / f"show-{overlap}"
    place.mkdir()
    slugs = [path.stem for path in files]
    world = make_world(place, Place("directory", str(place / "public"), None, {}), slugs)
    for path in files:
        draft = world.folder / "episodes" / path.stem
        shutil.copy(path, draft / "audio.wav")
        text = (draft / "episode.yaml").read_text("utf-8")
        (draft / "episode.yaml").write_text(text.replace("audio: audio.flac", "audio: audio.wav"), "utf-8")
    store: Any = Uplink(open_store(world.target.url, place, None, None), mbits * 1e6 / 8)
    run = RunContext(store, "bench", lambda: datetime.now(UTC), world.cache)
    folders = [world.folder / "episodes" / slug for slug in slugs]
    began = time.perf_counter()
    outcome = flow.publish(folders, load_show(world.folder), run, flow.PublishOptions(agree=lambda _: overlap))
    if outcome.error:
        raise outcome.error
    return time.perf_counter() - began


def longer(recording: Path, folder: Path) -> Path:
    """A recording over and over: ten times as long."""
    path = folder / "longer.wav"
    again = ["-stream_loop", "9", "-i", str(recording), "-c:a", "copy", str(path)]
    subprocess.run([FFMPEG, "-v", "error", "-nostdin", "-y", *again], check=True)
    return path


def alone(recording: Path, folder: Path, mbits: float) -> str:
    """A row: what one episode takes, and the least that it could if it were sent while it is encoded."""
    began = time.perf_counter()
    mastered = master(recording, Target(bitrate_kbps=128), folder / f"cache-alone-{recording.stem}", Silent())
    encoding, sending = time.perf_counter() - began, mastered.size * 8 / (mbits * 1e6)
    both, most = encoding + sending, max(encoding, sending)
    minutes = f"{mastered.duration_s / 60:.0f} min"
    return f"| {minutes} | {encoding:.1f} s | {sending:.1f} s | {both:.1f} s | {most:.1f} s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--normalize", type=Path, required=True, help="the program ffmpeg-normalize")
    parser.add_argument("--episodes", type=int, default=8)
    parser.add_argument("--minutes", type=int, default=3, help="of each")
    parser.add_argument("--mbits", type=float, default=20, help="of the uplink")
    parser.add_argument("--folder", type=Path, help="where the recordings are made (10 MB a minute)")
    options = parser.parse_args()
    total = options.episodes * options.minutes
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        files = recordings(options.episodes, options.minutes, folder)
        print(f"{options.episodes} episodes of {options.minutes} minutes, {os.cpu_count()} cores, {load()}", flush=True)
        subprocess.run([FFMPEG, "-version"], check=True, capture_output=True)
        runs = {way: measure(command, 0.2) for way, command in ways(files, folder, options.normalize).items()}
        other = list(runs.values())[-1].seconds
        print("| way | time | of the last | times real time | CPU | peak memory |\n|---|--:|--:|--:|--:|--:|")
        for way, run in runs.items():
            print(row(way, run, total, other))
        print(f"\nPublished over {options.mbits:g} Mbit/s, {load()}\n\n| sent | time |\n|---|--:|")
        for overlap in (True, False):
            seconds = published(files, folder, options.mbits, overlap=overlap)
            print(
                f"| {'while the next are mastered' if overlap else 'once all are mastered'} | {seconds:.1f} s |",
                flush=True,
            )
        print("\n| one episode of | mastered in | sent in | one after the other | the longer of both |")
        print("|---|--:|--:|--:|--:|")
        for path in (files[0], longer(files[0], folder)):
            print(alone(path, folder, options.mbits), flush=True)
        print(f"\n{load()[:-1]} at the end.")


def load() -> str:
    """What else the machine does."""
    return f"load {os.getloadavg()[0]:.1f}."


if __name__ == "__main__":
    main()
