"""episode.yaml: one episode, as a host writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import (
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from sendung.config.articles import DraftCard, card_of, linked_articles
from sendung.config.customers import ForWhom, check_customers
from sendung.config.document import Document, Files, load_yaml, validate_with_files
from sendung.config.episode_entries import ArticleCard, Articles, Chapters, SoundbiteEntry, Speakers, Time
from sendung.config.episode_files import DraftChapter, chapters_in, notes_of, transcript_in
from sendung.config.show import ShowConfig, find_portraits
from sendung.config.slugs import LONGEST, SLUG, slug_of
from sendung.config.source import Digest, Source, changed_files, source_of
from sendung.config.tracks import DraftTrack, SoundEntry, TrackEntry, find_tracks
from sendung.config.translations import DraftTranslation, Translations, translations_in, unread_drafts, unused_files
from sendung.config.values import FileName, Guest, PersonEntry
from sendung.core import model
from sendung.core.errors import ConfigError, Place, Problem
from sendung.core.field_types import Date, Guid, Language, Line, Text, mistake, resolve_date, written_moment
from sendung.core.podcasting20 import EpisodeOptions, Link
from sendung.core.words import say
from sendung.media.transcripts import Names, TranscriptFile


class EpisodeFile(ForWhom):
    """episode.yaml: one episode."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["title", "summary"]}, {"required": ["article"]}],
            "oneOf": [{"required": ["audio"]}, {"required": ["tracks"]}],
        }
    )

    title: Line | None = None
    """The episode's title, without its number and without the show's name; may be left to the article."""
    date: Date
    """When it becomes public, such as 2026-11-20 06:00; without a zone it is in the show's."""
    article: Articles = ()
    """The companion article: a URL, a list of them, or a map from language to URL."""
    article_card: ArticleCard | None = None
    """What listen pages show of it; without this what its page says, where that is asked (fetch_articles)."""
    number: Annotated[int, Field(ge=1)] | None = None
    """The episode's number."""
    number_label: Line | None = None
    """What apps show in place of the number (podcast:episode display)."""
    season: Annotated[int, Field(ge=1)] | None = None
    """The season's number."""
    type: model.EpisodeType = model.EpisodeType.FULL
    """full, trailer or bonus."""
    guid: Guid | None = None
    """The episode's GUID, which must never change; without it one is made from the folder's name."""
    summary: Text | None = None
    """A paragraph of plain text; 4000 bytes at most; may be left to the article."""
    notes: Text | None = None
    """Show notes: Markdown, or the name of a .md file."""
    customers_notes: Text | None = None
    """Show notes for customers only, below the others: Markdown, or the name of a .md file."""
    teaser: bool = False
    """With for: customers, whether the show's pages tell of the episode: its title, summary and length."""
    customers_from: Time | None = None
    """Where the public's part ends, in the recording; customers get the whole."""
    tracks: tuple[TrackEntry, ...] = ()
    """In place of audio: the recordings of each microphone, which are aligned, levelled and mixed."""
    audio: Annotated[FileName | None, Field(validate_default=True)] = None
    """The recording."""
    sound: SoundEntry = SoundEntry()
    """What is done to voices in this episode, where it differs from show.yaml."""
    master: bool = True
    """Master the recording; false publishes a finished MP3 or M4A file bit for bit, tags and all."""
    chapters: Chapters | None = None
    """The chapters, in order; or the name of a file that an editor exported them into. Without this key they come from
    the recording's own marks, else from lines such as "00:00 Title" in the notes; an empty list says there are none."""
    transcript: FileName | None = None
    """The transcript: .vtt, .srt, .json, .txt and others; or auto: what sendung transcribe wrote, read or not."""
    speakers: Speakers
    """Who the speakers of the transcript are: a label in it, such as SPEAKER_00, and a name; without a name the label
    is text."""
    transcript_language: Language | None = None
    """The transcript's language, where it is not the show's."""
    cover: FileName | None = None
    """The episode's own square artwork."""
    cover_alt: Line | None = None
    """What is seen on it, for those who do not see it."""
    guests: tuple[Guest, ...] = ()
    """Those who are heard besides the hosts."""
    hosts: tuple[PersonEntry, ...] | None = None
    """The hosts of this episode, where they are not the show's."""
    explicit: bool | None = None
    """Whether this episode is for adults only, where it differs from the show."""
    keywords: tuple[Line, ...] = ()
    """Keywords for the audio file's tags."""
    links: tuple[Link, ...] = ()
    """The same content elsewhere, such as a video (podcast:contentLink); the article is there anyway."""
    soundbites: tuple[SoundbiteEntry, ...] = ()
    """Pieces of 15 to 120 seconds that are worth quoting (podcast:soundbite)."""
    feed: EpisodeOptions = EpisodeOptions()
    """What only the feed says of this episode."""
    translations: Translations
    """The episode in further languages of the show, by language."""

    @field_validator("audio")
    @classmethod
    def _check_audio(cls, audio: str | None, others: ValidationInfo) -> str | None:
        tracks = others.data.get("tracks")
        if audio is None and tracks == ():
            raise mistake("is missing", 'add "audio: ..."')
        if audio is not None and tracks:
            raise mistake("and tracks exclude each other", "remove one of the two keys")
        return audio


