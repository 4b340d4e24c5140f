"""Types of what hosts write: text, URLs, languages, zones, dates; and what a record may keep of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sendung.core.addresses import shown
from sendung.core.words import Message, say

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

_HOST = "host"
"""The validation context that says whose words these are."""


def from_host(model: type[M], values: Any) -> M:
    """The model of what a host wrote; a key that it does not know is a mistake. Raises ValidationError."""
    return model.model_validate(values, extra="forbid", context=_HOST)


class _FromHost:
    """Checks what a host writes, without white space at its ends, and believes what a record holds."""

    def __get_pydantic_core_schema__(self, kind: type[object], handler: GetCoreSchemaHandler) -> CoreSchema:
        def check(value: Any, inner: Callable[[Any], Any], how: ValidationInfo) -> Any:
            if how.context != _HOST and isinstance(value, kind):
                return value
            return inner(value.strip() if isinstance(value, str) else value)

        return core_schema.with_info_wrap_validator_function(check, handler(kind))


FromHost = Annotated[T, _FromHost()]
"""One of the types below, for a value that records keep as well: a rule that is new, or gone with a newer version, must
not make a record unreadable."""


class Written(BaseModel):
    """Base of what hosts write and records keep just so: frozen; a record may hold what a newer version added."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
        json_schema_extra={"additionalProperties": False},
    )


IN_CACHE = "cache"
"""The serialization context in which messages keep what they were made of."""


def _read_words(value: Any) -> str:
    return Message.of_parts(value) if isinstance(value, dict) else str(value)


def _write_words(text: str, how: SerializationInfo) -> Any:
    return text.parts if how.context == IN_CACHE and isinstance(text, Message) else text


Words = Annotated[str, PlainValidator(_read_words), PlainSerializer(_write_words)]
"""A message that can still be told in another language; JSON has it in English."""


def mistake(message: str, hint: str = "") -> PydanticCustomError:
    """What a validator raises: a sentence about the value, and what to do."""
    return PydanticCustomError("sendung", "{message}", {"message": message, "hint": hint})


def _check_text(text: str) -> str:
    # XML 1.0, section 2.2, knows no control characters; one would kill the feed.
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]", text):
        raise mistake("holds a control character that no feed can carry", "type it again")
    return text


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_text)]
"""Text that is not empty and fits into XML."""


def _check_guid(text: str) -> str:
    # Only what XML calls white space goes (XML 1.0, section 2.3), as feeds lose it: apps compare the rest.
    if not (guid := _check_text(text.strip(" \t\r\n"))):
        raise mistake("is empty", "write the GUID, or leave the key out")
    return guid


Guid = Annotated[str, StringConstraints(min_length=1, strip_whitespace=False), AfterValidator(_check_guid)]
"""A GUID, to the letter: apps know an episode by it, no-break spaces and line breaks within it too."""


def _check_line(text: str) -> str:
    if "\n" in text:
        raise mistake("must be one line", "join the lines")
    return text


Line = Annotated[Text, AfterValidator(_check_line)]
"""One line of text."""


def check_url(url: str) -> str:
    """The URL. Raises what a host should do about one that is none."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1)
    except ValueError:
        good = False
    if not good or not url.isascii() or re.search(r"[\s<>\"{}|\\^`]", url):
        raise mistake(
            say("is not a web address: {url}", url=shown(url)), "write it as https://... with umlauts percent-encoded"
        )
    if parts.password or parts.username:
        raise mistake("holds a user name or password", "remove it: everything here is public")
    return url


Url = Annotated[str, AfterValidator(check_url), WithJsonSchema({"type": "string", "format": "uri"})]
"""An absolute http(s) URL, ASCII, without credentials."""


def _check_language(tag: str) -> str:
    # RFC 5646, section 2.1, as far as feeds use it: language, script, region.
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?", tag):
        raise mistake(say('is not a language: "{tag}"', tag=tag), 'write a tag such as "de", "de-AT" or "en"')
    return tag


Language = Annotated[str, AfterValidator(_check_language)]
"""A language tag (BCP 47)."""


_MACHINE_ZONES = re.compile(r"localtime|posixrules|Factory|(posix|right)/.*")
"""Files in the zone database that are no zones: what they say depends on the machine, or counts leap seconds."""


def _check_zone(name: str) -> str:
    try:
        if _MACHINE_ZONES.fullmatch(name):
            raise ZoneInfoNotFoundError
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise mistake(say('is not a time zone: "{name}"', name=name), 'write a name such as "Europe/Berlin"') from None
    return name


Zone = Annotated[str, AfterValidator(_check_zone)]
"""A time zone's IANA name."""


def _check_email(address: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise mistake(say("is not an e-mail address: {address}", address=address), "write it as name@example.org")
    return address


Email = Annotated[str, AfterValidator(_check_email), WithJsonSchema({"type": "string", "format": "email"})]
"""An e-mail address."""


_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:,?\s+(?:um\s+)?(\d{1,2})(?:[:.](\d{2}))?(?:\s?Uhr)?)?")
"""A date as German, Swiss and most other European hosts type it (DIN 5008): the day comes first."""
_ONE_DIGIT = re.compile(r"(\d{4}-\d{2}-\d{2}[ T])(\d:\d{2}.*)")


def iso_date(text: str) -> str:
    """A date as hosts type it, in ISO 8601: "4.12.2026 6:00" is "2026-12-04 06:00". What is no date stays as it is."""
    text = text.strip()
    if found := _DOTTED.fullmatch(text):
        day, month, year, hour, minute = found.groups()
        time = f" {int(hour):02}:{minute or '00'}" if hour else ""
        return f"{year}-{int(month):02}-{int(day):02}{time}"
    return _ONE_DIGIT.sub(r"\g<1>0\2", text)


def _check_date(text: Any) -> Any:
    if isinstance(text, str):
        written = iso_date(text)
        try:
            datetime.fromisoformat(written)
        except ValueError:
            raise mistake(
                say('is not a date: "{text}"', text=text), 'write it as "2026-11-20 06:00" or "20.11.2026 6:00"'
            ) from None
        return written
    return text


FIRST_YEAR, LAST_YEAR = 1901, 9998
"""Of a date, in any zone: feeds know none before 1900 (RFC 5322, section 3.3), nor does Python after 9999."""


Date = Annotated[str, BeforeValidator(_check_date)]
"""A date and time (ISO 8601, or day.month.year); without a zone it is in the show's."""


def resolve_date(text: str, zone: ZoneInfo) -> datetime:
    """The moment that a host meant, in UTC.

    A time that the clocks skip when summer time begins is a mistake (ValueError), and so is one that is too early or
    too late for a feed; one that the clocks strike twice is the first of the two.
    """
    try:
        moment = datetime.fromisoformat(iso_date(text))
    except ValueError:
        raise ValueError(say("is no date: {text}", text=text)) from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        message = say(
            "must be between the years {first_year} and {last_year}: {text}",
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
            text=text,
        )
        raise ValueError(message)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    utc = moment.replace(tzinfo=zone).astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) != moment:
        message = say("does not exist in {key}: the clocks skip {text}", key=zone.key, text=text)
        raise ValueError(message)
    return utc


def written_moment(moment: datetime) -> str:
    """An aware time as sources hold it: ISO 8601, in UTC."""
    return moment.astimezone(UTC).isoformat()


def valid(kind: Any, value: Any) -> Any:
    """A value as one of the kinds above may hold it, or None if it may not."""
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError:
        return None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
