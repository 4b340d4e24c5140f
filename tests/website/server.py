"""A static web server on loopback, as a store would be: byte ranges, CORS, no default documents, and a log."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "png": "image/png",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
}


@dataclass
class Site:
    """What is served, by path; `requests` are the paths that were asked for."""

    url: str
    objects: dict[str, bytes]
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    down: bool = False
    """While it is, connections are closed without an answer."""
    folders: bool = False
    """Whether a folder is answered with the index.html in it."""


@contextmanager
def serving(objects: dict[str, bytes] | None = None, headers: dict[str, str] | None = None) -> Iterator[Site]:
    """A server on a free port for as long as the context lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}", objects if objects is not None else {}, headers or {})
    server.site = site
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up in mid-answer is no trouble."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        path = unquote(urlsplit(self.path).path).lstrip("/")
        if site.down:
            self.close_connection = True
            return
        site.requests.append(path)
        if site.folders and (not path or path.endswith("/")):
            path += "index.html"
        data = b"" if path == "favicon.ico" else site.objects.get(path)
        if data is None:
            self._answer(404, b"", "text/plain")
            return
        kind = TYPES.get(path.rpartition(".")[2], "application/octet-stream")
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked:
            self._answer(200, data, kind)
            return
        first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        self._answer(206, data[first : last + 1], kind, {"Content-Range": f"bytes {first}-{last}/{len(data)}"})

    def _answer(self, status: int, data: bytes, kind: str, more: dict[str, str] | None = None) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        self.send_response(status)
        base = {"Content-Type": kind, "Content-Length": str(len(data)), "Accept-Ranges": "bytes"}
        cors = {"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=60"}
        for name, value in (base | cors | site.headers | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            if self.command == "GET":
                self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass
