"""A proxy that breaks what passes through it, in front of a real S3 server.

    with breaking_proxy(endpoint_url, lambda request: Fault.RESET_AFTER if request.method == "PUT" else None) as proxy:
        ...  # use proxy.url as the endpoint; proxy.requests and proxy.broken tell what happened

It speaks HTTP/1.1 on loopback, forwards each request whole over a connection of its own, and does to it what `choose`
says. It decides by looking at the request only, so a test can make exactly the fault that it needs. With `encrypts` and
`forgets` it plays services that keep less than the one behind it.
"""

from __future__ import annotations

import contextlib
import enum
import http.client
import itertools
import random
import re
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

DELAY = 0.1
"""Seconds."""


class Fault(enum.Enum):
    """What can go wrong with one request."""

    RESET_BEFORE = "the connection is reset before the server hears of it"
    RESET_AFTER = "the connection is reset after the server has acted"
    LOST_REPLY = "the server has acted, the connection ends without a reply"
    ERROR_500 = "500 InternalError"
    SLOW_DOWN = "503 SlowDown"
    TOO_MANY = "429 TooManyRequests"
    TRUNCATED = "the reply ends in the middle of its body"
    DELAYED = "the reply comes late"
    FLIPPED_UP = "one bit of the request's body is flipped"
    FLIPPED_DOWN = "one bit of an object that is read is flipped"
    UNCHECKED = "400 InvalidRequest, as buckets with an Object Lock answer to a body without a checksum"
    NOT_IMPLEMENTED = "501 NotImplemented, as some services answer to conditions"
    CONFLICT = "409 ConditionalRequestConflict, as AWS answers to a condition while another write is under way"
    SILENT = "no reply comes, and the connection stays open"


_OTHERS = {Fault.NOT_IMPLEMENTED, Fault.CONFLICT, Fault.SILENT, Fault.UNCHECKED}
FLEETING = [fault for fault in Fault if fault not in _OTHERS]
"""The faults that pass when the request is sent again."""

_ANSWERS = {
    Fault.ERROR_500: (500, "InternalError"),
    Fault.SLOW_DOWN: (503, "SlowDown"),
    Fault.TOO_MANY: (429, "TooManyRequests"),
    Fault.NOT_IMPLEMENTED: (501, "NotImplemented"),
    Fault.UNCHECKED: (400, "InvalidRequest"),
    Fault.CONFLICT: (409, "ConditionalRequestConflict"),
}


_UNANSWERED = {Fault.RESET_AFTER, Fault.LOST_REPLY}


