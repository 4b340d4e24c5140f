"""Flow: looking at everything that publishing needs, by trying it.

`machine`, `storage` and `public` are the three sides that are looked at, `diagnosis` is what they say, and `services`
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
from sendung.core.words import say
from sendung.records.reader import Reader
from sendung.store.interface import Store
from sendung.workflows.check.drafts import check_show
from sendung.workflows.doctor import services
from sendung.workflows.doctor.diagnosis import Area, Diagnosis, Examination, Health, of_error
from sendung.workflows.doctor.machine import check_machine
from sendung.workflows.doctor.public import Outside, check_public
from sendung.workflows.doctor.storage import check_store

__all__ = ["Area", "Diagnosis", "DoctorContext", "Examination", "Health", "examine"]


@dataclass(frozen=True)
class DoctorContext:
    """Where the doctor works: the machine's clock and folders, and how it reaches the web."""

    clock: Callable[[], datetime]
    cache: Path
    temporary: Path
    policy: net.NetPolicy


def examine(
    load: Callable[[], ShowConfig], reach: Callable[[ShowConfig], Store], context: DoctorContext
) -> Examination:
    """Look at the machine, the show, its store, and what the public gets of it, each as far as the one before allows.

    `load` and `reach` may raise SendungError, which becomes a diagnosis. What is written to the store is deleted again.
    """
    return Examination(tuple(_examine(load, reach, context)))


def _examine(
    load: Callable[[], ShowConfig], reach: Callable[[ShowConfig], Store], context: DoctorContext
) -> Iterator[Diagnosis]:
    yield from check_machine(context.cache, context.temporary)
    try:
        config = load()
        remarks = check_show(config)
    except SendungError as error:
        yield from of_error(Area.SHOW, "show.yaml", error)
        return
    for remark in remarks:
        if remark.severity is Severity.WARNING:
            yield Diagnosis(Area.SHOW, "show.yaml", Health.WARN, remark.message, remark.hint, remark.place)
    yield Diagnosis(
        Area.SHOW, "show.yaml", Health.OK, say("“{title}” is described without mistakes.", title=config.file.title)
    )
    try:
        store = reach(config)
        diagnoses = check_store(store, context.clock)
        yield from diagnoses
        if all(diagnosis.state is not Health.BAD for diagnosis in diagnoses):
            settings = config.file.store
            advice = services.advice(store.name, settings.endpoint_url)
            outside = Outside(settings.public_url, context.policy, advice)
            yield from check_public(outside, store, Reader(store, context.cache), context.clock())
    except SendungError as error:
        yield from of_error(Area.STORE, "access", error)
