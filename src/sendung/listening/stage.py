"""From lines of logs to `hits`: one row a line, with what counting needs of it and no address.

The address leaves with this step: it becomes a number under the run's secret and the day's name (so nobody can follow
a listener from one day to the next), a country, and whether a hosting company has it. What DuckDB writes to its
scratch folder is `hits` and later tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sendung.listening.engine import execute_with, first_row, quoted
from sendung.listening.files import LogFile, source_of
from sendung.listening.formats import COLUMNS, LogFormat
from sendung.listening.plan import CountPlan
from sendung.listening.rules import Reason

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FROM = quoted("[?&]from=([A-Za-z0-9_-]{1,40})(?:&|$)")
"""What a link to a page may say of where it stands."""
_CUSTOMERS = quoted("^customers/[0-9a-f]{32}/")
_REJECTS = "lines_not_read"
_SWAPS = "join_order,build_side_probe_side"
"""What would let DuckDB keep the lines, addresses and all, and look up the tables in them: it takes a log for small."""


def stage(engine: DuckDBPyConnection, plan: CountPlan, files: Sequence[LogFile], marked: str = "") -> int:
    """Fill `hits` from some files; how many lines could not even be taken as text.

    `marked`: the row of a line with this very text is marked, so that it can be explained.
    """
    load_objects(engine, plan)
    engine.execute(f"CREATE OR REPLACE TABLE hits AS {_rows(plan, 'SELECT NULL::VARCHAR AS line', _NOTHING)} LIMIT 0")
    engine.execute(f"SET disabled_optimizers = '{_SWAPS}'")
    try:
        return _read(engine, plan, files, marked)
    finally:
        engine.execute("RESET disabled_optimizers")


def _read(engine: DuckDBPyConnection, plan: CountPlan, files: Sequence[LogFile], marked: str) -> int:
    groups: dict[tuple[LogFormat, str], list[LogFile]] = defaultdict(list)
    for file in files:
        groups[file.form, file.packed].append(file)
    rejected = 0
    for (form, packed), group in groups.items():
        paths = [file.path for file in group]
        if form.parquet:
            lines = f"SELECT * FROM read_parquet([{', '.join(quoted(str(path)) for path in paths)}])"
        else:
            lines = f"SELECT line FROM {source_of(paths, packed, rejects=_REJECTS)} WHERE line IS NOT NULL"
            if form.name == "cloudfront-v1":
                lines += " AND NOT starts_with(line, '#')"
        engine.execute(f"INSERT INTO hits {_rows(plan, lines, form, marked)}")
        if not form.parquet:
            rejected += _count_rejects(engine)
    return rejected


def stage_line(engine: DuckDBPyConnection, plan: CountPlan, line: str, form: LogFormat) -> None:
    """Fill `hits` from one line."""
    load_objects(engine, plan)
    engine.execute(f"CREATE OR REPLACE TABLE hits AS {_rows(plan, f'SELECT {quoted(line)} AS line', form, line)}")


def _count_rejects(engine: DuckDBPyConnection) -> int:
    (lines,) = first_row(engine, f"SELECT count(DISTINCT (file_id, line)) FROM {_REJECTS}")
    engine.execute(f"DROP TABLE IF EXISTS {_REJECTS}; DROP TABLE IF EXISTS {_REJECTS}_scan")
    return int(lines)


def load_objects(engine: DuckDBPyConnection, plan: CountPlan) -> None:
    """The tables `objects` (keys that count) and `audio` (how much of each makes a download)."""
    rows = [(file.key, number, file.episode, False) for number, file in enumerate(plan.files)]
    rows += [(key, -1, episode, True) for key, episode in plan.pages.items()]
    table = {
        "name": np.array([row[0] for row in rows], dtype=object),
        "object": np.array([row[1] for row in rows], dtype=np.int32),
        "episode": np.array([row[2] for row in rows], dtype=np.int32),
        "page": np.array([row[3] for row in rows], dtype=bool),
        "language": np.array([plan.languages.get(row[0], "") for row in rows], dtype=object),
    }
    sizes = {
        "object": np.arange(len(plan.files), dtype=np.int32),
        "size": np.array([file.size for file in plan.files], dtype=np.int64),
        "head": np.array([file.head for file in plan.files], dtype=np.int64),
        "minute": np.array([max(1, file.minute) for file in plan.files], dtype=np.int64),
    }
    for name, columns in (("objects", table), ("audio", sizes)):
        execute_with(engine, columns, f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM loaded")
    engine.execute("ALTER TABLE objects ALTER name TYPE VARCHAR; ALTER TABLE objects ALTER language TYPE VARCHAR")


_NOTHING = LogFormat(
    "",
    "SELECT NULL::TIMESTAMP AS moment, "
    + ", ".join(f"NULL::VARCHAR AS {name}" for name in COLUMNS if name != "moment")
    + " FROM lines",
)


def _rows(plan: CountPlan, lines: str, form: LogFormat, marked: str = "") -> str:
    """The SELECT that makes rows of `hits` from lines."""
    mark = f"coalesce(line = {quoted(marked)}, false)" if marked else "false"
    return f"""
    WITH lines AS ({lines}), raw AS ({form.select}),
    told AS (SELECT moment, CAST(moment AT TIME ZONE 'UTC' AT TIME ZONE {quoted(plan.zone)} AS DATE) AS day,
        network_of(address) AS network, method, {_key("path", plan.prefixes)} AS key, path,
        try_cast(status AS INTEGER) AS status, try_cast(sent AS BIGINT) AS sent, range_first(span) AS first,
        range_last(span) AS last, dashed(referrer) AS referrer, dashed(agent) AS agent, nullif(id, '-') AS id,
        lower(coalesce(purpose, '')) AS purpose, country, {mark} AS marked FROM raw),
    sorted AS (SELECT told.*, objects.object, objects.episode, coalesce(objects.page, false) AS page,
        objects.language AS language,
        coalesce(nullif(countries.country, ''), told.country, '') AS land, hosting.bucket IS NOT NULL AS hosted,
        {_reason(plan)} AS reason
        FROM told LEFT JOIN objects ON objects.name = key
        LEFT JOIN countries ON countries.bucket = bucket_of(network)::BIGINT
            AND network BETWEEN countries.low AND countries.high
        LEFT JOIN hosting ON hosting.bucket = bucket_of(network)::BIGINT
            AND network BETWEEN hosting.low AND hosting.high)
    SELECT day, moment, reason, object, episode,
        CASE WHEN crowd IS NOT NULL THEN hash(crowd, agent) END AS listener, crowd,
        CASE WHEN reason = '' THEN CASE WHEN status = 200 THEN 0 ELSE first END END AS first,
        CASE WHEN reason = '' THEN CASE WHEN status = 200 THEN sent
            ELSE least(coalesce(last + 1, first + sent), first + sent) END END AS last,
        CASE WHEN reason = '' THEN sent END AS sent,
        CASE WHEN reason = '' THEN agent ELSE '' END AS agent,
        CASE WHEN reason = '' THEN land ELSE '' END AS country,
        CASE WHEN (page OR reason = '') AND NOT contains(referrer, '/customers/') THEN left(referrer, 500) ELSE '' END
            AS referrer,
        CASE WHEN page THEN coalesce(nullif(regexp_extract(path, {_FROM}, 1), ''), nullif('/' || language, '/'), '')
            ELSE '' END AS label,
        CASE WHEN id IS NOT NULL AND id <> '' THEN hash(id, key, first, sent) END AS id,
        marked
    FROM (SELECT *, CASE WHEN page OR reason = '' THEN md5_number_lower(concat({quoted(plan.secret)}, day, network)) END
        AS crowd FROM sorted {_share(plan)})"""


def _share(plan: CountPlan) -> str:
    """Lines without a day are the first share's."""
    if plan.shards == 1:
        return ""
    return f"WHERE coalesce((day - DATE '1970-01-01') % {plan.shards}, 0) = {plan.shard}"


