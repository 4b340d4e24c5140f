"""What can go wrong, and what the process says about it.

    SendungError            what a host can mend; anything else that escapes is a bug
    ├── UsageError          the command line asks for what cannot be done
    ├── ConfigError         show.yaml, episode.yaml or a file that they name is wrong
    │   └── Outdated        this program is older than the one that wrote what is published
    ├── RulesError          what would be published breaks a directory's rule
    ├── AudioError          a recording cannot be read or mastered
    │   └── NoRoom          the disk is full that it is mastered on
    ├── StoreError          the store did not do what was asked
    │   ├── ObjectMissing   the key holds nothing
    │   ├── AccessDenied    wrong credentials, or no right to do this
    │   ├── StoreMissing    the bucket or directory does not exist
    │   ├── Unreachable     no answer (network, name, TLS, time-out), after retries
    │   ├── NoSpace         the store or this machine is full
    │   └── Damaged         what the store holds is not what was written
    ├── FetchError          a page, feed or file on the web cannot be fetched, or must not be
    │   └── FetchBroken     no answer, or half of one; trying again may help
    └── ConflictError       somebody else was first
        ├── InvariantBroken the feed would lose or change what is published
        ├── ObjectExists    create-only found an object with other content
        └── ObjectChanged   replace-if-unchanged found another version

Every error carries one or more problems: a sentence, where it is, and what to do. The exit code follows
from the class, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from sendung.core.addresses import hide_secrets
from sendung.core.words import join, say, then


class Severity(StrEnum):
    """How much a problem weighs: an error stops the publish, a warning is shown, a note is for whoever asks."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file a problem is. Lines and columns count from 1; 0 means the file as a whole."""

    file: Path
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([str(self.file), *(str(n) for n in (self.line, self.column) if n)])


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a sentence, what to do about it, where it is and which rule says so.

    `rule` is the stable id of a rule ("apple-artwork-size") or empty.
    """

    message: str
    hint: str = ""
    place: Place | None = None
    severity: Severity = Severity.ERROR
    rule: str = ""

    def __post_init__(self) -> None:
        """Whoever makes a problem need not think of what its addresses may hold."""
        object.__setattr__(self, "message", then(self.message, hide_secrets))
        object.__setattr__(self, "hint", then(self.hint, hide_secrets))

    def __str__(self) -> str:
        return say("{place}: {message}", place=self.place, message=self.message) if self.place else self.message


class SendungError(Exception):
    """The root of all errors a host can mend. Raise a subclass."""

    problems: tuple[Problem, ...]

    def __init__(self, message: str, hint: str = "", place: Place | None = None) -> None:
        super().__init__(hide_secrets(message))
        self.problems = (Problem(message, hint, place),)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """One error for several problems (at least one)."""
        several = tuple(problems)
        error = cls(several[0].message, several[0].hint, several[0].place)
        error.problems = several
        return error

    def __str__(self) -> str:
        return join("\n", map(str, self.problems))


class UsageError(SendungError):
    """The command line asks for what cannot be done."""


class ConfigError(SendungError):
    """show.yaml, episode.yaml or a file that they name is wrong."""


class Outdated(ConfigError):
    """A newer version of this program wrote the records, and this one would render them wrongly."""


class RulesError(SendungError):
    """What would be published breaks a rule of a podcast directory."""


class AudioError(SendungError):
    """A recording cannot be read or mastered."""


class NoRoom(AudioError):
    """The disk is full that a recording is mastered on."""


class StoreError(SendungError):
    """The store did not do what was asked."""


class ObjectMissing(StoreError):
    """The key holds nothing."""


class AccessDenied(StoreError):
    """The credentials are wrong, missing, or have no right to do this."""


class StoreMissing(StoreError):
    """The bucket or directory itself does not exist."""


class Unreachable(StoreError):
    """No answer: network, name, TLS or time-out, after retries."""


class NoSpace(StoreError):
    """The store, or the disk of this machine, is full."""


class Damaged(StoreError):
    """What the store holds is not what was written to it."""


class FetchError(SendungError):
    """A page, feed or file on the web cannot be fetched, or must not be."""


class FetchBroken(FetchError):
    """No answer, or half of one: network, TLS or time-out. Trying again may help."""


class ConflictError(SendungError):
    """Somebody else was first."""


class InvariantBroken(ConflictError):
    """The feed would lose an episode, change a date, or name what is not there; it was not written."""


class ObjectExists(ConflictError):
    """A create-only write found an object with other content under its key."""


class ObjectChanged(ConflictError):
    """A replace-if-unchanged write found another version under its key."""


EXIT_CODES: dict[type[BaseException], tuple[int, str]] = {
    UsageError: (2, "usage: the command line asks for what cannot be done"),
    ConfigError: (3, "config: show.yaml, episode.yaml or a file that they name is wrong"),
    RulesError: (4, "rules: what would be published breaks a directory's rule"),
    AudioError: (5, "audio: a recording cannot be read or mastered"),
    StoreError: (6, "store: it is unreachable, full, missing or refuses access"),
    FetchError: (6, "web: an address cannot be reached, or what it answers cannot be used"),
    ConflictError: (7, "conflict: the other host was first"),
    Exception: (1, "bug: please report it"),
}
"""The exit code of each family of errors, most particular first, and its line in `--help`."""


def exit_code(error: BaseException) -> int:
    """The process's exit code for an error: that of its nearest family in EXIT_CODES."""
    return next((code for kind, (code, _) in EXIT_CODES.items() if isinstance(error, kind)), 1)


def unwritable(path: Path, error: OSError, hint: str) -> UsageError:
    """The error for a file or folder that a host named and that cannot be written; `hint` says what else to name."""
    return UsageError(say("{path} cannot be written: {strerror}.", path=path, strerror=error.strerror), hint)


def merge(errors: Sequence[SendungError]) -> SendungError:
    """One error with every problem of several; its class (so the exit code) is that of the lowest code among them."""
    first = min(errors, key=exit_code)
    return type(first).of(problem for error in errors for problem in error.problems)
