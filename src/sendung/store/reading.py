"""Reading what may not be there."""

from __future__ import annotations

from sendung.core.errors import ObjectMissing
from sendung.store.interface import Store, Stored


def read_or_none(store: Store, key: str) -> Stored | None:
    """A small object, or None if it is not there."""
    try:
        return store.read(key)
    except ObjectMissing:
        return None
