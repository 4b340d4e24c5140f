"""Which GUID a draft claims, told without reading the rest of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path

from sendung.config.document import load_yaml
from sendung.core.errors import ConfigError


def claimed_guid(folder: Path) -> str | None:
    """The GUID that a draft claims, also of one that has mistakes; None if it claims none."""
    try:
        guid = load_yaml(folder / "episode.yaml").data.get("guid")
    except ConfigError:
        return None
    return guid if isinstance(guid, str) else None


def find_claims(folders: Iterable[Path], guids: Collection[str]) -> dict[Path, str]:
    """Which of some drafts claim one of some GUIDs, and which."""
    if not guids:
        return {}
    claims = ((folder, claimed_guid(folder)) for folder in folders if may_claim(folder, guids))
    return {folder: guid for folder, guid in claims if guid and guid in guids}


def may_claim(folder: Path, guids: Collection[str]) -> bool:
    """Whether `claimed_guid` can be one of these: told quickly, since a show has hundreds of drafts."""
    file = folder / "episode.yaml"
    if not file.is_file():
        return True
    try:
        document = file.read_bytes()
    except OSError:
        return True
    if b"\\" in document:
        return True
    return any(_WRITTEN_OTHERWISE.search(guid) or guid.encode() in document for guid in guids)


_WRITTEN_OTHERWISE = re.compile(r"[\s']")
"""What YAML (1.2, sections 7.3 and 8.1) can write in more than one way without a backslash."""
