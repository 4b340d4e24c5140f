"""A log of a few lines, and what is counted in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendung.listening.agents import AgentList, load_judgements
from sendung.listening.count import count
from sendung.listening.files import look
from sendung.listening.plan import ArticleOf, CountPlan
from sendung.listening.rules import audio_file
from sendung.listening.stage import stage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

KEY = "audio/one-0123456789abcdef.mp3"
SIZE, HEAD, MINUTE = 48_100_000, 100_000, 960_000
NOBODY = AgentList((), None, ())


def make_plan(**changes: Any) -> CountPlan:
    facts: dict[str, Any] = {
        "slugs": ("one",),
        "files": (audio_file(KEY, 0, SIZE, 3000, 128_000),),
        "pages": {"e/one/index.html": 0},
        "prefixes": ("show",),
        "zone": "Europe/Berlin",
        "articles": (ArticleOf(0, "https://www.example.org/eins", "de"), ArticleOf(0, "https://example.net/one", "en")),
        "own_origin": "https://cdn.example.org",
    }
    return CountPlan(**(facts | changes))


@dataclass(frozen=True)
class Told:
    """What came out of a log."""

    downloads: int
    days: dict[str, int]
    reasons: dict[str, int]
    countries: dict[str, int]
    articles: dict[tuple[str, str], int]


def count_lines(
    engine: DuckDBPyConnection, folder: Path, lines: Iterable[str | bytes], plan: CountPlan | None = None
) -> Told:
    """Count some lines of a log; the last may be cut."""
    path = folder / "some.log"
    data = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    path.write_bytes(data)
    return count_files(engine, [path], plan)


def count_files(engine: DuckDBPyConnection, paths: list[Path], plan: CountPlan | None = None) -> Told:
    plan = plan or make_plan()
    rejected = stage(engine, plan, look(engine, paths, None).files)
    load_judgements(engine, NOBODY)
    days, reasons = count(engine, plan)
    reasons["unreadable"] += rejected
    episodes = [episode for day in days.values() for episode in day.episodes.values()]
    return Told(
        sum(episode.downloads for episode in episodes),
        {str(day): sum(e.downloads for e in told.episodes.values()) for day, told in days.items() if told.episodes},
        {str(reason): number for reason, number in reasons.items() if number},
        {name: number for episode in episodes for name, number in episode.countries.items()},
        {article: number for episode in episodes for article, number in episode.articles.items()},
    )


def caddy(
    ts: str, *, span: str = "", status: int = 200, size: int = SIZE, address: str = "192.0.2.7", **headers: str
) -> str:
    """A line of Caddy's log, which has all that a rule may look at."""
    import json

    names = {"User-Agent": "AntennaPod/3.4.0", **({"Range": span} if span else {})}
    names |= {name.replace("_", "-"): value for name, value in headers.items() if name != "method"}
    request = {
        "client_ip": address,
        "method": headers.get("method", "GET"),
        "uri": f"/show/{KEY}",
        "headers": {name: [value] for name, value in names.items()},
    }
    return json.dumps({"ts": ts, "request": request, "status": status, "size": size})
