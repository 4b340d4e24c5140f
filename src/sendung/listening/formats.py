"""The formats of logs: which one a file is in, and how its lines are taken apart in SQL.

Each format is a SELECT from `lines(line)` (Parquet: from the file's own columns) that names the same columns, all of
them text, NULL where the format or the line has none: `moment` (TIMESTAMP, UTC), address, method, path (as it was
asked for, still percent-encoded), status, sent (bytes of the answer), span (a Range or Content-Range), referrer,
agent, id (of the request), purpose (Sec-Purpose), country, and the line itself.

Sources: Amazon S3 "server access log format"; CloudFront "standard logging"; Cloudflare Logpush "HTTP requests"; nginx
and Apache "combined"; Caddy "JSON access log"; bunny.net "log format".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.engine import quoted

COLUMNS = (
    "moment",
    "address",
    "method",
    "path",
    "status",
    "sent",
    "span",
    "referrer",
    "agent",
    "id",
    "purpose",
    "country",
    "line",
)


@dataclass(frozen=True)
class LogFormat:
    """One format: its name, and the SQL that takes its lines apart."""

    name: str
    select: str
    """A SELECT with COLUMNS, from `lines`."""
    parquet: bool = False


def select(source: str = "lines", **columns: str) -> str:
    """The SELECT of a format's COLUMNS from a source; those that are not given are NULL, and the line is itself."""
    columns.setdefault("line", "line")
    listed = ", ".join(f"{columns.get(name, 'NULL')} AS {name}" for name in COLUMNS)
    return f"SELECT {listed} FROM {source}"


_MONTHS = "%d/%b/%Y:%H:%M:%S"


def _quoted_pieces(line: str) -> str:
    """Lines taken apart at their quotes: x, of which there are n; y and z, the words before and behind the request."""
    return (
        "(SELECT line, x, len(x) AS n, string_split(x[1], ' ') AS y, string_split(x[3], ' ') AS z "
        f"FROM (SELECT line, string_split({line}, '\"') AS x FROM lines))"
    )


# A forged quote in a user agent makes more pieces, which all belong to it; what stands before it cannot be forged.
_S3 = LogFormat(
    "s3",
    select(
        _quoted_pieces("line"),
        moment=f"CASE WHEN n >= 7 AND y[4] = '+0000]' THEN try_strptime(y[3], '[{_MONTHS}') END",
        address="y[5]",
        method="CASE WHEN split_part(y[8], '.', 3) = 'OBJECT' THEN split_part(y[8], '.', 2) ELSE y[8] END",
        path="'/' || CASE WHEN contains(y[9], '%') THEN url_decode(url_decode(y[9])) ELSE y[9] END "
        "|| CASE WHEN contains(x[2], '?') THEN '?' || split_part(split_part(x[2], '?', 2), ' ', 1) ELSE '' END",
        status="z[2]",
        sent="replace(z[4], '-', '0')",
        referrer="x[4]",
        agent="CASE WHEN n = 7 THEN x[6] ELSE array_to_string(x[6:n-1], '\"') END",
        id="y[7]",
    ),
)

# Apache writes \" for a quote and \\ for a backslash, nginx \x22 and \x5C.
_COMBINED = LogFormat(
    "combined",
    select(
        _quoted_pieces(
            "CASE WHEN contains(line, '\\') THEN replace(replace(line, '\\\\', ''), '\\\"', '') ELSE line END"
        ),
        moment=f"CASE WHEN n >= 7 THEN try_strptime(y[-3] || ' ' || y[-2], '[{_MONTHS} %z]') AT TIME ZONE 'UTC' END",
        address="y[1]",
        method="split_part(x[2], ' ', 1)",
        path="split_part(x[2], ' ', 2)",
        status="z[2]",
        sent="replace(z[3], '-', '0')",
        referrer="x[4]",
        agent="x[6]",
    ),
)

_BUNNY = LogFormat(
    "bunny",
    select(
        "(SELECT line, x, len(x) AS n FROM (SELECT line, string_split(line, '|') AS x FROM lines))",
        moment="CASE WHEN n >= 12 THEN make_timestamp(try_cast(x[3] AS BIGINT) * 1000) END",
        address="x[6]",
        method="'GET'",  # the format has none
        path="regexp_replace(x[8], '^[a-z]+://[^/]*', '')",
        status="x[2]",
        sent="x[4]",
        referrer="x[7]",
        agent="array_to_string(x[10:n-2], '|')",
        id="x[n-1]",
        country="x[n]",
    ),
)


def _json(name: str, **paths: str) -> LogFormat:
    """A format of JSON lines: where each column is in a line's object (JSONPath); the moment in any form."""
    names = list(paths)
    fields = ", ".join(quoted(path) for path in paths.values())
    columns = {column: f"x[{names.index(column) + 1}]" for column in names}
    moment = _any_time(columns.pop("moment"))
    source = (
        f"(SELECT line, CASE WHEN json_valid(line) THEN json_extract_string(line, [{fields}]) "
        "ELSE []::VARCHAR[] END AS x FROM lines)"
    )
    return LogFormat(name, select(source, moment=moment, **columns))


def _any_time(field: str) -> str:
    """A moment in RFC 3339, or in seconds, milliseconds or nanoseconds since 1970."""
    number = f"try_cast({field} AS DOUBLE)"
    micros = f"CASE WHEN {number} > 1e17 THEN 1e-3 WHEN {number} > 1e11 THEN 1e3 ELSE 1e6 END"
    return (
        f"coalesce(CASE WHEN {number} BETWEEN 0 AND 4e18 THEN make_timestamp(({number} * {micros})::BIGINT) END, "
        f"try_cast({field} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
    )


