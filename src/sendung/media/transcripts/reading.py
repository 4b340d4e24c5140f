"""Read a transcript file in any format that tools write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.model import Cue
from sendung.core.text import read_text
from sendung.core.words import join, say
from sendung.media.documents import refuse_documents
from sendung.media.transcripts import captions, markup, timed_text, vtt
from sendung.media.transcripts.cues import LocatedCue, TranscriptFile
from sendung.media.transcripts.json_shapes import read_json
from sendung.media.transcripts.labels import attribute
from sendung.media.transcripts.names import NOBODY, Names, is_numbered, shown
from sendung.media.transcripts.passages import Mistake, Parts, Passage, close, join_words, remark, sort, unroll

_SAVE_AS = "Export it as WebVTT (.vtt), SRT (.srt) or text (.txt)."
_OTHERS = (
    (re.compile(r"\{\d+\}\{\d*\}"), "captions that count pictures (MicroDVD)"),
    (re.compile(r"Scenarist_SCC"), "captions of broadcasters (SCC)"),
    (re.compile(r"<SAMI", re.IGNORECASE), "SAMI captions"),
)


@dataclass(frozen=True)
class _Format:
    read: Callable[[str], Parts]
    timed: bool = True
    rolls: bool = False
    """Whether captions of this format may show each line twice."""
    words: bool = False
    """Whether it may be a list of single words."""


def read_file(path: Path, names: Names = NOBODY, data: bytes | None = None) -> TranscriptFile:
    """The cues of a transcript file, each with its line; `names` are the hosts and guests who may be heard in it.

    `data` are its bytes, where they were read already.

    Reads WebVTT, SRT, SBV, TTML, ASS, LRC, tables (TSV, CSV), JSON of many tools, HTML of Podcasting 2.0, and text with
    or without times; what a file is shows its content. The cues of plain text ("Name: what is said", a paragraph each)
    last from 0 to 0. Raises ConfigError with every mistake in the file: times that cannot be read, a cue that ends
    before it starts, text outside of cues, an encoding other than UTF-8, another kind of file, nothing said at all.
    """
    refuse_documents(path, _SAVE_AS)
    text = read_text(path, data)
    kind = _format_of(path, text)
    parts = list(kind.read(text))
    passages, remarks = _arranged([part for part in parts if isinstance(part, Passage)], kind, names)
    mistakes = sorted([part for part in parts if isinstance(part, Mistake)] + remarks, key=lambda part: part.line)
    problems = [Problem(part.message, part.hint, Place(path, part.line), part.severity) for part in mistakes]
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise ConfigError.of(errors)
    if not passages:
        raise ConfigError(
            say("{name} has no text in it.", name=path.name), "Export it again, or do not name it.", Place(path)
        )
    return TranscriptFile(tuple(map(_cue, passages)), tuple(problems))


def _cue(passage: Passage) -> LocatedCue:
    end = passage.start_ms if passage.end_ms is None else passage.end_ms
    cue = Cue(start_ms=passage.start_ms, end_ms=end, text=passage.text, speaker=passage.speaker)
    return LocatedCue(cue, passage.line, passage.open_end)


def _arranged(passages: Sequence[Passage], kind: _Format, names: Names) -> tuple[list[Passage], list[Mistake]]:
    """The passages with their speakers, in order, each with an end and said once; and what was done to them."""
    remarks: list[Mistake] = []
    voiced = any(passage.speaker for passage in passages)
    if voiced:
        passages = [
            replace(passage, speaker=shown(passage.speaker)) if passage.speaker else passage for passage in passages
        ]
    else:
        passages = attribute(passages, names, timed=kind.timed)
    if kind.timed:
        passages, out_of_order = sort(passages)
        passages = close(passages)
        remarks += out_of_order
    if kind.rolls:
        passages, rolling = unroll(passages)
        remarks += rolling
        passages = join_words(passages) if rolling else passages
    spoken = [passage for passage in passages if passage.lines]
    spoken = join_words(spoken) if kind.words else spoken
    remarks += _open_ends(spoken) if kind.timed else []
    remarks += _strangers(spoken, names, voiced=voiced) if names else []
    return spoken, remarks


def _open_ends(passages: Sequence[Passage]) -> Iterator[Mistake]:
    unended = [passage for passage in passages if passage.open_end]
    if unended:
        message = say(
            "The file does not say when {unended_count} of {count} cues end: each ends where the next begins.",
            unended_count=len(unended),
            count=len(passages),
        )
        yield remark(unended[0].line, message, severity=Severity.NOTE)


def _strangers(passages: Sequence[Passage], names: Names, *, voiced: bool) -> Iterator[Mistake]:
    """Who speaks and is neither host nor guest, once each; a note where the file itself says that this is a speaker."""
    spoken: dict[str, list[Passage]] = {}
    for passage in passages:
        if passage.speaker and not names.name_of(passage.speaker):
            spoken.setdefault(passage.speaker, []).append(passage)
    for speaker, own in spoken.items():
        several, near = names.meant_by(speaker), names.near(speaker)
        who = say("may be {several}", several=join(" or ", several)) if several else "is none of the hosts and guests"
        times = say("once") if len(own) == 1 else say("{own_count} times", own_count=len(own))
        guest = (
            say("Did you mean {near}? Else say", near=near)
            if near
            else "Say"
            if several
            else "List a guest in guests:, or say"
        )
        hint = say(
            '{guest} in episode.yaml who that is: speakers: {{"{speaker}": full name}}.', guest=guest, speaker=speaker
        )
        sure = voiced and not several and not near and not is_numbered(speaker)
        severity = Severity.NOTE if sure else Severity.WARNING
        yield remark(
            own[0].line,
            say('"{speaker}" {who}, and speaks {times}.', speaker=speaker, who=who, times=times),
            hint,
            severity,
        )


def _format_of(path: Path, text: str) -> _Format:
    """The format of a text, by its content, or where that can be anything by the file's name."""
    start, suffix = text.lstrip(), path.suffix.lower()
    other = next((name for pattern, name in _OTHERS if pattern.match(start)), None)
    if other:
        return _Format(_refusing(say("This is {other}, which is not read.", other=other)))
    if start.startswith("WEBVTT"):
        return _Format(vtt.read_vtt, rolls=True)
    if suffix == ".vtt" and not start.startswith("<"):
        return _Format(_vtt_without_header)
    if start.startswith("<") and vtt.ARROW not in start.split("\n\n", 1)[0]:
        return _markup_of(start)
    if re.match(r'[\[{]\s*(?:[\[{"\]}]|$)', start) or suffix == ".json":
        return _Format(read_json, words=True)
    return _captions_of(suffix, text) or _text_of(suffix, text)


