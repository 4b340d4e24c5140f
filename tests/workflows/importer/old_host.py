"""A hosting service on loopback: feeds, audio, pictures; with ranges and ETags, and with faults where a test wants."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sendung.workflows.serve import media_type


@dataclass
class Reply:
    """What is about to be sent; a fault changes it."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut_after: int | None = None
    """Bytes of the body after which the connection breaks."""


Fault = Callable[[str, Reply], None]
"""Hears method and reply."""


@dataclass
class OldHost:
    """What is served under which path."""

    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path, and Range of each request."""
    guarded: dict[str, str] = field(default_factory=dict)
    """Path to the Authorization that it wants."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests(self, path: str) -> list[str]:
        """The ranges with which a path was asked for."""
        return [said for _, asked, said in self.asked if asked == path]

    def reply(self, method: str, path: str, wanted: str, known: str = "", words: str = "") -> Reply:
        if words != self.guarded.get(path, words):
            return Reply(401, {"WWW-Authenticate": "Basic"}, b"")
        if path in self.redirects:
            return Reply(302, {"Location": self.redirects[path]}, b"")
        data = self.files.get(path)
        if data is None:
            return Reply(404, {}, b"not here")
        tag = sha256(data).hexdigest()[:16]
        headers = {
            "Content-Type": media_type(path),
            "ETag": f'"{tag}"',
            "Accept-Ranges": "bytes",
            "Access-Control-Allow-Origin": "*",
        }
        if known == headers["ETag"]:
            return Reply(304, {"ETag": known}, b"")
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
        if not found:
            return Reply(200, headers, data)
        first, last = int(found[1]), int(found[2] or len(data) - 1)
        part = data[first : last + 1]
        headers["Content-Range"] = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
        return Reply(206, headers, part)


def _handler(host: OldHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, wanted = self.path.partition("?")[0], self.headers.get("Range", "")
            host.asked.append((self.command, path, wanted))
            words = self.headers.get("Authorization", "")
            reply = host.reply(self.command, path, wanted, self.headers.get("If-None-Match", ""), words)
            if fault := host.faults.get(path):
                fault(self.command, reply)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(reply.body[: reply.cut_after])
            self.close_connection = reply.cut_after is not None

        do_HEAD = do_GET  # noqa: N815 - the name that http.server looks for

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ConnectionError, TimeoutError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    """A connection that a client keeps open must not keep the test from ending."""


@contextmanager
def serving(host: OldHost) -> Iterator[OldHost]:
    """The host while it answers."""
    with _Server(("127.0.0.1", 0), _handler(host)) as server:
        host.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            thread.join()
