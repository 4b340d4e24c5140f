"""Mastered files that are kept: found by what they were made from, and checked before they are used again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.audio.values import Mastered, Recording, Target
from sendung.core.atomic_write import write_whole
from sendung.core.field_types import IN_CACHE
from sendung.core.file_digests import Memory, file_digest
from sendung.core.version import __version__

_LOG = logging.getLogger(__name__)
METHOD = 8
"""Raised whenever the same input would be mastered differently."""
MIX_METHOD = 3
"""Raised whenever the same tracks would be mixed differently."""


class Entry(BaseModel):
    """What stands beside a kept file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    mastered: Mastered
    """Its path is the file's name in the cache."""


def key_of(recording: Recording, target: Target, cache: Path) -> str:
    """The name of the result of this input with these settings and this version. Raises OSError."""
    digest = Memory(cache).digest
    settings = asdict(target) | {
        name: digest(path) if path else None for name, path in (("intro", target.intro), ("outro", target.outro))
    }
    facts = {"source": _source_of(recording, digest), "target": settings, "version": __version__, "method": METHOD}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _source_of(recording: Recording, digest: Callable[[Path], str]) -> object:
    """What a recording is, by the digests of its files. Raises OSError."""
    if isinstance(recording, Path):
        return digest(recording)
    tracks = [asdict(track) | {"path": digest(track.path)} for track in recording.tracks]
    return {"tracks": tracks, "sound": asdict(recording.sound), "method": MIX_METHOD}


def look_up(cache: Path, key: str, target: Target) -> Mastered | None:
    """The kept result, or None if there is none or it is not what was put there."""
    path = cache / f"{key}.{target.format}"
    try:
        entry = Entry.model_validate_json((cache / f"{key}.json").read_bytes())
        if path.stat().st_size != entry.mastered.size or file_digest(path) != entry.sha256:
            return None
    except (OSError, ValidationError):
        return None
    _LOG.debug("cache has %s", path.name)
    return entry.mastered.model_copy(update={"path": path})


def keep(cache: Path, key: str, mastered: Mastered, target: Target) -> Mastered:
    """Move a finished file (on the cache's own disk) into the cache; it counts once its entry is written."""
    path = cache / f"{key}.{target.format}"
    named = mastered.model_copy(update={"path": Path(path.name)})
    entry = Entry(sha256=file_digest(mastered.path), mastered=named)
    beside = mastered.path.with_suffix(".json")
    beside.write_text(entry.model_dump_json(indent=1, context=IN_CACHE), encoding="utf-8")
    mastered.path.replace(path)
    beside.replace(cache / f"{key}.json")
    return mastered.model_copy(update={"path": path})


def adopt(cache: Path, key: str, entry: bytes, path: Path) -> bool:
    """Keep a file (on the cache's own disk) that another machine made, by the entry that stood beside it there.

    False, and nothing is kept, if the file is not the one that the entry speaks of.
    """
    try:
        known = Entry.model_validate_json(entry)
    except ValidationError:
        return False
    if path.stat().st_size != known.mastered.size or file_digest(path) != known.sha256:
        return False
    path.replace(cache / f"{key}{known.mastered.path.suffix}")
    write_whole(cache / f"{key}.json", entry)
    return True
