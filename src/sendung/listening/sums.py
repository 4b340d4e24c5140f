"""What is kept of a day: sums alone, one immutable object for each day, source of logs and revision.

    state/listening/2026-10-05/s3/000001.json

A source is where logs come from (a CDN and the store behind it are two); what two sources counted adds up. No address,
no hash of one and no user agent is in it, and what is finer than an episode's day only from FEWEST downloads on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from sendung.core.errors import Damaged, Outdated
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.listening.count import DayCount, EpisodeDay
from sendung.listening.rules import FEWEST, GUIDELINES

PREFIX = "state/listening/"
SOURCE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEY = re.compile(r"state/listening/(\d{4}-\d\d-\d\d)/([a-z0-9-]{1,40})/(\d{6,})\.json")
_FORMAT = 1


class KeptSums(BaseModel):
    """Base of what is kept: frozen, tolerant of what a newer version adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class EpisodeSums(KeptSums):
    """One episode's downloads of one day."""

    downloads: int
    apps: dict[str, int] = {}
    countries: dict[str, int] = {}
    articles: dict[str, dict[str, int]] = {}
    """By article (or a newsletter's word), and there by language; "" where the language is not told."""


class DaySums(KeptSums):
    """One day of one source."""

    format: int = _FORMAT
    tool: str = __version__
    rules: str = GUIDELINES
    day: date
    zone: str
    source: str
    lists: tuple[str, ...] = ()
    """Where apps, bots and countries come from, with versions."""
    lines: int
    """Lines of the logs of this day: who has read more has counted more."""
    episodes: dict[str, EpisodeSums] = {}
    """By GUID; only those with downloads."""


def key_of_sums(day: date, source: str, number: int) -> str:
    """The key of a revision."""
    return f"{PREFIX}{day}/{source}/{number:06}.json"


def parse_sums_key(key: str) -> tuple[date, str, int] | None:
    """Day, source and number of a key; None for other keys."""
    match = _KEY.fullmatch(key)
    try:
        return (date.fromisoformat(match[1]), match[2], int(match[3])) if match else None
    except ValueError:
        return None


def encode_sums(sums: DaySums) -> bytes:
    """The bytes of a day's sums: the same for equal sums."""
    return json.dumps(sums.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False).encode() + b"\n"


def decode_sums(data: bytes, key: str) -> DaySums:
    """The sums that an object holds. Raises Damaged, naming the key; Outdated for what a newer version wrote."""
    try:
        sums = DaySums.model_validate_json(data)
    except ValidationError:
        hint = "Restore this object from a backup, or delete it and count the day's logs again."
        raise Damaged(say("{key} holds no sums of a day.", key=key), hint) from None
    if sums.format > _FORMAT:
        message = say(
            "{key} was written by a newer Sendung ({tool}; this is {version}).",
            key=key,
            tool=sums.tool,
            version=__version__,
        )
        raise Outdated(message, "Update Sendung on this machine.")
    return sums


def sums_of(counted: DayCount, guids: Sequence[str]) -> dict[str, EpisodeSums]:
    """A day's episodes by GUID, with all that was counted."""
    return {guids[place]: _sums(episode) for place, episode in sorted(counted.episodes.items()) if episode.downloads}


def _sums(episode: EpisodeDay) -> EpisodeSums:
    articles: dict[str, dict[str, int]] = {}
    for (article, language), number in sorted(episode.articles.items()):
        articles.setdefault(article, {})[language] = number
    countries = {name: number for name, number in sorted(episode.countries.items()) if name}
    return EpisodeSums(
        downloads=episode.downloads, apps=dict(sorted(episode.apps.items())), countries=countries, articles=articles
    )


def coarse(sums: DaySums) -> DaySums:
    """The same without what is finer than a day's total and has fewer than FEWEST downloads."""
    episodes = {
        guid: episode.model_copy(
            update={
                "apps": many(episode.apps),
                "countries": many(episode.countries),
                "articles": many_articles(episode.articles),
            }
        )
        for guid, episode in sums.episodes.items()
    }
    return sums.model_copy(update={"episodes": episodes})


def many(numbers: Mapping[str, int]) -> dict[str, int]:
    """The numbers that are large enough to be told."""
    return {name: number for name, number in numbers.items() if number >= FEWEST}


def many_articles(articles: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Articles with enough downloads; of their languages, those with too few are told as no language's."""
    kept: dict[str, dict[str, int]] = {}
    for article, languages in articles.items():
        total = sum(languages.values())
        if total >= FEWEST:
            large = many({language: number for language, number in languages.items() if language})
            rest = total - sum(large.values())
            kept[article] = large | ({"": rest} if rest else {})
    return kept
