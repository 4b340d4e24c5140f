"""With which revision each draft of this machine last agreed: the base of its next edit."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from sendung.core.atomic_write import write_whole
from sendung.records.revision import Record, agreement


class Agreements:
    """Remembers, in a folder of this machine's cache, which revision a draft was equal to when it was looked at last.

    What is lost or damaged is not known, and costs a question more, nothing else. A trial `notes` nothing: with its
    revisions, which nobody will see, no draft agrees.
    """

    def __init__(self, folder: Path, *, notes: bool) -> None:
        self._folder = folder
        self._notes = notes

    def base(
        self, checkout: Path, guid: str, stated: Mapping[str, JsonValue], revisions: Sequence[Record]
    ) -> int | None:
        """The number of the revision that a draft of an episode, or show.yaml, is equal to now, which is noted.

        Else of that to which it was equal last; None if that is not known.
        """
        if agreed := agreement(stated, revisions):
            self.note(checkout, guid, revisions[agreed - 1].number)
        return self._last(checkout, guid)

    def note(self, checkout: Path, guid: str, number: int) -> None:
        """Remember that a draft in a checkout is equal to a revision of its episode."""
        if self._notes and self._last(checkout, guid) != number:
            with contextlib.suppress(OSError):
                write_whole(self._file(checkout, guid), str(number).encode())

    def knows(self, checkout: Path, guid: str) -> bool:
        """Whether a draft of an episode, or show.yaml, agreed with any revision on this machine."""
        return self._file(checkout, guid).exists()

    def _last(self, checkout: Path, guid: str) -> int | None:
        with contextlib.suppress(OSError, ValueError):
            return int(self._file(checkout, guid).read_text("ascii"))
        return None

    def _file(self, checkout: Path, guid: str) -> Path:
        return self._folder / hashlib.sha256(os.fsencode(checkout.absolute()) + guid.encode()).hexdigest()
