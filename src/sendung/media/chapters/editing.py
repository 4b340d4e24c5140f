"""A list of chapters: is it right, where do they end, move it, write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sendung.core.model import Asset, Chapter
from sendung.core.words import say
from sendung.media.chapters.times import format_time

MAX_CHAPTERS = 255
"""An ID3 CTOC frame (ID3v2 Chapter Frame Addendum 1.0, section 3.2) and an MP4 chpl box count them in one byte."""


class Flaw(NamedTuple):
    """What is wrong with one chapter: its position in the list (from 0), a sentence, what to do."""

    position: int
    message: str
    hint: str


def flaws(chapters: Sequence[Chapter], duration_ms: int) -> list[Flaw]:
    """Everything that is wrong with a list of chapters of a recording of `duration_ms`, in the order of the list."""
    wrong = [flaw for index in range(len(chapters)) for flaw in _flaws_of(chapters, index, duration_ms)]
    if len(chapters) > MAX_CHAPTERS:
        hint = "Join some of them: MP3 and MP4 files hold no more."
        wrong.append(
            Flaw(
                MAX_CHAPTERS,
                say(
                    "There are {count} chapters, more than {max_chapters}.",
                    count=len(chapters),
                    max_chapters=MAX_CHAPTERS,
                ),
                hint,
            )
        )
    return wrong


def ends(chapters: Sequence[Chapter], duration_ms: int) -> tuple[int, ...]:
    """Where each chapter ends (ms): where the next one starts, the last one with the audio."""
    starts = [chapter.start_ms for chapter in chapters]
    return (*starts[1:], max(duration_ms, starts[-1])) if starts else ()


def shift(chapters: Sequence[Chapter], by_ms: int, duration_ms: int) -> tuple[Chapter, ...]:
    """The chapters of the same talk in other audio: `by_ms` later (negative: the head was cut), `duration_ms` long.

    A chapter that started with the audio still does, however much is put before or cut off. None is lost: what would
    fall before the start or behind the end is kept inside, in its order, at least a millisecond apart.
    """
    moved: list[int] = []
    for chapter in chapters:
        start = 0 if chapter.start_ms == 0 else chapter.start_ms + by_ms
        moved.append(max(start, moved[-1] + 1 if moved else 0))
    latest = duration_ms
    for index in reversed(range(len(moved))):
        latest = moved[index] = max(0, min(moved[index], latest - 1))
    return tuple(c.model_copy(update={"start_ms": ms}) for c, ms in zip(chapters, moved, strict=True))


def timestamps(chapters: Sequence[Chapter]) -> list[str]:
    """Lines for a description, "00:01:30 Title" (Apple, "Use chapters": hours, minutes, seconds, then the title)."""
    return [f"{format_time(chapter.start_ms)} {chapter.title}" for chapter in chapters]


def to_json(chapters: Sequence[Chapter], url_of_image: Callable[[Asset], str]) -> bytes:
    """JSON chapters 1.2 (podcast-namespace, "JSON Chapters Format"), UTF-8; the same chapters give the same bytes."""
    document = {"version": "1.2.0", "chapters": [_json_chapter(chapter, url_of_image) for chapter in chapters]}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _json_chapter(chapter: Chapter, url_of_image: Callable[[Asset], str]) -> dict[str, Any]:
    seconds, rest = divmod(chapter.start_ms, 1000)
    entry: dict[str, Any] = {"startTime": chapter.start_ms / 1000 if rest else seconds, "title": chapter.title}
    if picture := url_of_image(chapter.image) if chapter.image else chapter.image_url:
        entry["img"] = picture
    if chapter.url:
        entry["url"] = chapter.url
    return entry


def _flaws_of(chapters: Sequence[Chapter], index: int, duration_ms: int) -> Iterator[Flaw]:
    chapter, before = chapters[index], chapters[index - 1] if index else None
    at, name = (
        format_time(max(chapter.start_ms, 0)),
        say('Chapter {index} "{title}"', index=index + 1, title=chapter.title),
    )
    if not chapter.title.strip():
        yield Flaw(
            index, say("Chapter {index} (at {at}) has no title.", index=index + 1, at=at), "Give it one, or remove it."
        )
    if chapter.start_ms < 0:
        yield Flaw(
            index,
            say("{name} starts before the audio.", name=name),
            "Count from the start of the recording, which is 0:00.",
        )
    elif chapter.start_ms >= duration_ms:
        message = say(
            "{name} starts at {at}, but the audio ends at {format_time}.",
            name=name,
            at=at,
            format_time=format_time(duration_ms),
        )
        yield Flaw(index, message, "Correct the time, or remove the chapter.")
    if before is not None and chapter.start_ms == before.start_ms:
        yield Flaw(
            index,
            say('{name} starts at {at}, when "{title}" does.', name=name, at=at, title=before.title),
            "Give each chapter its own time.",
        )
    elif before is not None and chapter.start_ms < before.start_ms:
        message = say(
            '{name} starts at {at}, before "{title}" at {format_time}.',
            name=name,
            at=at,
            title=before.title,
            format_time=format_time(max(before.start_ms, 0)),
        )
        yield Flaw(index, message, "Put the chapters into the order of their times.")
