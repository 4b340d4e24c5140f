"""Reading show.yaml and episode.yaml."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from ruamel.yaml import YAML

from sendung.config.document import load_yaml
from sendung.config.schema import schemas
from sendung.config.show import load_show
from sendung.core.errors import ConfigError
from sendung.core.field_types import resolve_date
from sendung.core.file_digests import file_digest

ROOT = Path(__file__).parent.parent.parent
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("name", ["show.schema.json", "episode.schema.json"])
def test_committed_schemas_are_current(name: str) -> None:
    assert (ROOT / "schema" / name).read_text("utf-8") == schemas()[name], "run make schema"


@pytest.mark.parametrize(
    ("schema", "file"),
    [("show", "show.yaml"), ("episode", "episodes/realitaetscheck-autoindustrie/episode.yaml")],
)
def test_the_sample_fits_its_schema(schema: str, file: str) -> None:
    rules = json.loads(schemas()[f"{schema}.schema.json"])
    data = load_yaml(ROOT / file).data
    jsonschema.validate(data, rules)
    with pytest.raises(jsonschema.ValidationError, match="titel"):
        jsonschema.validate({**data, "titel": "x"}, rules)


def test_the_sample_show_loads() -> None:
    show = load_show(ROOT)
    assert [host.name for host in show.file.hosts] == ["Sven Kramer", "Sebastian Karger"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 19, 23, tzinfo=UTC)),
        ("2026-11-20 06:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("2026-11-20 6:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("20.11.2026 6:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("20. 11. 2026, 6 Uhr", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("5.1.2027 um 18:30 Uhr", datetime(2027, 1, 5, 17, 30, tzinfo=UTC)),
        ("2026-07-20 06:00", datetime(2026, 7, 20, 4, tzinfo=UTC)),
        ("2026-11-20T06:00:00Z", datetime(2026, 11, 20, 6, tzinfo=UTC)),
        ("2026-11-20 06:00-05:00", datetime(2026, 11, 20, 11, tzinfo=UTC)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=[
        "a day",
        "winter",
        "one digit",
        "dotted",
        "dotted and spoken",
        "with um and Uhr",
        "summer",
        "UTC",
        "another zone",
        "an hour that comes twice",
    ],
)
def test_dates_are_in_the_shows_zone(text: str, moment: datetime) -> None:
    assert resolve_date(text, BERLIN) == moment


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(ValueError, match="clocks skip"):
        resolve_date("2026-03-29 02:30", BERLIN)


def test_yaml_keeps_what_was_typed(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("date: 2026-11-20 06:00\nno: no\nat: 12:30\nlist: [1, 2.5, true]\n", "utf-8")
    document = load_yaml(tmp_path / "x.yaml")
    assert document.data == {"date": "2026-11-20 06:00", "no": "no", "at": "12:30", "list": [1, 2.5, True]}
    assert str(document.place("list", 1)).endswith("x.yaml:4:11")
    assert str(document.place("list", 7, "x")).endswith("x.yaml:4:1")


def test_a_source_is_what_is_said_not_of_how(tmp_path: Path) -> None:
    (tmp_path / "cover.jpg").write_bytes((ROOT / "cover.jpg").read_bytes())
    text = (ROOT / "show.yaml").read_text("utf-8")

    def digest(text: str) -> object:
        (tmp_path / "show.yaml").write_text(text, "utf-8")
        return load_show(tmp_path).source(file_digest)

    first = digest(text)
    plain = YAML(typ="safe", pure=True).load(text)
    assert digest(json.dumps(plain, ensure_ascii=False)) == first, "the same keys in another dress"
    assert digest(text.replace("url: public\n", "url: elsewhere\n")) == first, "where it is kept is no part of it"
    assert digest(text.replace("title: Zweikanalton", "title: Dreikanalton")) != first
    (tmp_path / "cover.jpg").write_bytes(b"other")
    assert digest(text) != first


def test_a_missing_show_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"show\.yaml is not there"):
        load_show(tmp_path)
