"""What each command takes in a show of thousands of episodes with their drafts.

    python -m benchmarks.large [--episodes 5000] [--folder DIR] [--commands status log ...] [--rounds 3]

Each line is of processes of their own, with their start: CPU seconds (with those of their children), seconds on the
clock, and the most memory that one process held; the least of some rounds for what changes nothing. With `--folder` the
show is made there if it is not there yet, and stays.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.store import MEMORY
from tests.crash_and_race.world import World
from tests.large import FIRST, LargeShow, make_large_show
from tests.servers.fixtures import Target


class Cost(NamedTuple):
    """What a process took."""

    cpu: float
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=5000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--commands", nargs="+", default=list(COMMANDS))
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with _folder(options.folder) as folder:
        show = _show(folder, options.episodes)
        print(f"{options.episodes} episodes, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run\n")
        print("| command | CPU | time | peak memory |\n|---|--:|--:|--:|", flush=True)
        for name in options.commands:
            command = COMMANDS[name]
            costs = [command(show) for _ in range(1 if name in _ONCE else options.rounds)]
            cpu, seconds, megabytes = (min(values) for values in zip(*costs, strict=True))
            print(f"| {name} | {cpu:.2f} s | {seconds:.2f} s | {megabytes:.0f} MB |", flush=True)


@contextlib.contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def _show(folder: Path, episodes: int) -> LargeShow:
    """The show that lies in a folder; else a new one, published once."""
    target = Target("directory", str(folder / "public"), None, {})
    if (folder / "made").exists():
        return LargeShow(World(folder / "show", folder / "cache", target), ())
    show = make_large_show(folder, target, episodes)
    run(show, "publish", "--all", "--yes", "--quiet")
    (folder / "made").touch()
    return show


def run(show: LargeShow, *arguments: str) -> Cost:
    """What a command takes. Raises CalledProcessError if it fails."""
    command, began = [sys.executable, "-m", "sendung", *arguments], time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=show.world.folder, env=show.environment, stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        if code := os.waitstatus_to_exitcode(status):
            log.seek(0)
            raise subprocess.CalledProcessError(code, command, log.read())
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024)


def _plain(*arguments: str) -> Callable[[LargeShow], Cost]:
    return lambda show: run(show, *arguments)


def _edited(name: str, *arguments: str) -> Callable[[LargeShow], Cost]:
    """A command after an edit of a file of the show."""

    def measure(show: LargeShow) -> Cost:
        path = show.world.folder / name
        path.write_text(f"{path.read_text('utf-8')}{_line(name)}", "utf-8")
        return run(show, *arguments)

    return measure


def _line(name: str) -> str:
    """A line that is new each time."""
    if name.endswith(".md"):
        return f"\nGeändert: {time.time_ns()}\n"
    return f"copyright: Zwei Töne {time.time_ns()}\n"


def _of_show(*arguments: str) -> Callable[[LargeShow], Cost]:
    def measure(show: LargeShow) -> Cost:
        path = show.world.folder / "show.yaml"
        lines = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith("copyright")]
        path.write_text("".join([*lines, _line("show.yaml")]), "utf-8")
        return run(show, *arguments)

    return measure


_ONE = "folge-0007"
COMMANDS: dict[str, Callable[[LargeShow], Cost]] = {
    "status": _plain("status"),
    "log": _plain("log"),
    "links": _plain("links", FIRST),
    "publish --due": _plain("publish", "--due"),
    "publish --all, unchanged": _plain("publish", "--all", "--yes"),
    "publish of one": _edited(f"episodes/{_ONE}/notes.md", "publish", _ONE, "--yes"),
    "prune": _plain("prune"),
    "check": _plain("check"),
    "show edit": _of_show("publish", "--all", "--yes"),
    "rebuild": _plain("rebuild"),
}
_ONCE = ("show edit", "rebuild")


if __name__ == "__main__":
    main()
