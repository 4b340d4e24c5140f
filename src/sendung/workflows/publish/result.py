"""What became of a publish, and of each of its episodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sendung.core.errors import SendungError, merge
from sendung.core.model import Episode, Show
from sendung.workflows.publish.build import Prepared


class Status(StrEnum):
    """What became of an episode."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    STALE = "stale"
    SCHEDULED = "scheduled"
    FAILED = "failed"


@dataclass(frozen=True)
class EpisodeResult:
    """What became of one episode."""

    folder: Path
    status: Status
    guid: str | None = None
    episode: Episode | None = None
    """As it is published now; None if it is not."""
    prepared: Prepared | None = None
    """What was made of the draft, if anything was."""
    error: SendungError | None = None
    """Why it failed, or what made it stale."""


@dataclass(frozen=True)
class Outcome:
    """What became of a publish."""

    show: Show | None
    """As it is published now; None if it is not."""
    episodes: tuple[EpisodeResult, ...]

    @property
    def error(self) -> SendungError | None:
        """Everything that failed, as one error; None if nothing did."""
        errors = [result.error for result in self.episodes if result.status is Status.FAILED and result.error]
        return merge(errors) if errors else None

    @property
    def stale(self) -> SendungError | None:
        """All drafts that were left alone because the other host's are newer, as one error; None if there are none."""
        errors = [result.error for result in self.episodes if result.status is Status.STALE and result.error]
        return merge(errors) if errors else None
