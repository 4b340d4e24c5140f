"""Writing the files of a new draft: all of them or none, and nothing over what is there."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Mapping
from pathlib import Path

from sendung.core.errors import NoSpace, SendungError, UsageError, unwritable
from sendung.core.progress import Progress
from sendung.core.words import say

_BLOCK = 4 * 1024 * 1024


def write_draft(folder: Path, text: str, copies: Mapping[str, Path], progress: Progress) -> None:
    """Make the folder, copy files into it under their new names, and write episode.yaml last.

    Whatever goes wrong, Ctrl-C too, nothing half made is left. Raises UsageError, NoSpace.
    """
    with contextlib.ExitStack() as undo:
        try:
            for parent in [*reversed(folder.parents), folder]:
                if not parent.is_dir():
                    parent.mkdir()
                    undo.callback(parent.rmdir)
            for name, path in copies.items():
                _copy(path, folder / name, undo, progress)
            with (folder / "episode.yaml").open("x", encoding="utf-8") as file:
                undo.callback((folder / "episode.yaml").unlink)
                file.write(text)
        except OSError as error:
            raise _explained(error, folder) from None
        undo.pop_all()


def _copy(source: Path, target: Path, undo: contextlib.ExitStack, progress: Progress) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        undo.callback(target.unlink)
        with progress.meter("Copying", source.stat().st_size, "bytes") as meter:
            while block := reading.read(_BLOCK):
                writing.write(block)
                meter.advance(len(block))


def _explained(error: OSError, folder: Path) -> SendungError:
    path = Path(error.filename) if error.filename else folder
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace(
            say("There is no space left for {name}.", name=folder.name),
            "Free some space, then run the same command again.",
        )
    if isinstance(error, FileExistsError):
        return UsageError(
            say("{name} is in {name2} already.", name=path.name, name2=path.parent.name),
            "Nothing is written over: move it away first.",
        )
    return unwritable(path, error, "Check the folder and its permissions.")