class _CompleteFile(EpisodeFile):
    """An episode.yaml without an article, which nothing but the host can give a title and a summary."""

    title: Line
    summary: Text


AUTO_TRANSCRIPT = "transcript.vtt"
"""What sendung transcribe writes."""


@dataclass(frozen=True)
class Draft:
    """An episode as its folder describes it, with every file that it names found and read, but for audio and images."""

    folder: Path
    file: EpisodeFile
    document: Document
    title: str
    """Empty where it is left to the article."""
    summary: str
    """Empty where it is left to the article."""
    date: datetime
    articles: tuple[model.Article, ...]
    notes: str
    notes_file: Path | None
    customers_notes: str
    audio: Path
    """The recording; of several tracks the first voice, whose time line is the episode's."""
    tracks: tuple[DraftTrack, ...]
    """Empty where the recording is one file."""
    cover: Path | None
    chapters: tuple[DraftChapter, ...] | None
    """None: episode.yaml does not say."""
    transcript: TranscriptFile | None
    transcript_file: Path | None
    portraits: Mapping[str, Path]
    """Those of its hosts and guests, by the name that episode.yaml has."""
    files: tuple[Path, ...]
    """Every file that the draft is made of, besides episode.yaml."""
    digests: Mapping[Path, str]
    """Of those of them that are text, as they were read."""
    remarks: tuple[Problem, ...] = ()
    """What was left out, changed or guessed of these files; warnings and notes."""
    translations: tuple[DraftTranslation, ...] = ()
    card: DraftCard | None = None
    """What listen pages show of the first article, where episode.yaml says it."""

    @property
    def slug(self) -> str:
        """The episode's name in URLs: that of its folder."""
        return self.folder.name

    def place(self, *way: str | int) -> Place:
        """Where a value stands in episode.yaml."""
        return self.document.place(*way)

    def source(self, digest: Digest) -> Source:
        """All that the host decided: the values and the files (by their digests), not the typing.

        Beside "date" as it is written stands the "moment" that this is in the show's zone.
        """
        source = source_of(self.file, self._by_name, lambda path: self.digests.get(path) or digest(path))
        return source | {"moment": written_moment(self.date)}

    def changed_files(self, source: Source, digest: Digest) -> tuple[Path, ...]:
        """The files that are not any more what this source says, or what was read of them. Raises ConfigError."""
        changed = changed_files(source, self._by_name, digest)
        return tuple(path for path in changed if self.digests.get(path) != digest(path))

    @property
    def _by_name(self) -> dict[str, Path]:
        return {str(path.relative_to(self.folder)): path for path in self.files}


def find_drafts(show: ShowConfig) -> list[Path]:
    """The folders of all drafts of a show, by name."""
    return sorted(file.parent for file in (show.folder / "episodes").glob("*/episode.yaml"))


