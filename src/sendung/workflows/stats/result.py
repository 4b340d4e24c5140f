"""Statistics as they are shown: each episode's downloads by day, app, country, article and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sendung.core.errors import Problem
from sendung.listening.rules import GUIDELINES
from sendung.listening.sums import DaySums, many, many_articles
from sendung.records import EpisodeRecord

WEEK, MONTH = 7, 30
REST = "other"
"""What has too few downloads to be told apart."""


class By(StrEnum):
    """What the downloads are listed by."""

    EPISODE = "episode"
    DAY = "day"
    APP = "app"
    COUNTRY = "country"
    ARTICLE = "article"
    LANGUAGE = "language"


@dataclass(frozen=True)
class EpisodeStatistics:
    """One episode's downloads in the days that are shown."""

    slug: str
    guid: str
    title: str
    published: date
    """In the show's zone."""
    downloads: int
    days: Mapping[date, int]
    apps: Mapping[str, int]
    countries: Mapping[str, int]
    articles: Mapping[str, Mapping[str, int]]
    """Article (or a newsletter's word) to language to downloads; "" where the language is not told."""
    week: int | None
    """Downloads of the first 7 days; None where not all of them are counted."""
    month: int | None


@dataclass(frozen=True)
class Statistics:
    """What is shown."""

    title: str
    zone: str
    episodes: tuple[EpisodeStatistics, ...]
    """Newest first."""
    first: date | None
    last: date | None
    """The days that are counted."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Lines of the logs by Reason; empty where no logs were read."""
    lists: tuple[str, ...] = ()
    rules: str = GUIDELINES
    warnings: tuple[Problem, ...] = ()

    @property
    def downloads(self) -> int:
        """Of all episodes."""
        return sum(episode.downloads for episode in self.episodes)

    @property
    def read(self) -> int:
        """Lines of logs."""
        return sum(self.reasons.values())

    @property
    def days(self) -> dict[date, int]:
        """Downloads of all episodes by day, from the first to the last day that is counted."""
        if self.first is None or self.last is None:
            return {}
        total: Counter[date] = Counter()
        for episode in self.episodes:
            total.update(episode.days)
        span = (self.last - self.first).days + 1
        return {day: total[day] for day in (self.first + timedelta(days=number) for number in range(span))}

    def rows(self, by: By) -> list[tuple[str, int]]:
        """Names and downloads, most first; days in order."""
        if by is By.DAY:
            return [(str(day), number) for day, number in self.days.items()]
        if by is By.EPISODE:
            return [(episode.slug, episode.downloads) for episode in self.episodes]
        total: Counter[str] = Counter()
        for episode in self.episodes:
            total.update(_cells(episode, by))
        listed = most_first(many(total))
        rest = (self.downloads if by in {By.APP, By.COUNTRY} else total.total()) - sum(number for _, number in listed)
        return [*listed, (REST, rest)] if rest else listed


def _cells(episode: EpisodeStatistics, by: By) -> Mapping[str, int]:
    if by is By.APP:
        return episode.apps
    if by is By.COUNTRY:
        return episode.countries
    if by is By.ARTICLE:
        return {article: sum(languages.values()) for article, languages in episode.articles.items()}
    languages: Counter[str] = Counter()
    for numbers in episode.articles.values():
        languages.update({language or "not told": number for language, number in numbers.items()})
    return languages


def episodes_of(
    records: Iterable[EpisodeRecord], sums: Sequence[DaySums], shown: Iterable[DaySums], zone: str
) -> tuple[EpisodeStatistics, ...]:
    """Each episode's statistics: from the days that are shown; its first week and month from all that are known."""
    by_guid: dict[str, list[DaySums]] = {}
    for day in shown:
        for guid in day.episodes:
            by_guid.setdefault(guid, []).append(day)
    known = sorted({day.day for day in sums})
    all_days: dict[str, Counter[date]] = {}
    for day in sums:
        for guid, episode in day.episodes.items():
            all_days.setdefault(guid, Counter())[day.day] += episode.downloads
    listed = [
        _episode(
            record, by_guid.get(record.episode.guid, []), (all_days.get(record.episode.guid, Counter()), known), zone
        )
        for record in records
    ]
    return tuple(sorted(listed, key=lambda episode: (episode.published, episode.slug), reverse=True))


def _episode(
    record: EpisodeRecord, shown: Sequence[DaySums], whole: tuple[Counter[date], Sequence[date]], zone: str
) -> EpisodeStatistics:
    episode = record.episode
    days: Counter[date] = Counter()
    apps: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    articles: dict[str, Counter[str]] = {}
    for day in shown:
        sums = day.episodes[episode.guid]
        days[day.day] += sums.downloads
        apps.update(sums.apps)
        countries.update(sums.countries)
        for article, languages in sums.articles.items():
            articles.setdefault(article, Counter()).update(languages)
    published = episode.date.astimezone(ZoneInfo(zone)).date()
    counted, known = whole
    return EpisodeStatistics(
        slug=episode.slug,
        guid=episode.guid,
        title=episode.title,
        published=published,
        downloads=days.total(),
        days=dict(sorted(days.items())),
        apps=dict(most_first(many(apps))),
        countries=dict(most_first(many(countries))),
        articles=many_articles(articles),
        week=_first_days(counted, known, published, WEEK),
        month=_first_days(counted, known, published, MONTH),
    )


def most_first(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Names and numbers, the largest first; equal ones by name."""
    return sorted(numbers.items(), key=lambda row: (-row[1], row[0]))


def _first_days(counted: Mapping[date, int], known: Sequence[date], published: date, length: int) -> int | None:
    """Downloads of the first days, the day of publication among them; None unless the counted days reach over them."""
    end = published + timedelta(days=length)
    if not known or known[0] > published or known[-1] < end - timedelta(days=1):
        return None
    return sum(number for day, number in counted.items() if published <= day < end)
