"""What became of a publish, and of each of its episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sendung.audio import Mastered
from sendung.core.errors import InvariantBroken, Problem, SendungError, merge
from sendung.core.model import Episode, Show
from sendung.records import PRIVATE_FILES, Status
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.state import conflict_of
from sendung.workflows.publish.site import Refreshed


@dataclass(frozen=True)
class EpisodeResult:
    """What became of one episode."""

    folder: Path
    status: Status
    guid: str | None = None
    episode: Episode | None = None
    """As it is published now; None if it is not."""
    new: bool = False
    """Whether this run made it so."""
    error: SendungError | None = None
    """Why it failed, or what made it stale."""
    conflicting: bool = False
    """Whether the draft was edited, and was left alone because of `error`."""
    mastered: Mastered | None = None
    """What mastering made of its recording, in this run."""
    teaser: bool = False
    """Whether pages tell of it, where it is for customers alone."""

    @property
    def for_customers(self) -> bool:
        """Whether nobody but customers gets it."""
        return self.episode is not None and self.episode.audio.asset.key.startswith(PRIVATE_FILES)


@dataclass(frozen=True)
class Outcome:
    """What became of a publish."""

    show: Show | None
    """As it is published now; None if it is not."""
    episodes: tuple[EpisodeResult, ...]
    held: SendungError | None = None
    """What else the guard holds back: the show, or episodes that this publish was not asked for; all else is public."""
    warnings: tuple[Problem, ...] = ()
    """What the library's callers are warned of; commands tell it while it comes."""

    @property
    def error(self) -> SendungError | None:
        """Everything that failed, as one error; None if nothing did."""
        errors = [error for error in (self._errors(Status.FAILED), self.held) if error]
        return merge(errors) if errors else None

    @property
    def stale(self) -> SendungError | None:
        """All drafts that are not as published and were left alone, as one error; None if there are none.

        The other host's are newer, or they edit what is withdrawn.
        """
        return self._errors(Status.STALE, Status.WITHDRAWN)

    @property
    def conflict(self) -> SendungError | None:
        """All edits among these that were left alone, as one error; None if there are none."""
        errors = [result.error for result in self.episodes if result.conflicting and result.error]
        return merge(errors) if errors else None

    def _errors(self, *statuses: Status) -> SendungError | None:
        errors = [result.error for result in self.episodes if result.status in statuses and result.error]
        return merge(errors) if errors else None


def failure_of(folders: Sequence[Path], errors: Mapping[Path, list[SendungError]]) -> Outcome:
    """Nothing was sent. The drafts that have no mistake failed as well, without a problem of their own."""
    return Outcome(
        None,
        tuple(
            EpisodeResult(folder, Status.FAILED, error=merge(errors[folder]) if folder in errors else None)
            for folder in folders
        ),
    )


def outcome_of(batch: Batch, refreshed: Refreshed) -> Outcome:
    """What became of a batch that was recorded, once feed and pages are what the records say."""
    held, record = dict(refreshed.held), refreshed.archive.show
    results = tuple(_held_back(_result_of(candidate), held) for candidate in batch.candidates)
    return Outcome(record.show if record else None, results, InvariantBroken.of(held.values()) if held else None)


def _held_back(result: EpisodeResult, held: dict[str, Problem]) -> EpisodeResult:
    """The result, failed if the guard holds its episode, which is taken from what is `held`."""
    problem = held.pop(result.guid, None) if result.guid else None
    if problem is None:
        return result
    errors = [error for error in (result.error, InvariantBroken.of([problem])) if error]
    return replace(result, status=Status.FAILED, new=False, error=merge(errors))


def _result_of(candidate: Candidate) -> EpisodeResult:
    guid, published = candidate.guid, candidate.published
    if candidate.status:
        made, teaser = candidate.mastered, loaded(candidate).file.teaser
        return EpisodeResult(
            candidate.folder, candidate.status, guid, candidate.model, new=True, mastered=made, teaser=teaser
        )
    if candidate.errors:
        return EpisodeResult(candidate.folder, Status.FAILED, guid, error=merge(candidate.errors))
    episode = published.episode if published else None
    state = candidate.state
    conflict = conflict_of(state, candidate.slug) if state else None
    status = Status.STALE if conflict else Status.UNCHANGED
    if state and state.status is Status.WITHDRAWN:
        status = Status.WITHDRAWN
    edited = conflict is not None and state is not None and state.status is not Status.STALE
    teaser = published is not None and published.teaser
    return EpisodeResult(candidate.folder, status, guid, episode, error=conflict, conflicting=edited, teaser=teaser)
