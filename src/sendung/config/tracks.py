"""Several tracks of one conversation, and what is done to voices, as hosts write it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sendung.config.document import Files
from sendung.config.episode_entries import Time
from sendung.config.values import Config, FileName
from sendung.core.field_types import Line, mistake
from sendung.core.words import say


def _off(value: Any) -> Any:
    """YAML 1.2 reads off as text, but hosts who know YAML 1.1 write false."""
    return "off" if value is False else value


class SoundEntry(Config):
    """What is done to voices before they are mastered."""

    level: Annotated[Literal["voices", "off"] | None, BeforeValidator(_off)] = None
    """voices: each person is as loud as any other. The default of several tracks; of one file it is off."""
    gate: Annotated[Literal["auto", "off"] | None, BeforeValidator(_off)] = None
    """auto, the default: a microphone is ducked while only others speak."""
    denoise: Annotated[Literal["off", "light", "strong"] | None, BeforeValidator(_off)] = None
    """light or strong: noise is taken out of each track; off is the default."""
    hum: Annotated[Literal["auto", "off"] | None, BeforeValidator(_off)] = None
    """auto, the default: mains hum is looked for and notched."""

    def over(self, others: SoundEntry) -> SoundEntry:
        """These, and the others' where these say nothing."""
        return others.model_copy(update=self.model_dump(exclude_none=True))


_DAY_S = 86400.0


def _seconds(value: Any) -> Any:
    """A number of seconds within a day, so that a slip of the pen makes no mix of years."""
    if value == "auto":
        return value
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = math.nan
    if not abs(seconds) <= _DAY_S:
        raise mistake(
            say("is neither auto nor a number of seconds within a day: {value}", value=value),
            "write auto, or seconds such as 2.5",
        )
    return seconds


class TrackEntry(Config):
    """One of several recordings of the same conversation."""

    file: FileName
    """The recording."""
    role: Literal["voice", "reference", "music"] = "voice"
    """voice: a microphone; reference: the call's own recording, which helps to align and is not heard; or music."""
    person: Line | None = None
    """Whose microphone it is: a host or a guest."""
    stream: Annotated[int, Field(ge=1)] | None = None
    """Which of the file's streams it is, from 1, where it has several."""
    channel: Annotated[int, Field(ge=1)] | None = None
    """Which of the file's channels it is, from 1, where each microphone has its own."""
    offset: Annotated[
        float | Literal["auto"],
        BeforeValidator(_seconds),
        WithJsonSchema({"type": ["number", "string"], "pattern": "^auto$"}),
    ] = "auto"
    """When this recording begins, in seconds after the first track's beginning; auto finds it by what both hear."""
    at: Time = 0
    """Of music: when it begins."""

    @model_validator(mode="after")
    def _check_person(self) -> TrackEntry:
        if self.role == "voice" and self.person is None:
            raise mistake("does not say whose voice it is", 'add "person: ...", the name of a host or a guest')
        if self.at and self.role != "music":
            raise mistake('has "at:", which is for music', "write offset: for when this recording begins")
        return self


class DraftTrack(NamedTuple):
    """A track whose file was found."""

    path: Path
    entry: TrackEntry


def find_tracks(entries: Sequence[TrackEntry], names: Sequence[str], files: Files) -> tuple[DraftTrack, ...]:
    """The tracks whose files are there; `names` are those who are heard. Problems are noted."""
    if entries and not any(entry.role == "voice" for entry in entries):
        files.note('None of "tracks" is a voice.', "Remove role: from those that are heard.", "tracks")
    tracks = []
    for number, entry in enumerate(entries):
        path = files.find(entry.file, "tracks", number, "file")
        if path:
            tracks.append(DraftTrack(path, entry))
        if entry.person and entry.person not in names:
            near = get_close_matches(entry.person, names, n=1)
            hint = say("Did you mean {near}?", near=near[0]) if near else "Add this person to guests."
            files.note(
                say("{person} is neither a host nor a guest.", person=entry.person), hint, "tracks", number, "person"
            )
    return tuple(tracks)
