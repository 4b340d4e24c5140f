"""Which drafts of this machine are as published: found once, and believed as long as nothing that it rests on changed.

That a draft is as published rests on its folder (every file in it, by inode, size and times), on what show.yaml says,
on the version of this program, and on the newest revision of the episode. All of these are compared; whatever is not
the same is read again. What is lost, damaged or another's costs time, nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple
from zoneinfo import TZPATH

from sendung import records
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.sealed import keep_sealed, read_sealed
from sendung.core.stamps import stamp_of
from sendung.records import EpisodeRecord, Status
from sendung.records.reader import Archive
from sendung.store import DryRunStore
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.state import State


class SeenDraft(NamedTuple):
    """A draft that was as published."""

    stamp: str
    """Of its folder."""
    guid: str
    key: str
    """Of the revision that it agrees with, the newest at that time."""
    version: str
    title: str
    at: float
    """When that was found, in seconds since 1970."""


class SeenDrafts:
    """The drafts of a checkout that were as published when they were looked at last.

    A run that overrides anything, or calls drafts new, believes nothing of it.
    """

    def __init__(self, config: ShowConfig, run: RunContext) -> None:
        self._run = run
        place = hashlib.sha256(f"{run.store.name}\0{config.folder.absolute()}".encode("utf-8", "surrogateescape"))
        self._path = run.cache / "seen" / f"{place.hexdigest()[:32]}.json"
        self._purpose = f"{run.store.name}\0{config.file.model_dump_json()}\0{zone_mark(config.file.timezone)}"
        self._believes = not (run.overrides or run.new)
        self._kept = self._read() if self._believes else {}
        self._stamps: dict[str, str] = {}
        self._found: dict[str, SeenDraft] = {}

    def _read(self) -> dict[str, SeenDraft]:
        data = read_sealed(self._path, self._purpose)
        return {name: SeenDraft(*values) for name, values in json.loads(data).items()} if data else {}

    def looks_same(self, folder: Path) -> bool:
        """Whether a draft's folder looks as it did when it was as published; to be asked before the draft is read."""
        stamp = self._stamps[folder.name] = stamp_of(folder)
        known = self._kept.get(folder.name)
        return bool(stamp) and known is not None and known.stamp == stamp

    def title(self, folder: Path) -> str:
        """The title that a draft which `looks_same` has."""
        return self._kept[folder.name].title

    def state_of(self, folder: Path, archive: Archive) -> State[EpisodeRecord] | None:
        """How a draft stands that `looks_same`; None if it has to be read: something else was published since."""
        known = self._kept[folder.name]
        published, listed = archive.episodes.get(known.guid), archive.listing.get(known.key)
        here = archive.by_slug.get(folder.name)
        if published is None or listed is None or here is not published or self._now() < known.at:
            return None
        if known.key != _key(published) or listed.version != known.version:
            return None
        if not self._run.agreed.knows(folder.parent, known.guid):
            return None
        self._found[folder.name] = known
        status = Status.WITHDRAWN if published.withdrawn else Status.UNCHANGED
        return State(known.guid, {}, status, published)

    def note(self, draft: Draft, state: State[EpisodeRecord], archive: Archive) -> None:
        """Remember a draft that was read and compared, if it is as published."""
        stamp, published = self._stamps.get(draft.slug), state.published
        as_published = state.status is Status.UNCHANGED or (state.status is Status.WITHDRAWN and not state.edited)
        if not (stamp and published and as_published) or draft.slug != published.episode.slug:
            return
        key = _key(published)
        if key in archive.listing:
            version = archive.listing[key].version
            self._found[draft.slug] = SeenDraft(stamp, state.guid, key, version, draft.title, self._now())

    def keep(self) -> None:
        """Have later runs know it. Drafts that this run did not look at stay known; a trial keeps nothing."""
        merged = {**self._kept, **self._found}
        if merged != self._kept and self._believes and not isinstance(self._run.store, DryRunStore):
            keep_sealed(self._path, self._purpose, json.dumps(merged).encode())

    def _now(self) -> float:
        return self._run.clock().timestamp()


def _key(record: EpisodeRecord) -> str:
    return records.key_of(records.owner_of(record.episode.guid), record.number)


def zone_mark(zone: str) -> str:
    """Another one where this machine's table of a zone is another."""
    for folder in TZPATH:
        try:
            known = os.stat(os.path.join(folder, zone))  # noqa: PTH116, PTH118
        except OSError:
            continue
        return f"{known.st_size} {known.st_mtime_ns}"
    return ""
