"""What would get better if an episode were mastered again, and what that costs; nothing is mastered or written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sendung import audio, records
from sendung.config.episode import Draft
from sendung.config.show import HIGH_PASS, ShowConfig
from sendung.core import media_types, model
from sendung.core.errors import SendungError, merge
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.records import EpisodeRecord, ShowRecord, Status
from sendung.workflows.check.drafts import load
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.compare import compare
from sendung.workflows.drafts.compose import targets_of

TOLERANCE = 0.5
"""LU from the loudness that the show asks for; who publishes hears of more."""
_LOSSLESS = frozenset({".wav", ".flac", ".aif", ".aiff", ".caf", ".w64", ".wv"})
_LOSSY = frozenset({".mp3", ".m4a", ".aac", ".ogg", ".opus", ".mp4"})


@dataclass(frozen=True)
class Improvement:
    """One thing that mastering again would change."""

    kind: str
    """One word for programs: "loudness", "peak", "format", "bitrate", "channels", "also", "settings", "version"."""
    now: str
    then: str


@dataclass(frozen=True)
class PlannedEpisode:
    """A published episode, and what mastering it again would bring and cost."""

    folder: Path
    guid: str
    public: bool
    """Whether anybody may have it already."""
    audio: model.Audio
    """As it is published: what customers get, where that is more."""
    aim_lufs: float
    ceiling_dbtp: float
    improvements: tuple[Improvement, ...]
    better_sources: tuple[str, ...] = ()
    """Files beside the draft that it does not name, and that sound better than the one that it does."""
    size: int = 0
    """Bytes that will be sent, about; listeners' apps fetch as many each."""
    reason: str = ""
    """Why it cannot be mastered again as it is; empty if it can."""

    @property
    def slug(self) -> str:
        """Its folder's name."""
        return self.folder.name


@dataclass(frozen=True)
class RemasterPlan:
    """What a remaster would do, episode by episode."""

    batch: Batch
    episodes: tuple[PlannedEpisode, ...]

    def chosen(self, *, every: bool, keep_public: bool) -> tuple[PlannedEpisode, ...]:
        """Those that are to be mastered: of `every` one what gets better, else all that can be.

        With `keep_public` nothing that anybody may have already.
        """
        return tuple(
            episode
            for episode in self.episodes
            if not episode.reason and (episode.improvements or not every) and not (keep_public and episode.public)
        )


def plan_remaster(folders: Sequence[Path], config: ShowConfig, run: RunContext) -> RemasterPlan:
    """Read drafts and records, and compare what is published with what show.yaml asks for.

    Raises SendungError with all that is wrong with the drafts.
    """
    batch = load(folders, config)
    errors: list[SendungError] = [error for candidate in batch.candidates for error in candidate.errors]
    if errors:
        raise merge(errors)
    batch = compare(batch, run)
    judge = _Judge(batch, run)
    planned = (judge.planned(candidate) for candidate in batch.candidates)
    return RemasterPlan(batch, tuple(episode for episode in planned if episode))


