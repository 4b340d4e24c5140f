"""Mastering many episodes on a cluster of this machine, beside the same on the machine alone; what follows for more.

    python -m benchmarks.cluster [--episodes 40] [--minutes 3] [--workers 2] [--kills 0] [--rounds 2]

"alone" is what a publish of many does: a few recordings at once, whose parts share the cores. "cluster" is Dask's
LocalCluster, from the first order to the last result in this machine's cache; its start is told apart. Both master
the same recordings in turns, and all results are compared byte for byte. "cpu" is what both took of the processors,
with all that they started but for the start of the cluster: on a busy machine it tells more than the seconds on the
clock, of which whoever starts more processes at once gets more. With --kills so many times a worker, chosen by chance,
is killed meanwhile. What 16 and 64 workers of one core each would do is reckoned from the processor time of one
recording, from its bytes and from what whoever planned spends on each; another processor needs another time.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sendung import audio
from sendung.audio.cache import key_of
from sendung.audio.capacity import at_once
from sendung.audio.fingerprint import fingerprint
from sendung.config.show import load_show
from sendung.core.concurrency import each
from sendung.core.file_digests import file_digest
from sendung.core.progress import Silent
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import publish
from sendung.workflows.remaster.cluster import Cluster, ClusterChoice, Order, connected
from sendung.workflows.remaster.flow import fetch
from sendung.workflows.remaster.job import JobFile, MasteringJob, StoreAddress
from tests.crash_and_race.world import make_world
from tests.end_to_end.conftest import make_tone
from tests.servers.fixtures import Target

MEMORY = Path("/dev/shm")
TARGET = audio.Target()
PUBLISHED = 10
"""Episodes that are published to see what that takes."""


@dataclass
class Trial:
    """What a run over all recordings took, and made."""

    seconds: float
    cpu_s: float
    """Of processors: of this process and all that it started, also to start them."""
    digests: list[str]
    kills: int = 0
    fetched_s: float = 0.0
    warnings: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--episodes", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    load, size = os.getloadavg()[0], f"{options.episodes} episodes of {options.minutes:g} min"
    print(f"{os.cpu_count()} cores, load {load:.1f} before the run; {size}")
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        recordings = make_recordings(folder / "recordings", options.episodes, options.minutes * 60)
        start = cost_of_start(folder / "start", options.workers)
        print(f"starting {options.workers} workers takes {start.seconds:.1f} s, cpu {start.cpu_s:.1f} s")
        head = f"{'alone s':>9}{'cpu s':>7}{'cluster s':>11}{'cpu s':>7}{'speed':>7}{'by cpu':>8}{'kills':>7}"
        print(f"\n{'round':7}{head}  bytes")
        for number in range(options.rounds):
            alone = run_alone(folder / f"alone-{number}", recordings)
            together = run_together(folder / f"together-{number}", recordings, options.workers, options.kills)
            same = "the same" if alone.digests == together.digests else "DIFFERENT"
            used = together.cpu_s - start.cpu_s
            line = f"{number + 1:<7}{alone.seconds:9.1f}{alone.cpu_s:7.0f}{together.seconds:11.1f}{used:7.0f}"
            line += f"{alone.seconds / together.seconds:7.2f}{alone.cpu_s / used:8.2f}{together.kills:7}  {same}"
            print(line, flush=True)
            for warning in dict.fromkeys(together.warnings):
                print(f"        {warning}")
        plan(folder, recordings, together, options.minutes)


def make_recordings(folder: Path, count: int, seconds: float) -> list[Path]:
    """Recordings, each of another sound."""
    folder.mkdir()

    def make(number: int) -> Path:
        path = folder / f"{number:04}.flac"
        make_tone(path, seconds, pitch=120 + number % 200, gain=0.05 + number / 20_000)
        return path

    return each(make, range(count), os.cpu_count() or 1)


def run_alone(folder: Path, recordings: Sequence[Path]) -> Trial:
    """All of them on this machine, as a publish of many has it."""
    cache = folder / "cache"
    cache.mkdir(parents=True)
    began, before = time.monotonic(), spent()
    results = each(lambda path: audio.master_all(path, [TARGET], cache, Silent())[0], recordings, at_once(600, cache))
    seconds, cpu_s = time.monotonic() - began, spent() - before
    digests = [file_digest(result.path) for result in results]
    shutil.rmtree(folder)
    return Trial(seconds, cpu_s, digests)


def cost_of_start(folder: Path, workers: int) -> Trial:
    """A cluster that has nothing to do, and ends."""
    began, before = time.monotonic(), spent()
    with connected(ClusterChoice(workers=workers), folder) as client:
        client.gather(client.map(prepare, range(workers), pure=False))  # type: ignore[no-untyped-call]
        seconds = time.monotonic() - began
    return Trial(seconds, spent() - before, [])


def prepare(number: int) -> int:
    """What a worker does before its first recording, but for the trial of its programs: load all that masters."""
    import sendung.audio.mastering
    import sendung.workflows.remaster.worker  # noqa: F401

    return number


class Heard(Silent):
    """Keeps what a host is told."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def warn(self, message: str, hint: str = "") -> None:
        self.words.append(message)


