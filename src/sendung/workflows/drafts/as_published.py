"""Files of a draft that say what is published, though they are not those that were published: `pull` wrote them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sendung.config.source import Source
from sendung.core.model import Asset
from sendung.records import EpisodeRecord

_FILE = "file:"


def note_texts(record: EpisodeRecord) -> tuple[bytes, ...]:
    """The published notes, as the file that holds them may have them."""
    notes = record.episode.notes
    return tuple(dict.fromkeys(text.encode() for text in (notes, f"{notes}\n", f"{notes.rstrip()}\n")))


def published_file(name: str, record: EpisodeRecord) -> Asset | None:
    """What the store has of a transcript or a file of chapters, in the form that the file's name asks for."""
    episode, source = record.episode, record.source
    offered = episode.transcript.assets if episode.transcript and name == source.get("transcript") else ()
    if episode.chapters_file and name == source.get("chapters"):
        offered = (episode.chapters_file,)
    return next((asset for asset in offered if Path(asset.key).suffix == Path(name).suffix.lower()), None)


def recognised(source: Source, record: EpisodeRecord) -> Source:
    """A draft's source; a file that says what is published stands there as the published revision had it."""
    others = {key for key, value in source.items() if key.startswith(_FILE) and record.source.get(key, value) != value}
    same = {key: record.source[key] for key in others if source[key] in _digests(key.removeprefix(_FILE), record)}
    return source | same


def _digests(name: str, record: EpisodeRecord) -> set[str]:
    """SHA-256 (hexadecimal) of every file by that name that says what is published."""
    if name == record.source.get("notes"):
        return {hashlib.sha256(text).hexdigest() for text in note_texts(record)}
    asset = published_file(name, record)
    return {asset.sha256} if asset else set()
