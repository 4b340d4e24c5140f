"""The doctor says whether customers' addresses can be found from outside: by listing, or in what everybody reads."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sendung.net import NetPolicy, fetch
from sendung.store import Headers
from sendung.workflows.doctor import Health
from sendung.workflows.doctor.public import Outside, unlisted, untold
from sendung.workflows.doctor.services import Service, ShowBucket, steps
from tests.servers.fixtures import Target, client_at

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


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_a_real_server_shows_an_address_to_whoever_has_it_and_to_nobody_else(target: Target) -> None:
    """rclone answers nobody without credentials; Ceph does by the policy that the doctor prints."""
    store, bucket, endpoint = target.open(), target.url.split("/")[2], str(target.endpoint_url)
    outside = Outside(f"{endpoint}/{bucket}/show", NetPolicy(allow_private=True))
    for key in (KEY, "feed.xml", "index.html"):
        store.create(key, b"<rss/>", Headers("text/plain"))
    if target.kind == "ceph":
        place = ShowBucket(bucket, "show/", endpoint, outside.public_url)
        [policy] = [step.document for step in steps(Service.CEPH, place) if step.file == "policy.json"]
        client_at(endpoint).put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert (fetch(outside.url(KEY), policy=outside.policy).status == 200) is (target.kind == "ceph")
    assert unlisted(outside, [KEY]).state is Health.OK
    assert untold(outside, [KEY], ["feed.xml", "index.html"]).state is Health.OK
    if target.kind == "ceph":
        store.create("e/eins/index.html", f'<a href="{outside.url(KEY)}">'.encode(), Headers("text/html"))
        told = untold(outside, [KEY], ["feed.xml", "e/eins/index.html"])
        assert told.state is Health.BAD
        assert "e/eins/index.html" in told.message
        assert "ab" * 16 not in told.message + told.hint
        client_at(endpoint).put_bucket_acl(Bucket=bucket, ACL="public-read")
        assert unlisted(outside, [KEY]).state is Health.BAD
