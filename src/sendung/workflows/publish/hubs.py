"""Telling WebSub hubs of each feed, also of one that a run wrote which then was killed.

A small object in the store says which feed hubs heard of last. It is there before the first feed that they are to hear
of is written, so whoever runs next sees what is still to be told; a store without it owes hubs nothing.
"""

from __future__ import annotations

import contextlib
import hashlib

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.core.errors import ObjectChanged
from sendung.core.model import Show
from sendung.core.progress import Progress
from sendung.feed import FEED_KEY
from sendung.net import websub
from sendung.store.interface import Headers, Store, Stored, Version
from sendung.store.reading import read_or_none

ANNOUNCED_KEY = "state/announced.json"


class _Announced(BaseModel):
    """What hubs heard of last."""

    model_config = ConfigDict(frozen=True)

    feed: str
    """SHA-256 (hexadecimal) of the feed; empty if there was none."""


def expect_announcement(store: Store, show: Show, before: Stored | None) -> None:
    """Have the store remember, before another feed is written over `before`, that hubs do not know that other one."""
    if show.feed.hubs and store.stat(ANNOUNCED_KEY) is None:
        _remember(store, before.data if before else b"", None)


def announce(store: Store, show: Show, progress: Progress) -> None:
    """Tell every hub of show.yaml (feed: hubs:) of the stored feed, if they have not heard of it.

    A hub that does not take it is a warning: everything is public already. Where a run is killed before it can note
    that they have heard, the next one tells them again.
    """
    if not show.feed.hubs:
        return
    state, feed = read_or_none(store, ANNOUNCED_KEY), read_or_none(store, FEED_KEY)
    if state is None or feed is None or _heard(state) == _digest(feed.data):
        return
    for problem in websub.websub(show.feed.hubs, show.feed_url):
        progress.warn(problem.message, problem.hint)
    _remember(store, feed.data, state.version)


def _remember(store: Store, feed: bytes, version: Version | None) -> None:
    data = _Announced(feed=_digest(feed)).model_dump_json().encode()
    with contextlib.suppress(ObjectChanged):  # another host has told them of this feed, or of a newer one
        store.replace(ANNOUNCED_KEY, data, Headers("application/json", "no-cache"), version)


def _heard(state: Stored) -> str:
    """The digest of the feed that hubs heard of; of none, where the object is damaged."""
    try:
        return _Announced.model_validate_json(state.data).feed
    except ValidationError:
        return ""


def _digest(feed: bytes) -> str:
    return hashlib.sha256(feed).hexdigest() if feed else ""
