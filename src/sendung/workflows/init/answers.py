"""What a host says of a new show, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pydantic import TypeAdapter, ValidationError

from sendung.config.package_source import parse_source
from sendung.core.errors import ConfigError, Problem, UsageError
from sendung.core.field_types import Email, Language, Line, Text, Url, Zone
from sendung.core.words import say, sentence
from sendung.rules.categories import CATEGORIES
from sendung.store.opening import bucket_of

PLACEHOLDER = "https://podcast.example.org"
"""The address of a show that does not know its own yet."""


@dataclass(frozen=True)
class Answers:
    """What a host says of a new show. Each is an option of the same name."""

    title: str
    description: str
    host: tuple[str, ...]
    email: str
    language: str
    timezone: str
    public_url: str = PLACEHOLDER
    website: str = "https://www.example.org/"
    category: str = "Technology"
    store: str = "public"
    cover: Path | None = None
    audio: Path | None = None
    endpoint_url: str = ""
    """Where the bucket of an s3:// store is, unless it is AWS."""
    region: str = ""
    install_from: str = ""
    """Where other machines install Sendung from; empty: not said, and then there is no workflow for them."""


_KINDS: dict[str, Any] = {
    "title": Line,
    "description": Text,
    "host": Line,
    "email": Email,
    "language": Language,
    "timezone": Zone,
    "public_url": Url,
    "website": Url,
    "store": Line,
    "endpoint_url": Url,
    "region": Line,
}


def mended(name: str, value: str) -> str:
    """An answer as it is meant: a zone or a category in any case, an address without https://."""
    text = value.strip()
    if name == "timezone":
        return {zone.lower(): zone for zone in available_timezones()}.get(text.lower().replace(" ", "_"), text)
    if name == "category":
        return {category.lower(): category for category in CATEGORIES}.get(text.lower(), text)
    if name in ("public_url", "website", "endpoint_url") and _DOMAIN.fullmatch(text):
        return f"https://{text}"
    return text


_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*\.[a-zA-Z]{2,}(/\S*)?")


_OPEN = ("endpoint_url", "region")
"""What may be empty."""


def fault_of(name: str, value: str, option: str = "") -> Problem | None:
    """What is wrong with one answer, said of its option, or of what it is called else; None if nothing is."""
    option = option or f"--{name.replace('_', '-')}"
    if name in _OPEN and not value.strip():
        return None
    if name == "install_from":
        return _source_fault(value, option)
    if name == "category":
        near = get_close_matches(value, CATEGORIES, n=1, cutoff=0.4)
        hint = (
            say("Did you mean {near}?", near=near[0])
            if near
            else say("Choose one of {categories}.", categories=", ".join(CATEGORIES))
        )
        return (
            None
            if value in CATEGORIES
            else Problem(say("{option} is none of Apple's categories: {value}.", option=option, value=value), hint)
        )
    if name == "store" and (problem := _store_fault(value)):
        return problem
    try:
        TypeAdapter(_KINDS[name]).validate_python(value.strip())
    except ValidationError as error:
        details = error.errors()[0]
        context = details.get("ctx", {})
        message = context.get("message", "must not be empty")
        return Problem(
            say("{option} {message}.", option=option, message=message),
            sentence(context.get("hint", "write something")),
        )
    return None


def _store_fault(value: str) -> Problem | None:
    try:
        bucket_of(value)
    except ConfigError as error:
        return error.problems[0]
    return None


def _source_fault(value: str, option: str) -> Problem | None:
    try:
        if value.strip():
            parse_source(value)
    except UsageError as error:
        return Problem(
            say("{option}: {message}", option=option, message=error.problems[0].message), error.problems[0].hint
        )
    return None


def check_answers(answers: Answers) -> None:
    """Raises UsageError with all that is wrong."""
    if problems := list(_faults(answers)):
        raise UsageError.of(problems)


def _faults(answers: Answers) -> Iterator[Problem]:
    if not answers.host:
        yield Problem("--host must not be empty.", "Write a name.")
    for field in fields(answers):
        value = getattr(answers, field.name)
        for text in value if isinstance(value, tuple) else [value]:
            if isinstance(text, str) and (problem := fault_of(field.name, text)):
                yield problem
