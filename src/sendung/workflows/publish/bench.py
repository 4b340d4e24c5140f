"""Where assets are made: files of a work folder, each with the object that it becomes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from sendung.core import media_types, model
from sendung.core.file_digests import file_digest
from sendung.records import PRIVATE_FILES
from sendung.records.reader import PRIVATE
from sendung.store.interface import Headers
from sendung.workflows.drafts.candidate import AssetFile

FOR_EVER = "public, max-age=31536000, immutable"
"""Cache-Control of assets: their names change with their content."""
_HASH_DIGITS = 16


@dataclass(frozen=True)
class Bench:
    """Where assets are made."""

    folder: Path
    files: list[AssetFile] = field(default_factory=list)
    private: bool = False
    """Whether they are for customers only."""

    def hidden(self) -> Bench:
        """Another, in a folder of its own, for what is for customers only."""
        folder = self.folder / "customers"
        folder.mkdir(exist_ok=True)
        return Bench(folder, private=True)

    def add(self, data: bytes, suffix: str) -> model.Asset:
        """An asset of some bytes: assets/<hash><suffix>."""
        path = self.folder / f"{hashlib.sha256(data).hexdigest()}{suffix}"
        path.write_bytes(data)
        return self.add_file(path, "assets/", suffix)

    def add_file(self, path: Path, prefix: str, suffix: str, name: str = "") -> model.Asset:
        """An asset of a file: <prefix><hash><suffix>, which browsers save as `name`."""
        sha256, media_type = file_digest(path), media_types.of(suffix)
        key = hashed_key(f"{PRIVATE_FILES if self.private else ''}{prefix}", sha256, suffix)
        asset = model.Asset(key=key, media_type=media_type, size=path.stat().st_size, sha256=sha256)
        disposition = f'inline; filename="{name}"' if name else ""
        caching = PRIVATE.cache_control if self.private else FOR_EVER
        self.files.append(AssetFile(asset, path, Headers(media_type, caching, disposition)))
        return asset


def hashed_key(prefix: str, sha256: str, suffix: str) -> str:
    """The key of an asset, which its content gives it."""
    return f"{prefix}{sha256[:_HASH_DIGITS]}{suffix}"
