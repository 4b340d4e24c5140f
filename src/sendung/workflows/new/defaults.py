"""What is there already: files in the new draft's folder, and the other drafts of the show."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any, TypedDict

from sendung.config.document import load_yaml
from sendung.config.episode import find_drafts
from sendung.config.show import ShowConfig
from sendung.core.errors import ConfigError

_FILES = {
    "audio": (".wav", ".flac", ".aif", ".aiff", ".m4a", ".mp3", ".ogg", ".opus", ".mp4", ".mov", ".mka", ".w64"),
    "transcript": (".vtt", ".srt", ".json", ".txt"),
    "cover": (".jpg", ".jpeg", ".png"),
    "notes": (".md",),
}
_SCHEMA = "schema/episode.schema.json"


def recordings_in(folder: Path) -> list[str]:
    """The names of the recordings in a folder."""
    return sorted(path.name for path in folder.iterdir() if path.suffix.lower() in _FILES["audio"])


class Numbers(TypedDict):
    """An episode's number and season."""

    number: int | None
    season: int | None


def found_files(folder: Path) -> dict[str, str]:
    """The files in a folder that a draft can name, by key; of several recordings none, since one only can be meant."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    files: dict[str, str] = {}
    for key, suffixes in _FILES.items():
        fitting = [name for name in names if Path(name).suffix.lower() in suffixes]
        named = [name for name in fitting if Path(name).stem.lower() == key]
        if len(named) == 1 or (key == "audio" and len(fitting) == 1):
            files[key] = (named or fitting)[0]
    return files


def next_number(show: ShowConfig) -> Numbers:
    """The number after the highest one, in its season; none in a show that has drafts but does not number them."""
    drafts = [_numbers(folder) for folder in find_drafts(show)]
    numbered = [(number, season) for number, season in drafts if number is not None]
    if not numbered:
        return {"number": None if drafts else 1, "season": None}
    number, season = max(numbered, key=lambda numbers: (numbers[1] or 0, numbers[0]))
    return {"number": number + 1, "season": season}


def _numbers(folder: Path) -> tuple[int | None, int | None]:
    """Number and season of a draft, also of one that has mistakes."""
    data: Any = {}
    with contextlib.suppress(ConfigError):
        data = load_yaml(folder / "episode.yaml").data
    number, season = (data.get(key) if type(data.get(key)) is int else None for key in ("number", "season"))
    return number, season


def schema_of(show: ShowConfig) -> str:
    """Where editors find the schema from a draft: as another draft says, else where the show's folder has it."""
    for folder in find_drafts(show):
        if not (folder / "episode.yaml").is_file():
            continue
        with contextlib.suppress(OSError, UnicodeDecodeError), (folder / "episode.yaml").open(encoding="utf-8") as file:
            if match := re.match(r"# yaml-language-server: \$schema=(\S+)", file.readline()):
                return match[1]
    return f"../../{_SCHEMA}" if (show.folder / _SCHEMA).is_file() else ""
