"""From `hits` to downloads: requests put together by listener, episode and calendar day (5.5.3, 5.5.4).

Each day is counted by itself. Where a log tells ranges, the distinct bytes behind the tags count; where it tells sizes
alone (S3, nginx and Apache do), what was sent adds up, less the tags once: docs/howto/statistics.md says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sendung.listening.engine import execute_with, first_row
from sendung.listening.plan import CountPlan
from sendung.listening.rules import CROWD, Reason

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS_AT_ONCE = 1_000_000
"""Days are counted together until they have so many lines: a year of a small show takes no 365 turns."""


@dataclass
class EpisodeDay:
    """An episode's downloads in one day or more, as they are counted."""

    downloads: int = 0
    apps: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    articles: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By article (its URL, or the word of a newsletter's links) and language; downloads that came from none are not
    here."""


@dataclass
class DayCount:
    """What one day's lines say."""

    lines: int = 0
    """Of that day, also those that do not count."""
    episodes: dict[int, EpisodeDay] = field(default_factory=dict)


def count(engine: DuckDBPyConnection, plan: CountPlan) -> tuple[dict[date, DayCount], Counter[str]]:
    """The days' counts, and the number of lines by Reason."""
    days = {day: DayCount(lines) for day, lines in _lines_by_day(engine)}
    reasons: Counter[str] = Counter()
    query = "SELECT reason, count(*) FROM hits WHERE reason <> '' AND reason <> 'page' GROUP BY reason"
    reasons.update(dict(engine.execute(query).fetchall()))
    for first, last in _chunks(days):
        put_together(engine, first, last)
        reasons.update(_reasons(engine))
        for day, episode, app, country, article, language, number in _cells(engine, plan):
            counted = days[day].episodes.setdefault(episode, EpisodeDay())
            counted.downloads += number
            counted.apps[app] += number
            counted.countries[country] += number
            if article:
                counted.articles[article, language] += number
    reasons += Counter()  # drops zeros
    return days, reasons


def _lines_by_day(engine: DuckDBPyConnection) -> list[tuple[date, int]]:
    query = (
        f"SELECT day, count(*) FROM hits WHERE reason NOT IN ('{Reason.UNREADABLE}', '{Reason.OUTSIDE}') "
        "GROUP BY day ORDER BY day"
    )
    return engine.execute(query).fetchall()


def _chunks(days: dict[date, DayCount]) -> Iterator[tuple[date, date]]:
    """Days in order, as many at once as have few enough lines: the first and the last of each."""
    first: date | None = None
    last = date.min
    rows = 0
    for day, counted in days.items():
        if first is not None and rows + counted.lines > _ROWS_AT_ONCE:
            yield first, last
            first, rows = None, 0
        first, last = first or day, day
        rows += counted.lines
    if first is not None:
        yield first, last


_PARTS = """
CREATE OR REPLACE TEMP TABLE parts AS
SELECT hits.*, audio.size, audio.head, audio.minute,
    coalesce(agents.bot, false) AS bot, coalesce(agents.app, 'unknown') AS app,
    greatest(hits.first, audio.head) AS a, least(hits.last, audio.size) AS b
FROM hits JOIN audio USING (object) LEFT JOIN agents ON agents.agent = hits.agent
WHERE day BETWEEN $first AND $last AND reason = ''
"""

_TWICE = """
CREATE OR REPLACE TEMP TABLE twice AS SELECT number FROM (
    SELECT rowid AS number, row_number() OVER (PARTITION BY day, id ORDER BY rowid) AS copy
    FROM parts WHERE id IN (SELECT id FROM parts WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1))
WHERE copy > 1
"""

# One long range is enough for most; only for the others it has to be known how their ranges overlap.
_FETCHED = """
CREATE OR REPLACE TEMP TABLE fetched AS
SELECT day, listener, episode, object, any_value(crowd) AS crowd, any_value(app) AS app,
    arg_min(country, moment) AS country, count(*) AS lines, any_value(minute) AS minute,
    coalesce(max(b - a), 0) AS longest, count(a) AS ranges,
    greatest(0, coalesce(sum(sent) FILTER (a IS NULL), 0) - any_value(head)) AS unplaced
FROM parts WHERE NOT bot GROUP BY day, listener, episode, object
"""

_JOINED = """
CREATE OR REPLACE TEMP TABLE joined AS
SELECT day, listener, object, sum(greatest(0, b - greatest(a, coalesce(reached, 0)))) AS bytes FROM (
    SELECT day, listener, object, a, b,
        max(b) OVER (PARTITION BY day, listener, object ORDER BY a, b ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        AS reached
    FROM parts SEMI JOIN (SELECT * FROM fetched WHERE ranges > 1 AND longest < minute) AS several
        USING (day, listener, object)
    WHERE NOT bot AND b > a)
GROUP BY day, listener, object
"""

_DOWNLOADS = f"""
CREATE OR REPLACE TEMP TABLE downloads AS
WITH whole AS (SELECT fetched.*, greatest(longest, coalesce(joined.bytes, 0)) + unplaced >= minute AS enough
    FROM fetched LEFT JOIN joined USING (day, listener, object)),
listeners AS (SELECT day, listener, episode, any_value(crowd) AS crowd, any_value(app) AS app,
    any_value(country) AS country, sum(lines) AS lines, bool_or(enough) AS enough
    FROM whole GROUP BY day, listener, episode),
crowds AS (SELECT day, crowd FROM listeners WHERE enough GROUP BY day, crowd HAVING count(*) > {CROWD})
SELECT listeners.*, crowds.crowd IS NOT NULL AS crowded FROM listeners LEFT JOIN crowds USING (day, crowd)
"""


def put_together(engine: DuckDBPyConnection, first: date, last: date) -> None:
    """Fill `parts`, `downloads` and `visits` for some days."""
    days = {"first": first, "last": last}
    engine.execute(_PARTS, days)
    engine.execute(_TWICE)
    engine.execute("DELETE FROM parts WHERE rowid IN (SELECT number FROM twice)")
    for step in (_FETCHED, _JOINED, _DOWNLOADS):
        engine.execute(step)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE visits AS SELECT day, listener, episode, moment, referrer, label FROM hits "
        "WHERE day BETWEEN $first AND $last AND reason = 'page'",
        days,
    )


