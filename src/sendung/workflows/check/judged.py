"""What `check` found before, for as long as nothing that it looked at changed.

Its judgement rests on the folder of every draft of the show, on show.yaml and the files that it names, on the show's
templates, on ffmpeg, on the time zone's table and on this program; on nothing else, and on no clock, as long as no
article is asked. All of that is looked at, and none of it read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sendung import audio
from sendung.config.episode import find_drafts
from sendung.config.show import ShowConfig
from sendung.core.sealed import keep_sealed, pack, read_sealed, unpack
from sendung.core.stamps import stamp_of, stamp_of_files
from sendung.workflows.drafts.seen import zone_mark

_SOURCE = TypeAdapter(audio.Source)


class DraftsJudgement:
    """What was found of some drafts, kept in this machine's cache."""

    def __init__(self, folders: Sequence[Path], config: ShowConfig, cache: Path) -> None:
        name = "\0".join(map(str, (config.folder.absolute(), *folders)))
        self._path = cache / "judged" / f"{_digest(name)}.bin"
        self._purpose = _purpose(folders, config)

    def recall(self) -> Any:
        """What was kept; None if nothing was, or if anything may have changed."""
        data = read_sealed(self._path, self._purpose) if self._purpose else None
        return unpack(data) if data else None

    def keep(self, found: object) -> None:
        """Keep what was found, if all that it rests on could be told."""
        if self._purpose:
            keep_sealed(self._path, self._purpose, pack(found))


class Probes:
    """What recordings are: each is opened once on this machine, as long as it does not change."""

    def __init__(self, config: ShowConfig, cache: Path) -> None:
        self._path = cache / "judged" / f"{_digest(str(config.folder.absolute()))}.json"
        self._purpose = audio.program()
        data = read_sealed(self._path, self._purpose)
        self._kept: dict[str, tuple[str, Any]] = json.loads(data) if data else {}
        self._found: dict[str, tuple[str, Any]] = {}

    def probe(self, recording: Path, *, alone: bool) -> audio.Source:
        """As `audio.probe`. May be asked by several threads."""
        name, stamp = f"{alone} {recording}", stamp_of_files([recording])
        known = self._kept.get(name)
        if known and stamp and known[0] == stamp:
            try:
                return _SOURCE.validate_python({**known[1], "path": recording})
            except ValidationError:
                pass
        source = audio.probe(recording, alone=alone)
        if stamp:
            self._found[name] = (stamp, _SOURCE.dump_python(source, mode="json"))
        return source

    def keep(self) -> None:
        """Have later runs know it."""
        if self._found:
            keep_sealed(self._path, self._purpose, json.dumps({**self._kept, **self._found}).encode())


def _purpose(folders: Sequence[Path], config: ShowConfig) -> str:
    """All that a judgement rests on; empty where that cannot be told."""
    drafts = [*dict.fromkeys([*find_drafts(config), *folders])]
    stings = (config.intro, config.outro, config.logo, config.customers_outro)
    named = [config.document.file, config.cover, *config.portraits.values(), *filter(None, stings)]
    stamps = [stamp_of_files(named), *map(stamp_of, drafts)]
    if config.templates:
        stamps.append(stamp_of(config.templates))
    if not all(stamps):
        return ""
    words = (audio.program(), zone_mark(config.file.timezone), str(config.folder.absolute()), *map(str, folders))
    return _digest("\0".join((*words, *map(str, drafts), *stamps)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
