"""What is published, as files of a draft: `pull` writes them, and a draft that has them says what is published."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from sendung.config.source import Source
from sendung.config.translations import MACHINE, file_name
from sendung.core.model import Asset, Chapter, Transcript, Translation
from sendung.media import transcripts
from sendung.media.chapters import format_time
from sendung.records import EpisodeRecord

_FILE = "file:"
_LISTS = (".txt",)
"""Files of chapters that lines of time and title can stand in for."""


def texts_of(name: str, record: EpisodeRecord) -> tuple[bytes, ...]:
    """What a text file by that name may hold to say what is published, the likeliest last; empty where nobody knows.

    Times are those of the recording: a publish moves them again by what it cuts from the head.
    """
    return next((texts for part in _parts(record) if (texts := part.texts_of(name))), ())


def published_file(name: str, record: EpisodeRecord) -> Asset | None:
    """What the store has of a transcript or a file of chapters, in the form that the file's name asks for."""
    offered = (asset for part in _parts(record) if not part.offset_ms for asset in part.assets_of(name))
    return next((asset for asset in offered if Path(asset.key).suffix == Path(name).suffix.lower()), None)


def recognised(source: Source, record: EpisodeRecord) -> Source:
    """A draft's source; a file that says what is published stands there as the published revision had it."""
    others = {key for key, value in source.items() if key.startswith(_FILE) and record.source.get(key, value) != value}
    same = {key: record.source[key] for key in others if source[key] in _digests(key.removeprefix(_FILE), record)}
    return source | same


def _digests(name: str, record: EpisodeRecord) -> set[str]:
    """SHA-256 (hexadecimal) of every file by that name that says what is published."""
    asset = published_file(name, record)
    return {hashlib.sha256(text).hexdigest() for text in texts_of(name, record)} | ({asset.sha256} if asset else set())


@dataclass(frozen=True)
class _Spoken:
    """An episode in one language: the names of its files, and what they said."""

    names: Mapping[str, str]
    """By kind: notes, customers_notes, transcript, chapters."""
    notes: Sequence[str]
    """What the notes file may say."""
    more: Sequence[str]
    """What that of customers' notes may say."""
    transcript: Transcript | None
    chapters: Sequence[Chapter]
    chapters_file: Asset | None
    offset_ms: int
    """How much later all is heard than in the recording."""

    def texts_of(self, name: str) -> tuple[bytes, ...]:
        """What a file of it may hold."""
        if name == self.names.get("notes"):
            return _endings(self.notes)
        if name == self.names.get("customers_notes"):
            return _endings(self.more)
        if name == self.names.get("transcript") and self.transcript and self.offset_ms:
            cues = self.transcript.cues
            back = transcripts.shift(cues, -self.offset_ms, max(cue.end_ms for cue in cues) - self.offset_ms)
            text = transcripts.render(back, self.transcript.language, "").get(Path(name).suffix.lower())
            return (text,) if text and not name.endswith(".html") else ()
        if name == self.names.get("chapters") and name.endswith(_LISTS) and self.chapters:
            marks = ((max(0, mark.start_ms - self.offset_ms) if mark.start_ms else 0, mark) for mark in self.chapters)
            lines = [f"{format_time(ms, milliseconds=bool(ms % 1000))} {mark.title}\n" for ms, mark in marks]
            return ("".join(lines).encode(),)
        return ()

    def assets_of(self, name: str) -> tuple[Asset, ...]:
        """What the store has of a file of it, in each form."""
        if name == self.names.get("transcript") and self.transcript:
            return self.transcript.assets
        return (self.chapters_file,) if self.chapters_file and name == self.names.get("chapters") else ()


def _parts(record: EpisodeRecord) -> Iterator[_Spoken]:
    """The episode as customers get it, for the files are of the whole; then its translations."""
    source, whole = record.source, record.for_customers or record.episode
    kinds: tuple[str, ...] = ("notes", "customers_notes", "transcript", "chapters")
    names = {kind: str(source[kind]) for kind in kinds if kind in source}
    notes, more = _notes_of(record)
    audio = whole.audio
    yield _Spoken(names, notes, more, whole.transcript, whole.chapters, whole.chapters_file, audio.offset_ms)
    entries: Any = source.get("translations") or {}
    for translation in whole.translations:
        yield _translated(translation, entries.get(translation.language) or {}, source, audio.offset_ms)


def _translated(translation: Translation, entry: Mapping[str, Any], source: Source, offset_ms: int) -> _Spoken:
    language, names = translation.language, dict[str, str]()
    for kind in ("notes", "transcript", "chapters"):
        beside = file_name(kind, language, "")
        files = (key.removeprefix(_FILE) for key in source if key.startswith(f"{_FILE}{beside}."))
        if name := entry.get(kind) or next(files, ""):
            names[kind] = str(name)
    head = [] if entry.get("title") else [f"# {translation.title}"]
    head += [] if entry.get("summary") else [translation.summary]
    notes = "\n\n".join([*head, *([translation.notes] if translation.notes else [])])
    machine = translation.machine and not entry.get("machine")
    texts = [f"{MACHINE}\n{notes}"] if machine else [notes]
    if translation.audio:
        offset_ms = translation.audio.offset_ms
    marks = translation.chapters
    return _Spoken(names, texts, (), translation.transcript, marks, translation.chapters_file, offset_ms)


def _notes_of(record: EpisodeRecord) -> tuple[list[str], list[str]]:
    """What the files of notes and of customers' notes may say; the published ones have both, one below the other."""
    whole = record.for_customers
    if whole is None:
        return [record.episode.notes], []
    if "customers_notes" not in record.source:
        return [whole.notes], []
    blocks = whole.notes.split("\n\n")
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(record.episode.notes.split("\n\n"), blocks, strict=False))
    likely = sum(1 for _ in alike)  # from there on the public's notes say something else
    cuts = sorted(range(len(blocks)), key=lambda cut: cut == likely)
    return ["\n\n".join(blocks[:cut]) for cut in cuts], ["\n\n".join(blocks[cut:]) for cut in cuts]


def _endings(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Texts, as a file that holds one of them may end."""
    bare = ((text, text.strip("\n")) for text in texts)
    forms = (form for text, inner in bare for form in (text, f"{text}\n", inner, f"{inner.rstrip()}\n"))
    return tuple(dict.fromkeys(form.encode() for form in forms if form.strip()))