def _markup_of(text: str) -> _Format:
    if markup.is_ttml(text):
        return _Format(markup.read_ttml)
    if re.match(r"<(?:!doctype html|html|head|body|cite|time|p)\b", text, re.IGNORECASE):
        return _Format(markup.read_html, timed="<time" in text)
    return _Format(_refusing("This is XML, but not TTML."))


def _captions_of(suffix: str, text: str) -> _Format | None:
    if captions.is_ass(text):
        return _Format(captions.read_ass)
    if captions.is_sbv(text):
        return _Format(captions.read_sbv, rolls=True)
    if suffix == ".lrc" or captions.is_lrc(text):
        return _Format(captions.read_lrc)
    if captions.is_table(text):
        return _Format(captions.read_table, words=True)
    if suffix in (".sbv", ".ass", ".ssa", ".tsv", ".csv", ".ttml", ".dfxp", ".html", ".htm"):
        return _Format(_refusing(say("This is not what the name {suffix} says.", suffix=suffix)))
    return None


def _text_of(suffix: str, text: str) -> _Format:
    if suffix == ".srt" or re.search(r"^\s*[\d:.,]+\s*-->", text, re.MULTILINE):
        return _Format(vtt.read_srt, rolls=True)
    if timed_text.is_timed_text(text):
        return _Format(timed_text.read_timed_text)
    if vtt.ARROW in text:
        return _Format(vtt.read_srt)
    return _Format(timed_text.read_untimed_text, timed=False)


def _refusing(message: str) -> Callable[[str], Parts]:
    return lambda text: [Mistake(1, message, _SAVE_AS)]


def _vtt_without_header(text: str) -> Parts:
    yield Mistake(1, "A WebVTT file must begin with the line WEBVTT.", "Write WEBVTT and an empty line above the rest.")
    yield from (part for part in vtt.read_vtt(text) if isinstance(part, Mistake))
