"""The hosts' page of statistics: one HTML file without script, for their own machine, not for the store."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sendung.core.atomic_write import write_whole
from sendung.core.errors import unwritable
from sendung.listening.networks import NO_HOSTING
from sendung.listening.rules import FEWEST
from sendung.media.drawing import svg_of
from sendung.workflows.stats.plots import by_day, first_days
from sendung.workflows.stats.result import REST, By, Statistics
from sendung.workflows.stats.sentences import article_sentences

NAME = "statistics.html"
_ENGLISH = {
    "title": "Statistics",
    "days": "Downloads by day",
    "episodes": "Episodes",
    "episode": "Episode",
    "published": "published",
    "week": "first 7 days",
    "month": "first 30 days",
    "downloads": "downloads",
    "articles": "What made them listen",
    "none": "No download came from an article, as far as the logs tell.",
    "app": "Apps",
    "country": "Countries",
    "language": "Languages of the articles",
    "course": "The first 30 days of the newest episodes",
    "rest": "other",
    "nothing": "none",
    "clouds": NO_HOSTING,
    "period": "{downloads} downloads, {first} to {last}, days in {zone}.",
    "rules": "Counted by the rules of the {rules}, not certified. Fewer than {fewest} downloads are summed up. "
    "Lists: {lists}.",
}
_GERMAN = {
    "title": "Statistik",
    "days": "Downloads je Tag",
    "episodes": "Episoden",
    "episode": "Episode",
    "published": "erschienen",
    "week": "erste 7 Tage",
    "month": "erste 30 Tage",
    "downloads": "Downloads",
    "articles": "Was zum Hören brachte",
    "none": "Kein Download kam aus einem Artikel, soweit die Protokolle das sagen.",
    "app": "Apps",
    "country": "Länder",
    "language": "Sprachen der Artikel",
    "course": "Die ersten 30 Tage der neuesten Episoden",
    "rest": "andere",
    "nothing": "keine",
    "clouds": "keine Liste von Hosting-Netzen",
    "period": "{downloads} Downloads, {first} bis {last}, Tage in {zone}.",
    "rules": "Gezählt nach den Regeln der {rules}, nicht zertifiziert. Weniger als {fewest} Downloads sind "
    "zusammengefasst. Listen: {lists}.",
}


@cache
def _environment() -> Environment:
    loader = PackageLoader("sendung.workflows.stats")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)


def render(of: Statistics, language: str) -> str:
    """The page, in German for a German show, else in English; the same statistics give the same bytes."""
    german = language.lower().startswith("de")
    words = dict(_GERMAN if german else _ENGLISH)
    span = {"downloads": of.downloads, "first": of.first or "–", "last": of.last or "–", "zone": of.zone}
    words["period"] = words["period"].format(**span)
    lists = ", ".join(words["clouds"] if name == NO_HOSTING else name for name in of.lists) or words["nothing"]
    words["rules"] = words["rules"].format(rules=of.rules, fewest=FEWEST, lists=lists)
    return (
        _environment()
        .get_template(NAME)
        .render(
            of=of,
            language="de" if german else "en",
            words=words,
            day_plot=Markup(svg_of(by_day(of, words["days"]))),  # noqa: S704 - every text in it is escaped there
            course_plot=Markup(svg_of(first_days(of.episodes, words["course"]))),  # noqa: S704
            sentences=article_sentences(of, german=german),
            tables=[(words[str(by)], _rows(of, by, words["rest"])) for by in (By.APP, By.COUNTRY, By.LANGUAGE)],
        )
    )


def _rows(of: Statistics, by: By, rest: str) -> list[tuple[str, int]]:
    return [(rest if name == REST else name, number) for name, number in of.rows(by)]


def write_page(of: Statistics, language: str, folder: Path) -> Path:
    """Write the page into a folder, which is made; its path. Raises UsageError where that cannot be written."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, render(of, language).encode())
    except OSError as error:
        raise unwritable(path, error, "Name another folder.") from None
    return path
