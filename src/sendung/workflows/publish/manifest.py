"""What a store says of what was rendered into it."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from sendung.store.interface import Stored
from sendung.store.keys import is_key

Manifest = dict[str, dict[str, str]]
"""Of each object by its name: the `inputs` that it was rendered from, and the `version` that the store gave it."""

_MANIFEST = TypeAdapter(Manifest)


def parse(stored: Stored | None) -> Manifest:
    """The manifest; one that is missing or damaged is an empty one, so that everything is looked at again."""
    try:
        manifest = _MANIFEST.validate_json(stored.data) if stored else {}
    except ValidationError:
        return {}
    return manifest if all(map(is_key, manifest)) else {}


def encode(manifest: Manifest, indent: int | None = None) -> bytes:
    """The bytes of a manifest: the same for equal ones."""
    return _MANIFEST.dump_json(dict(sorted(manifest.items())), indent=indent)
