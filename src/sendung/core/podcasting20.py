"""What show.yaml and episode.yaml tell Podcasting 2.0 apps, and records keep just so (podcast-namespace, docs/tags).

What stands below a key is its description in the docs and in schema/.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import not_
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import CoreSchema, core_schema

from sendung.core import field_types
from sendung.core.field_types import FromHost, Written, mistake, resolve_date
from sendung.core.words import say

Text = FromHost[field_types.Text]
Line = FromHost[field_types.Line]
Url = FromHost[field_types.Url]
Date = FromHost[field_types.Date]


@dataclass(frozen=True)
class _Shorthand:
    """A plain text stands for a mapping with that one key."""

    key: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._spread, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(core)]}

    def _spread(self, value: Any) -> Any:
        return {self.key: value} if isinstance(value, str) else value


class Link(Written):
    """A page elsewhere."""

    title: Line
    """What to call it."""
    url: Url
    """Its address."""


class License(Written):
    """Under which terms this may be used."""

    name: Line
    """An SPDX identifier such as CC-BY-4.0, or a name of your own."""
    url: Url | None = None
    """The text of a license of your own."""


class Location(Written):
    """A place."""

    name: Line
    """Its name, as listeners should read it."""
    rel: Literal["subject", "creator"] = "subject"
    """subject: what this is about; creator: where it was made."""
    geo: FromHost[Annotated[str, Field(pattern=r"^geo:-?[\d.]+,-?[\d.]+")]] | None = None
    """A geo URI (RFC 5870), such as geo:52.52,13.405."""
    osm: FromHost[Annotated[str, Field(pattern=r"^[NWR]\d+(#\d+)?$")]] | None = None
    """OpenStreetMap's type and id, such as R62422."""
    country: FromHost[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] | None = None
    """The country (ISO 3166-1), such as DE."""


class Txt(Written):
    """Free text for services, such as one that verifies who owns the feed."""

    text: Text
    """The text, exactly as the service wants it."""
    purpose: Line | None = None
    """What it is for, such as verify."""


def _check_post(url: str, check: Callable[[str], str]) -> str:
    return check(url) if url else ""


_Post = Annotated[
    Url,
    WrapValidator(_check_post),
    WithJsonSchema({"anyOf": [{"format": "uri", "type": "string"}, {"const": "", "type": "string"}]}),
]


class Discussion(Written):
    """Where listeners comment."""

    protocol: FromHost[Annotated[Line, Field(pattern=r"^[a-z][a-z0-9-]*$")]]
    """activitypub, bluesky, lightning ...; disabled asks apps to show no comments."""
    url: _Post = ""
    """The post under which they comment."""
    account: Line | None = None
    """Who wrote it, such as @sven@example.social."""
    account_url: Url | None = None
    """The page of who wrote it."""


class Recipient(Written):
    """Who gets a share of what listeners pay."""

    type: Line
    """The kind of address, such as node or lnaddress."""
    address: Line
    """Where the share goes."""
    split: FromHost[Annotated[int, Field(ge=0)]]
    """The share, as a part of the sum of all splits."""
    name: Line | None = None
    """Whose it is."""
    fee: bool = False
    """Whether this is a fee that is taken off before the others share."""
    custom_key: Line | None = None
    """A key that some wallets want with the payment."""
    custom_value: Line | None = None
    """The value of that key."""


class Value(Written):
    """How listeners can pay."""

    type: Line
    """The payment layer, such as lightning."""
    method: Line
    """How it is paid, such as keysend."""
    suggested: Line | None = None
    """A suggested amount for each minute."""
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    """Who shares it."""


