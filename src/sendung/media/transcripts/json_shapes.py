"""Transcripts in JSON, in the shapes of many tools.

Podcasting 2.0 (podcast-namespace, "Transcript File Format Details"), Podlove, DOTe, Amberscript, Whisper and its kin,
and what the services for speech recognition answer. Shapes are told by their keys, not by a name that none of them has.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sendung.core.text import clean, lines_of_keys
from sendung.core.words import say
from sendung.media.chapters import parse_time
from sendung.media.transcripts.passages import Mistake, Parts, Passage, are_milliseconds

Entry = Mapping[str, Any]

_STARTS = ("startTime", "start_ms", "startMs", "start_time", "start", "begin", "ts", "data_start", "tStartMs", "from")
_ENDS = ("endTime", "end_ms", "endMs", "end_time", "end", "stop", "end_ts", "data_end", "to")
_SPEAKERS = (
    "voice",
    "speakerDesignation",
    "speaker_name",
    "speakerName",
    "speaker",
    "speaker_label",
    "speaker_id",
    "speakerTag",
)
_TEXTS = ("body", "text", "transcript", "punctuated_word", "word", "value", "utterance", "content", "utf8")
_WORDS = ("words", "sentences", "elements", "segs", "items")
_LISTS = (
    "segments",
    "utterances",
    "transcription",
    "lines",
    "monologues",
    "transcript",
    "sentences",
    "events",
    "words",
)
_INSIDE = ("results", "result", "data", "transcription")
"""What services wrap their answer in."""
_MILLISECONDS = re.compile(r".*(?:_ms|Ms)|from|to")
"""Keys whose numbers are milliseconds; others are seconds."""
_LINE_KEYS = (r'"start(?:Time)?"\s*:', r'"offsets"\s*:', r'"start_time"\s*:', r'"tStartMs"\s*:')
_NOBODY = "?"
"""How whisper.cpp names a speaker whom it could not tell."""
_HINT = "Export it as WebVTT or SRT, or as JSON of Podcasting 2.0."


def read_json(text: str) -> Parts:
    """The passages of a JSON transcript, and what cannot be read in it."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        return [Mistake(line, "This is not right JSON.", "Export the transcript again.")]
    entries = _entries(document)
    if entries is None:
        return [Mistake(1, "There are no segments in it.", _HINT)]
    lines = lines_of_keys(text, _LINE_KEYS, len(entries))
    read = _Units(entries)
    people = _people(document)
    entries = _voiced(entries)
    parts = [_passage(read, entries, index, lines[index], people) for index in range(len(entries))]
    if isinstance(document, dict) and "version" in document:
        return parts
    return [_counted(part) if isinstance(part, Passage) else part for part in parts]


def _entries(document: Any) -> list[Any] | None:
    """The list of what is said; None where there is none."""
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    if (results := document.get("results")) and (answer := _recognised(results)):
        return answer
    for name in _LISTS:
        if isinstance(document.get(name), list):
            return document[name] if name == "segments" else _spoken(document[name])
    for name in _INSIDE:
        if isinstance(document.get(name), dict | list) and (inner := _entries(document[name])) is not None:
            return inner
    return None


def _recognised(results: Any) -> list[Any] | None:
    """What services answer: Deepgram's channels, Amazon's items, lists of alternatives (Google, Speechmatics)."""
    if isinstance(results, list):
        tagged = any("speakerTag" in word for word in _words_of(results[-1]) if isinstance(word, dict))
        # Google's last result has every word again, and says there who speaks.
        return _spoken([entry for result in (results[-1:] if tagged else results) for entry in _words_of(result)])
    if isinstance(results, dict) and isinstance(results.get("channels"), list) and not results.get("utterances"):
        bodies = [_first(channel.get("alternatives")) for channel in results["channels"] if isinstance(channel, dict)]
        entries = [_paragraphs(body) or _spoken(body.get("words") or []) for body in bodies]
        return [_of_channel(entry, number) for number, channel in enumerate(entries) for entry in channel]
    if isinstance(results, dict) and isinstance(results.get("audio_segments"), list):
        return _spoken(results["audio_segments"])
    if isinstance(results, dict) and isinstance(results.get("items"), list):
        return _spoken([entry for item in results["items"] for entry in _words_of(item)])
    return None


def _words_of(result: Any) -> list[Any]:
    """The words of one result: its best alternative's, or itself with what that says."""
    if not isinstance(result, dict):
        return [result]
    best = _first(result.get("alternatives"))
    words = best.get("words")
    return words if isinstance(words, list) else [{**result, **best}]


def _of_channel(entry: Any, number: int) -> Any:
    return {"channel": number, **entry} if isinstance(entry, dict) else entry


def _first(alternatives: Any) -> dict[str, Any]:
    return (
        alternatives[0] if isinstance(alternatives, list) and alternatives and isinstance(alternatives[0], dict) else {}
    )


def _paragraphs(body: Mapping[str, Any]) -> list[Any]:
    inner = body.get("paragraphs")
    paragraphs = inner.get("paragraphs") if isinstance(inner, dict) else None
    return [
        {**sentence, "speaker": paragraph.get("speaker")}
        for paragraph in paragraphs or ()
        for sentence in paragraph.get("sentences", ())
    ]


def _spoken(entries: Sequence[Any]) -> list[Any]:
    """Without what is not said: blanks between words, and marks of punctuation, which go to the word before."""
    kept: list[Any] = []
    for entry in entries:
        kind = entry.get("type") if isinstance(entry, dict) else None
        if kind in ("spacing", "audio_event"):
            continue
        if kind in ("punctuation", "punct") and kept and isinstance(kept[-1], dict):
            kept[-1] = {**kept[-1], "text": f"{_text(kept[-1])}{_text(entry)}"}
        else:
            kept.append(entry)
    return kept


