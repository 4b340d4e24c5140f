"""A host's machine in a process of its own: `python -m tests.trials.host ORDER`, where ORDER is JSON.

It publishes the ordered slugs one after the other, and prints a JSON line for each: slug, status, error.
`kill_at` kills the process (SIGKILL) before the store call with that number, or after it with `after`.
`kill_each` tries every number in a list, in a fresh place each: a forked child is killed there, and another then runs
the same order whole; forking saves starting Python hundreds of times. `{n}` in `url` becomes the number.
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


def kill_each(order: dict[str, Any]) -> None:
    """Kill a child at each number, then finish its work in another; wait after both, so that a reader can look."""
    for number in order["kill_each"]:
        place = order | {"url": order["url"].format(n=number)}
        for phase, todo in (("killed", place | {"kill_at": number}), ("finished", place)):
            killed = _fork(todo)
            print(json.dumps({"phase": phase, "at": number, "url": place["url"], "killed": killed}), flush=True)
            sys.stdin.readline()  # whoever ordered this looks at the store now


def _fork(order: dict[str, Any]) -> bool:
    """Run an order in a child; whether it was killed."""
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the child ends with it
        work(order)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        message = "the child failed"
        raise RuntimeError(message)
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    ordered = json.loads(sys.argv[1])
    kill_each(ordered) if "kill_each" in ordered else work(ordered)
