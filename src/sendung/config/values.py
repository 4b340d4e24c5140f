"""Values that both YAML files hold: text, URLs, languages, zones, dates, people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)

from sendung.config.document import mistake
from sendung.core import model


class Config(BaseModel):
    """Base of all that hosts write: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True, allow_inf_nan=False
    )


def _check_text(text: str) -> str:
    # XML 1.0, section 2.2, knows no control characters; one would kill the feed.
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]", text):
        raise mistake("holds a control character that no feed can carry", "type it again")
    return text


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_text)]
"""Text that is not empty and fits into XML."""


def _check_line(text: str) -> str:
    if "\n" in text:
        raise mistake("must be one line", "join the lines")
    return text


Line = Annotated[Text, AfterValidator(_check_line)]
"""One line of text."""


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        good = False
    if not good or not url.isascii() or re.search(r"[\s<>\"{}|\\^`]", url):
        raise mistake(f"is not a web address: {url}", "write it as https://... with umlauts percent-encoded")
    if parts.password or parts.username:
        raise mistake("holds a user name or password", "remove it: everything here is public")
    return url


Url = Annotated[str, AfterValidator(_check_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""An absolute http(s) URL, ASCII, without credentials."""


def _check_language(tag: str) -> str:
    # RFC 5646, section 2.1, as far as feeds use it: language, script, region.
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?", tag):
        raise mistake(f'is not a language: "{tag}"', 'write a tag such as "de", "de-AT" or "en"')
    return tag


Language = Annotated[str, AfterValidator(_check_language)]
"""A language tag (BCP 47)."""


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise mistake(f'is not a time zone: "{name}"', 'write a name such as "Europe/Berlin"') from None
    return name


Zone = Annotated[str, AfterValidator(_check_zone)]
"""A time zone's IANA name."""


def _check_email(address: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise mistake(f"is not an e-mail address: {address}", "write it as name@example.org")
    return address


Email = Annotated[str, AfterValidator(_check_email), WithJsonSchema({"type": "string", "format": "email"})]
"""An e-mail address."""


def _check_date(text: Any) -> Any:
    if isinstance(text, str):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            raise mistake(f'is not a date: "{text}"', 'write it as "2026-11-20 06:00"') from None
    return text


Date = Annotated[str, BeforeValidator(_check_date)]
"""A date and time (ISO 8601); without a zone it is in the show's."""


def resolve_date(text: str, zone: ZoneInfo) -> datetime:
    """The moment that a host meant, in UTC.

    A time that the clocks skip when summer time begins is a mistake (ValueError); one that they strike twice
    is the first of the two.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    utc = moment.replace(tzinfo=zone).astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != moment:
        message = f"does not exist in {zone.key}: the clocks skip {text}"
        raise ValueError(message)
    return utc


def _check_name(name: str) -> str:
    if name.startswith(("/", "~")) or "\\" in name or "\x00" in name or re.match(r"[A-Za-z]:", name):
        raise mistake(f"must be a file beside this one: {name}", "copy the file here and write its name only")
    return name


FileName = Annotated[Line, AfterValidator(_check_name)]
"""A file, relative to the folder of the YAML file that names it."""


def _check_picture(value: str) -> str:
    return _check_url(value) if "://" in value else _check_name(value)


class Portrait(NamedTuple):
    """What becomes of a portrait's file."""

    asset: model.Asset
    face: str
    """As in model.Person."""


class Person(Config):
    """Somebody who is heard."""

    name: Line
    """The name as listeners should see it."""
    role: Annotated[str, Field(pattern=r"^[a-z][a-z /-]*$")] = "host"
    """A role of the Podcast Taxonomy, lower case: host, co-host, guest, editor, ..."""
    url: Url | None = None
    """A page about this person."""
    image: Annotated[Line, AfterValidator(_check_picture)] | None = None
    """A portrait: a file beside this one, which pages and apps show, or a web address, which only apps do."""

    @property
    def picture(self) -> str | None:
        """The name of the portrait's file, if it is one."""
        return self.image if self.image and "://" not in self.image else None

    def fact(self, portraits: Mapping[str, Portrait]) -> model.Person:
        """The person as records keep it; `portraits` are by the name of their file."""
        made = portraits.get(self.picture) if self.picture else None
        return model.Person(
            name=self.name,
            role=self.role,
            url=self.url,
            image=None if self.picture else self.image,
            portrait=made.asset if made else None,
            face=made.face if made else "",
        )


class Guest(Person):
    """Somebody who is heard in this episode only."""

    role: Annotated[str, Field(pattern=r"^[a-z][a-z /-]*$")] = "guest"
    """A role of the Podcast Taxonomy, lower case."""


def valid(kind: Any, value: Any) -> Any:
    """A value as one of the kinds above may hold it, or None if it may not."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None