def _voiced(entries: Sequence[Any]) -> list[Any]:
    """Entries of several channels and no speakers, with a speaker for each channel: a microphone each."""
    channels = {str(entry.get("channel")) for entry in entries if isinstance(entry, dict)}
    silent = not any(isinstance(entry, dict) and _speaker(entry, {}) for entry in entries)
    if not silent or len(channels) < 2 or "None" in channels:
        return list(entries)
    return [
        {**entry, "speaker": say("Channel {number_of}", number_of=_number_of(entry["channel"]))} for entry in entries
    ]


def _number_of(channel: Any) -> Any:
    """Deepgram writes a channel's number and how many there are as a list."""
    return channel[0] if isinstance(channel, list) and channel else channel


class _Units:
    """How the numbers of a file are read: as its keys say, and whole numbers by how fast would be spoken."""

    def __init__(self, entries: Sequence[Any]) -> None:
        spans = [(entry, _value(entry, _STARTS), _value(entry, _ENDS)) for entry in entries if isinstance(entry, dict)]
        whole = [(entry, start, end) for entry, start, end in spans if _is_whole(start) and _is_whole(end)]
        seconds = sum(end - start for _, start, end in whole)
        characters = sum(len(_text(entry)) for entry, *_ in whole)
        self._whole_is_ms = bool(whole) and len(whole) == len(spans) and are_milliseconds(seconds, characters)

    def ms(self, entry: Entry, keys: Sequence[str]) -> int | None:
        """A time of an entry in milliseconds; None where it has none that can be read."""
        times = _timed(entry)
        name = next((key for key in keys if key in times), None)
        value = times[name] if name else None
        if isinstance(value, str):
            return _clock(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            return None
        in_ms = _MILLISECONDS.fullmatch(name or "") or (self._whole_is_ms and isinstance(value, int))
        return round(value) if in_ms else round(value * 1000)


def _timed(entry: Entry) -> Entry:
    """What has the times of an entry: whisper.cpp's offsets, else itself, else its words."""
    if isinstance(entry.get("offsets"), dict):
        return dict(entry["offsets"])
    if _value(entry, _STARTS) is not None or not (words := _inner(entry)):
        return entry
    first: Entry = next((word for word in words if _value(word, _STARTS) is not None), {})
    last: Entry = next((word for word in reversed(words) if _value(word, _ENDS) is not None), {})
    return {**{k: first[k] for k in _STARTS if k in first}, **{k: last[k] for k in _ENDS if k in last}}


def _inner(entry: Entry) -> list[dict[str, Any]]:
    lists = (entry.get(name) for name in _WORDS)
    return next(([word for word in words if isinstance(word, dict)] for words in lists if isinstance(words, list)), [])


def _value(entry: Entry, keys: Sequence[str]) -> Any:
    return next((entry[key] for key in keys if key in entry), None)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _clock(value: str) -> int | None:
    try:
        return parse_time(value.strip().removesuffix("s"))
    except ValueError:
        return None


def _passage(
    read: _Units, entries: Sequence[Any], index: int, line: int, people: Mapping[str, str]
) -> Passage | Mistake:
    entry = entries[index] if isinstance(entries[index], dict) else {}
    start = read.ms(entry, _STARTS)
    if start is None:
        return Mistake(
            line, say("Segment {index} has no startTime in seconds.", index=index + 1), "Export the transcript again."
        )
    end = read.ms(entry, _ENDS)
    if end is None and isinstance(entry.get("dDurationMs"), int):
        end = start + entry["dDurationMs"]
    if end is not None and end < start:
        return Mistake(line, say("Segment {index} ends before it starts.", index=index + 1), "Correct its times.")
    text = clean(_text(entry))
    return Passage(
        line, start, None if end is None else max(end, start + 1), (text,) if text else (), _speaker(entry, people)
    )


def _text(entry: Entry) -> str:
    value = _value(entry, _TEXTS)
    if isinstance(value, str):
        return value
    words = [_text(word) for word in _inner(entry)]
    spaced = "" if "segs" in entry or "elements" in entry else " "
    return spaced.join(word for word in words if word)


def _speaker(entry: Entry, people: Mapping[str, str]) -> str | None:
    labels = (entry[key] for key in _SPEAKERS if entry.get(key) not in (None, "", []))
    label = next(labels, next((word["speaker"] for word in _inner(entry) if word.get("speaker")), None))
    if isinstance(label, dict):
        label = label.get("name") or label.get("id")
    if label is None or isinstance(label, bool | list):
        return None
    name = people.get(str(label), clean(str(label)))
    return None if name in ("", _NOBODY) else name


def _counted(passage: Passage) -> Passage:
    """The passage of a speaker whom the tool only counts, with a label that says so."""
    bare = passage.speaker and re.fullmatch(r"\d+|[A-Z]", passage.speaker)
    return replace(passage, speaker=say("Speaker {speaker}", speaker=passage.speaker)) if bare else passage


def _people(document: Any) -> dict[str, str]:
    """The names of speakers, where the file has them apart (Amberscript, Rev): id to name."""
    listed = document.get("speakers") if isinstance(document, dict) else None
    people: dict[str, str] = {}
    for person in listed if isinstance(listed, list) else ():
        identity = _value(person, ("spkid", "id", "speaker_id", "speakerId")) if isinstance(person, dict) else None
        name = _value(person, ("name", "label", "displayName")) if isinstance(person, dict) else None
        if identity is not None and isinstance(name, str) and clean(name):
            people[str(identity)] = clean(name)
    return people
