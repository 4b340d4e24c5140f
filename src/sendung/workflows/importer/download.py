"""An episode's files, fetched into a folder: audio, cover, notes, chapters, transcript, and episode.yaml last.

Without its audio an episode is not imported; what else cannot be had is a warning, and the episode does without it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sendung import audio, net
from sendung.core.errors import ConfigError, FetchError, Problem, SendungError, Severity
from sendung.core.file_digests import file_digest
from sendung.media import artwork, chapters
from sendung.media.chapters.editing import MAX_CHAPTERS
from sendung.media.transcripts import flaws as transcript_flaws
from sendung.media.transcripts import read_file as read_transcript
from sendung.workflows.importer import html_text
from sendung.workflows.importer.old_show import OldChapter, OldEpisode, OldShow
from sendung.workflows.importer.urls import absolute
from sendung.workflows.importer.yaml import EpisodeFiles, episode_yaml

IMAGE = net.Limits(size=50_000_000, seconds=300, silence_s=30)
TEXT = net.Limits(size=32_000_000, seconds=300, silence_s=30)
_FINISHED = {"mp3": ".mp3", "aac": ".m4a"}
"""Codecs that podcast apps play, and the endings of their files: these need no mastering."""
_PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp"}
T = TypeVar("T")


@dataclass(frozen=True)
class Gatherer:
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

    def gather(self, episode: OldEpisode, folder: Path) -> list[Problem]:
        """Everything of one episode into a folder that is there; a run that was stopped is gone on with.

        Returns warnings. Raises FetchError, AudioError, NoSpace if the audio cannot be had.
        """
        return _Gathering(self, episode, folder).run()

    def fetch_audio(self, episode: OldEpisode, into: Path) -> audio.Source:
        """The audio, as long as its server says, and decodable. Raises FetchError, AudioError, NoSpace."""
        if not into.exists():
            done = net.download(episode.audio.url, into, policy=self.policy, received=self._go_on)
            _check_whole(done, into)
        try:
            return audio.probe(into)
        except SendungError:
            into.unlink()
            raise

    def _go_on(self, _size: int) -> None:
        if self.stopped.is_set():
            raise CancelledError


@dataclass
class _Gathering:
    """One episode on its way."""

    all: Gatherer
    episode: OldEpisode
    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> list[Problem]:
        recording = self.folder / "audio"
        source = self.all.fetch_audio(self.episode, recording) if self.all.with_audio else None
        duration_s = source.duration_s if source else self.episode.duration_s
        duration_ms = round(duration_s * 1000) if duration_s else None
        ending = (source and _FINISHED.get(source.codec)) or self.episode.audio.ending
        marks = self._try(lambda: self._chapters(duration_ms)) or ()
        files = EpisodeFiles(
            audio=f"audio{ending}",
            master=self.all.master or not (source is None or source.codec in _FINISHED),
            notes=self._notes(),
            cover=self._try(self._cover),
            transcript=self._transcript(duration_ms),
            chapters=marks,
            pictures=self._pictures(marks),
        )
        if source:
            recording.replace(recording.with_suffix(ending))
        fitting = [one for one in self.episode.soundbites if _inside(one, duration_ms)]
        text = episode_yaml(replace(self.episode, soundbites=fitting), self.all.show, files, self.all.zone)
        (self.folder / "episode.yaml").write_text(text, "utf-8")
        return self.problems

    def _notes(self) -> str | None:
        text = html_text.markdown(self.episode.notes)
        if not text:
            return None
        (self.folder / "notes.md").write_text(text + "\n", "utf-8")
        return "notes.md"

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

    def _transcript(self, duration_ms: int | None) -> str | None:
        """The best transcript that can be had and read."""
        for one in self.episode.transcripts:
            path = self.folder / f"transcript{one.ending}"
            if self._try(lambda: self._fetch_transcript(one.url, path, duration_ms)):  # noqa: B023 - called at once
                return path.name
            path.unlink(missing_ok=True)
        return None

    def _fetch_transcript(self, url: str, path: Path, duration_ms: int | None) -> bool:
        net.download(url, path, limits=TEXT, policy=self.all.policy)
        cues = read_transcript(path).cues
        problems = transcript_flaws(cues, duration_ms, path) if duration_ms else []
        stopping = [problem for problem in problems if problem.severity is Severity.ERROR]
        if stopping:
            raise ConfigError.of(stopping)
        return True

    def _chapters(self, duration_ms: int | None) -> tuple[OldChapter, ...]:
        """Those within the feed, else those of the file that it names; without what is not in the audio."""
        found = self.episode.chapters
        if not found and self.episode.chapters_url:
            path = self.folder / "chapters.json"
            net.download(self.episode.chapters_url, path, limits=TEXT, policy=self.all.policy)
            try:
                found = tuple(_of_file(one, self.episode.chapters_url) for one in chapters.read_file(path).chapters)
            finally:
                path.unlink()
        return _sound(found, duration_ms)

    def _pictures(self, marks: Iterable[OldChapter]) -> dict[str, str]:
        """The chapters' pictures that can be had: address to file. Chapters may share one."""
        found: dict[str, str] = {}
        for url in dict.fromkeys(mark.image for mark in marks if mark.image):
            name = self._try(lambda: self._picture(url, f"chapter-{len(found) + 1}"))  # noqa: B023 - called at once
            if name:
                found[url] = name
        return found

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
                message = f"“{self.episode.title[:60]}”: {problem.message}"
                hint = f"It was imported without that. {problem.hint}".strip()
                self.problems.append(Problem(message, hint, severity=Severity.WARNING))
            return None


def fetch_picture(url: str, folder: Path, policy: net.NetPolicy, name: str = "cover") -> Path:
    """A picture as cover.jpg, .png ... in a folder, named for what it is. Raises FetchError, NoSpace."""
    path = folder / name
    net.download(url, path, limits=IMAGE, policy=policy)
    with path.open("rb") as stream:
        start = stream.read(8)
    ending = next((ending for magic, ending in _PICTURES.items() if start.startswith(magic)), None)
    if ending is None:
        path.unlink()
        raise FetchError(f"{net.shown(url)} is not a picture.", "Put a JPEG there by hand.")
    return path.replace(path.with_suffix(ending))


def _check_whole(done: net.Downloaded, into: Path) -> None:
    """Compare what came with what the server said would come. Raises FetchError."""
    total = re.search(r"/(\d+)$", done.headers.get("content-range", ""))
    said = total[1] if total else done.headers.get("content-length", "")
    if said.isdigit() and int(said) != done.size:
        into.unlink()
        raise FetchError(f"{net.shown(done.url)} has {said} bytes, but {done.size} came.", "Run the import again.")


def _of_file(one: chapters.LocatedChapter, base: str) -> OldChapter:
    picture = absolute(base, one.image) if one.image else None
    return OldChapter(one.chapter.start_ms, one.chapter.title, one.chapter.url, picture)


def _inside(soundbite: Mapping[str, Any], duration_ms: int | None) -> bool:
    return duration_ms is None or (soundbite["at"] + soundbite["duration"]) * 1000 <= duration_ms


def _sound(found: tuple[OldChapter, ...], duration_ms: int | None) -> tuple[OldChapter, ...]:
    """The chapters that a draft may have: in order, none twice, none without a title, none after the end."""
    inside = [one for one in found if one.title and (duration_ms is None or one.start_ms < duration_ms)]
    by_start = {one.start_ms: one for one in reversed(inside)}
    return tuple(by_start[start] for start in sorted(by_start))[:MAX_CHAPTERS]
