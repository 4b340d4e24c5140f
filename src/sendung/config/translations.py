"""What episode.yaml and the files beside it say of an episode in other languages."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sendung.config.document import Files
from sendung.config.episode_files import DraftChapter, chapters_in, notes_of, transcript_in
from sendung.config.values import Config, FileName
from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.field_types import Language, Line, Text, Url, valid
from sendung.core.words import say
from sendung.media.transcripts import Names, TranscriptFile

_SUFFIXES = {
    "notes": (".md",),
    "transcript": (".vtt", ".srt", ".json", ".txt"),
    "chapters": (".txt", ".json", ".vtt"),
    "audio": (".wav", ".flac", ".mp3", ".m4a"),
}
"""The files that belong to a language by their names: notes.en.md, transcript.en.vtt, chapters.en.txt, audio.en.wav."""
_DRAFT = "draft"
MACHINE = "<!-- machine -->"
"""The first line of notes that a machine translated."""
_HEADING = re.compile(r"\A\s*#[ \t]+([^\n]+)\n+")
_PARAGRAPH = re.compile(r"\A([^\n#>*\-|`][^\n]*(?:\n[^\n]+)*)(?:\n\s*\n|\n*\Z)")


class TranslationEntry(Config):
    """The episode in one more language."""

    title: Line | None = None
    """The title; else the first heading of its notes file."""
    summary: Text | None = None
    """A paragraph of plain text; else the paragraph below that heading."""
    notes: Text | None = None
    """Show notes: Markdown, or the name of a .md file; else notes.en.md, if it is there."""
    chapters: FileName | None = None
    """A file of chapters; else chapters.en.txt."""
    transcript: FileName | None = None
    """The transcript; else transcript.en.vtt."""
    audio: FileName | None = None
    """A recording in that language; else audio.en.wav. It gets a feed of its own, feed.en.xml."""
    article: Url | None = None
    """The companion article in that language."""
    machine: bool = False
    """Whether a machine translated it: readers and apps are told."""


def _or_files_alone(value: Any) -> Any:
    """A language without keys has all in its files."""
    return {code: {} if entry is None else entry for code, entry in value.items()} if isinstance(value, dict) else value


Translations = Annotated[
    dict[Language, TranslationEntry], BeforeValidator(_or_files_alone), Field(default_factory=dict)
]


@dataclass(frozen=True)
class DraftTranslation:
    """An episode in one more language, with every file read but its recording."""

    language: str
    title: str
    summary: str
    notes: str
    chapters: tuple[DraftChapter, ...]
    transcript: TranscriptFile | None
    transcript_file: Path | None
    audio: Path | None
    article: str | None
    machine: bool
    files: tuple[Path, ...]


def translations_in(
    entries: Mapping[str, TranslationEntry], languages: Collection[str], names: Names, files: Files, folder: Path
) -> tuple[DraftTranslation, ...]:
    """The translations that episode.yaml has, and those that files alone make, in the order of the show's languages.

    `languages` are those of show.yaml: a file is looked for in these only, so that no other is taken for one.
    """
    for language in entries:
        if language not in languages:
            listed = ", ".join(languages) or "none"
            hint = say(
                'Add "{language}" to languages in show.yaml (there: {listed}), or remove this translation.',
                language=language,
                listed=listed,
            )
            files.note(say('the show has no language "{language}".', language=language), hint, "translations", language)
    translations = (
        _translation(language, entries.get(language), names, files, folder)
        for language in languages
        if language in entries or _beside(folder, "notes", language)
    )
    return tuple(translation for translation in translations if translation)


def draft_name(kind: str, language: str, suffix: str) -> str:
    """The name under which a translation lies that nobody has read yet: it is not published under that name."""
    return f"{kind}.{language}.{_DRAFT}{suffix}"


def file_name(kind: str, language: str, suffix: str) -> str:
    """The name by which a file belongs to a language."""
    return f"{kind}.{language}{suffix}"


def _beside(folder: Path, kind: str, language: str) -> str | None:
    names = (file_name(kind, language, suffix) for suffix in _SUFFIXES[kind])
    return next((name for name in names if (folder / name).is_file()), None)


def _translation(
    language: str, entry: TranslationEntry | None, names: Names, files: Files, folder: Path
) -> DraftTranslation | None:
    entry = entry or TranslationEntry()
    way = ("translations", language)
    text, notes_file = notes_of(entry.notes or _beside(folder, "notes", language), files)
    machine = entry.machine or text.startswith(MACHINE)
    title, summary, notes = _taken_apart(text.removeprefix(MACHINE), entry)
    for name, kind, written in (("title", Line, title), ("summary", Text, summary)):
        if written and valid(kind, written) is None:
            message = say("the {name} has a character that no feed can carry.", name=name)
            files.take(ConfigError(message, "Type it again.", Place(notes_file) if notes_file else files.place(*way)))
    if not title or not summary:
        missing = "title" if not title else "summary"
        hint = say(
            'Write "{missing}: ..." there, or begin notes.{language}.md with "# The title" and a paragraph.',
            missing=missing,
            language=language,
        )
        message = say("the translation into {language} has no {missing}.", language=language, missing=missing)
        files.take(ConfigError(message, hint, Place(notes_file) if notes_file else files.place(*way)))
        return None
    transcript_file = files.find(entry.transcript or _beside(folder, "transcript", language), *way, "transcript")
    chapters_file = files.find(entry.chapters or _beside(folder, "chapters", language), *way, "chapters")
    audio = files.find(entry.audio or _beside(folder, "audio", language), *way, "audio")
    used = (notes_file, transcript_file, chapters_file, audio)
    return DraftTranslation(
        language=language,
        title=title,
        summary=summary,
        notes=notes,
        chapters=chapters_in(chapters_file, files) if chapters_file else (),
        transcript=transcript_in(transcript_file, names, files),
        transcript_file=transcript_file,
        audio=audio,
        article=entry.article,
        machine=machine,
        files=tuple(path for path in used if path),
    )


def _taken_apart(text: str, entry: TranslationEntry) -> tuple[str, str, str]:
    """Title, summary and notes: what episode.yaml does not say stands at the head of the notes."""
    title, summary, rest = entry.title or "", entry.summary or "", text
    if not title and (heading := _HEADING.match(rest)):
        title, rest = heading[1].strip(), rest[heading.end() :]
    if not summary and (paragraph := _PARAGRAPH.match(rest)):
        summary, rest = " ".join(paragraph[1].split()), rest[paragraph.end() :]
    return title, summary, rest.strip()


def unused_files(folder: Path, languages: Collection[str], own: str, used: Collection[Path]) -> Iterator[Problem]:
    """What is named for a language and is in no translation: a warning for notes and where the show has the language.

    Else a note: an import brings transcripts in languages that the show may never have. `own` is the show's own.
    """
    known = {language.lower(): language for language in (*languages, own)}
    for path in sorted(folder.glob("*.*.*")):
        kind, language, _ = path.name.split(".", 2)
        suffix = path.name.removeprefix(f"{kind}.{language}")
        if path in used or suffix not in _SUFFIXES.get(kind, ()) or valid(Language, language) is None:
            continue
        meant = known.get(language.lower())
        taken = next((other.name for other in used if other.name.startswith(f"{kind}.{language}.")), None)
        if taken:
            message = say("{name} is not published: {taken} is.", name=path.name, taken=taken)
            hint = say("Keep one of them.")
        else:
            message = say(
                '{name} is not published: there is no translation into "{language}".', name=path.name, language=language
            )
            hint = _way_in(kind, suffix, language, meant, own)
        yield Problem(message, hint, Place(path), Severity.WARNING if kind == "notes" or meant else Severity.NOTE)


def _way_in(kind: str, suffix: str, language: str, meant: str | None, own: str) -> str:
    """What to do with a file that is in no translation; `meant` is the show's language of that name."""
    if meant is None:
        return say('Add "{language}" to languages in show.yaml.', language=language)
    if meant == own:
        return say("It is the show's own language: name it {name}.", name=kind + suffix)
    if meant != language:
        return say("Name it {name}.", name=file_name(kind, meant, suffix))
    return say('Write a title and a summary into notes.{language}.md, or into "translations".', language=language)


def unread_drafts(folder: Path) -> tuple[Problem, ...]:
    """A note for each translation that lies there as a draft."""
    return tuple(
        Problem(
            say("{name} is a draft, and is not published.", name=path.name),
            say("Read it, then name it {name}.", name=path.name.replace(f".{_DRAFT}.", ".")),
            Place(path),
            Severity.NOTE,
        )
        for path in sorted(folder.glob(f"*.{_DRAFT}.*"))
    )
