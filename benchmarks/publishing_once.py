"""One publish in a process of its own, for `benchmarks.publishing`: it imports nothing that a publish does not."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sendung import Desk, publish
from sendung.cli.app import collect_seldom, leave
from sendung.config.show import load_show
from sendung.core.progress import Silent
from sendung.store import open_store


class Counting:
    """A store that counts its calls."""

    def __init__(self, below: Any) -> None:
        self._below = below
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if callable(value):
            self.calls[name] += 1
        return value


def work(order: dict[str, Any]) -> None:
    folder = Path(order["folder"])
    below = open_store(order["url"], folder, order["endpoint"], None)
    requests: Counter[str] = Counter()
    store: Any = below
    if order["endpoint"]:
        events = below._bucket.client.meta.events  # noqa: SLF001 - nobody else can tell
        events.register("before-send.s3", lambda event_name, **_: requests.update([event_name.rpartition(".")[2]]))
    else:
        store = Counting(below)
        requests = store.calls
    desk = Desk("bench", lambda: datetime.now(UTC), Path(order["cache"]))
    outcome = publish([folder / "episodes" / order["slug"]], load_show(folder), store, desk, Silent())
    if outcome.error:
        raise outcome.error
    listing = requests["list"] + requests["ListObjectsV2"]
    print(json.dumps({"requests": requests.total() - listing, "listing": listing, "writes": len(below.writes)}))


if __name__ == "__main__":
    collect_seldom()
    work(json.loads(sys.argv[1]))
    leave(0)