def load_draft(folder: Path, show: ShowConfig) -> Draft:
    """Read one episode's folder. Raises ConfigError with every mistake at its line."""
    document = load_yaml(folder / "episode.yaml")
    file = _read_file(document, folder, show)
    files = Files(folder, document)
    _check_slug(folder, files)
    date = _date(file, show, files)
    notes, notes_file = notes_of(file.notes, files)
    customers_notes, customers_file = notes_of(file.customers_notes, files, "customers_notes")
    tracks = find_tracks(file.tracks, _voices(file, show), files)
    if tracks and not file.master:
        files.note('"master: false" is for a finished file, not for tracks.', "Remove it.", "master")
    first = next((track.path for track in tracks if track.entry.role == "voice"), None)
    audio = files.find(file.audio, "audio") or first
    cover = files.find(file.cover, "cover")
    card = card_of(file.article_card, show.zone, files)
    chapters, chapters_file = _chapters(file, files)
    transcript_file = files.find(AUTO_TRANSCRIPT if file.transcript == "auto" else file.transcript, "transcript")
    names = Names(_voices(file, show), file.speakers)
    transcript = transcript_in(transcript_file, names, files)
    translations = translations_in(file.translations, list(show.file.languages), names, files, folder)
    portraits = find_portraits(file.guests, files, "guests") | find_portraits(file.hosts or (), files, "hosts")
    check_customers(file, show, files)
    files.stop_on_problems()
    if audio is None or date is None:
        raise AssertionError("required values were checked before")
    pictures = [*(chapter.image for chapter in chapters or ()), *portraits.values(), card and card.picture]
    named = [picture for picture in pictures if isinstance(picture, Path)]
    recordings = dict.fromkeys(track.path for track in tracks) or {audio: None}
    translated = [path for translation in translations for path in translation.files]
    used = (*recordings, notes_file, customers_file, cover, transcript_file, chapters_file, *named, *translated)
    return Draft(
        folder=folder,
        file=file,
        document=document,
        title=file.title or "",
        summary=file.summary or "",
        date=date,
        articles=linked_articles(file.article, show.file.language, translations),
        notes=notes,
        notes_file=notes_file,
        customers_notes=customers_notes,
        audio=audio,
        tracks=tracks,
        cover=cover,
        chapters=chapters,
        transcript=transcript,
        transcript_file=transcript_file,
        portraits=portraits,
        files=tuple(path for path in used if path),
        digests=files.digests,
        remarks=(
            *files.remarks,
            *unread_drafts(folder),
            *unused_files(folder, show.file.languages, show.file.language, translated),
        ),
        translations=translations,
        card=card,
    )


def _read_file(document: Document, folder: Path, show: ShowConfig) -> EpisodeFile:
    """What episode.yaml says; its article may be asked for a title or summary that is missing.

    But nothing is asked for a draft with other mistakes, so what is missing is then one of them: all come at once.
    """

    def read(kind: type[EpisodeFile]) -> EpisodeFile:
        return validate_with_files(document, kind, folder, ("audio",), ("cover",), ("transcript",))

    if not document.value("article"):
        return read(_CompleteFile)
    try:
        return read(EpisodeFile)
    except ConfigError:
        if not show.file.fetch_articles:
            read(_CompleteFile)
        raise


def _check_slug(folder: Path, files: Files) -> None:
    if not SLUG.fullmatch(folder.name):
        better = slug_of(folder.name, "episode-1")
        message = say(
            'the folder\'s name "{name}" becomes part of web addresses and cannot stand there.', name=folder.name
        )
        if len(folder.name) > LONGEST:
            message = say(
                "the folder's name has {name_count} letters, and at most {longest} can stand in addresses.",
                name_count=len(folder.name),
                longest=LONGEST,
            )
        files.note(message, say("Rename the folder to {better}.", better=better))


def _date(file: EpisodeFile, show: ShowConfig, files: Files) -> datetime | None:
    try:
        return resolve_date(file.date, show.zone)
    except ValueError as error:
        files.note(say('"date" {error}.', error=error), "Write another time.", "date")
        return None


def _chapters(file: EpisodeFile, files: Files) -> tuple[tuple[DraftChapter, ...] | None, Path | None]:
    """The chapters that episode.yaml lists or names a file of, and that file."""
    if file.chapters is None:
        return None, None
    if isinstance(file.chapters, str):
        path = files.find(file.chapters, "chapters")
        return chapters_in(path, files) if path else None, path
    entries = enumerate(file.chapters)
    return tuple(
        DraftChapter(
            entry.at,
            entry.title,
            entry.url,
            files.find(entry.image, "chapters", index, "image"),
            files.place("chapters", index),
        )
        for index, entry in entries
    ), None


def _voices(file: EpisodeFile, show: ShowConfig) -> list[str]:
    """The names of those who are heard."""
    hosts = show.file.hosts if file.hosts is None else file.hosts
    return [person.name for person in (*hosts, *file.guests)]
