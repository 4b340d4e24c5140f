"""With which revision each draft of this machine last agreed: the base of its next edit."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from sendung.core.atomic_write import write_whole


class Agreements:
    """Remembers, in a folder of this machine's cache, which revision a draft was equal to when it was looked at last.

    What is lost or damaged is not known, and costs a question more, nothing else. A trial `notes` nothing: with its
    revisions, which nobody will see, no draft agrees.
    """

    def __init__(self, folder: Path, *, notes: bool) -> None:
        self._folder = folder
        self._notes = notes

    def get(self, checkout: Path, guid: str) -> int | None:
        """The number of that revision of an episode, or of the show, in a checkout; None if it is not known."""
        with contextlib.suppress(OSError, ValueError):
            return int(self._file(checkout, guid).read_text("ascii"))
        return None

    def note(self, checkout: Path, guid: str, number: int) -> None:
        """Remember that a draft in a checkout is equal to a revision of its episode."""
        if self._notes and self.get(checkout, guid) != number:
            with contextlib.suppress(OSError):
                write_whole(self._file(checkout, guid), str(number).encode())

    def _file(self, checkout: Path, guid: str) -> Path:
        return self._folder / hashlib.sha256(os.fsencode(checkout.absolute()) + guid.encode()).hexdigest()
