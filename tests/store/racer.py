"""One process of a race: `THREADS` writers that start at once, when told so on stdin."""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from sendung.core.errors import SendungError
from sendung.store import Headers, Store, open_store

PROCESSES = 4
THREADS = 5
PLAIN = Headers("text/plain")


class Race(NamedTuple):
    """What to do: `action` on key-0 to key-`rounds`."""

    url: str
    endpoint_url: str | None
    action: str
    who: str
    rounds: int


class Result(NamedTuple):
    """What one writer was told: "written", or the name of an error."""

    round: int
    data: str
    outcome: str


def write(store: Store, race: Race, number: int, data: str, gate: threading.Barrier) -> Result:
    key = f"key-{number}"
    there = store.stat(key) if race.action == "replace" else None
    gate.wait()
    try:
        if race.action == "create":
            store.create(key, data.encode(), PLAIN)
        else:
            store.replace(key, data.encode(), PLAIN, there.version if there else None)
    except SendungError as error:
        return Result(number, data, type(error).__name__)
    return Result(number, data, "written")


def main() -> None:
    race = Race(*json.loads(sys.stdin.readline()))
    store = open_store(race.url, Path.cwd(), race.endpoint_url, None)
    results: list[Result] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for number in range(race.rounds):
            gate = threading.Barrier(THREADS + 1)
            running = [
                pool.submit(write, store, race, number, f"{race.who}-{thread}", gate) for thread in range(THREADS)
            ]
            while gate.n_waiting < THREADS:
                time.sleep(0.001)
            say("ready")
            sys.stdin.readline()
            gate.wait()
            results += [one.result() for one in running]
    say(json.dumps(results))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
