"""`sendung check`, `sendung serve`, and what the program says about itself."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest

from sendung.core.version import __version__
from tests.end_to_end.conftest import FIRST, Workshop


def test_check_finds_nothing_wrong(workshop: Workshop) -> None:
    result = workshop.run("check")
    assert (result.code, result.out) == (0, "No mistakes in show.yaml and 1 episode.\n")
    assert not workshop.path("public").exists()


def test_check_gathers_the_mistakes_of_the_show_and_of_all_drafts(workshop: Workshop) -> None:
    workshop.path("cover.jpg").write_bytes(b"no picture")
    workshop.edit(f"{FIRST}/episode.yaml", "summary:", "sumary:")
    result = workshop.run("check", "--json")
    assert result.code == 3
    assert len(result.json["problems"]) == 3


def test_what_the_article_will_be_asked_for_is_not_missing(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "summary:", "sumary:")
    workshop.edit("show.yaml", "store:", "fetch_articles: true\nstore:")
    messages = [problem["message"] for problem in workshop.run("check", "--json").json["problems"]]
    assert messages == ['Unknown key "sumary".']


def test_version_and_help(workshop: Workshop) -> None:
    assert workshop.run("--version").out == f"sendung {__version__}\n"
    text = workshop.run("--help").out
    for words in ("Episodes", "publish", "check", "serve", "7 conflict"):
        assert words in text


@pytest.fixture
def served(workshop: Workshop) -> Iterator[str]:
    """The published show's address while `sendung serve` runs."""
    workshop.run("publish", "erster-ton")
    command = [sys.executable, "-m", "sendung", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=workshop.folder, stdout=subprocess.PIPE, text=True, env=workshop.variables()
    ) as process:
        assert process.stdout
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found
        yield found[0]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) in (0, 130)


def fetch(url: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(
        url, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, {key.lower(): value for key, value in answer.headers.items()}, answer.read()
    except HTTPError as error:
        with error:
            return error.code, {}, b""


def test_serve_answers_as_apps_expect(served: str, workshop: Workshop) -> None:
    keys = list(workshop.store_files())
    [audio] = [key for key in keys if key.startswith("audio/")]
    data = workshop.path(f"public/{audio}").read_bytes()

    status, headers, body = fetch(served + audio)
    assert (status, headers["content-type"], body) == (200, "audio/mpeg", data)
    status, headers, body = fetch(served + audio, "HEAD")
    assert (status, headers["content-length"], headers["accept-ranges"], body) == (200, str(len(data)), "bytes", b"")
    status, headers, body = fetch(served + audio, Range="bytes=100-199")
    assert (status, headers["content-range"], body) == (206, f"bytes 100-199/{len(data)}", data[100:200])

    types = {
        key: fetch(served + key, "HEAD")[1]["content-type"]
        for key in keys
        if not key.startswith(("records/", "state/"))
    }
    assert types["feed.xml"] == "application/rss+xml; charset=utf-8"
    assert types["index.html"] == "text/html; charset=utf-8"
    by_ending = {key.split(".", 1)[1]: kind for key, kind in types.items() if key.startswith("assets/")}
    assert by_ending["vtt"] == "text/vtt; charset=utf-8"
    assert by_ending["srt"].startswith("application/x-subrip")
    assert by_ending["chapters.json"] == "application/json+chapters"
    assert fetch(served)[0] == 200
    assert fetch(served + "e/erster-ton/")[0] == 200


def test_serve_keeps_records_private(served: str, workshop: Workshop) -> None:
    private = [key for key in workshop.store_files() if key.startswith(("records/", "state/"))]
    assert len(private) >= 3
    for key in [*private, ".sendung", "../show.yaml", "%2e%2e/show.yaml"]:
        assert fetch(served + key)[0] == 404


def test_serve_without_anything_published_says_so(workshop: Workshop) -> None:
    result = workshop.run("serve")
    assert (result.code, "Publish an episode first." in result.err) == (6, True)


def test_serve_on_a_taken_port_says_so(served: str, workshop: Workshop) -> None:
    port = served.rsplit(":", 1)[1].strip("/")
    result = workshop.run("serve", "--port", port)
    assert (result.code, f"Port {port} is taken." in result.err) == (2, True)
