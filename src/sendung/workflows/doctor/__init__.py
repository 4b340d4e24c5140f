"""Flow: looking at everything that publishing needs, by trying it.

`machine`, `storage` and `public` are the three sides that are looked at, `findings` is what they say, and `services`
is what to set at each storage service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendung import net
from sendung.config.show import ShowConfig
from sendung.core.errors import SendungError, Severity
from sendung.records.reader import Reader
from sendung.store.interface import Store
from sendung.workflows.check.drafts import check_show
from sendung.workflows.doctor.findings import Area, Finding, Report, State, of_error
from sendung.workflows.doctor.machine import check_machine
from sendung.workflows.doctor.public import Outside, check_public
from sendung.workflows.doctor.storage import check_store

__all__ = ["Area", "Finding", "Report", "Room", "State", "examine"]


@dataclass(frozen=True)
class Room:
    """Where the doctor works: the machine's clock and folders, and how it reaches the web."""

    clock: Callable[[], datetime]
    cache: Path
    temporary: Path
    policy: net.NetPolicy


def examine(load: Callable[[], ShowConfig], reach: Callable[[ShowConfig], Store], room: Room) -> Report:
    """Look at the machine, the show, its store, and what the public gets of it, each as far as the one before allows.

    `load` and `reach` may raise SendungError, which becomes a finding. What is written to the store is deleted again.
    """
    return Report(tuple(_examine(load, reach, room)))


def _examine(load: Callable[[], ShowConfig], reach: Callable[[ShowConfig], Store], room: Room) -> Iterator[Finding]:
    yield from check_machine(room.cache, room.temporary)
    try:
        config = load()
        remarks = check_show(config)
    except SendungError as error:
        yield from of_error(Area.SHOW, "show.yaml", error)
        return
    for remark in remarks:
        if remark.severity is Severity.WARNING:
            yield Finding(Area.SHOW, "show.yaml", State.WARN, remark.message, remark.hint, remark.place)
    yield Finding(Area.SHOW, "show.yaml", State.OK, f"“{config.file.title}” is described without mistakes.")
    try:
        store = reach(config)
        found = check_store(store, room.clock)
        yield from found
        if all(finding.state is not State.BAD for finding in found):
            outside = Outside(config.file.store.public_url, room.policy)
            yield from check_public(outside, store, Reader(store, room.cache), room.clock())
    except SendungError as error:
        yield from of_error(Area.STORE, "access", error)
