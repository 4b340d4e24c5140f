"""The step that compares show.yaml and drafts with what the records say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sendung import records
from sendung.config.claims import claimed_guid
from sendung.config.episode import Draft, find_drafts, load_draft
from sendung.config.show import TEMPLATES, AudioSettings, ShowConfig
from sendung.config.source import Source
from sendung.config.tracks import SoundEntry
from sendung.core.errors import ConfigError, ConflictError, SendungError
from sendung.core.namespaces import podcast_guid
from sendung.core.words import join, say
from sendung.records import EpisodeRecord, ShowRecord, Status
from sendung.records.reader import Archive
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.as_published import recognised
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.identity import Identity, Marks, first_guid, gone, identify, marks_of, recording_in
from sendung.workflows.drafts.state import PULL, State, clash_of, decide
from sendung.workflows.drafts.texts import texts_of


def compare(batch: Batch, run: RunContext, archive: Archive | None = None) -> Batch:
    """The batch beside what is published: an `archive` that was read before, or the store's as it is now.

    Raises StoreError; ConfigError if show.yaml changes the podcast:guid.
    """
    archive = archive or run.reader.archive()
    state = state_of_show(batch.config, archive, run)
    config = published_sound(batch.config, state)
    compared = replace(batch, config=config, archive=archive, state=state)

    comparison = Comparison(config, state.guid, archive, run)

    def stand(candidate: Candidate) -> Candidate:
        draft = loaded(candidate)
        identity = comparison.identify(draft)
        standing = comparison.decide(draft, identity)
        clash = clash_of(identity, draft)
        # by the moment that is settled: else an edit of what is public moves it to the corrected zone
        settled_draft = replace(draft, date=datetime.fromisoformat(standing.source[records.MOMENT]))
        return replace(candidate, draft=settled_draft, state=standing, errors=(clash,) if clash else ())

    return compared.each(stand)


def state_of_show(config: ShowConfig, archive: Archive, run: RunContext) -> State[ShowRecord]:
    """How show.yaml stands to the published show. Raises ConfigError if it changes the podcast:guid."""
    claimed = str(config.file.guid) if config.file.guid else None
    guid = (
        archive.show.show.guid if archive.show else claimed or podcast_guid(f"{config.file.store.public_url}/feed.xml")
    )
    revisions = run.reader.revisions(records.SHOW, archive.listing, ShowRecord)
    meant = records.SHOW in run.overrides
    source = config.source(run.reader.digest)
    source = source if meant else _looking_as_published(source, config, revisions)
    base = run.agreed.base(config.folder, guid, source, revisions)
    state = decide(Identity(guid), None, source, revisions, meant=meant, base=base)
    _check_show(state, config, archive)
    if claimed not in (None, guid) and not _is_left_alone(state):
        hint = say("Write {guid} again: apps and directories know the show by it.", guid=guid)
        raise ConfigError("The GUID of a published show never changes.", hint, config.document.place("guid"))
    return state


def _check_show(state: State[ShowRecord], config: ShowConfig, archive: Archive) -> None:
    """Raise ConflictError if show.yaml is another show's: a copied file, or the store of another show."""
    if archive.show is None or state.status is not Status.EDITED or state.meant:
        return
    show, file = archive.show.show, config.file
    moved = show.public_url != file.store.public_url
    other = show.title != file.title and show.owner.email != file.owner.email
    if moved or other:
        what = (
            say(
                "served at {public_url}, not at {public_url2}",
                public_url=show.public_url,
                public_url2=file.store.public_url,
            )
            if moved
            else say("owned by {email}", email=show.owner.email)
        )
        message = say("This store holds the show “{title}”, {what}.", title=show.title, what=what)
        hint = "Look at store: and SENDUNG_STORE; if this show is meant and has changed so, add --override show."
        raise ConflictError(message, hint, config.document.place("store", "public_url") if moved else None)


