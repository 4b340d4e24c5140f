"""How show.yaml and each draft stand to what is published, and that in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

from pydantic import JsonValue

from sendung import records
from sendung.config.episode import Draft
from sendung.config.source import Source
from sendung.core.errors import ConfigError, ConflictError, Problem, Severity
from sendung.core.line_diff import Texts, diff_words, is_text
from sendung.core.words import join, say
from sendung.records import Change, EpisodeRecord, R, Record, Revision, Status, TakenBack
from sendung.workflows.drafts.identity import Identity

PULL = "Get the other host's changes, for example with git pull"
"""What to do about changes of the other host."""


@dataclass(frozen=True)
class State(Generic[R]):
    """How what a host wrote stands to the revisions of it."""

    guid: str
    source: Source
    status: Status
    """NEW, UNCHANGED, EDITED, STALE, WITHDRAWN, RENAMED or TAKEN."""
    published: R | None
    """The newest revision."""
    taken_back: tuple[TakenBack, ...] = ()
    """What an edit would take back of the other host's changes."""
    unseen: tuple[TakenBack, ...] = ()
    """What an edit replaces, where this machine does not know which revision it was made on top of."""
    texts: Mapping[str, Texts] = field(default_factory=dict)
    """The texts behind those keys of both whose values are only digests."""
    since: tuple[Revision, ...] = ()
    """What was published since, where it is stale."""
    meant: bool = False
    """The host said that what this does to what is published is meant."""
    edited: bool = False
    """Of what is WITHDRAWN: whether it says something else than the revision that was withdrawn."""
    resembled: EpisodeRecord | None = None
    """Of what is NEW by its `guid:`: the published episode without a folder here that has its recording."""

    @property
    def due(self) -> bool:
        """Whether a publish makes a new revision of it."""
        return self.status is Status.NEW or (self.status is Status.EDITED and not self.taken_back)

    @property
    def number(self) -> int:
        """The number of its next revision."""
        return self.published.number + 1 if self.published else 1


def decide(
    identity: Identity, slug: str | None, source: Source, revisions: Sequence[R], *, meant: bool, base: int | None
) -> State[R]:
    """How a source stands to all revisions of its owner, oldest first: the table in docs/design.md.

    `slug` is the draft's, None for the show; `base` the number of the revision with which this machine's draft last
    agreed, if that is known. What is `meant` takes nothing back, is not stale, and comes back if it was withdrawn.
    """
    newest = revisions[-1] if revisions else None
    if identity.clash:
        return State(identity.guid, source, identity.clash, newest)
    stated = records.stated(source, slug)
    status = records.status_of(stated, revisions)
    withdrawn = isinstance(newest, EpisodeRecord) and newest.withdrawn
    if meant:
        again = status is Status.STALE or (withdrawn and status is Status.UNCHANGED)
        return State(identity.guid, source, Status.EDITED if again else status, newest, meant=True)
    if withdrawn and status is not Status.STALE:
        return State(identity.guid, source, Status.WITHDRAWN, newest, edited=status is Status.EDITED)
    back = records.taken_back(stated, revisions, base) if status is Status.EDITED else ()
    since = records.since(stated, revisions) if status is Status.STALE else ()
    unseen = records.replaced(stated, revisions) if status is Status.EDITED and base is None and not back else ()
    return State(identity.guid, source, status, newest, back, unseen, since=since)


def clash_of(identity: Identity, draft: Draft) -> ConflictError | None:
    """Why a draft cannot be published before it says which episode it is; None if it can."""
    if identity.other is None or identity.clash is None:
        return None
    episode = identity.other.episode
    name = say("“{title}” of {date:%Y-%m-%d}", title=episode.title, date=episode.date)
    if identity.clash is Status.TAKEN and draft.file.guid:
        message = say(
            "Another episode, {name}, has this GUID, and has no recording, article or title in common with this.",
            name=name,
        )
        hint = say(
            "Remove the line; or, if it is that episode after all, add --override {slug} to the command.",
            slug=draft.slug,
        )
        return ConflictError(message, hint, draft.place("guid"))
    if identity.clash is Status.TAKEN:
        message = say("Another episode, {name}, is published under this folder's name.", name=name)
        hint = say('Rename this folder; or, if it is that episode after all, add "guid: {guid}".', guid=episode.guid)
        return ConflictError(message, hint, draft.place())
    message = say(
        "This seems to be {name}, which is published as {slug}, a folder that is not here.",
        name=name,
        slug=episode.slug,
    )
    hint = say(
        'If it is, add "guid: {guid}"; if it is another episode, add --new {slug} to the command.',
        guid=episode.guid,
        slug=draft.slug,
    )
    return ConflictError(message, hint, draft.place())


def check_date(state: State[EpisodeRecord], draft: Draft, now: datetime) -> None:
    """Raise ConfigError if a draft changes the date of an episode that is public, and that is not meant."""
    published = state.published
    if state.due and not state.meant and published and published.released(now) and published.episode.date != draft.date:
        message = say(
            "The episode is public since {date:%Y-%m-%d %H:%M} UTC, and apps sort by that date.",
            date=published.episode.date,
        )
        hint = say("Write the old date again, or say that it is meant with --override {slug}.", slug=draft.slug)
        raise ConfigError(message, hint, draft.place("date"))


def describe(record: Record) -> str:
    """Who published a revision, and when, in words."""
    return say(
        "revision {number}, published by {by} on {at:%Y-%m-%d at %H:%M} UTC",
        number=record.number,
        by=record.by,
        at=record.at,
    )


