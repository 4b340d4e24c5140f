"""One engine for the tests of a module: each fills its tables anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sendung.listening.engine import open_engine
from sendung.listening.networks import load_countries, load_hosting

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    scratch = tmp_path_factory.mktemp("scratch")
    countries = scratch / "countries.csv"
    countries.write_text("192.0.2.0,192.0.2.255,DE\n203.0.113.0,203.0.113.127,AT\n2001:db8::,2001:db8:ffff:ffff::,CH\n")
    with open_engine(scratch, 1) as engine:
        load_countries(engine, [countries])
        load_hosting(engine, [])
        yield engine
