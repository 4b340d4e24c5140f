"""What customers cost a publish besides mastering: adding them at once, an episode for all feeds, a revocation.

    python -m benchmarks.customers [--customers 100 1000] [--latency 0.02] [--store directory|rclone]

Every call of the store takes `latency` seconds longer, as to a server that is so far away. "writes" are those of the
publish of an edited episode; "again" is a publish of the same, which writes nothing.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.publishing import server
from benchmarks.store import MEMORY
from sendung.records.customers_key import CustomersKey
from sendung.store.directory import DirectoryStore
from sendung.store.interface import Store
from sendung.workflows.customers.members import add, revoke
from tests.end_to_end.conftest import FIRST, make_tone
from tests.servers.fixtures import CREDENTIALS, Target, make_bucket
from tests.workflows.customers.conftest import Studio, prepare


class FarStore:
    """A store to which each call takes longer, and which counts what was written."""

    def __init__(self, below: Store, latency: float) -> None:
        self._below, self._latency, self.calls, self.writes_made = below, latency, 0, 0
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            with self._lock:
                self.calls += 1
                self.writes_made += name in {"create", "replace", "upload", "copy"}
            time.sleep(self._latency)
            return value(*arguments, **keywords)

        return call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--store", default="directory")
    options = parser.parse_args()
    os.environ |= CREDENTIALS | {"AWS_DEFAULT_REGION": "us-east-1"}
    print(f"load {os.getloadavg()[0]:.1f}, {options.store}, {options.latency * 1000:.0f} ms a call")
    print(f"{'customers':>9}{'add s':>9}{'publish s':>11}{'writes':>8}{'again s':>9}{'revoke s':>10}")
    memory = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=memory) as folder, server(options.store) as endpoint:
        for customers in options.customers:
            place = Path(folder) / str(customers)
            url = f"s3://{make_bucket(endpoint)}/show" if endpoint else ""
            below = Target(options.store, url, endpoint, {}).open() if endpoint else DirectoryStore(place / "store")
            row(place, below, customers, options.latency)


def row(place: Path, below: Store, customers: int, latency: float) -> None:
    """One show with so many customers."""
    prepare(place / "show")
    Image.linear_gradient("L").resize((1400, 1400)).convert("RGB").save(place / "show/cover.jpg", quality=70)
    make_tone(place / "show" / FIRST / "audio.flac")
    key = {"customers_key": CustomersKey.new()}
    plain = Studio(place / "show", place / "cache", below, options=key)
    plain.publish()
    far = FarStore(below, latency)
    studio = replace(plain, store=far)  # type: ignore[arg-type]
    adding = seconds(lambda: add([str(number) for number in range(customers)], studio.run()))
    studio.edit("title: Der erste Ton", "title: Der allererste Ton")
    before = far.writes_made
    publishing = seconds(studio.publish)
    writes = far.writes_made - before
    again = seconds(studio.publish)
    revoking = seconds(lambda: revoke(["7"], studio.run()))
    print(f"{customers:9}{adding:9.1f}{publishing:11.1f}{writes:8}{again:9.1f}{revoking:10.1f}", flush=True)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