def _looking_as_published(source: Source, config: ShowConfig, revisions: Sequence[ShowRecord]) -> Source:
    """The source, with what `pull` brought: the cover as it is published.

    And with the published templates where this checkout has no folder of them: none need be lost by that.
    """
    if not revisions:
        return source
    newest, cover = revisions[-1], f"file:{config.file.cover}"
    if source.get(cover) == newest.show.cover.asset.sha256 and cover in newest.source:
        source = source | {cover: newest.source[cover]}
    if config.templates:
        return source
    prefix = f"file:{TEMPLATES}/"
    return source | {key: value for key, value in revisions[-1].source.items() if key.startswith(prefix)}


def published_sound(config: ShowConfig, state: State[ShowRecord]) -> ShowConfig:
    """The show's configuration, with the published audio settings where show.yaml is left alone."""
    if state.published is None or not _is_left_alone(state):
        return config
    audio = AudioSettings.model_validate(state.published.audio)
    sound = SoundEntry.model_validate(state.published.source.get("sound") or {})
    return replace(config, file=config.file.model_copy(update={"audio": audio, "sound": sound}))


def check_stale_show(batch: Batch) -> None:
    """Raise ConflictError where episodes would get what the published show has not: a stale sound, cover or time zone.

    The rest of a show.yaml that is left alone has no part in them.
    """
    state = batch.state
    if not batch.sound or state is None or state.published is None or not _is_left_alone(state):
        return
    mine, theirs = state.source, state.published.source
    keys = dict.fromkeys(["timezone", *_files(mine), *_files(theirs)])
    others = [key.removeprefix("file:") for key in keys if mine.get(key) != theirs.get(key)]
    if others:
        message = say(
            "show.yaml is older than the published one, which has another {others}.", others=join(" and ", others)
        )
        raise ConflictError(message, say("{pull}, then publish again.", pull=PULL), batch.config.document.place())


def _files(source: Source) -> list[str]:
    """The keys of the files of a show's source that go into each episode."""
    audio, customers = source.get("audio", {}), source.get("customers") or {}
    names = (source.get("cover"), audio.get("intro"), audio.get("outro"), customers.get("outro"))
    return [f"file:{name}" for name in names if name]


