"""Flow: a piece of a published episode as short videos, for where people scroll: cover, title, waveform, captions."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from sendung import audio
from sendung.audio.clip import ClipPictures, ClipWave, excerpt, film, loudest
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.core.errors import UsageError, unwritable
from sendung.core.model import Cue, Episode, Show
from sendung.core.progress import Progress
from sendung.core.scratch import scratch_in
from sendung.core.translation import episode_in, primary, show_in, translation_in
from sendung.core.words import say
from sendung.media.chapters import format_time
from sendung.media.clip_pictures import BAR, BARS, LAYOUTS, ClipLayout, captions, ground, strip
from sendung.media.share_pictures import CardText
from sendung.records.reader import Reader, find
from sendung.store.interface import Store
from sendung.website.i18n import words_of
from sendung.workflows.publish.sharing import colours_of

SHORTEST_MS, LONGEST_MS = 3_000, 180_000
"""Of a clip: what services take for a short video ends at three minutes."""


@dataclass(frozen=True)
class ClipWish:
    """Which piece of which episode."""

    name: str
    """Slug or GUID."""
    at_ms: int
    for_ms: int
    language: str | None = None
    """Of title and captions; None: the show's."""


@dataclass(frozen=True)
class Clip:
    """The videos of one piece."""

    paths: tuple[Path, ...]
    duration_s: float
    lufs: float
    dbtp: float
    captions: int
    """Cues of the transcript that are in it."""


def make_clip(wish: ClipWish, store: Store, cache: Path, folder: Path, progress: Progress) -> Clip:
    """Write a square and an upright MP4 of a piece of a published episode. Raises UsageError, AudioError, StoreError.

    The sound is cut from the published file, levelled as the show's episodes are, and measured again.
    """
    archive = Reader(store, cache).archive()
    record = find(archive, wish.name)
    if archive.show is None or record.withdrawn or record.audience:
        raise UsageError(
            say("{slug} is not public.", slug=record.episode.slug), "A clip is made of what the public can hear."
        )
    show, episode = _in_language(archive.show.show, record.episode, wish.language)
    _check_times(wish, episode)
    cues = cues_within(episode, wish.at_ms, wish.for_ms)
    if not cues:
        progress.warn("No word of the transcript is in this piece: the clip has no captions.", "Choose another moment.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error, "Name another folder.") from None
    settings = archive.show.audio
    target = audio.Target(
        loudness=float(settings.get("loudness") or -16), true_peak=float(settings.get("true_peak") or -1),
        format="m4a", trim=False,
    )  # fmt: skip
    with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
        recording = scratch / f"published{Path(episode.audio.asset.key).suffix}"
        recording.write_bytes(store.read(episode.audio.asset.key).data)
        piece = excerpt(ffmpeg, recording, wish.at_ms / 1000, wish.for_ms / 1000, scratch)
        sound = audio.master(piece, target, cache, progress)
        peaks = [float(peak) for peak in loudest(ffmpeg, piece, BARS)]
        pictures = _Pictures(show, episode, cues, peaks, store.read(show.cover_of(episode).asset.key).data)
        paths = []
        with progress.meter("Drawing", len(LAYOUTS), "items") as meter:
            for layout in LAYOUTS:
                path = folder / f"{_stem(episode, wish.at_ms)}-{layout.name}.mp4"
                drawn = pictures.draw(layout, scratch, progress)
                film(ffmpeg, sound.path, drawn, _wave(layout), sound.duration_s, path)
                paths.append(path)
                meter.advance(1)
    return Clip(tuple(paths), sound.duration_s, sound.lufs, sound.dbtp, len(cues))


def cues_within(episode: Episode, at_ms: int, for_ms: int) -> list[Cue]:
    """The cues of the transcript that are heard in a piece, in its time, cut at its edges."""
    end_ms = at_ms + for_ms
    cues = episode.transcript.cues if episode.transcript else ()
    return [
        cue.model_copy(update={"start_ms": max(0, cue.start_ms - at_ms), "end_ms": min(end_ms, cue.end_ms) - at_ms})
        for cue in cues
        if cue.start_ms < end_ms and cue.end_ms > at_ms
    ]


def _in_language(show: Show, episode: Episode, language: str | None) -> tuple[Show, Episode]:
    if language is None or primary(language) == primary(show.language):
        return show, episode
    translation = translation_in(episode, language)
    if translation is None:
        have = ", ".join([show.language, *(t.language for t in episode.translations)])
        raise UsageError(
            say("{slug} has no translation into {language}.", slug=episode.slug, language=language),
            say("It is in {have}.", have=have),
        )
    return show_in(show, translation.language), episode_in(episode, translation)


def _check_times(wish: ClipWish, episode: Episode) -> None:
    length = round(episode.audio.duration_s * 1000)
    if not SHORTEST_MS <= wish.for_ms <= LONGEST_MS:
        message = say("A clip of {for_ms:g} seconds is not what people watch.", for_ms=wish.for_ms / 1000)
        raise UsageError(
            message,
            say(
                "Take {shortest_ms} to {longest_ms} seconds: --for 45.",
                shortest_ms=SHORTEST_MS // 1000,
                longest_ms=LONGEST_MS // 1000,
            ),
        )
    if wish.at_ms + wish.for_ms > length:
        message = say(
            "The piece ends at {format_time}, after the episode.", format_time=format_time(wish.at_ms + wish.for_ms)
        )
        raise UsageError(message, say("It lasts {format_time}.", format_time=format_time(length)))


def _stem(episode: Episode, at_ms: int) -> str:
    slug, _, language = episode.slug.partition("/")
    moment = format_time(at_ms).replace(":", "-").replace(".", "-")
    return f"{slug}-{moment}" + (f"-{language}" if language else "")


def _wave(layout: ClipLayout) -> ClipWave:
    return ClipWave(0, layout.wave_top, layout.width, layout.wave_height, BARS * 2 * BAR)


@dataclass(frozen=True)
class _Pictures:
    """What a clip shows, before it has a shape."""

    show: Show
    episode: Episode
    cues: Sequence[Cue]
    peaks: Sequence[float]
    cover: bytes

    def draw(self, layout: ClipLayout, folder: Path, progress: Progress) -> ClipPictures:
        """Its pictures in one shape, as files of a folder."""
        colours = colours_of(self.show.theme)
        words = words_of(self.show.language)
        text = CardText(self.episode.title, self.show.title, words.minutes(self.episode.audio.duration_s))
        still, missing = ground(layout, self.cover, text, colours)
        if missing:
            progress.warn(
                say("The clip's title leaves out {missing}, which no font of this machine has.", missing=missing)
            )
        fonts = folder / "fonts"
        if not fonts.exists():
            with as_file(files("font_rhd") / "files") as own:
                shutil.copytree(own, fonts)
        names = ("ground.png", "ahead.png", "behind.png", "words.ass")
        still_path, ahead, behind, words_path = (folder / f"{layout.name}-{name}" for name in names)
        pictures = ClipPictures(still_path, ahead, behind, words_path, fonts)
        still.save(pictures.ground)
        strip(layout, self.peaks, None).save(pictures.ahead, compress_level=1)
        strip(layout, self.peaks, colours.accent).save(pictures.behind, compress_level=1)
        pictures.captions.write_text(captions(layout, self.cues, colours), "utf-8")
        return pictures
