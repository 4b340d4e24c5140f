"""A host's machine in a process of its own, which world.World.host starts with an ORDER in JSON.

It publishes the ordered slugs one after the other, and prints a JSON line for each: slug, status, error.
`kill_at` kills the process (SIGKILL) before the store call with that number, or after it with `after`; `kill_before`
kills it before the first write of that key. `override` names what is published although it takes something back.
`kill_each` tries every number in a list, in a fresh place each: a forked child is killed there, and another then runs
the same order whole; forking saves starting Python hundreds of times. `{n}` in `url` becomes the number.
`kill_randomly` does so until that many children were killed from outside, each at a moment that chance picks (by the
order's `seed`) from the time that the whole order takes.
`retitle` edits the title of the drafts, in a checkout of this host's own.
`together` publishes all of them in one run, which sends what is ready while the others are mastered.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sendung import Desk, publish
from sendung.config.show import load_show
from sendung.core.errors import SendungError
from sendung.core.progress import Silent
from sendung.store import open_store
from sendung.workflows.publish import flow


class KillingStore:
    """A store whose nth call kills this process, before or after it was done; or the first write of a key, before."""

    def __init__(self, below: Any, at: int, *, after: bool, key: str = "") -> None:
        self._below = below
        self._at = at
        self._after = after
        self._key = key
        self.calls = 0
        self._counting = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if not callable(value):
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            with self._counting:  # the pages are looked at beside the commit
                self.calls += 1
                mine = self.calls == self._at
            writes = name in {"create", "replace", "upload"} and arguments[0] == self._key
            if writes or (mine and not self._after):
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
    for slugs in [order["slugs"]] if order.get("together") else [[slug] for slug in order["slugs"]]:
        below = open_store(order["url"], folder, order["endpoint_url"], None)
        at, after, key = order.get("kill_at", 0), order.get("after", False), order.get("kill_before", "")
        store = KillingStore(below, at, after=after, key=key)
        folders, override = [folder / "episodes" / slug for slug in slugs], order.get("override", [])
        try:
            if order.get("together"):
                options = flow.PublishOptions(agree=lambda _: True)
                outcome = flow.publish(folders, show, desk.run(store, Silent(), override), options)
            else:
                outcome = publish(folders, show, store, desk, Silent(), override=override)
            error = outcome.error
            status = str(outcome.episodes[0].status)
        except SendungError as raised:
            error, status = raised, "failed"
        calls += store.calls
        report = {"slug": slugs[0], "status": status, "error": str(error) if error else None}
        print(json.dumps(report | {"title": order.get("retitle")}), flush=True)
    print(json.dumps({"calls": calls}), flush=True)
    return calls


def kill_each(order: dict[str, Any]) -> None:
    """Kill a child at each number, then finish its work in another; wait after both, so that a reader can look."""
    for number in order["kill_each"]:
        place = order | {"url": order["url"].format(n=number)}
        _show(place, number, killed=_fork(place | {"kill_at": number}))
        _finish(place, number)


def kill_randomly(order: dict[str, Any]) -> None:
    """Kill children at random moments until enough were still at work then; finish the work of each in another."""
    chance = random.Random(order["seed"])
    started = time.monotonic()
    _fork(order | {"url": order["url"].format(n=0)})
    seconds = time.monotonic() - started
    left = order["kill_randomly"]
    for number in itertools.count(1):
        place = order | {"url": order["url"].format(n=number)}
        killed = _fork(place, chance.uniform(0, seconds))
        _show(place, number, killed=killed)
        _finish(place, number)
        left -= killed
        if not left:
            return


def _finish(place: dict[str, Any], number: int) -> None:
    if _fork(place):
        message = "a child that nobody killed did not end by itself"
        raise RuntimeError(message)
    _show(place, number, killed=None)


def _show(place: dict[str, Any], number: int, *, killed: bool | None) -> None:
    """Say what happened (`killed` is None where the work was finished), and wait: whoever ordered this looks now."""
    phase = "finished" if killed is None else "killed"
    print(json.dumps({"phase": phase, "at": number, "url": place["url"], "killed": killed}), flush=True)
    sys.stdin.readline()


def _fork(order: dict[str, Any], kill_after: float | None = None) -> bool:
    """Run an order in a child, killed after some seconds if they are given; whether it was killed."""
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the child ends with it
        work(order)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)  # it is a zombie where it has ended, so its number is nobody else's
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        message = "the child failed"
        raise RuntimeError(message)
    return os.WIFSIGNALED(status)


WAYS = {"kill_each": kill_each, "kill_randomly": kill_randomly}


def main(arguments: Sequence[str]) -> None:
    """Carry out the order that is the only argument."""
    order = json.loads(arguments[0])
    way = next((way for name, way in WAYS.items() if name in order), None)
    (way or work)(order)
