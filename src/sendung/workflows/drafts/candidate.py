"""An episode on its way from its folder to the store, and the episodes of one run together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sendung import audio
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core import model
from sendung.core.concurrency import each
from sendung.core.errors import Problem, SendungError, Severity
from sendung.records import EpisodeRecord, ShowRecord, Status
from sendung.records.reader import Archive
from sendung.store.interface import Headers
from sendung.workflows.drafts.articles import UNASKED, Replies
from sendung.workflows.drafts.chapters import ChapterSource
from sendung.workflows.drafts.state import State


@dataclass(frozen=True)
class AssetFile:
    """An asset that is ready to be stored, as a file on this machine."""

    asset: model.Asset
    path: Path
    headers: Headers


@dataclass(frozen=True)
class LocatedFinding:
    """A rule that show.yaml or a draft breaks, at the line that a host can mend."""

    problem: Problem
    folder: Path | None
    """The draft's; None if it is the show's."""


@dataclass(frozen=True)
class Candidate:
    """One episode of a run; each step fills in what it finds or makes."""

    folder: Path
    draft: Draft | None = None
    """load: what episode.yaml says; fill: with what its article says. None: it cannot be read."""
    state: State[EpisodeRecord] | None = None
    """compare: how the draft stands to what is published."""
    taken: bool = True
    """Whether this run takes it up; else it is left as it is published."""
    chapters: ChapterSource | None = None
    """examine: where its chapters come from, and what they are."""
    recording: audio.Source | None = None
    """examine: what its recording is; None if that cannot be read."""
    whole: model.Episode | None = None
    """build: what customers get, where that is more."""
    model: model.Episode | None = None
    """build: its facts, as they are published: to the public, or to customers where nobody else gets it."""
    mastered: audio.Mastered | None = None
    """build: the file that all apps play."""
    files: tuple[AssetFile, ...] = ()
    """build: what its facts name; nothing once that is sent."""
    status: Status | None = None
    """record: what became of it."""
    errors: tuple[SendungError, ...] = ()
    remarks: tuple[Problem, ...] = ()
    """Warnings and notes about its files."""

    @property
    def slug(self) -> str:
        """Its folder's name, which is part of its address."""
        return self.folder.name

    @property
    def sound(self) -> bool:
        """Whether the next step can work on it."""
        return self.taken and self.draft is not None and not self.errors

    @property
    def published(self) -> EpisodeRecord | None:
        """The newest revision of it in the store."""
        return self.state.published if self.state else None

    @property
    def guid(self) -> str:
        """What apps know it by; before `compare` what stands for that."""
        if self.state:
            return self.state.guid
        return (self.draft.file.guid if self.draft else None) or self.slug

    def failing(self, *errors: SendungError) -> Candidate:
        """The same, with more errors."""
        return replace(self, errors=(*self.errors, *errors))

    def former_slugs(self) -> tuple[str, ...]:
        """The slugs that the episode was published under, but for the present one."""
        return former_slugs(self.published, self.slug)

    def former_languages(self, present: Collection[str]) -> tuple[str, ...]:
        """The languages that the episode was published in, but for those in which it is now."""
        return former_languages(self.published, present)


def loaded(candidate: Candidate) -> Draft:
    """The draft of a candidate that is sound."""
    if candidate.draft is None:
        raise AssertionError("a sound candidate has a draft")
    return candidate.draft


def chapters_of(candidate: Candidate) -> ChapterSource:
    """The chapters of a candidate that was examined."""
    if candidate.chapters is None:
        raise AssertionError("a candidate that was examined knows its chapters")
    return candidate.chapters


def former_slugs(published: EpisodeRecord | None, slug: str) -> tuple[str, ...]:
    """The slugs that an episode was published under until now, but for `slug`."""
    if published is None:
        return ()
    slugs = dict.fromkeys([*published.episode.former_slugs, published.episode.slug])
    return tuple(former for former in slugs if former != slug)


def former_languages(published: EpisodeRecord | None, present: Collection[str]) -> tuple[str, ...]:
    """The languages that an episode was published in until now, but for those in which it is now."""
    if published is None:
        return ()
    episode = published.episode
    languages = dict.fromkeys([*episode.former_languages, *(t.language for t in episode.translations)])
    return tuple(language for language in languages if language not in present)


@dataclass(frozen=True)
class Batch:
    """The episodes of one run, and their show, as far as the steps have brought them."""

    config: ShowConfig
    """compare: with the published audio settings, where show.yaml is left alone."""
    candidates: tuple[Candidate, ...]
    archive: Archive | None = None
    """compare: what is published."""
    state: State[ShowRecord] | None = None
    """compare: how show.yaml stands to that."""
    show: model.Show | None = None
    """build: the show's facts, as they are published."""
    templates: Mapping[str, model.Asset] | None = None
    """build: the show's own page templates, by name; None: as a record of before says nothing of them."""
    files: tuple[AssetFile, ...] = ()
    """build: what they name."""
    findings: tuple[LocatedFinding, ...] = ()
    """lint: the rules that this run would break."""
    replies: Replies = field(default_factory=lambda: UNASKED)
    """fill: what the articles' pages say today, by address."""

    @property
    def sound(self) -> tuple[Candidate, ...]:
        """The candidates that the next step works on."""
        return tuple(candidate for candidate in self.candidates if candidate.sound)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """Those that could be read."""
        return tuple(candidate.draft for candidate in self.candidates if candidate.draft)

    @property
    def remarks(self) -> tuple[Problem, ...]:
        """Warnings and notes about the drafts' files."""
        return tuple(remark for candidate in self.candidates for remark in candidate.remarks)

    @property
    def failed(self) -> bool:
        """Whether anything is wrong that stops a publish."""
        broken = (finding.problem.severity is Severity.ERROR for finding in self.findings)
        return any(broken) or any(candidate.errors for candidate in self.candidates)

    def each(
        self, step: Callable[[Candidate], Candidate], among: Iterable[Candidate] | None = None, at_once: int = 1
    ) -> Batch:
        """The batch after a step of the sound candidates, or of those that are named; an error stays with its own.

        With `at_once` from so many threads.
        """
        chosen = list(self.sound if among is None else among)
        try_step = partial(_tried, step)
        done = list(map(try_step, chosen)) if min(at_once, len(chosen)) < 2 else each(try_step, chosen, at_once)
        changed = {candidate.folder: candidate for candidate in done}
        return self.mapped(lambda candidate: changed.get(candidate.folder, candidate))

    def mapped(self, change: Callable[[Candidate], Candidate]) -> Batch:
        """The batch with every candidate changed."""
        return replace(self, candidates=tuple(change(candidate) for candidate in self.candidates))


def _tried(step: Callable[[Candidate], Candidate], candidate: Candidate) -> Candidate:
    try:
        return step(candidate)
    except SendungError as error:
        return candidate.failing(error)
