"""What each command takes in a show of thousands of episodes with their drafts.

    python -m benchmarks.large [--episodes 5000] [--folder DIR] [--commands status log ...] [--rounds 3]

Each line is of processes of their own, with their start: CPU seconds (with those of their children), seconds on the
clock, and the most memory that one process held; the least of some rounds for what changes nothing. With `--folder` the
show is made there if it is not there yet, and stays. `--far 0.05` measures instead what a store costs that answers each
call so many seconds later: all records on a new machine, and all pages after an edit of the show.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.customers import FarStore
from benchmarks.store import MEMORY
from sendung import records
from sendung.config.show import load_show
from sendung.records.reader import Reader
from sendung.store import DryRunStore
from sendung.workflows.context import RunContext
from sendung.workflows.publish.site import make_public
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
    parser.add_argument("--far", type=float, metavar="SECONDS")
    options = parser.parse_args()
    with _folder(options.folder) as folder:
        show = _show(folder, options.episodes)
        if options.far:
            far(show, options.far)
            return
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


def far(show: LargeShow, latency: float) -> None:
    """Print what a store that is far away costs; after the pages are sent, the show is as it was."""
    config, load = load_show(show.world.folder), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=show.world.folder.parent) as fresh:
        store, began = FarStore(show.world.store(), latency), time.perf_counter()
        archive = Reader(store, Path(fresh)).archive()
        seconds = time.perf_counter() - began
        print(f"{len(archive.episodes)} records, new machine: {seconds:.1f} s, {store.calls} calls, load {load:.1f}")
    if archive.show is None:
        raise AssertionError("it was published")
    store = FarStore(DryRunStore(show.world.store()), latency)
    run = RunContext(store, "sven@studio", lambda: datetime.now(UTC), show.world.cache, templates=config.templates)
    number = max(records.parse_key(key)[1] for key in archive.listing if key.startswith("records/show/"))  # type: ignore[index]
    edited = archive.show.model_copy(
        update={"number": number + 1, "show": archive.show.show.model_copy(update={"title": "Drei Töne"})}
    )
    run.reader.add(records.SHOW, edited)
    began = time.perf_counter()
    make_public(run)
    seconds, load = time.perf_counter() - began, os.getloadavg()[0]
    print(f"all pages after an edit of the show: {seconds:.1f} s, {store.calls} calls, load {load:.1f}")


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


def _settled(*arguments: str) -> Callable[[LargeShow], Cost]:
    """A command that ran just now, once more; what was edited a moment before it is not believed to stay."""

    def measure(show: LargeShow) -> Cost:
        time.sleep(3)
        run(show, *arguments)
        return run(show, *arguments)

    return measure


def _forgetting(name: str, *arguments: str) -> Callable[[LargeShow], Cost]:
    """A command on a machine that keeps nothing of it."""

    def measure(show: LargeShow) -> Cost:
        shutil.rmtree(show.world.cache / name, ignore_errors=True)
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
    "check, one draft edited": _edited(f"episodes/{_ONE}/notes.md", "check"),
    "check, nothing edited since": _settled("check"),
    "check, never before": _forgetting("judged", "check"),
    "show edit": _of_show("publish", "--all", "--yes"),
    "rebuild": _plain("rebuild"),
}
_ONCE = ("check, one draft edited", "check, never before", "show edit", "rebuild")


if __name__ == "__main__":
    main()
