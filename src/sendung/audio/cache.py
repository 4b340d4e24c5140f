"""Mastered files that are kept: found by what they were made from, and checked before they are used again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung import __version__
from sendung.audio.values import Levels, Mastered, Target
from sendung.config.digests import file_digest

METHOD = 2
"""Raised whenever the same input would be mastered differently."""


class Entry(BaseModel):
    """What stands beside a kept file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    media_type: str
    size: int
    duration_s: float
    lufs: float
    dbtp: float
    loudness_range: float
    channels: int
    sample_rate: int
    bitrate: int
    head_trimmed_s: float
    tail_trimmed_s: float
    gain_db: float
    limited_db: float
    before: tuple[float, float, float]
    waveform: tuple[int, ...]


def key_of(source: Path, target: Target) -> str:
    """The name of the result of this input with these settings and this version. Raises OSError."""
    settings = asdict(target) | {
        name: file_digest(path) if path else None for name, path in (("intro", target.intro), ("outro", target.outro))
    }
    facts = {"source": file_digest(source), "target": settings, "version": __version__, "method": METHOD}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def look_up(cache: Path, key: str, target: Target) -> Mastered | None:
    """The kept result, or None if there is none or it is not what was put there."""
    path = cache / f"{key}.{target.format}"
    try:
        entry = Entry.model_validate_json((cache / f"{key}.json").read_bytes())
        if path.stat().st_size != entry.size or file_digest(path) != entry.sha256:
            return None
    except (OSError, ValidationError):
        return None
    facts = entry.model_dump(exclude={"sha256", "before"})
    return Mastered(path=path, before=Levels(*entry.before), **facts)


def keep(cache: Path, key: str, mastered: Mastered, target: Target) -> Mastered:
    """Move a finished file (on the cache's own disk) into the cache; it counts once its entry is written."""
    path = cache / f"{key}.{target.format}"
    facts = asdict(mastered) | {"before": tuple(asdict(mastered.before).values()), "sha256": file_digest(mastered.path)}
    entry = Entry.model_validate({name: fact for name, fact in facts.items() if name != "path"})
    beside = mastered.path.with_suffix(".json")
    beside.write_text(entry.model_dump_json(indent=1), encoding="utf-8")
    mastered.path.replace(path)
    beside.replace(cache / f"{key}.json")
    return look_up(cache, key, target) or mastered
