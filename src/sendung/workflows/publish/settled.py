"""That feed and pages are what the records say: found once, and believed until anything that it rests on changes.

It rests on every record, the feed, the manifest and every page, each by the version that the store lists, on the hour
of the next episode, and on this program. All of that is looked at, and none of it read. What is lost, damaged or
another's costs time, nothing else: then all is rendered and compared again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sendung.core.sealed import keep_sealed, read_sealed
from sendung.records.customers import entry_keys
from sendung.records.reader import Archive
from sendung.store import DryRunStore
from sendung.store.interface import Stored, Version
from sendung.workflows.context import RunContext


class Settled:
    """What this machine knows of a store as it is listed now."""

    def __init__(
        self, stored: Sequence[Stored | None], pages: Mapping[str, Version], archive: Archive, run: RunContext
    ) -> None:
        """`stored` are feed and manifest, `pages` the versions of all that is beside the pages."""
        self._path = run.cache / "settled" / hashlib.sha256(run.store.name.encode()).hexdigest()[:16]
        self._now = run.clock()
        # A folder of templates and customers' feeds rest on more than what is listed.
        alone = run.templates is None and run.customers_key is None and not entry_keys(archive.listing)
        versions = {**pages, **{key: stat.version for key, stat in archive.listing.items()}}
        self._purpose = ""
        known = [item.version for item in stored if item]
        if alone and len(known) == len(stored) and not run.overrides:
            listed = [run.store.name, *known, sorted(versions.items())]
            self._purpose = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
        self._keeps = not isinstance(run.store, DryRunStore)

    def holds(self) -> bool:
        """Whether feed and pages were right when the store looked as it does now, and nothing has become due since."""
        data = read_sealed(self._path, self._purpose) if self._purpose else None
        if not data:
            return False
        start, end = (moment and datetime.fromisoformat(moment) for moment in json.loads(data))
        return bool(start <= self._now and (not end or self._now < end))

    def keep(self, archive: Archive) -> None:
        """Have later runs know that feed and pages are right."""
        if self._purpose and self._keeps:
            coming = [record.episode.date for record in archive.episodes.values() if record.episode.date > self._now]
            span = [self._now.isoformat(), min(coming).isoformat() if coming else ""]
            keep_sealed(self._path, self._purpose, json.dumps(span).encode())
