"""DuckDB: reads logs, joins and counts them, out of core."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendung.core.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "300MB"
"""What DuckDB may hold; beyond it, it uses the scratch folder. Python and the lists take the rest of 500 MB."""


def open_engine(scratch: Path, threads: int | None = None) -> DuckDBPyConnection:
    """A database in a scratch folder that goes with the run. Raises UsageError where DuckDB is not installed."""
    try:
        import duckdb  # noqa: PLC0415
    except ImportError:
        message = "Statistics need DuckDB, which is not installed."
        raise UsageError(message, "Install it with: pip install 'sendung[stats]'") from None
    engine = duckdb.connect(
        str(scratch / "hits.duckdb"),
        config={
            "threads": threads or os.cpu_count() or 1,
            "memory_limit": MEMORY,
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    engine.execute("SET TimeZone = 'UTC'")
    # DuckDB draws one on stdout where Python looks interactive to it, and --json would be no JSON.
    engine.execute("SET enable_progress_bar = false")
    for macro in _MACROS:
        engine.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
    return engine


def first_row(engine: DuckDBPyConnection, query: str, values: Mapping[str, object] | None = None) -> tuple[Any, ...]:
    """The first row of a query's answer, () where there is none; the answer is read to its end."""
    rows = engine.execute(query, values).fetchall()
    return rows[0] if rows else ()


def execute_with(engine: DuckDBPyConnection, columns: Mapping[str, Any], statement: str) -> None:
    """Run a statement that reads the table `loaded`, whose columns are NumPy's, by name."""
    engine.register("loaded", columns)
    engine.execute(statement)
    engine.unregister("loaded")


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


_MACROS = (
    # An IPv4 address as its number; NULL for what is none.
    """ipv4(parts) AS CASE WHEN len(parts) = 4 THEN
        try_cast(parts[1] AS UTINYINT)::UBIGINT * 16777216 + try_cast(parts[2] AS UTINYINT)::UBIGINT * 65536
        + try_cast(parts[3] AS UTINYINT)::UBIGINT * 256 + try_cast(parts[4] AS UTINYINT)::UBIGINT END""",
    # The first 64 bits of an IPv6 address (5.5.4, "Working with IPv6 Addresses"); NULL for what is none.
    """ipv6_half(groups) AS try_cast('0x' || lpad(groups[1], 4, '0') || lpad(groups[2], 4, '0')
        || lpad(groups[3], 4, '0') || lpad(groups[4], 4, '0') AS UBIGINT)""",
    # What "::" leaves out reaches over the first half, unless more than four groups come after it.
    """ipv6(address) AS CASE
        WHEN NOT contains(address, '::') THEN
            CASE WHEN len(string_split(address, ':')) = 8 THEN ipv6_half(string_split(address, ':')) END
        WHEN len(string_split(split_part(address, '::', 2), ':')) > 4 OR len(string_split(address, '::')) > 2 THEN NULL
        ELSE ipv6_half(string_split(split_part(address, '::', 1) || ':0:0:0', ':')) END""",
    """network_of(address) AS CASE WHEN NOT contains(address, ':') THEN ipv4(string_split(address, '.'))
        WHEN contains(address, '.') THEN ipv4(string_split(regexp_extract(address, '^::(?i:ffff):(.*)', 1), '.'))
        ELSE ipv6(address) END""",
    # Address ranges are looked up by what their first bits are: 16 of IPv4, 28 of IPv6.
    "bucket_of(network) AS CASE WHEN network < 4294967296 THEN network >> 16 ELSE network >> 36 END",
    "range_first(words) AS try_cast(regexp_extract(words, '^bytes[= ](\\d{1,15})-', 1) AS BIGINT)",
    "range_last(words) AS try_cast(regexp_extract(words, '^bytes[= ]\\d{1,15}-(\\d{1,15})(/|$)', 1) AS BIGINT)",
    "dashed(words) AS CASE WHEN words = '-' THEN '' ELSE coalesce(words, '') END",
)
