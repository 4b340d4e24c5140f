"""A host's machine in a process of its own: `python -m tests.trials.host ORDER`, where ORDER is JSON.

It publishes the ordered slugs one after the other, and prints a JSON line for each: slug, status, error.
`kill_at` kills the process (SIGKILL) before the store call with that number, or after it with `after`.
`retitle` edits the title of the drafts, in a checkout of this host's own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sendung.config.show import load_show
from sendung.desk import Desk
from sendung.errors import SendungError
from sendung.progress import Silent
from sendung.publish import publish
from sendung.store import open_store


class KillingStore:
    """A store whose nth call kills this process, before or after it was done."""

    def __init__(self, below: Any, at: int, *, after: bool) -> None:
        self._below = below
        self._at = at
        self._after = after
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            self.calls += 1
            mine = self.calls == self._at
            if mine and not self._after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = value(*arguments, **keywords)
            if name == "list":
                result = iter(list(result))
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call


def _retitled(folder: Path, by: str, title: str) -> Path:
    """A checkout of this host's own, with another title."""
    own = Path(shutil.copytree(folder, folder.parent / by))
    for file in own.glob("episodes/*/episode.yaml"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join([f"title: {title}\n", *lines[1:]]), "utf-8")
    return own


def work(order: dict[str, Any]) -> int:
    """Carry out an order; the number of store calls it took."""
    folder = Path(order["folder"])
    if "retitle" in order:
        folder = _retitled(folder, order["by"], order["retitle"])
    show = load_show(folder)
    desk = Desk(order["by"], lambda: datetime.now(UTC), Path(order["cache"]))
    calls = 0
    for slug in order["slugs"]:
        below = open_store(order["url"], folder, order["endpoint_url"], None)
        store = KillingStore(below, order.get("kill_at", 0), after=order.get("after", False))
        try:
            outcome = publish([folder / "episodes" / slug], show, store, desk, Silent())
            error = outcome.error
            status = str(outcome.episodes[0].status)
        except SendungError as raised:
            error, status = raised, "failed"
        calls += store.calls
        report = {"slug": slug, "status": status, "error": str(error) if error else None}
        print(json.dumps(report | {"title": order.get("retitle")}), flush=True)
    print(json.dumps({"calls": calls}), flush=True)
    return calls


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))
