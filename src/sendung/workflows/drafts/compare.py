"""The step that compares show.yaml and drafts with what the records say."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sendung import records
from sendung.config.episode import Draft
from sendung.config.show import Audio, ShowConfig
from sendung.core.errors import ConfigError
from sendung.core.namespaces import podcast_guid
from sendung.records import EpisodeRecord, ShowRecord, Status
from sendung.records.reader import Archive
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate
from sendung.workflows.drafts.state import State, decide


def compare(batch: Batch, run: RunContext, archive: Archive | None = None) -> Batch:
    """The batch beside what is published: an `archive` that was read before, or the store's as it is now.

    Raises StoreError; ConfigError if show.yaml changes the podcast:guid.
    """
    archive = archive or run.reader.archive()
    state = state_of_show(batch.config, archive, run)
    config = published_sound(batch.config, state)
    compared = replace(batch, config=config, archive=archive, state=state)

    def stand(candidate: Candidate) -> Candidate:
        return replace(candidate, state=_state_of(candidate, state.guid, archive, run))

    return compared.each(stand)


def state_of_show(config: ShowConfig, archive: Archive, run: RunContext) -> State[ShowRecord]:
    """How show.yaml stands to the published show. Raises ConfigError if it changes the podcast:guid."""
    claimed = str(config.file.guid) if config.file.guid else None
    guid = (
        archive.show.show.guid if archive.show else claimed or podcast_guid(f"{config.file.store.public_url}/feed.xml")
    )
    revisions = run.reader.revisions(records.SHOW, archive.listing, ShowRecord)
    meant = records.SHOW in run.overrides
    state = decide(guid, config.source(run.reader.digest), revisions, meant=meant)
    if claimed not in (None, guid) and not _is_left_alone(state):
        hint = f"Write {guid} again: apps and directories know the show by it."
        raise ConfigError("The GUID of a published show never changes.", hint, config.document.place("guid"))
    return state


def published_sound(config: ShowConfig, state: State[ShowRecord]) -> ShowConfig:
    """The show's configuration, with the published audio settings where show.yaml is left alone."""
    if state.published is None or not _is_left_alone(state):
        return config
    audio = Audio.model_validate(state.published.audio)
    return replace(config, file=config.file.model_copy(update={"audio": audio}))


def state_of_draft(draft: Draft, show_guid: str, archive: Archive, run: RunContext) -> State[EpisodeRecord]:
    """How a draft stands to the published episode.

    Without a `guid:` in the draft the GUID is the one published under this slug, else a UUIDv5 of show and slug: the
    same on every machine. Raises ConfigError if the draft's GUID is not the published one's, or its slug is another
    episode's.
    """
    guid = _guid(draft, show_guid, archive)
    revisions = run.reader.revisions(records.owner_of(guid), archive.listing, EpisodeRecord)
    return decide(guid, draft.source(run.reader.digest), revisions, meant=draft.slug in run.overrides)


def _state_of(candidate: Candidate, show_guid: str, archive: Archive, run: RunContext) -> State[EpisodeRecord]:
    if candidate.draft is None:
        raise AssertionError("a sound candidate has a draft")
    return state_of_draft(candidate.draft, show_guid, archive, run)


def _is_left_alone(state: State[ShowRecord]) -> bool:
    return bool(state.taken_back) or state.status is Status.STALE


def _guid(draft: Draft, show_guid: str, archive: Archive) -> str:
    here = archive.by_slug.get(draft.slug)
    guid = draft.file.guid or (here.episode.guid if here else str(uuid.uuid5(uuid.UUID(show_guid), draft.slug)))
    if here and here.episode.guid != guid:
        message = f"{draft.slug} is published with the GUID {here.episode.guid}, and a GUID never changes."
        hint = "Write that GUID again; if this is another episode, rename its folder."
        raise ConfigError(message, hint, draft.place("guid"))
    return guid
