"""The steps that store what was built, and make it a revision: DESIGN, write order, steps 1 and 2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sendung import records
from sendung.config.customers import is_for_customers
from sendung.core.concurrency import each
from sendung.core.errors import ConfigError, ConflictError, Place
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.records import EpisodeRecord, R, ShowRecord, Status
from sendung.records.reader import Archive, Reader
from sendung.store.interface import Store
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import AssetFile, Batch, Candidate, loaded
from sendung.workflows.drafts.state import PULL, State, describe
from sendung.workflows.publish.build import show_of

_SENDERS = 4
_RECORDERS = 128
"""Records on their way at once: each waits a second for another look, where a service ignores conditions."""


def upload(batch: Batch, run: RunContext) -> None:
    """Upload the assets that the store does not hold yet, whole and verified. Raises StoreError."""
    files = [*batch.files, *(file for candidate in batch.sound for file in candidate.files)]
    if missing := missing_files(files, run.store):
        with run.progress.meter("Uploading", sum(file.asset.size for file in missing), "bytes") as meter:
            send_files(missing, run.store, meter.advance)


def missing_files(files: Sequence[AssetFile], store: Store) -> list[AssetFile]:
    """Those whose assets a store does not hold, one for each key."""
    unique = {file.asset.key: file for file in files}
    stats = dict(zip(unique, each(store.stat, unique, _SENDERS), strict=True))
    return [
        file
        for key, file in unique.items()
        if (stat := stats[key]) is None or (stat.size, stat.sha256) != (file.asset.size, file.asset.sha256)
    ]


def send_files(files: Sequence[AssetFile], store: Store, sent: Callable[[int], None]) -> None:
    """Upload files; `sent` hears the bytes of each piece, from any thread. Raises StoreError."""

    def send(file: AssetFile) -> None:
        store.upload(file.asset.key, file.path, file.asset.sha256, file.headers, sent)

    each(send, files, _SENDERS)


def record(batch: Batch, run: RunContext) -> Batch:
    """Write the next revisions: from here on the episodes are published.

    Raises ConflictError if the other host wrote another revision of the show, ConfigError if one of its files was saved
    again meanwhile; of an episode, that is its error.
    """
    _record_show(batch, run)
    with run.progress.meter("Recording", len(batch.sound), "items") as meter:

        def write(candidate: Candidate) -> Candidate:
            try:
                return _record_episode(candidate, run)
            finally:
                meter.advance(1)

        return batch.each(write, at_once=_RECORDERS)


def _record_show(batch: Batch, run: RunContext) -> None:
    state = batch.state
    if state is None or not state.due:
        return
    _check_unchanged(batch.config.changed_files(state.source, run.reader.digest), "show.yaml")
    revision = ShowRecord(
        format=2 if batch.templates else 1,
        number=state.number,
        source=state.source,
        by=run.by,
        at=run.moment(),
        tool=__version__,
        show=show_of(batch),
        audio=batch.config.file.audio.model_dump(mode="json"),
        templates=None if batch.templates is None else dict(batch.templates),
    )
    _commit(run.reader, records.SHOW, revision, "show.yaml")


def _record_episode(candidate: Candidate, run: RunContext) -> Candidate:
    state = _state_of(candidate)
    if candidate.model is None:
        raise AssertionError("what is recorded was built")
    if state.status is Status.UNCHANGED and candidate.published and candidate.published.episode == candidate.model:
        return candidate  # made anew, it came out the same; its files are there again, if they were not
    _check_unchanged(loaded(candidate).changed_files(state.source, run.reader.digest), candidate.slug)
    alone = is_for_customers(loaded(candidate).file)
    revision = EpisodeRecord(
        format=3 if alone or candidate.whole else 1,
        number=state.number,
        source=state.source,
        by=run.by,
        at=run.moment(),
        tool=__version__,
        meant=state.meant,
        audience="customers" if alone else None,
        teaser=alone and loaded(candidate).file.teaser,
        episode=candidate.model,
        whole=candidate.whole,
    )
    kept = _commit(run.reader, records.owner_of(state.guid), revision, candidate.slug)
    run.agreed.note(candidate.folder.parent, state.guid, kept.number)
    status = Status.PUBLISHED if kept.released(revision.at) else Status.SCHEDULED
    return replace(candidate, model=kept.episode, status=status)


def named_apart(batch: Batch, archive: Archive) -> Batch:
    """The batch, with an error for each episode whose name another one took at the same moment."""

    def look(candidate: Candidate) -> Candidate:
        kept = archive.episodes.get(candidate.guid)
        if candidate.status is None or kept is None or kept.episode.slug == candidate.slug:
            return candidate
        message = say(
            "Another episode took the name {slug} first, so this one is published as {slug2}.",
            slug=candidate.slug,
            slug2=kept.episode.slug,
        )
        error = ConflictError(
            message, "Give its folder another name, and publish it again; this address leads on then."
        )
        return replace(candidate, status=None).failing(error)

    return batch.mapped(look)


def _check_unchanged(changed: Sequence[Path], name: str) -> None:
    """Raise ConfigError if files were saved again since the run began: what is recorded must be what was built."""
    if changed:
        files = ", ".join(path.name for path in changed)
        message = say("{name} was not published: {files} changed while it was being made.", name=name, files=files)
        raise ConfigError(message, "Run the same command again.", Place(changed[0]))


def _state_of(candidate: Candidate) -> State[EpisodeRecord]:
    if candidate.state is None:
        raise AssertionError("what is recorded was compared")
    return candidate.state


def _commit(reader: Reader, owner: str, revision: R, name: str) -> R:
    """Create a revision, and return what the store keeps under its key.

    That is the other host's revision, if it was made of the same source at the same moment. Raises ConflictError if
    it was made of another.
    """
    kept = reader.add(owner, revision)
    if kept.stated != revision.stated:
        message = say("{name} was not published: {describe}, was first.", name=name, describe=describe(kept))
        raise ConflictError(message, say("{pull}, then publish again.", pull=PULL))
    return kept
