"""The reason of single lines: what `--explain` and `--why` show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sendung.listening.count import put_together
from sendung.listening.engine import first_row
from sendung.listening.rules import Reason

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_VERDICTS = f"""
SELECT parts.*, CASE WHEN bot THEN '{Reason.BOT}' WHEN NOT enough THEN '{Reason.SHORT}'
    WHEN crowded THEN '{Reason.CROWD}'
    WHEN row_number() OVER (PARTITION BY day, listener, episode ORDER BY moment, parts.rowid) = 1
    THEN '{Reason.COUNTED}' ELSE '{Reason.AGAIN}' END AS verdict
FROM parts LEFT JOIN downloads USING (day, listener, episode)
"""


@dataclass(frozen=True)
class LineVerdict:
    """One line, and why it counts or does not."""

    reason: Reason
    copies: int
    """How often the line is in the logs."""
    day: date | None
    episode: int | None
    app: str = ""
    fetched: int | None = None
    """Bytes that its listener fetched of the sound that day; None where the line is out before that matters."""
    needed: int | None = None
    """Bytes that a download takes."""


def explain_marked(engine: DuckDBPyConnection) -> LineVerdict | None:
    """The verdict on the line that is marked in `hits`; None where none is."""
    query = "SELECT reason, day, episode, count(*) FROM hits WHERE marked GROUP BY ALL"
    row = first_row(engine, query)
    if not row:
        return None
    reason, day, episode, copies = row
    if reason:
        return LineVerdict(Reason(reason), copies, day, episode)
    put_together(engine, day, day)
    query = f"""
    SELECT verdict, app, minute,
        (SELECT greatest(longest, coalesce(bytes, 0)) + unplaced
        FROM fetched LEFT JOIN joined USING (day, listener, object)
        WHERE fetched.listener = told.listener AND fetched.object = told.object)
    FROM ({_VERDICTS}) AS told WHERE marked ORDER BY moment LIMIT 1"""
    verdict, app, minute, fetched = first_row(engine, query) or (Reason.TWICE, "", None, None)
    return LineVerdict(Reason(verdict), copies, day, episode, app, fetched, minute)


def reasons_of(engine: DuckDBPyConnection, episode: int, day: date) -> Counter[str]:
    """The lines of one episode and day by reason."""
    put_together(engine, day, day)
    told = "SELECT reason, count(*) FROM hits WHERE day = $day AND episode = $episode AND reason <> '' GROUP BY reason"
    reasons: Counter[str] = Counter(dict(engine.execute(told, {"day": day, "episode": episode}).fetchall()))
    query = f"SELECT verdict, count(*) FROM ({_VERDICTS}) WHERE episode = $episode GROUP BY verdict"
    reasons.update(dict(engine.execute(query, {"episode": episode}).fetchall()))
    total = "SELECT count(*) FROM hits WHERE day = $day AND episode = $episode"
    (lines,) = first_row(engine, total, {"day": day, "episode": episode})
    return reasons + Counter({Reason.TWICE: lines - reasons.total()})