def describe_since(since: Sequence[Revision]) -> str:
    """What some revisions did, each with its number and its author."""
    told = [say("{since_count} earlier revisions", since_count=len(since) - _TOLD)] if len(since) > _TOLD else []
    told += [
        say(
            "{done} (revision {number} by {by}, {at:%Y-%m-%d %H:%M} UTC)",
            done=_done(revision),
            number=revision.record.number,
            by=revision.record.by,
            at=revision.record.at,
        )
        for revision in since[-_TOLD:]
    ]
    return join("; ", told)


def _done(revision: Revision) -> str:
    changes = revision.changes
    if not changes:
        return say("it was withdrawn") if revision.withdrawn else say("it was published again")
    if len(changes) > _TOLD:
        return say("{changes} changed", changes=", ".join(changed_name(change.key) for change in changes))
    return join(", ", map(_words, changes))


def changed_name(key: str) -> str:
    """A key of a source as a host knows it: of a file its name."""
    return key.removeprefix("file:")


def arrow_words(change: Change) -> str:
    """A change in a line: the key, what it was, and what it is; of a file what became of it."""
    name = changed_name(change.key)
    if name != change.key:
        return say("{name}: {value}", name=name, value=_fate(change))
    return say("{name}: {old} → {new}", name=name, old=show_value(change.old), new=show_value(change.new))


def _fate(change: Change) -> str:
    """Of files the sources have digests, which tell a host nothing."""
    return say("added") if change.old is None else say("removed") if change.new is None else say("replaced")


def _words(change: Change) -> str:
    name = changed_name(change.key)
    if name != change.key:
        return say("{name} was {fate}", name=name, fate=_fate(change))
    return say(
        "{key} went from {show_value} to {show_value2}",
        key=change.key,
        show_value=show_value(change.old),
        show_value2=show_value(change.new),
    )


_TOLD = 3
"""Revisions that are told of, the newest; and changes of one whose values are told."""


def describe_taken_back(name: str, state: State[R], override: str) -> ConflictError:
    """What an edit would undo, said of each key in one message."""
    hint = say("{pull}; or publish yours with --override {override}.", pull=PULL, override=override)
    losses = [_loss_words(loss, state.texts, say("would go back")) for loss in state.taken_back]
    message = say("{name} was edited on top of an older revision: {losses}", name=name, losses=_listed(losses))
    return ConflictError(message, hint)


def describe_unseen(name: str, state: State[R], by: str) -> tuple[Problem, ...]:
    """What of others an edit replaces, where nobody knows whether its host `by` has seen it."""
    hint = "If you did not know of that, get the other host's changes, for example with git pull, and publish again."
    losses = [_loss_words(loss, state.texts, say("goes")) for loss in state.unseen if loss.record.by != by]
    if not losses:
        return ()
    message = say(
        "{name} was edited, and this machine does not know on top of which revision: {losses}",
        name=name,
        losses=_listed(losses),
    )
    return (Problem(message, hint, severity=Severity.WARNING),)


def _listed(sentences: Sequence[str]) -> str:
    """One sentence as it is, several in lines of their own."""
    return sentences[0] if len(sentences) == 1 else join("", (join("", ("\n- ", sentence)) for sentence in sentences))


def _loss_words(loss: TakenBack, texts: Mapping[str, Texts], verb: str) -> str:
    """Of a text its lines that differ, of another file nothing but that it does, of a value both."""
    change, author = loss.change, describe(loss.record)
    kind, _, file = change.key.partition(":")
    mine, theirs = texts.get(change.key, (change.old, change.new))
    if is_text(mine, theirs) or (change.key in texts and mine != theirs):
        key = file if kind == "file" else change.key
        return say(
            '"{key}" {verb} to other words than those of {author}:\n{diff_words}',
            key=key,
            verb=verb,
            author=author,
            diff_words=diff_words(str(theirs), str(mine)),
        )
    if kind == "file":
        other = "another file than that" if change.old and change.new else "what it was before that"
        return say('"{file}" {verb} to {other} of {author}.', file=file, verb=verb, other=other, author=author)
    return say(
        '"{key}" {verb} to {show_value} from {show_value2} of {author}.',
        key=change.key,
        verb=verb,
        show_value=show_value(change.old),
        show_value2=show_value(change.new),
        author=author,
    )


def show_value(value: JsonValue) -> str:
    """A value of a source, short enough for a line."""
    if value is None:
        return say("nothing")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def conflict_of(state: State[EpisodeRecord], slug: str) -> ConflictError | None:
    """Why a publish leaves a draft alone that is not as published; None if it does not."""
    if state.taken_back:
        return describe_taken_back(slug, state, slug)
    if state.status is Status.STALE:
        since = describe_since(state.since)
        message = say(
            "{slug} is older than what is published, and was left alone; since then: {since}.", slug=slug, since=since
        )
        hint = say("sendung pull {slug} brings it here; or publish yours with --override {slug}.", slug=slug)
        return ConflictError(message, hint)
    if state.status is Status.WITHDRAWN and state.edited and state.published:
        message = say(
            "{slug} is withdrawn ({describe}), and your edit of it was left alone.",
            slug=slug,
            describe=describe(state.published),
        )
        hint = say("To bring it back: sendung rollback {slug}; to publish yours: --override {slug}.", slug=slug)
        return ConflictError(message, hint)
    return None
