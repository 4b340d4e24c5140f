"""Lines of every format, as the services' own documentation and real servers write them, and what they are not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import make_logs as logs
import pytest

from sendung.core.errors import UsageError
from sendung.listening.files import find_files, look, source_of
from sendung.listening.formats import NAMES, detect
from sendung.listening.pattern import log_format
from sendung.listening.plan import CountPlan
from sendung.listening.stage import stage
from tests.listening.counting import KEY, SIZE, Told, caddy, count_files, count_lines, make_plan

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AGENT = "AntennaPod/3.4.0"


def s3(agent: str = AGENT, referrer: str = "-", key: str = f"show/{KEY}", sent: str = str(SIZE), rest: str = "") -> str:
    return (
        "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be show-bucket [20/Oct/2026:10:00:00 +0000] "
        f"192.0.2.7 - 3E57427F{abs(hash((agent, key, sent))):X} REST.GET.OBJECT {key} "
        f'"GET /{key} HTTP/1.1" 200 - {sent} {SIZE} 7 6 "{referrer}" "{agent}" - hostid= - TLS_AES_128_GCM_SHA256 - '
        f"show-bucket.s3.eu-central-1.amazonaws.com TLSv1.3 - -{rest}"
    )


def combined(agent: str = AGENT, referrer: str = "-", user: str = "-") -> str:
    return (
        f'192.0.2.7 - {user} [20/Oct/2026:12:00:00 +0200] "GET /show/{KEY} HTTP/2.0" 200 {SIZE} "{referrer}" "{agent}"'
    )


def rows(engine: DuckDBPyConnection) -> list[tuple[object, ...]]:
    return engine.execute("SELECT reason, agent, referrer FROM hits").fetchall()


@pytest.mark.parametrize("form", logs.FORMATS)
def test_a_file_is_known_by_its_first_lines(form: str) -> None:
    request = logs.Request(1_790_000_000, "192.0.2.7", AGENT, KEY)
    line = logs.FORMATS[form](request)
    lines = [*(logs.CLOUDFRONT_HEAD.splitlines() if form == "cloudfront-v1" else []), line]
    found = detect(lines)
    assert found
    assert found.name == form
    assert form in NAMES


@pytest.mark.parametrize(
    "line",
    ["", "Hello", "{}", '{"a": 1}', "[20/Oct/2026]", "a b c d e f", '"' * 9, "|" * 20, "{" * 50, "\x00\x01", "ü" * 300],
)
def test_what_is_no_log_is_none(line: str) -> None:
    assert detect([line]) is None


@pytest.mark.parametrize(
    ("line", "agent", "referrer"),
    [
        (s3(), AGENT, ""),
        (s3(agent='x" "y'), 'x" "y', ""),
        (s3(agent='x" 200 - 1 1 1 1 "https://evil.example/" "App/1'), None, ""),
        (s3(referrer="https://www.example.org/eins"), AGENT, "https://www.example.org/eins"),
        (s3(rest=" a-new-field another"), AGENT, ""),
        (combined(), AGENT, ""),
        (combined(user="sven kramer"), AGENT, ""),
        (combined(agent=r"Fo\x22o"), r"Fo\x22o", ""),
        (combined(agent=r"Fo\"o \\"), "Foo ", ""),
        (combined() + ' "203.0.113.9"', AGENT, ""),
    ],
)
def test_what_a_listener_writes_changes_no_other_field(
    engine: DuckDBPyConnection, tmp_path: Path, line: str, agent: str | None, referrer: str
) -> None:
    told = count_lines(engine, tmp_path, [line])
    assert told.reasons == {"counted": 1}
    [(_, found, page)] = rows(engine)
    assert page == referrer
    assert agent is None or found == agent


@pytest.mark.parametrize("length", [0, 1, 40, 120, 200, 260, 330])
def test_a_line_that_was_cut_is_unreadable_and_stops_nothing(
    engine: DuckDBPyConnection, tmp_path: Path, length: int
) -> None:
    told = count_lines(engine, tmp_path, [s3(), s3()[:length]])
    assert told.downloads == 1
    assert sum(told.reasons.values()) == (2 if length else 1)


HOSTILE = [
    b"\x00" * 500,
    b"\xff\xfe\xfd" * 40,
    b"\x1b[31m" * 30,
    b'"' * 10_000,
    b"x" * 1_000_000,
    b"x" * 5_000_000,
    s3(agent="A" * 1_000_000).encode(),
    s3(agent="=cmd|' /C calc'!A0").encode(),
    s3(agent="<script>alert(1)</script>").encode(),
    s3(agent="'; DROP TABLE hits; --").encode(),
    s3(key="show/%2e%2e/%00/%zz").encode(),
    s3(sent="99999999999999999999999").encode(),
    s3(sent="-5").encode(),
    s3().replace("20/Oct/2026", "99/Foo/9999").encode(),
    s3().replace("192.0.2.7", "1" * 4000).encode(),
    s3().replace("192.0.2.7", ":" * 4000).encode(),
    s3().replace(" 200 ", " 99999999999 ").encode(),
    b"{" * 100_000,
    b"[" + b"|" * 100_000,
]


def test_hostile_lines_are_counted_as_what_they_are(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    told = count_lines(engine, tmp_path, [s3(), *HOSTILE, s3(agent="Castro 1")])
    counted = [
        line for line in HOSTILE if b"A" * 99 in line or b"=cmd" in line or b"<script" in line or b"DROP" in line
    ]
    assert told.downloads == 2 + len(counted)
    assert sum(told.reasons.values()) == len(HOSTILE) + 2, "no line is lost, none makes two"
    assert engine.execute("SELECT count(*) FROM hits").fetchall()


@pytest.mark.parametrize(
    "line",
    [
        caddy("1e300"),
        caddy("-1"),
        caddy("NaN"),
        caddy("9999999999999999999"),
        caddy("2026-10-20T10:00:00Z", span="bytes=99999999999999999999-"),
        caddy("2026-10-20T10:00:00Z", span="bytes=9-1", status=206),
        caddy("2026-10-20T10:00:00Z", size=-1),
        caddy("2026-10-20T10:00:00Z", size=2**70),
        '{"ts": {"a": 1}, "request": {}, "status": "200"}',
        '{"ts": 1e9, "request": {"client_ip": ["192.0.2.1"]}, "status": 200, "size": 1}',
        '{"ts": 1e9, "request": {"client_ip": "192.0.2.1", "uri": null}, "status": 200, "size": 1}',
        '{"ts": 1',
        json.dumps({"ts": 1e9, "request": {"uri": "/\ud800"}}),
    ],
)
def test_objects_with_odd_values_stop_nothing(engine: DuckDBPyConnection, tmp_path: Path, line: str) -> None:
    good = caddy("2026-10-20T10:00:00Z")
    told = count_lines(engine, tmp_path, [good, line])
    assert sum(told.reasons.values()) == 2
    assert told.downloads >= 1


def test_a_row_of_numbers_is_a_moment(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    """Seconds, milliseconds and nanoseconds since 1970, as Cloudflare and Caddy may be set to write them."""
    moments = ["1792490400", "1792490400.5", "1792490400123", "1792490400123456789", "2026-10-20T10:00:00Z"]
    lines = [caddy(moment, User_Agent=f"App/{number}") for number, moment in enumerate(moments)]
    assert count_lines(engine, tmp_path, lines).days == {"2026-10-20": 5}


def packed(data: bytes, how: str) -> bytes:
    if how == "gzip":
        return gzip.compress(data)
    if how == "several gzips":
        half = data.index(b"\n", len(data) // 2) + 1
        return gzip.compress(data[:half]) + gzip.compress(data[half:])
    return data


@pytest.mark.parametrize("how", ["not", "gzip", "several gzips"])
@pytest.mark.parametrize("name", ["access.log", "access.log.1", "a [b] *?.log", "ü'x\".txt"])
def test_files_are_packed_as_their_bytes_say_whatever_their_name(
    engine: DuckDBPyConnection, tmp_path: Path, how: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(packed("\n".join([s3(), s3(agent="Castro 1"), s3(agent="Castro 2")]).encode(), how))
    assert count_files(engine, [path]).downloads == 3


def test_zstd(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    source, path = tmp_path / "plain.log", tmp_path / "log"
    source.write_text(f"{s3()}\n{s3(agent='Castro 1')}\n")
    engine.execute(
        f"COPY (SELECT line FROM {source_of([source], 'none')}) "
        f"TO '{path}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01', COMPRESSION zstd)"
    )
    assert path.read_bytes().startswith(b"\x28\xb5\x2f\xfd")
    assert count_files(engine, [path]).downloads == 2


def test_cloudfront_as_parquet(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "cloudfront.parquet"
    engine.execute(
        "COPY (SELECT '2026-10-20' AS date, '10:00:00' AS time, '192.0.2.7' AS c_ip, 'GET' AS cs_method, "
        f"'/show/{KEY}' AS cs_uri_stem, '206' AS sc_status, '{SIZE}' AS sc_bytes, '-' AS cs_referer, "
        f"'Castro%201' AS cs_user_agent, '0' AS sc_range_start, '{SIZE - 1}' AS sc_range_end) "
        f"TO '{path}' (FORMAT parquet)"
    )
    assert count_files(engine, [path]).downloads == 1
    assert rows(engine)[0][1] == "Castro 1"


def test_cloudfront_without_a_field_that_counting_needs_says_which() -> None:
    with pytest.raises(UsageError, match=r"lack c-ip, cs\(User-Agent\)"):
        detect(["#Version: 1.0", "#Fields: date time cs-method cs-uri-stem sc-status sc-bytes"])


def count_own(engine: DuckDBPyConnection, path: Path, pattern: str, plan: CountPlan) -> Told:
    files = look(engine, [path], log_format(pattern)).files
    stage(engine, plan, files)
    reasons = dict(engine.execute("SELECT reason, count(*) FROM hits GROUP BY reason").fetchall())
    return Told(reasons.get("", 0), {}, reasons, {}, {})


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (
            '$remote_addr [$time_iso8601] "$request" $status $body_bytes_sent "$http_range" "$http_user_agent"',
            f'192.0.2.7 [2026-10-20T12:00:00+02:00] "GET /show/{KEY} HTTP/1.1" 206 5000000 "bytes=0-4999999" "Castro"',
        ),
        ('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', combined()),
        (
            "$msec|$remote_addr|$request_method|$request_uri|$status|$bytes_sent",
            f"1792490400.123|192.0.2.7|GET|/show/{KEY}|200|{SIZE}",
        ),
        ("(%a) %t %m %U %s %O", f"(192.0.2.7) [20/Oct/2026:12:00:00 +0200] GET /show/{KEY} 200 {SIZE}"),
    ],
)
def test_a_pattern_of_ones_own(engine: DuckDBPyConnection, tmp_path: Path, pattern: str, line: str) -> None:
    path = tmp_path / "own.log"
    path.write_text(f"{line}\nnonsense\n{line}\n")
    told = count_own(engine, path, pattern, make_plan())
    assert told.reasons == {"": 2, "unreadable": 1}


@pytest.mark.parametrize(
    ("pattern", "missing"),
    [
        ("", r"no \$remote_addr or %h"),
        ("%h %t %r %b", r"no \$status or %>s\."),
        ("$remote_addr $status $bytes_sent $request", r"no \$time_local or %t"),
        ("$remote_addr $status $bytes_sent $msec", r"no \$request or %r"),
    ],
)
def test_a_pattern_that_lacks_something_says_what(pattern: str, missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        log_format(pattern)


def test_folders_are_looked_through_and_what_is_no_log_is_told(engine: DuckDBPyConnection, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    (folder / "2026/.hidden").mkdir(parents=True)
    (folder / "2026/a.log").write_text(s3())
    (folder / "2026/.hidden/b.log").write_text(s3())
    (folder / "empty.log").write_text("")
    (folder / "README").write_text("Logs are here.\n")
    (folder / "broken.gz").write_bytes(gzip.compress(s3().encode())[:30])
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    found = look(engine, find_files([folder, folder / "2026/a.log"]), None)
    assert [file.path.name for file in found.files] == ["a.log"]
    assert sorted(problem.message.split()[0] for problem in found.warnings) == ["README", "broken.gz", "picture.png"]
