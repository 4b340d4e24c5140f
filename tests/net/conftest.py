"""A web server on loopback that answers as each test says, and doors that lead to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sendung.net import NetPolicy

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Paths and how they answer, and every request that came."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def say(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Let a path answer with a body; header names have underscores for hyphens."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            if request.command == "GET":
                request.wfile.write(body)

        self.answers[path] = answer

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.say(path, status=status, Location=target)


def serve(site: Site) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            # A client that hangs up is what many of these tests are about.
            try:
                super().handle_one_request()
            except (ConnectionError, TimeoutError):
                self.close_connection = True

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            site.requests.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = site.answers.get(path)
            if answer is None:
                self.send_error(404)
            else:
                answer(self)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


def to_loopback(host: str, port: int) -> list[str]:
    """A resolver by which every name is this machine."""
    return ["127.0.0.1"]


@pytest.fixture
def local() -> NetPolicy:
    """A policy through which this machine may be reached, under any name."""
    return NetPolicy(allow_private=True, resolve=to_loopback)
