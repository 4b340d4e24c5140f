"""What publishing one episode costs in shows of several sizes, besides mastering, in each kind of store.

    python -m benchmarks.publishing [--shows 50 500 5000] [--stores directory rclone ceph]

Each figure is that of a process of its own, with its start. The recording was mastered before. "seen" is a machine
whose cache holds the show's records, "new" one that has none of them and reads them all; "again" publishes the same
episode once more. Requests are those of HTTP, in a directory calls of the store; listings are counted by pages.
"cpu" is what the process took of the processors: on a busy machine it tells more than the seconds on the clock.
Stores live in memory where the machine has /dev/shm.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.store import MEMORY, ceph
from sendung import records
from sendung.records.reader import PRIVATE, Reader
from sendung.store import Store
from tests.crash_and_race.world import World, make_world
from tests.servers.fixtures import CREDENTIALS, Target, make_bucket
from tests.servers.rclone import rclone

SLUGS = ["first", "render", "seen", "new"]
GOAL = 3.0
"""Seconds for publishing into a large show on a machine that has seen it, besides mastering."""
NOTES = "Wir reden über Bremsen, Räder und das, was unsere Gäste so erzählen.\n\n" * 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shows", type=int, nargs="+", default=[50, 500, 5000], help="episodes in each show")
    parser.add_argument("--stores", nargs="+", default=["directory", "rclone", "ceph"])
    options = parser.parse_args()
    os.environ |= CREDENTIALS | {"AWS_DEFAULT_REGION": "us-east-1"}
    head = f"{'store':10}{'episodes':>9}"
    columns = f"{'cpu s':>7}{'requests':>9}{'listing':>8}{'writes':>7}"
    head += "".join(f"{f'{what} s':>9}{columns}" for what in ("seen", "new", "again"))
    print(head)
    for kind in options.stores:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, server(kind) as endpoint:
            for episodes in options.shows:
                place = Path(folder) / str(episodes)
                place.mkdir()
                url = f"s3://{make_bucket(endpoint)}/show" if endpoint else str(place / "public")
                row(make_world(place, Target(kind, url, endpoint, {}), SLUGS), episodes)


@contextlib.contextmanager
def server(kind: str) -> Iterator[str | None]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        if kind == "rclone":
            with rclone(Path(folder)) as endpoint:
                yield endpoint
        elif kind == "ceph":
            with ceph(Path(folder)) as endpoint:
                yield endpoint
        else:
            yield None


def row(world: World, episodes: int) -> None:
    run(world, "first")
    grow(world.store(), world.cache, episodes - len(SLUGS))
    run(world, "render")
    figures = [run(world, "seen")]
    shutil.rmtree(world.cache / "records")
    figures += [run(world, "new"), run(world, "new")]
    verdict = "" if figures[0]["seconds"] <= GOAL else f"  above the goal of {GOAL:.0f} s"
    cells = (f"{f['seconds']:9.2f}{f['cpu']:7.2f}{f['requests']:9}{f['listing']:8}{f['writes']:7}" for f in figures)
    print(f"{world.target.kind:10}{episodes:9}{''.join(cells)}{verdict}", flush=True)


def grow(store: Store, cache: Path, number: int) -> None:
    """Put revisions of many more episodes into a store, as if they had been published long ago."""
    [one] = Reader(store, cache).archive().episodes.values()

    def put(index: int) -> None:
        day = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(days=index)
        articles = tuple(a.model_copy(update={"url": f"{a.url}-{index}"}) for a in one.episode.articles)
        name = {"guid": f"old-{index}", "slug": f"old-{index}", "title": f"Folge {index}"}
        facts = {**name, "date": day, "notes": NOTES, "articles": articles}
        record = one.model_copy(update={"at": day, "episode": one.episode.model_copy(update=facts)})
        store.replace(records.key_of(f"old-{index}", 1), records.encode(record), PRIVATE, None)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(put, range(number)))


def run(world: World, slug: str) -> dict[str, Any]:
    """Publish one episode in a process of its own; what it took."""
    order = {"folder": str(world.folder), "cache": str(world.cache), "slug": slug}
    order |= {"url": world.target.url, "endpoint": world.target.endpoint_url}
    command = [sys.executable, "-m", "benchmarks.publishing_once", json.dumps(order)]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**json.loads(done.stdout), "seconds": seconds, "cpu": cpu}


if __name__ == "__main__":
    main()
