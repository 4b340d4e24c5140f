"""Episodes that another program has as values: laid out as the folder that a host would have written."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sendung.config.yaml_writer import dump
from sendung.core.errors import SendungError, UsageError
from sendung.core.words import join, say


@dataclass(frozen=True)
class EpisodeValues:
    """An episode as values in place of a folder."""

    slug: str
    """Its name in addresses."""
    values: Mapping[str, Any]
    """By the keys of episode.yaml. A Path is a file, wherever it lies; times may be datetime and timedelta (without a
    zone a datetime is in the show's); what is None is left out."""

    def __post_init__(self) -> None:
        """Raises UsageError for a slug that would be another folder's."""
        if self.slug in ("", ".", "..") or Path(self.slug).name != self.slug:
            raise UsageError(
                say("{slug} cannot be an episode's slug.", slug=repr(self.slug)),
                "Write small letters, digits and hyphens.",
            )


@contextmanager
def laid_out(episode: EpisodeValues, place: Path) -> Iterator[Path]:
    """The folder of an episode below `place`, for the time of a publish; another call waits for it to end.

    Its parent is the same each time, so what was published of the same values before is known again. Files are linked
    where the file system can, else copied. Raises UsageError for a file that cannot be read.
    """
    place.mkdir(parents=True, exist_ok=True)
    folder = place / episode.slug
    with (place / f".{episode.slug}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            text = dump(_written(dict(episode.values), folder))
            (folder / "episode.yaml").write_text(text, "utf-8")
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def without_places(error: SendungError, folder: Path) -> SendungError:
    """An error of such a folder, whose lines nobody wrote: its problems name the episode in place of them."""
    return type(error).of(
        replace(problem, place=None, message=join(": ", (folder.name, problem.message)))
        if problem.place and problem.place.file.is_relative_to(folder)
        else problem
        for problem in error.problems
    )


def _written(value: Any, folder: Path) -> Any:
    """A value as YAML has it; the files that it names are put into the folder."""
    if isinstance(value, Mapping):
        return {str(key): _written(item, folder) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_written(item, folder) for item in value]
    if isinstance(value, Path):
        return _put(value, folder)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.total_seconds() if isinstance(value, timedelta) else value


def _put(file: Path, folder: Path) -> str:
    """The name under which a file is in the folder now: its own, or one like it where another file has that."""
    number, target = 1, folder / file.name
    while target.exists():
        number, target = number + 1, folder / f"{file.stem}-{number + 1}{file.suffix}"
    try:
        os.link(file.resolve(), target)
    except OSError:
        try:
            shutil.copy2(file, target)
        except OSError as error:
            raise UsageError(
                say("{path} cannot be read: {strerror}.", path=file, strerror=error.strerror), "Check the file."
            ) from None
    return target.name
