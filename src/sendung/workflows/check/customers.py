"""What is wrong, or left out, where a draft ends for the public before it ends for customers."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.errors import Place, Problem, Severity
from sendung.core.words import say
from sendung.media import chapters, transcripts
from sendung.media.chapters import format_time
from sendung.workflows.drafts.chapters import ChapterSource


def cut_problems(draft: Draft, source: ChapterSource, duration_ms: int, show: ShowConfig) -> Iterator[Problem]:
    """The problems with the cut of a draft whose recording lasts `duration_ms`; none where it has no cut."""
    until_ms = draft.file.customers_from
    if until_ms is None:
        return
    location = draft.place("customers_from")
    if not 1000 <= until_ms < duration_ms:
        message = say(
            "The public's part would end at {format_time}, of {format_time2}.",
            format_time=format_time(until_ms),
            format_time2=format_time(duration_ms),
        )
        yield Problem(message, "Write a time within the recording, from its first second on.", location)
        return
    yield from _notes_problems(draft, source, until_ms)
    yield from _translation_problems(draft, until_ms)
    yield from _left_out(draft, until_ms, location)
    if show.file.audio.also:
        message = "The public's part has no Opus file, for only MP3 can be cut."
        yield Problem(message, "Customers get both.", location, Severity.WARNING)


def _notes_problems(draft: Draft, source: ChapterSource, until_ms: int) -> Iterator[Problem]:
    """Times in the public's notes that are behind the cut: what stands beside them is for customers."""
    for listed in chapters.from_notes(source.notes):
        if listed.chapter.start_ms >= until_ms:
            time = format_time(listed.chapter.start_ms)
            message = say("The notes name {time}, which is behind the end of the public's part.", time=time)
            place = Place(draft.notes_file) if draft.notes_file else draft.place("notes")
            yield Problem(message, "Move that line to customers_notes.", place)


def _translation_problems(draft: Draft, until_ms: int) -> Iterator[Problem]:
    """What translations would tell the public: a recording of their own is not cut, and their notes are public."""
    for words in draft.translations:
        location = draft.place("translations", words.language)
        if words.audio:
            message = say(
                "The recording in {language} would be public as a whole, for it is not cut.", language=words.language
            )
            yield Problem(
                message,
                say("Leave out {name}, or publish it as an episode of its own.", name=words.audio.name),
                location,
            )
        for listed in chapters.from_notes(words.notes):
            if listed.chapter.start_ms >= until_ms:
                time = format_time(listed.chapter.start_ms)
                message = say(
                    "The notes in {language} name {time}, which is behind the end of the public's part.",
                    language=words.language,
                    time=time,
                )
                yield Problem(message, "Remove that line: all notes but customers_notes are public.", location)


def _left_out(draft: Draft, until_ms: int, location: Place) -> Iterator[Problem]:
    """What the public's part does not have, although it begins before the cut."""
    cues = [located.cue for located in draft.transcript.cues] if draft.transcript else []
    if cues and not transcripts.is_timed(cues):
        message = "The public gets no transcript: this one does not say when things are said."
        yield Problem(message, "Name one with times (.vtt, .srt, .json).", draft.place("transcript"), Severity.WARNING)
    across = [cue for cue in cues if cue.start_ms < until_ms < cue.end_ms]
    if across:
        message = say(
            "The public's transcript ends at {format_time}",
            format_time=format_time(min(cue.start_ms for cue in across)),
        )
        message += ", where a passage begins that goes on behind the cut."
        hint = "Let customers_from be where a passage ends, and it goes on to there."
        yield Problem(message, hint, location, Severity.WARNING)
    for index, bite in enumerate(draft.file.soundbites):
        if bite.at < until_ms < bite.at + bite.duration:
            message = say("The public does not get soundbite {index}, which goes on behind the cut.", index=index + 1)
            yield Problem(
                message, "Shorten it, or leave it to customers.", draft.place("soundbites", index), Severity.WARNING
            )