def run_together(folder: Path, recordings: Sequence[Path], workers: int, kills: int) -> Trial:
    """All of them by workers of a cluster."""
    cache, progress = folder / "cache", Heard()
    store = StoreAddress(str(folder / "public"), str(folder), None, None)
    run = RunContext(store.open(), "bench", lambda: datetime.now(UTC), cache, progress)
    like = fingerprint([TARGET], cache)
    orders = []
    for path in recordings:
        names = (key_of(path, TARGET, cache),)
        job = MasteringJob(path, (TARGET,), names, (JobFile(path, run.reader.digest(path)),), store, like)
        orders.append(Order(path.stem, job, audio.probe(path).duration_s))
    fetched, used = 0.0, spent()
    with connected(ClusterChoice(workers=workers, patience_s=60), cache) as client:
        cluster = Cluster(client, ClusterChoice(workers=workers, patience_s=60), progress, lambda file: None)
        began = time.monotonic()
        with killing(client, kills, len(orders)) as killed:
            for order, error in cluster.results(orders):
                if error:
                    raise error
                before = time.monotonic()
                if fault := fetch(order, run):
                    raise fault
                fetched += time.monotonic() - before
                killed.done += 1
        seconds = time.monotonic() - began
    digests = [file_digest(cache / f"{order.job.names[0]}.mp3") for order in orders]
    shutil.rmtree(folder)
    return Trial(seconds, spent() - used, digests, killed.count, fetched, progress.words)


@dataclass
class Killed:
    """How many workers were killed, and how many orders were done."""

    count: int = 0
    done: int = 0


@contextmanager
def killing(client: Any, kills: int, orders: int) -> Iterator[Killed]:
    """Kill workers chosen by chance, spread evenly over the run."""
    killed, ended, chance = Killed(), threading.Event(), random.Random(1)

    def kill() -> None:
        while not ended.wait(0.2) and killed.count < kills:
            if killed.count * orders <= killed.done * kills:
                pids = [*client.run(os.getpid, on_error="ignore").values()]
                if pids:
                    os.kill(chance.choice(pids), signal.SIGKILL)
                    killed.count += 1

    thread = threading.Thread(target=kill)
    if kills:
        thread.start()
    try:
        yield killed
    finally:
        ended.set()
        if kills:
            thread.join()


def plan(folder: Path, recordings: Sequence[Path], together: Trial, minutes: float) -> None:
    """What a recording takes of a processor, what whoever planned spends on it, and what follows for many workers."""
    cache = folder / "cost"
    cache.mkdir()
    some = recordings[:PUBLISHED]
    mastering = cpu(lambda: [audio.master_all(path, [TARGET], cache, Silent()) for path in some]) / len(some)
    size_in = sum(path.stat().st_size for path in some) / len(some)
    size_out = sum(path.stat().st_size for path in cache.glob("*.mp3")) / len(some)
    fetching = together.fetched_s / len(recordings)
    publishing = publishing_cost(folder / "publishing", some, cache)
    print(f"\nan episode of {minutes:g} min: {size_in / 1e6:.2f} MB, and {size_out / 1e6:.2f} MB when it is mastered")
    print(f"  a worker masters it in {mastering:.2f} s of one core")
    print(f"  whoever planned fetches it in {fetching:.2f} s, and publishes it in {publishing:.2f} s of one core")
    print(f"\nhours of sound an hour\n{'workers':>8}{'mastered':>10}{'published':>11}{'Mbit/s':>8}")
    for workers in (1, 4, 16, 64):
        mastered = workers * minutes * 60 / mastering
        published = min(mastered, minutes * 60 / (fetching + publishing))
        rate = published * 60 / minutes * 2 * size_out * 8 / 3600 / 1e6
        print(f"{workers:8}{mastered:10.0f}{published:11.0f}{rate:8.1f}")


def cpu(work: Callable[[], object]) -> float:
    """Seconds of processors that some work takes, with those of the programs that it starts."""
    before = spent()
    work()
    return spent() - before


def spent() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def publishing_cost(folder: Path, recordings: Sequence[Path], cache: Path) -> float:
    """Seconds of processors for publishing an episode whose recording is mastered."""
    folder.mkdir()
    slugs = [f"folge-{path.stem}" for path in recordings]
    world = make_world(folder, Target("directory", str(folder / "public"), None, {}), slugs)
    for slug, path in zip(slugs, recordings, strict=True):
        shutil.copy(path, world.folder / "episodes" / slug / "audio.flac")
    run = RunContext(world.store(), "bench", lambda: datetime.now(UTC), cache)
    drafts = [world.folder / "episodes" / slug for slug in slugs]

    def publish_all() -> None:
        if error := publish(drafts, load_show(world.folder), run).error:
            raise error

    return cpu(publish_all) / len(slugs)


if __name__ == "__main__":
    main()
