"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sendung.core.errors import AudioError, ConfigError, FetchError, Place, Problem, SendungError, StoreError


class Health(StrEnum):
    """How it is: fine, worth a look, or in the way of publishing."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Area(StrEnum):
    """What a diagnosis is about."""

    MACHINE = "machine"
    SHOW = "show"
    STORE = "store"
    PUBLIC = "public"


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at: how it is, in a sentence, and what to do about it."""

    area: Area
    subject: str
    """In a word or two: "ffmpeg", "records/"."""
    state: Health
    message: str
    hint: str = ""
    location: Place | None = None
    """In a file, where it is about one."""


@dataclass(frozen=True)
class Examination:
    """All diagnoses, in the order in which they were made."""

    diagnoses: tuple[Diagnosis, ...]

    @property
    def error(self) -> SendungError | None:
        """What is bad, as one error of the area that keeps a show from its listeners most; None if nothing is."""
        bad = [diagnosis for diagnosis in self.diagnoses if diagnosis.state is Health.BAD]
        for area, kind in _ERRORS.items():
            if any(diagnosis.area is area for diagnosis in bad):
                return kind.of(Problem(diagnosis.message, diagnosis.hint, diagnosis.location) for diagnosis in bad)
        return None


_ERRORS: dict[Area, type[SendungError]] = {
    Area.STORE: StoreError,
    Area.PUBLIC: FetchError,
    Area.SHOW: ConfigError,
    Area.MACHINE: AudioError,
}


def of_error(area: Area, subject: str, error: SendungError, state: Health = Health.BAD) -> tuple[Diagnosis, ...]:
    """An error as diagnoses, one for each problem."""
    return tuple(
        Diagnosis(area, subject, state, problem.message, problem.hint, problem.place) for problem in error.problems
    )