_CADDY = _json(
    "caddy",
    moment="$.ts",
    address="$.request.client_ip",
    method="$.request.method",
    path="$.request.uri",
    status="$.status",
    sent="$.size",
    span="$.request.headers.Range[0]",
    referrer="$.request.headers.Referer[0]",
    agent='$.request.headers."User-Agent"[0]',
    purpose='$.request.headers."Sec-Purpose"[0]',
)

_CLOUDFLARE = _json(
    "cloudflare",
    moment="$.EdgeStartTimestamp",
    address="$.ClientIP",
    method="$.ClientRequestMethod",
    path="$.ClientRequestURI",
    status="$.EdgeResponseStatus",
    sent="$.EdgeResponseBytes",
    span="$.RequestHeaders.range",
    referrer="$.ClientRequestReferer",
    agent="$.ClientRequestUserAgent",
    id="$.RayID",
    country="$.ClientCountry",
)

_CLOUDFRONT = {
    "day": "date",
    "time": "time",
    "address": "c-ip",
    "method": "cs-method",
    "stem": "cs-uri-stem",
    "query": "cs-uri-query",
    "status": "sc-status",
    "sent": "sc-bytes",
    "length": "sc-content-len",
    "first": "sc-range-start",
    "last": "sc-range-end",
    "referrer": "cs(Referer)",
    "agent": "cs(User-Agent)",
    "id": "x-edge-request-id",
}
_NEEDED = ("day", "time", "address", "method", "stem", "status", "sent", "agent")


_FIELD = re.compile(r"[A-Za-z0-9()_-]+")
"""What a field's name may be: it becomes a part of SQL."""


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def cloudfront(kind: str, fields: Mapping[str, str]) -> LogFormat:
    """CloudFront's format, version 1 (tab-separated) or 2 (JSON, Parquet).

    `fields` are the columns that the file has, each with the SQL of its text; a distribution's owner chooses which.
    Raises UsageError where one that counting needs is missing.
    """
    by_name = {_bare(name): sql for name, sql in fields.items() if _FIELD.fullmatch(name)}
    have = {column: by_name.get(_bare(name), "NULL") for column, name in _CLOUDFRONT.items()}
    missing = [_CLOUDFRONT[column] for column in _NEEDED if have[column] == "NULL"]
    if missing:
        message = say("These CloudFront logs lack {missing}.", missing=", ".join(missing))
        raise UsageError(message, "Choose these fields in the distribution's logging settings.")
    size = f"least(try_cast({have['sent']} AS BIGINT), try_cast({have['length']} AS BIGINT))"
    return LogFormat(
        f"cloudfront-{kind}",
        select(
            moment=f"try_cast({have['day']} || ' ' || {have['time']} AS TIMESTAMP)",
            address=have["address"],
            method=have["method"],
            path=f"{have['stem']} || CASE WHEN {have['query']} <> '-' THEN '?' || {have['query']} ELSE '' END"
            if have["query"] != "NULL"
            else have["stem"],
            status=have["status"],
            sent=f"{size}::VARCHAR",
            span=f"'bytes=' || nullif({have['first']}, '-') || '-' || coalesce(nullif({have['last']}, '-'), '')",
            referrer=f"url_decode({have['referrer']})",
            agent=f"url_decode({have['agent']})",
            id=f"nullif({have['id']}, '-')",
            line="NULL" if kind == "parquet" else "line",
        ),
        parquet=kind == "parquet",
    )


LINE_FORMATS = {form.name: form for form in (_S3, _COMBINED, _BUNNY, _CADDY, _CLOUDFLARE)}
"""Formats that a line alone is told by."""
NAMES = (*LINE_FORMATS, "cloudfront-v1", "cloudfront-json", "cloudfront-parquet")


def cloudfront_tabs(header: str) -> LogFormat:
    """CloudFront's version 1, whose "#Fields:" line names the columns."""
    names = header.removeprefix("#Fields:").split()
    return cloudfront("v1", {name: f"string_split(line, chr(9))[{place}]" for place, name in enumerate(names, 1)})


def cloudfront_objects(keys: Sequence[str]) -> LogFormat:
    """CloudFront's version 2 as JSON lines."""
    paths = {key: '$."' + key.replace('"', "") + '"' for key in keys}
    guard = "CASE WHEN json_valid(line) THEN json_extract_string(line, {}) END"
    return cloudfront("json", {key: guard.format(quoted(path)) for key, path in paths.items()})


def detect(lines: Sequence[str]) -> LogFormat | None:
    """The format of a file by its first lines (without line ends); None where it is none that is known."""
    header = next((line for line in lines if line.startswith("#Fields:")), None)
    if header:
        return cloudfront_tabs(header)
    return next(filter(None, map(_of_line, lines)), None)


def _of_line(line: str) -> LogFormat | None:
    if line.startswith("{"):
        return _of_object(line)
    if line.count("|") >= 11 and line.split("|")[1].isdecimal():
        return _BUNNY
    pieces = line.split('"')
    before = pieces[0].split(" ")
    if len(pieces) < 7 or len(before) < 5:
        return None
    if len(before) >= 10 and before[2].startswith("[") and "." in before[7]:
        return _S3
    return _COMBINED if before[-3].startswith("[") and before[-2].endswith("]") else None


def _of_object(line: str) -> LogFormat | None:
    try:
        keys = json.loads(line)
    except ValueError:
        return None
    if "EdgeResponseStatus" in keys:
        return _CLOUDFLARE
    if isinstance(keys.get("request"), dict) and "ts" in keys:
        return _CADDY
    return cloudfront_objects(list(keys)) if {"cip", "csmethod"} <= {_bare(key) for key in keys} else None
