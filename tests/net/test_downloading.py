"""Downloads: whole or not at all, and no byte twice."""

from __future__ import annotations

import random
import re
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from pathlib import Path

import pytest

from sendung.core.errors import FetchBroken, FetchError
from sendung.net import Limits, NetPolicy, download
from tests.net.conftest import Site

DATA = random.Random(7).randbytes(400_000)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("sendung.net.download"), "_PAUSE_S", 0.01)


class Server:
    """Sends DATA, with ranges, and hangs up after so many bytes of each answer."""

    def __init__(self, breaks: list[int], etag: str = '"1"', data: bytes = DATA) -> None:
        self.breaks = breaks
        self.etag = etag
        self.data = data
        self.sent = 0

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and request.headers.get("If-Range") == self.etag else 0
        body = self.data[start:]
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.data) - 1}/{len(self.data)}")
        request.send_header("ETag", self.etag)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        stop = self.breaks.pop(0) if self.breaks else len(body)
        self.sent += len(body[:stop])
        request.wfile.write(body[:stop])
        request.close_connection = True


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_download_arrives_whole(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    site.answers["/a"] = Server([])
    heard: list[int] = []
    done = download(site.url("/a"), tmp_path / "a.mp3", policy=local, received=heard.append)
    assert (tmp_path / "a.mp3").read_bytes() == DATA
    assert (done.size, done.url, sum(heard), left(tmp_path)) == (len(DATA), site.url("/a"), len(DATA), ["a.mp3"])


def test_a_broken_download_goes_on_where_it_ended(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    server = site.answers["/a"] = Server([100_000, 50_000, 0])
    heard: list[int] = []
    download(site.url("/a"), tmp_path / "a", policy=local, received=heard.append)
    assert (tmp_path / "a").read_bytes() == DATA
    assert server.sent == sum(heard) == len(DATA)
    assert [headers.get("range") for _, _, headers in site.requests] == [
        None, "bytes=100000-", "bytes=150000-", "bytes=150000-",
    ]  # fmt: skip


def test_a_later_run_goes_on_where_the_first_ended(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    site.answers["/a"] = Server([100_000, 0, 0, 0, 0])
    with pytest.raises(FetchBroken):
        download(site.url("/a"), tmp_path / "a", policy=local)
    assert left(tmp_path) == ["a.part", "a.part.json"]
    server = site.answers["/a"] = Server([])
    download(site.url("/a"), tmp_path / "a", policy=local)
    assert (tmp_path / "a").read_bytes() == DATA
    assert server.sent == len(DATA) - 100_000


def test_what_changed_meanwhile_is_never_mixed(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    site.answers["/a"] = Server([100_000, 0, 0, 0, 0])
    with pytest.raises(FetchBroken):
        download(site.url("/a"), tmp_path / "a", policy=local)
    other = DATA[::-1]
    site.answers["/a"] = Server([], '"2"', other)
    heard: list[int] = []
    download(site.url("/a"), tmp_path / "a", policy=local, received=heard.append)
    assert (tmp_path / "a").read_bytes() == other
    assert sum(heard) == len(other)


@pytest.mark.parametrize("etag", ['W/"1"', ""])
def test_without_a_strong_validator_it_starts_again(site: Site, local: NetPolicy, tmp_path: Path, etag: str) -> None:
    site.answers["/a"] = Server([100_000], etag)
    download(site.url("/a"), tmp_path / "a", policy=local)
    assert (tmp_path / "a").read_bytes() == DATA
    assert [headers.get("range") for _, _, headers in site.requests] == [None, None]


def test_the_part_of_another_address_is_not_used(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    site.answers["/a"] = Server([100_000, 0, 0, 0, 0])
    with pytest.raises(FetchBroken):
        download(site.url("/a"), tmp_path / "a", policy=local)
    site.answers["/b"] = Server([], data=DATA[::-1])
    download(site.url("/b"), tmp_path / "a", policy=local)
    assert (tmp_path / "a").read_bytes() == DATA[::-1]


@pytest.mark.parametrize("note", [b"", b"[]", b'{"url": 1}', b"\xff"])
def test_a_damaged_note_is_not_believed(site: Site, local: NetPolicy, tmp_path: Path, note: bytes) -> None:
    (tmp_path / "a.part").write_bytes(b"rubbish")
    (tmp_path / "a.part.json").write_bytes(note)
    site.answers["/a"] = Server([])
    download(site.url("/a"), tmp_path / "a", policy=local)
    assert (tmp_path / "a").read_bytes() == DATA


def test_a_part_that_is_longer_than_the_file_is_thrown_away(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(DATA + b"more")
    (tmp_path / "a.part.json").write_text(f'{{"url": "{site.url("/a")}", "validator": "\\"1\\""}}')
    server = Server([])

    def answer(request: BaseHTTPRequestHandler) -> None:
        if "Range" in request.headers:
            request.send_response(416)
            request.send_header("Content-Length", "0")
            request.end_headers()
        else:
            server(request)

    site.answers["/a"] = answer
    download(site.url("/a"), tmp_path / "a", policy=local)
    assert (tmp_path / "a").read_bytes() == DATA


def test_another_range_than_asked_for_is_refused(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(DATA[:10])
    (tmp_path / "a.part.json").write_text(f'{{"url": "{site.url("/a")}", "validator": "\\"1\\""}}')
    site.say("/a", b"xyz", status=206, Content_Range="bytes 5-7/400000")
    with pytest.raises(FetchError, match="sends another part"):
        download(site.url("/a"), tmp_path / "a", policy=local)
    assert not (tmp_path / "a").exists()


def test_what_is_not_there_is_asked_for_once(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"answers 404 \(Not Found\)"):
        download(site.url("/none"), tmp_path / "a", policy=local)
    assert len(site.requests) == 1
    assert left(tmp_path) == []


def test_too_much_is_refused_announced_or_not(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    def unannounced(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + DATA)
        request.close_connection = True

    site.answers = {"/announced": Server([]), "/unannounced": unannounced}
    for path in site.answers:
        with pytest.raises(FetchError, match="larger than 100000 bytes"):
            download(site.url(path), tmp_path / "a", limits=Limits(100_000, 10), policy=local)
        assert not (tmp_path / "a").exists()


def test_a_private_address_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="is not a public address"):
        download(site.url("/a"), tmp_path / "a")
    assert left(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(site: Site, local: NetPolicy, tmp_path: Path) -> None:
    site.answers["/a"] = Server([])
    with pytest.raises(FetchError, match=r"^a cannot be written: No such file or directory\.$"):
        download(site.url("/a"), tmp_path / "none" / "a", policy=local)
