"""An episode's files, fetched into a folder: audio, cover, notes, chapters, transcript, and episode.yaml last.

Without its audio an episode is not imported; what else cannot be had is a warning, and the episode does without it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sendung import audio, net
from sendung.config.translations import file_name
from sendung.core import media_types
from sendung.core.errors import AudioError, ConfigError, FetchError, Problem, SendungError, Severity
from sendung.core.file_digests import file_digest
from sendung.core.model import Chapter
from sendung.core.translation import primary
from sendung.core.words import clause, say
from sendung.feed.document import Element
from sendung.media import artwork, chapters, tags
from sendung.media.transcripts import flaws as transcript_flaws
from sendung.media.transcripts import read_file as read_transcript
from sendung.website.keys import LANGUAGE
from sendung.workflows.importer import html_text
from sendung.workflows.importer.audit import KeptValues, audit
from sendung.workflows.importer.chapter_files import fitting_chapters, read_chapters
from sendung.workflows.importer.losses import Ledger, Loss
from sendung.workflows.importer.old_show import OldChapter, OldEpisode, OldFile, OldShow, OldTranscript
from sendung.workflows.importer.urls import within
from sendung.workflows.importer.yaml import EpisodeFiles, episode_values, episode_yaml

IMAGE = net.Limits(size=50_000_000, seconds=300, silence_s=30)
TEXT = net.Limits(size=32_000_000, seconds=300, silence_s=30)
_FINISHED = {"mp3": ".mp3", "aac": ".m4a"}
"""Codecs that podcast apps play, and the endings of their files: these need no mastering."""
_PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}
T = TypeVar("T")


@dataclass(frozen=True)
class Gathered:
    """What is left to say of an episode that was fetched."""

    warnings: tuple[Problem, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True)
class EpisodeDownloader:
    """What all episodes of an import have in common."""

    show: OldShow
    zone: ZoneInfo
    policy: net.NetPolicy
    show_cover: str = ""
    """The digest of the show's cover: an episode's own that is the same is none."""
    with_audio: bool = True
    """Whether to download the audio."""
    master: bool = False
    """Whether the audio is to be mastered, although it was published before."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set by whoever wants downloads to end; what they have is kept for the next run."""

    def gather(self, episode: OldEpisode, folder: Path) -> Gathered:
        """Everything of one episode into a folder that is there; a run that was stopped is gone on with.

        Raises FetchError, AudioError, NoSpace if the audio cannot be had.
        """
        return _Gathering(self, episode, folder).run()

    def fetch_audio(self, episode: OldEpisode, into: Path) -> audio.Source:
        """The audio, as long as its server says, and decodable. Raises FetchError, AudioError, NoSpace.

        Where the feed names several files, the first that is audio; where a prefix that counts downloads is dead, what
        it leads to.
        """
        faults: list[SendungError] = []
        for url in _addresses(episode):
            try:
                return self._fetch_one(url, into)
            except (FetchError, AudioError) as error:
                faults.append(error)
        raise faults[0]

    def _fetch_one(self, url: str, into: Path) -> audio.Source:
        if not into.exists():
            answer = net.download(url, into, policy=self.policy, received=self._go_on)
            _check_whole(answer, into)
        try:
            return audio.probe(into)
        except AudioError as error:
            into.unlink()
            first = error.problems[0]
            message = say(
                "{url} is not an audio file that can be read: {message}", url=net.shown(url), message=first.message
            )
            hint = "Look at what the old host has there; without audio: the same command with --skip GUID."
            raise AudioError(message, hint) from None

    def _go_on(self, _size: int) -> None:
        if self.stopped.is_set():
            raise CancelledError


@dataclass
class _Gathering:
    """One episode on its way."""

    all: EpisodeDownloader
    episode: OldEpisode
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    ledger: Ledger = field(init=False)
    kept_files: list[str] = field(default_factory=list)
    """Addresses of files that were fetched and read, and languages of them."""

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.episode.title, self.episode.guid, [*self.episode.losses])

    def run(self) -> Gathered:
        recording = self.folder / "audio"
        source = self.all.fetch_audio(self.episode, recording) if self.all.with_audio else None
        duration_s = source.duration_s if source else self.episode.duration_s
        duration_ms = round(duration_s * 1000) if duration_s else None
        ending = (source and _FINISHED.get(source.codec)) or self.episode.audio.ending
        marks = self._try(lambda: self._chapters(duration_ms)) or ()
        notes = self._notes()
        transcript, language = self._transcript(duration_ms)
        files = EpisodeFiles(
            audio=f"audio{ending}",
            master=self.all.master or not (source is None or source.codec in _FINISHED),
            notes="notes.md" if notes else None,
            cover=self._try(self._cover),
            transcript=transcript,
            transcript_language=language,
            chapters=marks,
            no_chapters=not marks and self._times_are_text(notes, duration_ms, recording if source else None),
            pictures=self._pictures(marks),
        )
        if source:
            recording.replace(recording.with_suffix(ending))
        soundbites = [*self._soundbites(duration_ms)]
        episode = replace(self.episode, soundbites=soundbites)
        values = episode_values(episode, self.all.show, files, self.all.zone)
        (self.folder / "episode.yaml").write_text(episode_yaml(values, self.ledger.losses), "utf-8")
        self._audit(values, files, notes, source)
        return Gathered(tuple(self.problems), tuple(self.ledger.losses))

    def _audit(self, values: Mapping[str, Any], files: EpisodeFiles, notes: str, source: audio.Source | None) -> None:
        """Look for what the item has and the episode has not."""
        episode, element = self.episode, self.episode.element
        if element is None:
            return
        fetched = [episode.audio.url, self.all.show.image if self.all.show_cover else None, *files.pictures]
        fetched += [episode.image] if files.cover else []
        fetched += [episode.chapters_url] if files.chapters else []
        fetched += self._measured(element, files, source)
        seasons: Mapping[int | None, str] = self.all.show.feed.get("seasons", {})
        fetched += [seasons.get(episode.season, "")]
        kept = KeptValues.of(
            values,
            [*(text for text in fetched if text), *self.kept_files],
            notes,
            texts=set(episode.used_texts),
            moment=episode.date,
            truths={
                "itunes:explicit": episode.explicit if episode.explicit is not None else self.all.show.explicit,
                "itunes:block": bool(episode.feed.get("block")),
            },
        )
        audit(element, kept, episode.base, self.ledger)

    def _measured(self, element: Element, files: EpisodeFiles, source: audio.Source | None) -> Iterator[str]:
        """What the feed says of the audio, where that is so."""
        for enclosure in element.every("enclosure"):
            kind = enclosure.attributes.get("type", "").strip()
            if files.audio.endswith(media_types.ending_of(kind.partition(";")[0].strip().lower()) or "?"):
                yield kind
        if source:
            yield str((self.folder / files.audio).stat().st_size)
            if self.episode.duration_s and abs(self.episode.duration_s - source.duration_s) <= 1:
                yield element.value("itunes:duration")

    def _notes(self) -> str:
        text = html_text.markdown(self.episode.notes, self.episode.base)
        if text:
            (self.folder / "notes.md").write_text(text + "\n", "utf-8")
        return text

    def _times_are_text(self, notes: str, duration_ms: int | None, recording: Path | None) -> bool:
        """Whether times in the notes would be taken for chapters, but are none of this audio."""
        listed = chapters.from_notes(notes or self.episode.summary)
        if not listed or (recording and tags.read_chapters(recording)):
            return False
        times = [Chapter(start_ms=line.chapter.start_ms, title=line.chapter.title) for line in listed]
        flaws = chapters.flaws(times, duration_ms or times[-1].start_ms + 1)
        if flaws:
            self.ledger.lose("times in the notes", flaws[0].message, "they stay text: as chapters they do not fit")
        return bool(flaws)

    def _soundbites(self, duration_ms: int | None) -> Iterator[Mapping[str, Any]]:
        for soundbite in self.episode.soundbites:
            if duration_ms is None or (soundbite["at"] + soundbite["duration"]) * 1000 <= duration_ms:
                yield soundbite
            else:
                self.ledger.lose("podcast:soundbite", str(soundbite["at"]), "it ends after the audio does")

    def _cover(self) -> str | None:
        if not self.episode.image:
            return None
        path = fetch_picture(self.episode.image, self.folder, self.all.policy)
        if file_digest(path) == self.all.show_cover:
            path.unlink()
            return None
        try:
            artwork.check_cover(path)
        except SendungError:
            path.unlink()
            raise
        return path.name

    def _transcript(self, duration_ms: int | None) -> tuple[str | None, str | None]:
        """The best transcript that can be had and read, and its language, where that is not the show's.

        One in the show's language is better than any other. One in each further language is kept beside it, under the
        name that a translation's has.
        """
        own = primary(self.all.show.language)
        offers = sorted(self.episode.transcripts, key=lambda offer: offer.primary not in ("", own))
        kept: tuple[str, OldTranscript] | None = None
        for offer in offers:
            url, path = offer.file.url, self.folder / f"transcript{offer.file.ending}"
            if kept and self._further(offer, kept[1], duration_ms):
                continue
            if kept:
                self.ledger.lose(
                    "podcast:transcript@url", url, say("an episode has one; {url} was taken", url=kept[1].file.url)
                )
            elif self._try(lambda: self._fetch_transcript(url, path, duration_ms)):  # noqa: B023 - called at once
                kept = path.name, offer
                self.kept_files += [url, offer.language]
            else:
                self.ledger.lose("podcast:transcript@url", url, "it cannot be had, or not be read")
                path.unlink(missing_ok=True)
        if kept is None:
            return None, None
        return kept[0], kept[1].language if kept[1].primary not in ("", own) else None

    def _further(self, offer: OldTranscript, kept: OldTranscript, duration_ms: int | None) -> bool:
        """Whether a transcript in another language than the one that was taken is kept as transcript.en.vtt."""
        language = offer.language
        if not LANGUAGE.fullmatch(language) or offer.primary in ("", kept.primary or primary(self.all.show.language)):
            return False
        if any(self.folder.glob(f"transcript.{language}.*")):
            return False
        path = self.folder / file_name("transcript", language, offer.file.ending)
        if not self._try(lambda: self._fetch_transcript(offer.file.url, path, duration_ms)):
            path.unlink(missing_ok=True)
            return False
        reason = say("it lies beside as {name}, and is published once there is a translation", name=path.name)
        self.ledger.lose("podcast:transcript@url", offer.file.url, reason)
        return True

    def _fetch_transcript(self, url: str, path: Path, duration_ms: int | None) -> bool:
        net.download(url, path, limits=TEXT, policy=self.all.policy)
        read = read_transcript(path)
        problems = transcript_flaws(read.cues, duration_ms, path) if duration_ms else []
        stopping = [problem for problem in problems if problem.severity is Severity.ERROR]
        if stopping:
            raise ConfigError.of(stopping)
        for remark in (*read.remarks, *problems):
            where = (
                say("{name}, line {line}", name=path.name, line=remark.place.line)
                if remark.place and remark.place.line
                else path.name
            )
            self.ledger.lose("podcast:transcript", where, clause(remark.message))
        return True

    def _chapters(self, duration_ms: int | None) -> tuple[OldChapter, ...]:
        """Those within the feed, else those of the file that it names; without what is not in the audio."""
        listed, url = self.episode.chapters, self.episode.chapters_url
        if not listed and url:
            path = self.folder / "chapters.json"
            net.download(url, path, limits=TEXT, policy=self.all.policy)
            try:
                listed = read_chapters(path, url, self.ledger)
            finally:
                path.unlink()
        return fitting_chapters(listed, duration_ms, self.ledger)

    def _pictures(self, marks: Iterable[OldChapter]) -> dict[str, str]:
        """The chapters' pictures that can be had: address to file. Chapters may share one."""
        files: dict[str, str] = {}
        for url in dict.fromkeys(mark.image for mark in marks if mark.image):
            name = self._try(lambda: self._picture(url, f"chapter-{len(files) + 1}"))  # noqa: B023 - called at once
            if name:
                files[url] = name
            else:
                self.ledger.lose("chapter's picture", url, "it cannot be had")
        return files

    def _picture(self, url: str, name: str) -> str:
        path = fetch_picture(url, self.folder, self.all.policy, name)
        try:
            artwork.inspect(path)
        except SendungError:
            path.unlink()
            raise
        return path.name

    def _try(self, make: Callable[[], T]) -> T | None:
        """What is made, or None and a warning."""
        try:
            return make()
        except SendungError as error:
            for problem in error.problems:
                message = say("“{title}”: {message}", title=self.episode.title[:60], message=problem.message)
                hint = say("It was imported without that. {hint}", hint=problem.hint).strip()
                self.problems.append(Problem(message, hint, severity=Severity.WARNING))
            return None


def _addresses(episode: OldEpisode) -> list[str]:
    """Where the audio may be had: what the feed names, then what is named within that."""
    files: list[OldFile] = [episode.audio, *episode.other_audio]
    return list(dict.fromkeys([*(file.url for file in files), *(url for file in files for url in within(file.url))]))


def fetch_picture(url: str, folder: Path, policy: net.NetPolicy, name: str = "cover") -> Path:
    """A picture as cover.jpg, .png ... in a folder, named for what it is. Raises FetchError, NoSpace."""
    path = folder / name
    net.download(url, path, limits=IMAGE, policy=policy)
    with path.open("rb") as stream:
        start = stream.read(8)
    ending = next((ending for magic, ending in _PICTURES.items() if start.startswith(magic)), None)
    if ending is None:
        path.unlink()
        raise FetchError(say("{url} is not a picture.", url=net.shown(url)), "Put a JPEG there by hand.")
    return path.replace(path.with_suffix(ending))


def _check_whole(answer: net.Downloaded, into: Path) -> None:
    """Compare what came with what the server said would come. Raises FetchError."""
    total = re.search(r"/(\d+)$", answer.headers.get("content-range", ""))
    size = total[1] if total else answer.headers.get("content-length", "")
    if size.isdigit() and int(size) != answer.size:
        into.unlink()
        raise FetchError(
            say("{url} has {size} bytes, but {size2} came.", url=net.shown(answer.url), size=size, size2=answer.size),
            "Run the import again.",
        )
