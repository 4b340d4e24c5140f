"""The store: everything that publishing asks of it, really done on a scratch object."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sendung.core.errors import ObjectChanged, ObjectExists, SendungError
from sendung.core.words import say
from sendung.records.reader import PRIVATE
from sendung.store import DirectoryStore
from sendung.store.interface import Abilities, Store, Version
from sendung.workflows.doctor.diagnosis import Area, Diagnosis, Health, of_error

SCRATCH = "state/doctor-"
"""Where the doctor's own objects begin; each is deleted again."""

_SETTLED = timedelta(seconds=5)
"""Stores and file systems round times, and requests take time."""
_LATE = timedelta(seconds=60)
_REFUSED = timedelta(minutes=15)
"""Amazon S3 API Reference, Error responses: RequestTimeTooSkewed beyond it."""
_MEND_CLOCK = "Switch on network time on the machine whose clock is wrong."


def check_store(store: Store, clock: Callable[[], datetime]) -> tuple[Diagnosis, ...]:
    """Create, create again, replace, read, list and delete a scratch object, and say what the store does by itself."""
    key = f"{SCRATCH}{secrets.token_hex(8)}.json"
    diagnoses: list[Diagnosis] = []
    try:
        diagnoses.append(_access(store, key))
        try:
            diagnoses += _clock(store, key, clock)
            diagnoses += _reading(store, key)
            diagnoses += _abilities(store.abilities())
            diagnoses += _rights(store)
        finally:
            store.delete(key)
        diagnoses.append(_deleted(store, key))
    except SendungError as error:
        diagnoses += of_error(Area.STORE, "access", error)
    return tuple(diagnoses)


def _access(store: Store, key: str) -> Diagnosis:
    store.create(key, b"1", PRIVATE)
    return _diagnosis(
        "access", Health.OK, say("The store {name} is there, and may be read and written.", name=store.name)
    )


def _clock(store: Store, key: str, clock: Callable[[], datetime]) -> Iterator[Diagnosis]:
    """The store's clock against this machine's, by the time that the store gives an object that is written now."""
    before = clock()
    store.replace(key, b"2", PRIVATE, _version(store, key))
    after = clock()
    listed = {stat.key: stat.modified for stat in store.list(SCRATCH)}
    if key not in listed:
        message = "An object that was just written is not in the store's listing, so episodes could be overlooked."
        yield _diagnosis("listing", Health.BAD, message, "Use a store whose listings are consistent.")
        return
    yield _diagnosis("listing", Health.OK, "The store lists what was just written.")
    modified = listed[key]
    if modified is not None:
        yield _compared(max(before - modified, modified - after, timedelta()), early=modified > after)


def _compared(apart: timedelta, *, early: bool) -> Diagnosis:
    if apart <= _SETTLED:
        return _diagnosis("clock", Health.OK, "The store's clock and this machine's agree.")
    words = (
        say("{apart:.0f} minutes", apart=apart.total_seconds() / 60)
        if apart > _LATE
        else say("{apart:.0f} seconds", apart=apart.total_seconds())
    )
    message = say(
        "This machine's clock is {words} {more} the store's.",
        words=words,
        more=say("behind") if early else say("ahead of"),
    )
    if apart > _REFUSED:
        return _diagnosis(
            "clock", Health.BAD, say("{message} S3 services refuse more than 15 minutes.", message=message), _MEND_CLOCK
        )
    if apart > _LATE:
        return _diagnosis(
            "clock",
            Health.WARN,
            say("{message} Scheduled episodes come at the wrong time.", message=message),
            _MEND_CLOCK,
        )
    return _diagnosis("clock", Health.OK, message)


def _reading(store: Store, key: str) -> Iterator[Diagnosis]:
    """What is written is read, and neither creating nor replacing destroys what somebody else wrote."""
    content = store.read(key)
    if content.data == b"2":
        yield _diagnosis("reading", Health.OK, "What was just written is what is read.")
    else:
        message = "The store shows something older than what was just written."
        yield _diagnosis("reading", Health.BAD, message, "Give sendung the store itself, without a cache before it.")
    kept = _refused(lambda: store.create(key, b"3", PRIVATE)) and _refused(
        lambda: store.replace(key, b"4", PRIVATE, Version("0" * 32))
    )
    store.replace(key, b"5", PRIVATE, content.version)
    if not kept:
        message = "An object was overwritten although somebody else had written it."
        yield _diagnosis("two hosts", Health.BAD, message, "Use another store, or publish from one machine only.")


def _refused(write: Callable[[], object]) -> bool:
    try:
        write()
    except (ObjectExists, ObjectChanged):
        return True
    return False


def _rights(store: Store) -> Iterator[Diagnosis]:
    """Of a directory, whether the web server can read what is public in it."""
    if isinstance(store, DirectoryStore) and (closed := store.closed()):
        count, below = sum(closed.values()), " ".join(sorted(closed.keys() - {"."}))
        commands = [
            *(["chmod a+rX ."] if "." in closed else []),
            *([f"chmod -R a+rX {below}"] if below else []),
        ]
        what = "1 public file or folder is" if count == 1 else say("{count} public files and folders are", count=count)
        message = say("{what} closed to other users, so a web server may not be able to serve them.", what=what)
        yield _diagnosis(
            "rights",
            Health.WARN,
            message,
            say("In {name}: {commands}", name=store.name, commands=" && ".join(commands)),
        )


def _abilities(able: Abilities) -> Iterator[Diagnosis]:
    ignored = "Publishing is safe all the same, for sendung looks again after it has written; it takes a second longer."
    if able.create:
        yield _diagnosis("creating", Health.OK, "The store itself refuses to create what is there.")
    else:
        message = "The store does not honour If-None-Match when objects are created."
        yield _diagnosis(
            "creating",
            Health.WARN,
            message,
            say("{ignored} Do not stop a publish that seems to wait.", ignored=ignored),
        )
    if able.replace:
        yield _diagnosis("replacing", Health.OK, "The store itself refuses to replace what has changed.")
    else:
        message = "The store does not honour If-Match when objects are replaced."
        hint = "Publishing is safe all the same: whoever writes the feed last has seen every episode. Nothing to do."
        yield _diagnosis("replacing", Health.WARN, message, hint)
    if able.metadata:
        yield _diagnosis("metadata", Health.OK, "What is recorded with an object comes back.")
    elif able.metadata is False:
        message = "The store forgets what is recorded with an object, so files are read again to be compared."
        hint = "Look at the Content-Types below: if they are wrong, use another store."
        yield _diagnosis("metadata", Health.WARN, message, hint)


def _deleted(store: Store, key: str) -> Diagnosis:
    if store.stat(key) is None:
        return _diagnosis("deleting", Health.OK, "The scratch object is gone again.")
    message = "The store still shows an object that was deleted."
    return _diagnosis(
        "deleting", Health.WARN, message, say("Delete {key} by hand; prune and withdraw may need the same.", key=key)
    )


def _version(store: Store, key: str) -> Version | None:
    stat = store.stat(key)
    return stat.version if stat else None


def _diagnosis(subject: str, state: Health, message: str, hint: str = "") -> Diagnosis:
    return Diagnosis(Area.STORE, subject, state, message, hint)