def _key(path: str, prefixes: Sequence[str]) -> str:
    """A path as an object's key: no query, no slash before it, nothing encoded, no prefix, no customers' digits."""
    bare = f"ltrim(split_part({path}, '?', 1), '/')"
    decoded = f"CASE WHEN contains({path}, '%') THEN url_decode({bare}) ELSE {bare} END"
    cases = " ".join(
        f"WHEN starts_with(k, {quoted(prefix + '/')}) THEN substr(k, {len(prefix) + 2})"
        for prefix in sorted(prefixes, key=len, reverse=True)
        if prefix
    )
    steps = [f"CASE {cases} ELSE k END"] if cases else []
    steps.append(
        f"CASE WHEN starts_with(k, 'customers/') THEN regexp_replace(k, {_CUSTOMERS}, 'customers/') ELSE k END"
    )
    for step in steps:
        decoded = f"list_transform([{decoded}], lambda k: {step})[1]"
    return decoded


def _reason(plan: CountPlan) -> str:
    """Why a line does not count by itself; "" where that depends on the day's other lines, or on its user agent."""
    outside = [f"day < DATE '{plan.since}'"] if plan.since else []
    outside += [f"day > DATE '{plan.until}'"] if plan.until else []
    cases = {
        Reason.UNREADABLE: "moment IS NULL OR network IS NULL OR status IS NULL OR key IS NULL",
        Reason.OUTSIDE: " OR ".join(outside) or "false",
        Reason.OTHER: "objects.name IS NULL",
        Reason.PAGE: "page",
        Reason.HEAD: "method = 'HEAD'",
        Reason.METHOD: "method <> 'GET'",
        Reason.UNCHANGED: "status = 304",
        Reason.STATUS: "status NOT IN (200, 206)",
        Reason.PREFETCH: "contains(purpose, 'prefetch')",
        Reason.PROBE: "status = 206 AND ((first = 0 AND last <= 1) OR (first IS NULL AND sent <= 2))",
        Reason.WATCH: "(starts_with(agent, 'atc/') AND contains(agent, 'watchOS')) "
        "OR contains(agent, '(null)/(null) watchOS')",
        Reason.HOSTING: "hosting.bucket IS NOT NULL",
    }
    unreadable_size = f"WHEN sent IS NULL OR sent < 0 THEN '{Reason.UNREADABLE}'"
    return (
        "CASE "
        + " ".join(f"WHEN {test} THEN '{reason}'" for reason, test in cases.items())
        + (f" {unreadable_size} ELSE '' END")
    )
