"""What this machine does not let Sendung do, as errors that a host can mend."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sendung.core.errors import AccessDenied, NoSpace, SendungError, StoreError
from sendung.core.words import say

_SPACE = "Make room there, or name other folders: TMPDIR for temporary files, SENDUNG_CACHE for the cache."


@contextmanager
def machine_faults() -> Iterator[None]:
    """Turn what the system says of full disks, rights and limits into SendungErrors; other OSErrors are bugs."""
    try:
        yield
    except OSError as error:
        explained = _explained(error)
        if explained is None:
            raise
        raise explained from error


def _explained(error: OSError) -> SendungError | None:
    where = f": {error.filename}" if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return NoSpace(say("No space is left on this machine{where}.", where=where), _SPACE)
        case errno.EACCES | errno.EPERM | errno.EROFS if error.filename:
            message = say(
                "This machine gives no right to use a file: {filename} ({strerror}).",
                filename=error.filename,
                strerror=error.strerror,
            )
            return AccessDenied(message, "Check who owns it, and its permissions.")
        case errno.EMFILE | errno.ENFILE:
            return StoreError("This machine lets nobody open more files.", "Raise the limit: ulimit -n 4096.")
        case errno.EIO:
            return StoreError(say("A disk of this machine fails{where}.", where=where), "Check the disk.")
        case errno.ENOENT if error.filename is None and "temporary" in (error.strerror or ""):
            # tempfile's own sentence lists folders by Python's repr
            return NoSpace("There is no folder for temporary files that can be written.", _SPACE)
    return None
