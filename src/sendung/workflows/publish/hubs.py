"""Telling WebSub hubs of each feed, also of one that a run wrote which then was killed.

A small object in the store says which feed hubs heard of last. It is there before the first feed that they are to hear
of is written, so whoever runs next sees what is still to be told; a store without it owes hubs nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.core.errors import ObjectChanged
from sendung.core.model import Show
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.feed import FEED_KEY
from sendung.net import websub
from sendung.store.interface import Headers, Store, Stored, Version
from sendung.store.reading import read_or_none

ANNOUNCED_KEY = "state/announced.json"

_TRIES = 5
"""Runs that tell one hub of one feed; a hub that is gone for good must not be asked by every run of a cron."""
_PUBLIC = "The episode is published all the same; apps find it when they look next. Check feed: hubs: in show.yaml."


class _Announced(BaseModel):
    """What hubs heard of last."""

    model_config = ConfigDict(frozen=True)

    feed: str
    """SHA-256 (hexadecimal) of the feed; empty if there was none."""
    untold: Mapping[str, int] = {}
    """Hubs that did not take it, and how often that was tried."""


def expect_announcement(store: Store, show: Show, before: Stored | None) -> None:
    """Have the store remember, before another feed is written over `before`, that hubs do not know that other one."""
    if show.feed.hubs and store.stat(ANNOUNCED_KEY) is None:
        _remember(store, _Announced(feed=_digest(before.data if before else b"")), None)


def announce(store: Store, show: Show, progress: Progress) -> None:
    """Tell every hub of show.yaml (feed: hubs:) of the stored feed, if they have not heard of it.

    A hub that does not take it is a warning: everything is public already. The next few runs try again, also where it
    refused: whoever has set that right runs the same command again, and expects it told. Where a run is killed before
    it can note that they have heard, the next one tells them again.
    """
    state, feed = (read_or_none(store, key) if show.feed.hubs else None for key in (ANNOUNCED_KEY, FEED_KEY))
    if state is None or feed is None:
        return
    digest, known = _digest(feed.data), _known(state)
    tries = known.untold if known.feed == digest else dict.fromkeys(show.feed.hubs, 0)
    hubs = [hub for hub in show.feed.hubs if tries.get(hub, _TRIES) < _TRIES]
    if not hubs and known.feed == digest:
        return
    untold: dict[str, int] = {}
    for problem in websub.websub(hubs, show.feed_url):
        count = untold[problem.hub] = tries[problem.hub] + 1
        again = "The next run tells it again. " if count < _TRIES else "It hears of the next feed that differs. "
        progress.warn(problem.message, say("{why}{again}{public}", why=problem.why, again=again, public=_PUBLIC))
    _remember(store, _Announced(feed=digest, untold=untold), state.version)


def _remember(store: Store, announced: _Announced, version: Version | None) -> None:
    data = announced.model_dump_json(exclude_defaults=True).encode()
    with contextlib.suppress(ObjectChanged):  # another host has told them of this feed, or of a newer one
        store.replace(ANNOUNCED_KEY, data, Headers("application/json", "no-cache"), version)


def _known(state: Stored) -> _Announced:
    """What hubs heard of; of nothing, where the object is damaged."""
    try:
        return _Announced.model_validate_json(state.data)
    except ValidationError:
        return _Announced(feed="")


def _digest(feed: bytes) -> str:
    return hashlib.sha256(feed).hexdigest() if feed else ""
