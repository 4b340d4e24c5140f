"""A log format of one's own, written as nginx's `log_format` or Apache's `LogFormat` has it."""

from __future__ import annotations

import re

from sendung.core.errors import UsageError
from sendung.core.words import join, say
from sendung.listening.engine import quoted
from sendung.listening.formats import COLUMNS, LogFormat, select

_TOKENS = {
    "$remote_addr": "address",
    "$http_x_real_ip": "address",
    "%h": "address",
    "%a": "address",
    "$time_local": "clf",
    "%t": "clf",
    "$time_iso8601": "iso",
    "$msec": "seconds",
    "$request": "request",
    "%r": "request",
    "$request_method": "method",
    "%m": "method",
    "$request_uri": "path",
    "$uri": "path",
    "%U": "path",
    "$status": "status",
    "%s": "status",
    "%>s": "status",
    "$body_bytes_sent": "sent",
    "$bytes_sent": "sent",
    "%b": "sent",
    "%B": "sent",
    "%O": "sent",
    "$http_range": "span",
    "$sent_http_content_range": "span",
    "%{Range}i": "span",
    "%{Content-Range}o": "span",
    "$http_referer": "referrer",
    "%{Referer}i": "referrer",
    "$http_user_agent": "agent",
    "%{User-Agent}i": "agent",
    "%{User-agent}i": "agent",
    "$request_id": "id",
    "%{UNIQUE_ID}e": "id",
    "$http_sec_purpose": "purpose",
    "%{Sec-Purpose}i": "purpose",
}
_TOKEN = re.compile(r"\$[a-z_0-9]+|%[<>]?(?:\{[^}]*\})?[A-Za-z]")
_NEEDED = {"address": "$remote_addr or %h", "status": "$status or %>s", "sent": "$body_bytes_sent or %b"}


def log_format(pattern: str) -> LogFormat:
    """The format that a pattern describes. Raises UsageError where counting would lack something."""
    groups, expression = _expression(pattern)
    missing = [words for column, words in _NEEDED.items() if column not in groups]
    if not {"clf", "iso", "seconds"} & set(groups):
        missing.append("$time_local or %t")
    if not {"request", "path"} & set(groups):
        missing.append("$request or %r")
    if missing:
        hint = "Copy the pattern from the server's configuration: nginx's log_format, Apache's LogFormat."
        raise UsageError(say("--format has no {missing}.", missing=join(", no ", missing)), hint)
    names = "[" + ", ".join(quoted(group) for group in groups) + "]"
    columns = {column: f"x.{column}" for column in COLUMNS if column in groups} | {"moment": _moment(groups)}
    if "request" in groups:
        columns |= {"method": "split_part(x.request, ' ', 1)", "path": "split_part(x.request, ' ', 2)"}
    columns["sent"] = "replace(x.sent, '-', '0')"
    columns.setdefault("method", "'GET'")
    source = f"(SELECT line, regexp_extract(line, {quoted(expression)}, {names}) AS x FROM lines)"
    return LogFormat("own", select(source, **columns))


def _expression(pattern: str) -> tuple[list[str], str]:
    """The names of a pattern's groups in order, and the regular expression (RE2)."""
    groups: list[str] = []
    parts = ["^"]
    end = 0
    for token in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[end : token.start()]))
        end = token.end()
        name = _TOKENS.get(token[0])
        inside = r"(?:[^\"\\]|\\.)*" if pattern[token.start() - 1 : token.start()] == '"' else r"\S*"
        if name == "clf":
            inside = r"\[?[^\]]*\]?" if token[0] == "%t" else r"[^\]]*"
        if name and name not in groups:
            groups.append(name)
            parts.append(f"({inside})")
        else:
            parts.append(f"(?:{inside})")
    parts.append(re.escape(pattern[end:]))
    return groups, "".join(parts)


def _moment(groups: list[str]) -> str:
    if "clf" in groups:
        return "try_strptime(trim(x.clf, '[]'), '%d/%b/%Y:%H:%M:%S %z') AT TIME ZONE 'UTC'"
    if "iso" in groups:
        return "try_cast(x.iso AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return "make_timestamp((try_cast(x.seconds AS DOUBLE) * 1e6)::BIGINT)"
