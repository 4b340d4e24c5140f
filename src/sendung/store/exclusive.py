"""Creating a file only if there is none, on any file system.

By a hard link, where there are any. Else whoever may create has a claim: a file that is made exclusively (O_EXCL) and
names the staged file. Whoever comes upon a claim finishes it, so one that a killed run left does no harm; no lock is
needed, for a staged file can be moved once only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_PAUSE_S = 0.02
_PATIENCE_S = 10.0
"""How long others are waited for, and how long whoever made a claim may take to write a name into it."""


def put_new(staged: Path, path: Path, claim: Path) -> bool:
    """Move a staged file to its place unless something is there; whether it was moved. Raises OSError.

    `claim` is a file for this place, the same for all that write there; its folder exists.
    """
    try:
        os.link(staged, path, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _put_by_claim(staged, path, claim)
    return True


def _put_by_claim(staged: Path, path: Path, claim: Path) -> bool:
    end = time.monotonic() + 2 * _PATIENCE_S
    while not os.path.lexists(path):
        if _make(claim, staged.name):
            try:
                return _move(staged, path, claim)
            finally:
                claim.unlink(missing_ok=True)
        _finish(claim, staged.parent, path)
        if time.monotonic() > end:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
        time.sleep(_PAUSE_S)
    return False


def _make(claim: Path, name: str) -> bool:
    try:
        file = os.open(claim, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError:
        return False
    try:
        os.write(file, name.encode("ascii"))
    finally:
        os.close(file)
    return True


def _move(staged: Path, path: Path, claim: Path) -> bool:
    """Move what was claimed for, unless another came first before the claim was made, or took it for left over."""
    if os.path.lexists(path) or _claimant(claim) != staged.name:
        return False
    with contextlib.suppress(FileNotFoundError):  # another has finished the claim
        staged.rename(path)
    return True


def _finish(claim: Path, staging: Path, path: Path) -> None:
    """Do what a claim is for, if whoever made it has not; and remove one that is of no more use."""
    name = _claimant(claim)
    if name is None or os.path.lexists(path):
        return
    if name:
        with contextlib.suppress(FileNotFoundError):
            (staging / name).rename(path)
        claim.unlink(missing_ok=True)
    elif _age_s(claim) > _PATIENCE_S:
        claim.unlink(missing_ok=True)


def _claimant(claim: Path) -> str | None:
    """The name in a claim, empty while it is being written; None if there is no claim."""
    try:
        return claim.read_text("ascii")
    except FileNotFoundError:
        return None


def _age_s(claim: Path) -> float:
    """By this machine's clock; one that a clock ahead has written is old, too."""
    try:
        return abs(time.time() - claim.stat().st_mtime)
    except FileNotFoundError:
        return 0.0