@dataclass(frozen=True)
class Request:
    """One request: its line and headers (names in lower case)."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def is_conditional(self) -> bool:
        """Whether it is a write that must only be done if a condition holds."""
        return self.method == "PUT" and not self.headers.keys().isdisjoint({"if-match", "if-none-match"})


Choose = Callable[[Request], Fault | None]


def no_conditions(request: Request) -> Fault | None:
    """Play a service that answers 501 to every conditional write."""
    return Fault.NOT_IMPLEMENTED if request.is_conditional else None


def once_each(fault: Fault) -> Choose:
    """Break the first of all equal requests: same method, same target but for the id of a multipart upload."""
    seen: set[tuple[str, str]] = set()

    def choose(request: Request) -> Fault | None:
        one = request.method, re.sub(r"uploadId=[^&]*", "", request.target)
        known = one in seen
        seen.add(one)
        return None if known else fault

    return choose


def now_and_then(share: float, seed: int) -> Choose:
    """Break a share of all requests (0 to 1) in every fleeting way, repeatably."""
    chance = random.Random(seed)
    return lambda _: chance.choice(FLEETING) if chance.random() < share else None


@dataclass
class Proxy:
    """A running proxy: its URL, the requests it saw and the faults it made. `choose` may be changed at any time."""

    url: str
    choose: Choose
    requests: list[Request] = field(default_factory=list)
    broken: Counter[Fault] = field(default_factory=Counter)
    encrypts: bool = False
    """Whether no ETag is an MD5, as where objects are encrypted. If-Match cannot be asked for then."""
    forgets: bool = False
    """Whether what is recorded with an object does not come back."""


@contextlib.contextmanager
def breaking_proxy(upstream: str, choose: Choose) -> Iterator[Proxy]:
    """A proxy in front of the server at an http URL, until the context ends."""
    with _Server(upstream, choose) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.proxy
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, upstream: str, choose: Choose) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream)
        self.proxy = Proxy(f"http://127.0.0.1:{self.socket.getsockname()[1]}", choose)
        self.ended = threading.Event()
        self.flips = itertools.count()

    def handle_error(self, request: object, client_address: object) -> None:
        """Connections that the other side breaks are what this is about."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        proxy = self.server.proxy
        with contextlib.suppress(OSError, http.client.HTTPException):
            while (request := self._request()) is not None:
                if request.headers.get("expect", "").lower() == "100-continue":
                    self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = self.rfile.read(int(request.headers.get("content-length", 0)))
                proxy.requests.append(request)
                fault = proxy.choose(request)
                if fault:
                    proxy.broken[fault] += 1
                if not self._serve(request, body, fault):
                    return

    def _request(self) -> Request | None:
        line = self.rfile.readline(65536).decode("latin-1")
        if not line.strip():
            return None
        method, target, _ = line.split(" ", 2)
        headers = http.client.parse_headers(self.rfile)
        return Request(method, target, {name.lower(): value for name, value in headers.items()})

    def _serve(self, request: Request, body: bytes, fault: Fault | None) -> bool:
        """Answer one request; whether the connection goes on."""
        if fault in _ANSWERS:
            self.wfile.write(_error(*_ANSWERS[fault]))
            return True
        if fault is Fault.SILENT:
            self.server.ended.wait()
        elif fault is not Fault.RESET_BEFORE:
            body = self._flipped(body, fault is Fault.FLIPPED_UP)
            head, content = _played(self.server.proxy, *_forward(self.server.upstream, request, _plain(body)))
            if fault is Fault.DELAYED:
                time.sleep(DELAY)
            if fault is Fault.TRUNCATED:
                self.wfile.write(head + content[: len(content) // 2])
            elif fault not in _UNANSWERED:
                flip = fault is Fault.FLIPPED_DOWN and head.startswith(b"HTTP/1.1 200") and "?" not in request.target
                self.wfile.write(head + self._flipped(content, flip))
                return True
        if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        return False

    def _flipped(self, data: bytes, flip: bool) -> bytes:
        """Data with one bit flipped, each time another: two readings that agree are believed."""
        if not data or not flip:
            return data
        place, bit = divmod(next(self.server.flips) % (8 * len(data)), 8)
        return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def _forward(upstream: SplitResult, request: Request, body: bytes) -> tuple[bytes, bytes]:
    """The server's answer: its head, with a length instead of chunks, and its body."""
    connection = http.client.HTTPConnection(upstream.hostname or "", upstream.port, timeout=60)
    try:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name not in {"expect", "connection"}:
                connection.putheader(name, value)
        connection.endheaders()
        with contextlib.suppress(OSError):  # a server may refuse without reading it all
            connection.send(body)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    length = answer.getheader("content-length") if request.method == "HEAD" else str(len(content))
    lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    dropped = {"transfer-encoding", "content-length", "connection"}
    lines += [f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in dropped]
    lines += [f"content-length: {length or 0}", "", ""]
    return "\r\n".join(lines).encode("latin-1"), content


_ETAG = re.compile(rb"""(?i)(^etag: |<ETag>)((?:"|&quot;|&#34;)?)([0-9a-v-]+)""", re.MULTILINE)
_HIDES = bytes.maketrans(b"0123456789abcdef", b"ghijklmnopqrstuv")
_SHOWS = bytes.maketrans(b"ghijklmnopqrstuv", b"0123456789abcdef")


def _played(proxy: Proxy, head: bytes, content: bytes) -> tuple[bytes, bytes]:
    """A server's answer as the service that is played would give it."""
    if proxy.encrypts:
        head, content = (_translated(data, _HIDES) for data in (head, content))
    if proxy.forgets:
        head = re.sub(rb"(?im)^x-amz-meta-.*\r\n", b"", head)
    return head, content


def _plain(body: bytes) -> bytes:
    """A list of parts with the server's own ETags; any other body as it is."""
    return _translated(body, _SHOWS) if body.startswith(b"<CompleteMultipartUpload") else body


def _translated(data: bytes, table: bytes) -> bytes:
    return _ETAG.sub(lambda match: match[1] + match[2] + match[3].translate(table), data)


def _error(status: int, code: str) -> bytes:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>made</Message></Error>'.encode()
    head = f"HTTP/1.1 {status} {code}\r\ncontent-type: application/xml\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body
