"""Flow: what is said in an episode, written down by a machine, beside its draft, for a host to correct."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.stems import write_stems
from sendung.config.episode import Draft, load_draft
from sendung.config.show import ShowConfig
from sendung.core.errors import UsageError
from sendung.core.model import Cue
from sendung.core.progress import Progress
from sendung.core.scratch import scratch_in
from sendung.core.words import say
from sendung.media import transcripts
from sendung.workflows.drafts.compose import recording_of
from sendung.workflows.transcribe.engines import Engine, Said, names_said

NAME = "transcript.vtt"


@dataclass(frozen=True)
class Transcribed:
    """A transcript that was written."""

    path: Path
    cues: tuple[Cue, ...]
    engine: str
    named: bool
    """Whether episode.yaml names it already."""


def transcribe(
    folder: Path, config: ShowConfig, engine: Engine, cache: Path, progress: Progress, *, replace: bool = False
) -> Transcribed:
    """Write `transcript.vtt` with who says what by track, and a mark that nobody has read it yet.

    Raises UsageError if there is one that somebody has read (unless it may be replaced), ConfigError, AudioError.
    """
    path = folder / NAME
    if path.exists() and not replace and not transcripts.is_unread(path.read_bytes()):
        message = say("{name} is there already, and is not marked as unread.", name=NAME)
        raise UsageError(message, "Keep it; or write it anew with --replace.")
    draft = load_draft(folder, config)
    cues = _said(draft, config, engine, cache, progress)
    if not cues:
        raise UsageError(
            say("{name} heard no words.", name=engine.name), "Is it the right model, and the right language?"
        )
    path.write_bytes(transcripts.to_vtt(cues, transcripts.unread_note(engine.name)))
    return Transcribed(path, cues, engine.name, draft.file.transcript in {NAME, "auto"})


def _said(draft: Draft, config: ShowConfig, engine: Engine, cache: Path, progress: Progress) -> tuple[Cue, ...]:
    hosts = config.file.hosts if draft.file.hosts is None else draft.file.hosts
    people = [person.name for person in (*hosts, *draft.file.guests)]
    words = names_said([*people, config.file.title, draft.title, *draft.file.keywords])
    language = (draft.file.transcript_language or config.file.language).split("-")[0]
    cues: list[Cue] = []
    with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
        with progress.meter("Listening", 1.0, "items"):
            stems = write_stems(ffmpeg, recording_of(draft, config), scratch, lambda seconds: None)
        with progress.meter("Transcribing", len(stems), "items") as meter:
            for person, stem in stems.items():
                said = engine.transcribe(Said(stem, language, words))
                cues += [cue.model_copy(update={"speaker": person or None}) for cue in said]
                meter.advance(1)
    return tuple(sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms)))