def _reasons(engine: DuckDBPyConnection) -> dict[str, int]:
    """The lines of these days whose reason depends on others, by it."""
    query = """
    SELECT (SELECT count(*) FROM twice), (SELECT count(*) FROM parts WHERE bot), (SELECT count(*) FROM visits),
        count(*) FILTER (enough AND NOT crowded), coalesce(sum(lines) FILTER (enough AND NOT crowded), 0),
        coalesce(sum(lines) FILTER (enough AND crowded), 0), coalesce(sum(lines) FILTER (NOT enough), 0)
    FROM downloads"""
    twice, bots, visits, counted, lines, crowded, short = map(int, first_row(engine, query))
    return {
        Reason.TWICE: twice,
        Reason.BOT: bots,
        Reason.PAGE: visits,
        Reason.COUNTED: counted,
        Reason.AGAIN: lines - counted,
        Reason.CROWD: crowded,
        Reason.SHORT: short,
    }


Cell = tuple[date, int, str, str, str, str, int]
_TOUCHES = """
CREATE OR REPLACE TEMP TABLE touches AS
SELECT day, listener, episode, moment, referrer, label FROM visits WHERE referrer <> '' OR label <> ''
UNION ALL SELECT day, listener, episode, moment, referrer, '' FROM parts WHERE referrer <> '' AND NOT bot
"""


def _cells(engine: DuckDBPyConnection, plan: CountPlan) -> Sequence[Cell]:
    """Downloads of these days by episode, app, country, article and language."""
    engine.execute(_TOUCHES)
    origins = engine.execute("SELECT DISTINCT episode, referrer, label FROM touches").fetchall()
    known = [(*row, *article) for row in origins if (article := plan.article_of(*row))]
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE origins (episode INTEGER, referrer VARCHAR, label VARCHAR, article VARCHAR, "
        "language VARCHAR)"
    )
    if known:
        names = ("episode", "referrer", "label", "article", "language")
        columns = zip(*known, strict=True)
        table = {name: np.array(values, dtype=object) for name, values in zip(names, columns, strict=True)}
        table["episode"] = table["episode"].astype(np.int32)
        execute_with(engine, table, "INSERT INTO origins SELECT * FROM loaded")
    query = """
    WITH brought AS (SELECT day, listener, episode, min(struct_pack(moment, article, language)) AS way
        FROM touches JOIN origins USING (episode, referrer, label) GROUP BY day, listener, episode)
    SELECT day, episode, app, country, coalesce(way.article, '') AS article,
        coalesce(way.language, '') AS language, count(*)
    FROM downloads LEFT JOIN brought USING (day, listener, episode)
    WHERE enough AND NOT crowded GROUP BY ALL ORDER BY ALL"""
    return engine.execute(query).fetchall()