class Supplements(Written):
    """What show and episode alike may tell Podcasting 2.0 apps."""

    funding: tuple[Link, ...] = ()
    """Pages where listeners can give money (podcast:funding); 128 characters of title at most."""
    license: Annotated[License, _Shorthand("name")] | None = None
    """Under which terms this may be used (podcast:license): an SPDX identifier such as CC-BY-4.0, or name and url."""
    locations: tuple[Annotated[Location, _Shorthand("name")], ...] = ()
    """Places that this is about, or where it was made (podcast:location): names, or entries with the keys below."""
    txt: tuple[Annotated[Txt, _Shorthand("text")], ...] = ()
    """Free texts for services (podcast:txt): texts, or entries with the keys below."""
    discussions: tuple[Discussion, ...] = ()
    """Where listeners comment, the best place first (podcast:socialInteract)."""
    value: Value | None = None
    """How listeners can pay (podcast:value); passed on as it is written."""


class EpisodeOptions(Supplements):
    """What only the feed says of an episode."""

    block: bool = Field(False, exclude_if=not_)
    """Apple Podcasts must not list the episode (itunes:block); in feed and pages, it stays."""


_RRULE = r"^FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;[A-Z]+=[A-Z0-9,+-]+)*$"


class Schedule(Written):
    """When new episodes come."""

    text: Line
    """In words, such as "Jeden Freitag"."""
    rrule: FromHost[Annotated[str, Field(pattern=_RRULE)]] | None = None
    """For machines (RFC 5545, section 3.3.10), such as FREQ=WEEKLY;BYDAY=FR."""
    start: Date | None = None
    """From when on that holds."""

    def in_utc(self, zone: ZoneInfo) -> Schedule:
        """The same with its start in UTC, as records keep it. Raises ValueError as `resolve_date` does."""
        start = resolve_date(self.start, zone).isoformat().replace("+00:00", "Z") if self.start else None
        return self.model_copy(update={"start": start})


def _check_uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise mistake(
            say("is not a podcast:guid: {text}", text=text), "write the UUID from that podcast's feed"
        ) from None


class RemoteFeed(Written):
    """Another podcast."""

    guid: FromHost[Annotated[str, AfterValidator(_check_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]]
    """Its podcast:guid."""
    url: Url | None = None
    """Its feed's address."""
    title: Line | None = None
    """Its name."""
    medium: Line | None = None
    """What it is, if not a podcast: music, video, newsletter ..."""


def _seasons(value: Any) -> Any:
    if isinstance(value, Mapping) and not all(re.fullmatch(r"[1-9]\d*", str(number)) for number in value):
        raise mistake("must be season numbers with names", 'write "1: The name"')
    return value


class FeedOptions(Supplements):
    """What only the feed says."""

    locked: bool = True
    """Other hosting services must not import this feed (podcast:locked)."""
    new_feed_url: Url | None = None
    """The feed has moved there (itunes:new-feed-url)."""
    complete: bool = False
    """No further episode will ever come (itunes:complete)."""
    block: bool = False
    """Directories must not list the show (itunes:block, podcast:block)."""
    blocked_at: tuple[FromHost[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]], ...] = ()
    """Services that must not list the show, by their slugs (podcast:block): apple, spotify, youtube ..."""
    medium: Line = "podcast"
    """What the feed holds (podcast:medium): podcast, music, video, audiobook ..."""
    seasons: Annotated[dict[int, Line], BeforeValidator(_seasons)] = Field(default_factory=dict)
    """Names of seasons, by number (podcast:season)."""
    schedule: Schedule | None = None
    """When new episodes come (podcast:updateFrequency)."""
    podroll: tuple[RemoteFeed, ...] = ()
    """Podcasts that you recommend (podcast:podroll)."""
    hubs: tuple[Url, ...] = ()
    """WebSub hubs, which are told of each change so that apps hear of it at once."""
    items: FromHost[Annotated[int, Field(ge=0)]] | None = None
    """The most episodes in feed.xml; older ones are on further pages (RFC 5005), which few directories read. 0: all,
    with all their notes, however heavy it gets; without it all that 2.5 MB hold, older ones without their notes if need
    be."""
