"""Telling hubs, on a real hub's end of a socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from sendung.core.podcasting20 import FeedOptions
from sendung.core.progress import Silent
from sendung.net.websub import websub
from sendung.store import open_store
from sendung.store.interface import Headers
from sendung.workflows.publish.hubs import ANNOUNCED_KEY, announce, expect_announcement
from tests.feed.shows import SHOW

FEED = "https://cdn.example.org/show/feed.xml?a=1&b=ü"


class Hub(ThreadingHTTPServer):
    """A hub that keeps what it is told, and answers as its path says: /204, /503; redirects lead to /204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.told: list[tuple[str, str, dict[str, list[str]]]] = []
        self.seen: list[str] = []

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"


class _Answering(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append((self.path, self.headers["Content-Type"], parse_qs(body)))
        status = int(self.path.strip("/").split("-")[-1])
        fails_first = self.path.startswith("/first-fails") and len(self.server.told) == 1
        self.send_response(503 if fails_first else status)
        if status in {303, 307}:
            self.send_header("Location", "/204")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_hub_is_told_the_feed_in_the_common_form(hub: Hub) -> None:
    assert websub([hub.url("204")], FEED) == []
    [(_, kind, said)] = hub.told
    assert kind == "application/x-www-form-urlencoded"
    assert said == {"hub.mode": ["publish"], "hub.url": [FEED], "hub.topic": [FEED]}


def test_a_hub_that_fails_once_is_told_again(hub: Hub) -> None:
    assert websub([hub.url("first-fails-202")], FEED) == []
    assert len(hub.told) == 2


def test_a_hub_that_has_moved_is_told_at_its_new_address(hub: Hub) -> None:
    assert websub([hub.url("307")], FEED) == []
    assert [(path, said["hub.url"]) for path, _, said in hub.told] == [("/307", [FEED]), ("/204", [FEED])]


def test_a_hub_that_answers_elsewhere_is_looked_at_there(hub: Hub) -> None:
    assert websub([hub.url("303")], FEED) == []
    assert ([path for path, _, _ in hub.told], hub.seen) == (["/303"], ["/204"])


def test_each_hub_that_does_not_take_it_is_a_warning_and_the_others_are_told(hub: Hub) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        refused, missing = websub([hub.url("400"), gone, hub.url("204")], FEED)
    assert refused.message == f"The hub {hub.url('400')} was not told of the feed: it answered 400."
    assert missing.message == f"The hub {gone} was not told of the feed: it cannot be reached."
    assert missing.why == f"Nobody answers at {gone}. "
    assert [path for path, _, _ in hub.told].count("/204") == 1
    assert [path for path, _, _ in hub.told].count("/400") == 1, "what is refused is not asked again at once"


class Heard(Silent):
    """What was warned of."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warn(self, message: str, hint: str = "") -> None:
        self.warnings.append(message)


def test_hubs_are_told_once_of_each_feed_and_not_of_one_from_before_that_was_noted(hub: Hub, tmp_path: Path) -> None:
    show = SHOW.model_copy(update={"feed": FeedOptions(hubs=(hub.url("204"), hub.url("500")))})
    store, heard = open_store("public", tmp_path, None, None), Heard()
    version = store.create("feed.xml", b"old", Headers("application/rss+xml"))
    announce(store, show, heard)
    expect_announcement(store, show, store.read("feed.xml"))
    announce(store, show, heard)
    assert (hub.told, heard.warnings) == ([], [])
    store.replace("feed.xml", b"new", Headers("application/rss+xml"), version)
    announce(store, show, heard)
    announce(store, show, heard)
    assert {said["hub.url"][0] for _, _, said in hub.told} == {SHOW.feed_url}
    assert heard.warnings == [f"The hub {hub.url('500')} was not told of the feed: it answered 500."] * 2, "each time"
    assert [path for path, _, _ in hub.told].count("/204") == 1
    store.replace(ANNOUNCED_KEY, b"?", Headers("application/json"), store.read(ANNOUNCED_KEY).version)
    announce(store, show, heard)
    assert [path for path, _, _ in hub.told].count("/204") == 2, "told once more, where nobody knows"


def test_without_hubs_nothing_is_sent() -> None:
    assert websub([], FEED) == []
