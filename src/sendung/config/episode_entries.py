"""What stands in episode.yaml: links, chapters, soundbites, speakers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from sendung.config.values import Config, FileName
from sendung.core.field_types import Date, Language, Line, Text, Url, mistake
from sendung.core.words import say
from sendung.media.chapters import format_time, parse_time


class ArticleLink(Config):
    """A companion article; without a language it is in the show's."""

    url: Url
    language: Language | None = None


class ArticleCard(Config):
    """What listen pages show of the companion article in the show's language."""

    title: Line | None = None
    """What the article is called."""
    summary: Text | None = None
    """Plain text, one paragraph."""
    authors: tuple[Line, ...] = ()
    """Who wrote it."""
    date: Date | None = None
    """When it was published; without a zone it is in the show's."""
    image: FileName | None = None
    """Its picture, of any aspect ratio."""


def _articles(value: Any) -> Any:
    if isinstance(value, str):
        return [{"url": value}]
    if isinstance(value, Mapping):
        return [{"url": url, "language": language} for language, url in value.items()]
    if isinstance(value, list):
        return [{"url": url} if isinstance(url, str) else url for url in value]
    return value


_URL = {"type": "string", "format": "uri"}
Articles = Annotated[
    tuple[ArticleLink, ...],
    BeforeValidator(_articles),
    WithJsonSchema(
        {
            "oneOf": [
                _URL,
                {"type": "array", "items": _URL},
                {"type": "object", "additionalProperties": _URL, "description": "Language to URL"},
            ]
        }
    ),
]


def _time(value: Any) -> Any:
    try:
        return parse_time(value)
    except (ValueError, TypeError):
        raise mistake(
            say("is not a time: {value}", value=value), 'write it as "00:12:30", "12:30" or a number of seconds'
        ) from None


Time = Annotated[int, BeforeValidator(_time), WithJsonSchema({"type": ["string", "number"], "examples": ["00:12:30"]})]


class ChapterEntry(Config):
    """A chapter."""

    at: Time
    """Where it starts in the recording."""
    title: Line
    """What it is about."""
    url: Url | None = None
    """A page about it."""
    image: FileName | None = None
    """A picture for it."""


class SoundbiteEntry(Config):
    """A piece worth quoting."""

    at: Time
    """Where it starts in the recording."""
    duration: Time
    """How long it is: 15 to 120 seconds."""
    title: Line | None = None
    """What is said; without it apps show the episode's title."""


def _kind(value: Any) -> str:
    return "[file]" if isinstance(value, str) else "[list]"


Chapters = Annotated[
    Annotated[FileName, Tag("[file]")] | Annotated[tuple[ChapterEntry, ...], Tag("[list]")], Discriminator(_kind)
]


def _labels(value: Any) -> Any:
    """YAML reads the label 0 as a number."""
    return {str(label): name for label, name in value.items()} if isinstance(value, Mapping) else value


Speakers = Annotated[dict[Line, Line | None], BeforeValidator(_labels), Field(default_factory=dict)]


TIMES = frozenset({"at", "duration", "customers_from"})
"""Keys of episode.yaml whose values are times; a source has them in milliseconds."""


def as_written(value: Any) -> Any:
    """What a source says, as a host writes it in episode.yaml: times as clocks, and no keys that say nothing."""
    if isinstance(value, Mapping):
        return {
            key: format_time(item, milliseconds=item % 1000 > 0)
            if key in TIMES and isinstance(item, int)
            else as_written(item)
            for key, item in value.items()
            if item is not None
        }
    return [as_written(item) for item in value] if isinstance(value, list | tuple) else value
