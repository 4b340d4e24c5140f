"""The text of a new episode.yaml: every key explained, those without a value as comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from sendung.config.yaml_writer import dump
from sendung.core.model import Chapter
from sendung.core.words import told
from sendung.media.chapters import format_time


@dataclass(frozen=True)
class Content:
    """What is known of a new episode; None and empty for what is not."""

    title: str
    date: str
    """As the file has it, in the show's zone."""
    guid: str
    summary: str
    audio: str
    """The file's name."""
    article: str | Mapping[str, str] | None = None
    article_card: Mapping[str, Any] | None = None
    """What its page says: title, summary, authors, date, image."""
    number: int | None = None
    season: int | None = None
    notes: str | None = None
    chapters: Sequence[Chapter] = ()
    transcript: str | None = None
    cover: str | None = None


def _chapter(chapter: Chapter) -> dict[str, str]:
    # quoted, since older readers of YAML take 00:01:30 for a number
    at = DoubleQuotedScalarString(format_time(chapter.start_ms, milliseconds=chapter.start_ms % 1000 > 0))
    return {"at": at, "title": chapter.title} | ({"url": chapter.url} if chapter.url else {})


_HEAD = "One episode. The name of this folder becomes part of its address; every file named below lies beside this one."
_COMMENTS = {
    "date": "When it becomes public. A date in the future is a schedule. Without a zone it is in the show's.",
    "article": "The companion article: one address, or one for each language (de: https://...).",
    "article_card": "What listen pages show of the article; its picture lies beside this file.",
    "type": "full, trailer or bonus.",
    "guid": "Never change this: apps know the episode by it.",
    "summary": "Plain text: what apps show in their lists.",
    "notes": "Show notes: text, or the name of a Markdown file.",
    "audio": "The recording as it is: trimming and loudness are made when it is published.",
    "tracks": "In place of audio, a microphone each; they are brought together and mixed (docs/howto/tracks.md).",
    "chapters": "Times in the recording. When silence is cut from its beginning, chapters and transcript move with it.",
    "transcript": "WebVTT with <v Name> says who speaks.",
    "cover": "Without it the show's cover is used.",
    "guests": "Those who are heard besides the hosts.",
    "explicit": "Whether it is for adults only, where it differs from the show.",
    "keywords": "Keywords for the audio file's tags.",
}
_EXAMPLES: dict[str, Any] = {
    "article": "https://www.example.org/article/",
    "article_card": {"title": "What the article is called", "image": "article.jpg"},
    "number": 1,
    "notes": "notes.md",
    "chapters": [_chapter(Chapter(start_ms=ms, title=title)) for ms, title in ((0, "Hello"), (90_000, "The topic"))],
    "transcript": "transcript.vtt",
    "cover": "cover.jpg",
    "tracks": [{"file": "ada.wav", "person": "Ada Example"}, {"file": "bo.wav", "person": "Bo Example"}],
    "guests": [{"name": "Ada Example", "url": "https://www.example.org/ada/"}],
    "explicit": True,
    "keywords": ["one", "two"],
}


def episode_yaml(content: Content, schema: str) -> str:
    """episode.yaml. `schema` is where editors find its JSON Schema; empty if they cannot."""
    values: dict[str, Any] = {
        "title": content.title,
        "date": None,
        "article": content.article if isinstance(content.article, str) else dict(content.article or {}) or None,
        "article_card": content.article_card,
        "number": content.number,
        "season": content.season,
        "type": "full",
        "guid": content.guid,
        "summary": content.summary,
        "notes": content.notes,
        "audio": content.audio,
        "tracks": None,
        "chapters": [_chapter(chapter) for chapter in content.chapters] or None,
        "transcript": content.transcript,
        "cover": content.cover,
        "guests": None,
        "explicit": None,
        "keywords": None,
    }
    lines = [f"# yaml-language-server: $schema={schema}\n#\n"] if schema else []
    lines.append(f"# {told(_HEAD)}\n\n")
    for key, value in values.items():
        if key in _COMMENTS:
            lines.append(f"# {told(_COMMENTS[key])}\n")
        if key == "date":
            # plain, as hosts type it; a dumper would quote what looks like a time stamp
            lines.append(f"date: {content.date}\n")
        elif value is not None:
            lines.append(dump({key: value}))
        elif key in _EXAMPLES:
            lines += [f"# {line}\n" for line in dump({key: _EXAMPLES[key]}).splitlines()]
    return "".join(lines)