class Comparison:
    """Compares the drafts of a checkout with what is published."""

    def __init__(self, config: ShowConfig, show_guid: str, archive: Archive, run: RunContext) -> None:
        self.config = config
        self._show_guid = show_guid
        self.archive = archive
        self._run = run

    def state_of(self, draft: Draft) -> State[EpisodeRecord]:
        """How a draft stands to the published episode. Raises ConfigError if its GUID or its slug is another's."""
        return self.decide(draft, self.identify(draft))

    def identify(self, draft: Draft) -> Identity:
        """Which episode a draft is. Raises ConfigError if its slug is that of another episode."""
        here = self.archive.by_slug.get(draft.slug)
        if draft.file.guid is None:
            marks, new = self._marks(draft), draft.slug in self._run.new
            present = () if here else self._present(draft, marks)
            identity = identify(marks, self.archive, self._show_guid, present, new=new)
            known = self._revisions(identity.guid) if identity.clash is Status.TAKEN else ()
            return Identity(identity.guid) if any(marks.agrees(marks_of(record)) for record in known) else identity
        if here and here.episode.guid != draft.file.guid:
            message = say(
                "{slug} is published with the GUID {guid}, and a GUID never changes.",
                slug=draft.slug,
                guid=here.episode.guid,
            )
            hint = "Write that GUID again; if this is another episode, rename its folder."
            raise ConfigError(message, hint, draft.place("guid"))
        return self._claimed(draft, draft.file.guid)

    def _claimed(self, draft: Draft, guid: str) -> Identity:
        """The episode whose GUID a draft says; not one with which it has nothing in common, as in a copied folder."""
        record, marks = self.archive.episodes.get(guid), self._marks(draft)
        if record is None or {draft.slug, guid} & self._run.overrides:
            return Identity(guid)
        if any(marks.agrees(marks_of(known)) for known in (record, *self._revisions(guid))):
            return Identity(guid)
        return Identity(guid, Status.TAKEN, record)

    def decide(self, draft: Draft, identity: Identity) -> State[EpisodeRecord]:
        """How a draft stands to the revisions of the episode that it is; where it agrees with one, that is noted."""
        run, revisions = self._run, self._revisions(identity.guid)
        source = settled(draft.source(run.reader.digest), revisions, run.clock())
        meant = bool({draft.slug, identity.guid} & run.overrides)
        stated = records.stated(source, draft.slug)
        base = run.agreed.base(draft.folder.parent, identity.guid, stated, revisions)
        state = decide(identity, draft.slug, source, revisions, meant=meant, base=base)
        state = replace(state, published=self.archive.episodes.get(identity.guid, state.published))
        if (state.taken_back or state.unseen) and state.published:
            hosts = self.archive.show.show.hosts if self.archive.show else ()
            state = replace(state, texts=texts_of(draft, state.published.episode, hosts))
        return replace(state, resembled=self._resembled(draft)) if self._claims_to_be_new(draft, state) else state

    def _claims_to_be_new(self, draft: Draft, state: State[EpisodeRecord]) -> bool:
        return state.status is Status.NEW and draft.file.guid is not None and draft.slug not in self._run.new

    def _resembled(self, draft: Draft) -> EpisodeRecord | None:
        """The published episode whose folder is gone and that has the recording of a draft: its GUID was changed."""
        marks = self._marks(draft)
        others = gone(self.archive, self._present(draft, marks))
        return next((record for record in others if marks_of(record).recording == marks.recording), None)

    def _marks(self, draft: Draft) -> Marks:
        file = draft.file
        return Marks(
            slug=draft.slug,
            recording=recording_in(draft.source(self._run.reader.digest)),
            articles=frozenset(article.url for article in draft.articles),
            title=draft.title,
            date=draft.date,
            number=(file.season, file.number) if file.number is not None else None,
        )

    def _revisions(self, guid: str) -> list[EpisodeRecord]:
        return self._run.reader.revisions(records.owner_of(guid), self.archive.listing, EpisodeRecord)

    def _present(self, draft: Draft, marks: Marks) -> set[str]:
        """The slugs and GUIDs of the other drafts of this checkout, those that they have without a word among them.

        Not of a folder that only has the name of an episode which this draft may be: another episode took it over.
        """
        others = self._names.keys() - {draft.slug}
        namesakes = (record for record in self.archive.episodes.values() if record.episode.slug in others)
        others -= {
            record.episode.slug
            for record in namesakes
            if marks.is_same(marks_of(record)) and not self._is_told(record, self.config.folder / "episodes")
        }
        return others | self._claims | {self._names[slug] for slug in others}

    def _is_told(self, record: EpisodeRecord, drafts: Path) -> bool:
        """Whether the folder of an episode's name is of that episode; also where it cannot be read."""
        try:
            draft = load_draft(drafts / record.episode.slug, self.config)
        except SendungError:
            return True
        claimed = draft.file.guid
        return claimed == record.episode.guid if claimed else self._marks(draft).agrees(marks_of(record))

    @cached_property
    def _names(self) -> dict[str, str]:
        """The drafts' slugs, and the GUID that each has without a word."""
        return {folder.name: first_guid(self._show_guid, folder.name) for folder in find_drafts(self.config)}

    @cached_property
    def _claims(self) -> set[str]:
        return {guid for guid in map(claimed_guid, find_drafts(self.config)) if guid}


def settled(source: Source, revisions: Sequence[EpisodeRecord], now: datetime) -> Source:
    """The source, with the published moment where that has come and the date is written as it was.

    A corrected time zone moves what is still to come; by the dates of all others apps sort them.
    """
    newest = revisions[-1] if revisions else None
    source = recognised(source, newest) if newest else source
    if newest is None or not (newest.withdrawn or newest.released(now)) or newest.source.get("date") != source["date"]:
        return source
    return source | {records.MOMENT: newest.stated[records.MOMENT]}


def _is_left_alone(state: State[ShowRecord]) -> bool:
    return bool(state.taken_back) or state.status is Status.STALE
