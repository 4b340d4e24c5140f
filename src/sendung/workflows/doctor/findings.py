"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sendung.core.errors import AudioError, ConfigError, FetchError, Place, Problem, SendungError, StoreError


class State(StrEnum):
    """How it is: fine, worth a look, or in the way of publishing."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Area(StrEnum):
    """What a finding is about."""

    MACHINE = "machine"
    SHOW = "show"
    STORE = "store"
    PUBLIC = "public"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, in a sentence, and what to do about it."""

    area: Area
    subject: str
    """In a word or two: "ffmpeg", "records/"."""
    state: State
    message: str
    hint: str = ""
    place: Place | None = None
    """In a file, where it is about one."""


@dataclass(frozen=True)
class Report:
    """All findings, in the order in which they were made."""

    findings: tuple[Finding, ...]

    @property
    def error(self) -> SendungError | None:
        """What is bad, as one error of the area that keeps a show from its listeners most; None if nothing is."""
        bad = [finding for finding in self.findings if finding.state is State.BAD]
        for area, kind in _ERRORS.items():
            if any(finding.area is area for finding in bad):
                return kind.of(Problem(one.message, one.hint, one.place) for one in bad)
        return None


_ERRORS: dict[Area, type[SendungError]] = {
    Area.STORE: StoreError,
    Area.PUBLIC: FetchError,
    Area.SHOW: ConfigError,
    Area.MACHINE: AudioError,
}


def of_error(area: Area, subject: str, error: SendungError, state: State = State.BAD) -> tuple[Finding, ...]:
    """An error as findings, one for each problem."""
    return tuple(Finding(area, subject, state, one.message, one.hint, one.place) for one in error.problems)
