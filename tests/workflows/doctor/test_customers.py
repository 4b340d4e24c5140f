"""The doctor says whether customers' addresses can be found by listing the store from outside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sendung.net import NetPolicy
from sendung.workflows.doctor import Health
from sendung.workflows.doctor.public import Outside, unlisted

KEY = f"customers/{'ab' * 16}/feed.xml"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and lists what has no index.html, as many web servers do."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Closed(Quiet):
    """Lists nothing."""

    def list_directory(self, path: object) -> None:
        """Refuse."""
        self.send_error(403)


@pytest.fixture(params=[Quiet, Closed])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[type[Quiet], str]]:
    """A store behind a web server, of which nobody but the host of the test knows the address."""
    file = tmp_path / "show" / KEY
    file.parent.mkdir(parents=True)
    file.write_text("<rss/>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(request.param, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield request.param, f"http://127.0.0.1:{server.server_port}/show"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_store_that_lists_is_bad_and_one_that_does_not_is_well(served: tuple[type[Quiet], str]) -> None:
    handler, url = served
    found = unlisted(Outside(url, NetPolicy(allow_private=True)), [KEY])
    assert found.state is (Health.BAD if handler is Quiet else Health.OK)
    assert "ab" * 16 not in found.message + found.hint
