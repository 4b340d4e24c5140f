"""How fast mastering is, and how much memory it takes, beside other ways to a published file.

    python benchmarks/audio.py [--minutes 20 60] [--memory 10 180] [--folder DIR] [--output docs/performance.md]

Makes its own input (16-bit stereo WAV at 44.1 kHz: the sample episode's voices, over and over, in a room), then runs
each way in its own process, one after another, and writes the tables of that one run. Needs ffmpeg-normalize, psutil.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import psutil

ROOT = Path(__file__).parent.parent
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SAMPLE = ROOT / "episodes" / "realitaetscheck-autoindustrie"
TOGETHER = "[1:a]adelay=1300[late];[0:a][late]amix=inputs=2:normalize=0:duration=first"
ROOM = (
    "[0:a]aresample=44100,acompressor=threshold=0.03:ratio=4:attack=5:release=200:makeup=4,asplit[l][r];"
    "[l]aecho=1:1:17|31:0.22|0.12[l2];[r]volume=0.8,aecho=1:1:11|43:0.25|0.15[r2];"
    "[l2][1:a]amix=normalize=0:duration=first[l3];[r2][2:a]amix=normalize=0:duration=first[r3];"
    "[l3][r3]join=inputs=2:channel_layout=stereo"
)
SENDUNG = """
import sys
from pathlib import Path
from sendung.audio import Target, master
from sendung.core.progress import Silent
print(master(Path(sys.argv[1]), Target(), Path(sys.argv[2]), Silent()))
"""
PYDUB = """
import sys, pydub, pydub.effects
pydub.AudioSegment.converter = sys.argv[3]
sound = pydub.AudioSegment.from_wav(sys.argv[1])
pydub.effects.normalize(sound, headroom=1.0).export(sys.argv[2], format="mp3", bitrate="128k")
"""

PARTS = """
import os, subprocess, sys
ffmpeg, source, target, seconds = sys.argv[1:]
cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
share = float(seconds) / cores
running = [
    subprocess.Popen(
        [ffmpeg, "-v", "error", "-nostdin", "-y", "-ss", str(share * part), "-t", str(share), "-i", source]
        + ["-c:a", "libmp3lame", "-b:a", "128k", f"{target}-{part}.mp3"]
    )
    for part in range(cores)
]
sys.exit(max(process.wait() for process in running))
"""


@dataclass(frozen=True)
class Run:
    """One way, done once."""

    seconds: float
    cpu_seconds: float
    megabytes: float


_LOOK_S, _CLOSE_LOOK_S = 0.5, 0.05
"""How often the memory is looked at; closely where it is all that counts. That takes 10 ms of a processor, which ways
that use all of them have to share."""


def make_input(minutes: int, folder: Path) -> Path:
    """The recording to master."""
    path = folder / f"{minutes}min.wav"
    voices = [arg for name in ("sven.flac", "sebastian.opus") for arg in ("-i", str(SAMPLE / name))]
    sample = folder / "sample.wav"
    subprocess.run([FFMPEG, "-v", "error", "-y", *voices, "-filter_complex", TOGETHER, str(sample)], check=True)
    hiss = [arg for seed in (3, 9) for arg in ("-f", "lavfi", "-i", f"anoisesrc=c=pink:r=44100:a=0.001:s={seed}")]
    command = [FFMPEG, "-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i", str(sample), *hiss]
    command += ["-filter_complex", ROOM, "-t", str(minutes * 60), "-c:a", "pcm_s16le", str(path)]
    subprocess.run(command, check=True)
    return path


def memory_of(process: psutil.Process) -> int:
    """Bytes that a process holds; of pages that several share (as those of ffmpeg itself), its part, on Linux."""
    full = process.memory_full_info()
    return int(getattr(full, "pss", full.rss))


def memory_of_all(tree: psutil.Process) -> int:
    """Bytes that a process and those that it started hold. Raises psutil.Error if one of them ends just then."""
    line = tree.cmdline()
    # A child that still has its parent's command line shares its memory until it becomes another program.
    return memory_of(tree) + sum(memory_of(one) for one in tree.children(recursive=True) if one.cmdline() != line)


def measure(command: list[str], look_s: float = _LOOK_S) -> Run:
    """Run a command; time, and the highest sum of what its processes hold."""
    env = os.environ | {"FFMPEG_PATH": FFMPEG}
    before = os.times()
    began = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        tree = psutil.Process(process.pid)
        while not done.wait(look_s):
            with contextlib.suppress(psutil.Error):
                # What one process has for itself until another starts must not be added to what that one shares.
                peak = max(peak, min(memory_of_all(tree), memory_of_all(tree)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"failed: {' '.join(command)}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds, cpu, peak / 2**20)


def ways(source: Path, minutes: int, folder: Path) -> dict[str, list[str]]:
    """The commands, by name."""
    normalize = str(Path(sys.executable).with_name("ffmpeg-normalize"))
    mp3 = ["-c:a", "libmp3lame", "-b:a", "128k"]
    loudness = ["-q", "-f", "-t", "-16", "-tp", "-1"]
    paths = {name: str(folder / f"{name}.mp3") for name in ("bare", "normalized", "pydub")}
    return {
        "sendung": [sys.executable, "-c", SENDUNG, str(source), str(folder / "cache")],
        "bare encode": [FFMPEG, "-v", "error", "-nostdin", "-y", "-i", str(source), *mp3, paths["bare"]],
        "bare, a part a core": [
            sys.executable,
            "-c",
            PARTS,
            FFMPEG,
            str(source),
            str(folder / "part"),
            str(minutes * 60),
        ],
        "ffmpeg-normalize": [normalize, str(source), *loudness, *mp3, "-ar", "44100", "-o", paths["normalized"]],
        "pydub normalize": [sys.executable, "-W", "ignore", "-c", PYDUB, str(source), paths["pydub"], FFMPEG],
    }


def compare(minutes: int, folder: Path) -> dict[str, Run]:
    """Every way on one recording."""
    source = make_input(minutes, folder)
    runs = {}
    for name, command in ways(source, minutes, folder).items():
        runs[name] = measure(command)
        print(f"{minutes:4} min  {name:20} {runs[name].seconds:7.1f} s  {runs[name].megabytes:6.0f} MB", flush=True)
    source.unlink()
    return runs


def scaling(minutes: int, folder: Path) -> list[tuple[int, Run]]:
    """Mastering on 1 core, 2 cores, ... (where the system lets processes be kept to cores)."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    every = sorted(os.sched_getaffinity(0))
    source = make_input(minutes, folder)
    found = []
    for count in sorted({1, 2, len(every) // 2, len(every)} - {0}):
        if count <= len(every):
            os.sched_setaffinity(0, every[:count])
            command = [sys.executable, "-c", SENDUNG, str(source), str(folder / f"cache{count}")]
            found.append((count, measure(command)))
    os.sched_setaffinity(0, every)
    source.unlink()
    return found


def highest(minutes: int, times: int, folder: Path) -> float:
    """The peak memory of mastering in so many runs, MB: of more looks, the highest is higher, so compare as many."""
    source = make_input(minutes, folder)
    command = [sys.executable, "-c", SENDUNG, str(source)]
    runs = [measure([*command, str(folder / f"cache-{minutes}-{number}")], _CLOSE_LOOK_S) for number in range(times)]
    source.unlink()
    return max(run.megabytes for run in runs)


def table(compared: dict[int, dict[str, Run]]) -> list[str]:
    """Markdown rows."""
    lines = ["| recording | way | time | of the bare encode | of ffmpeg-normalize | CPU | peak memory |"]
    lines.append("|---|---|--:|--:|--:|--:|--:|")
    for minutes, runs in compared.items():
        bare, normalize = runs["bare encode"].seconds, runs["ffmpeg-normalize"].seconds
        for name, run in runs.items():
            ratios = f"{run.seconds / bare:.2f} | {run.seconds / normalize:.3f}"
            figures = f"{run.seconds:.1f} s | {ratios} | {run.cpu_seconds:.1f} s | {run.megabytes:.0f} MB"
            lines.append(f"| {minutes} min | {name} | {figures} |")
    return lines


def main() -> None:
    """Run everything and print (or write) the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, nargs="+", default=[20, 60])
    parser.add_argument("--memory", type=int, nargs="*", default=[10, 180], help="lengths for which memory is compared")
    parser.add_argument("--folder", type=Path, help="where the recordings are made (about 2 GB for 180 minutes)")
    parser.add_argument("--output", type=Path, help="a Markdown file whose part between the marks is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        version = subprocess.run([FFMPEG, "-version"], check=True, capture_output=True, text=True).stdout.split()[2]
        load = f"{os.getloadavg()[0]:.1f}"
        lines = table({minutes: compare(minutes, folder) for minutes in options.minutes})
        lines += ["", "| mastering of | cores | time | CPU |", "|---|--:|--:|--:|"]
        for count, run in scaling(options.minutes[0], folder):
            lines.append(f"| {options.minutes[0]} min | {count} | {run.seconds:.1f} s | {run.cpu_seconds:.1f} s |")
        lines += ["", "| mastering of | runs | peak memory |", "|---|--:|--:|"]
        for minutes in options.memory:
            times = max(1, max(options.memory) // minutes)
            lines.append(f"| {minutes} min | {times} | {highest(minutes, times, folder):.0f} MB |")
    where = f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [f"{where}, ffmpeg {version}, load {load} before the run.", "", *lines]
    print("\n".join(lines))
    if options.output:
        text = options.output.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        _, tail = rest.split(END)
        body = "\n".join(lines)
        options.output.write_text(f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}", encoding="utf-8")


BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

if __name__ == "__main__":
    main()