@dataclass(frozen=True)
class _Judge:
    """What all episodes are held against."""

    batch: Batch
    run: RunContext

    @cached_property
    def now(self) -> datetime:
        return self.run.clock()

    @cached_property
    def shows(self) -> list[ShowRecord]:
        """The show's revisions, oldest first."""
        if self.batch.archive is None:
            raise AssertionError("what is planned was compared")
        return self.run.reader.revisions(records.SHOW, self.batch.archive.listing, ShowRecord)

    def planned(self, candidate: Candidate) -> PlannedEpisode | None:
        """What mastering an episode again would bring; None if nothing is published of it."""
        published = candidate.published
        if published is None:
            return None
        draft, sound = loaded(candidate), (published.whole or published.episode).audio
        reason = _reason(candidate, draft)
        target, *_ = targets = targets_of(self.batch.config)
        return PlannedEpisode(
            folder=candidate.folder,
            guid=candidate.guid,
            public=published.released(self.now),
            audio=sound,
            aim_lufs=target.loudness_of(sound.channels),
            ceiling_dbtp=target.true_peak,
            improvements=() if reason else tuple(self._improvements(published, sound, targets)),
            better_sources=_better_sources(draft),
            size=sum(round(sound.duration_s * wanted.bitrate_of(sound.channels) * 125) for wanted in targets),
            reason=reason,
        )

    def _improvements(
        self, published: EpisodeRecord, sound: model.Audio, targets: Sequence[audio.Target]
    ) -> Iterator[Improvement]:
        target, *others = targets
        aim = target.loudness_of(sound.channels)
        if abs(sound.lufs - aim) > TOLERANCE:
            yield Improvement("loudness", say("{lufs:.1f} LUFS", lufs=sound.lufs), say("{lufs:.1f} LUFS", lufs=aim))
        if sound.dbtp > target.true_peak:
            yield Improvement(
                "peak", say("{dbtp:.1f} dBTP", dbtp=sound.dbtp), say("≤ {dbtp:.1f} dBTP", dbtp=target.true_peak)
            )
        media_type = media_types.of(f".{target.format}")
        if sound.asset.media_type != media_type:
            yield Improvement("format", sound.asset.media_type, media_type)
        elif sound.bitrate != (wanted := target.bitrate_of(sound.channels) * 1000):
            yield Improvement(
                "bitrate",
                say("{bitrate} kbit/s", bitrate=sound.bitrate // 1000),
                say("{wanted} kbit/s", wanted=wanted // 1000),
            )
        channels = {"mono": 1, "stereo": 2}.get(target.channels, sound.channels)
        if sound.channels != channels:
            yield Improvement("channels", _CHANNELS[min(2, sound.channels)], _CHANNELS[channels])
        have = [rendition.asset.media_type for rendition in sound.also]
        wished = [media_types.of(f".{other.format}") for other in others]
        if have != wished:
            yield Improvement("also", ", ".join(have) or "none", ", ".join(wished) or "none")
        yield from self._settings(published)
        if published.tool != __version__:
            yield Improvement("version", f"Sendung {published.tool}", f"Sendung {__version__}")

    def _settings(self, published: EpisodeRecord) -> Iterator[Improvement]:
        """What show.yaml says otherwise than when the episode was published, and cannot be seen from its file."""
        before = next((show for show in reversed(self.shows) if show.at <= published.at), None)
        if before is None or self.batch.state is None:
            return
        old, new = before.audio, self.batch.config.file.audio.model_dump(mode="json")
        for key, usual in _UNSEEN.items():
            was, is_now = (_setting(values.get(key, usual)) for values in (old, new))
            # Stings are known by what is in them, too.
            was_in, is_in = (source.get(f"file:{was}") for source in (before.source, self.batch.state.source))
            if was != is_now or was_in != is_in:
                yield Improvement(
                    "settings",
                    say("{key} {value}", key=key, value=was),
                    say("{key} {value}", key=key, value=is_now if was != is_now else say("with another file")),
                )


_CHANNELS = {1: "mono", 2: "stereo"}
_UNSEEN = {"trim": True, "high_pass": HIGH_PASS, "intro": None, "outro": None}
"""Settings that nothing which is published tells, and what they are where records leave them out."""


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return say("on") if value else say("off")
    return say("none") if value is None else str(value)


def _reason(candidate: Candidate, draft: Draft) -> str:
    """Why the draft cannot be mastered again; empty if it can."""
    state = candidate.state
    if state is None or candidate.errors:
        return "its folder and what is published do not go together; sendung check says why"
    if state.status is Status.EDITED:
        return "it is edited, and publish masters it as it is now"
    if state.status is not Status.UNCHANGED:
        return say("it is {status}", status=str(state.status))
    if not draft.file.master:
        return 'it is finished audio ("master: false")'
    return ""


def _better_sources(draft: Draft) -> tuple[str, ...]:
    """Recordings in the draft's folder that it does not name, and that lost less than the one that it names.

    Lossless beside lossy (the WAV before the MP3 that was imported), or several beside one: its tracks, perhaps.
    """
    named = set(draft.files)
    others = sorted(
        path.name for path in draft.folder.iterdir() if path.suffix.lower() in _LOSSLESS and path not in named
    )
    lossy = draft.audio.suffix.lower() in _LOSSY
    return tuple(others) if lossy or (len(others) > 1 and not draft.tracks) else ()
