"""One request and its answer: to the address that was looked at, redirects followed by hand."""

from __future__ import annotations

import contextlib
import logging
import re
import ssl
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from sendung.core.addresses import shown
from sendung.core.errors import FetchBroken, FetchError
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.net.errors import NETWORK_FAULTS, broken
from sendung.net.ip_addresses import Resolver, is_public, resolve
from sendung.net.limits import Clock, Limits

USER_AGENT = f"Sendung/{__version__} (podcast publisher)"
MOST_REDIRECTS = 20
"""As many as browsers follow (Fetch standard, section 4.4)."""
_LOG = logging.getLogger(__name__)

_CONNECT_S = 5.0
"""For one address; a host may have several, and some of them dead."""
_SLICE = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_GZIP = ("gzip", "x-gzip")
_CODINGS = (*_GZIP, "compress", "x-compress", "deflate", "br", "zstd", "dcb", "dcz")
"""IANA, HTTP Content Coding Registry."""
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class NetPolicy:
    """How the web is reached."""

    allow_private: bool = False
    """Whether addresses that are not public may be reached: this machine, the local network."""
    resolve: Resolver = resolve
    credentials: Mapping[str, str] = field(default_factory=dict)
    """Origin ("https://feeds.example.org") to "name:password", which is sent to that origin only (RFC 7617)."""
    authorities: Path | None = None
    """A PEM file of certificate authorities to trust instead of the system's."""


PUBLIC = NetPolicy()
"""Public addresses only."""


@dataclass(frozen=True)
class Response:
    """What came back, its body still to be read."""

    url: str
    """Where it came from, after redirects."""
    redirects: tuple[str, ...]
    """Every address before that, the one asked for first."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case; where one came twice, the values joined by commas."""
    response: BaseHTTPResponse
    clock: Clock

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes, unpacked, never much more than 64 KB at once. Raises FetchError."""
        words = (word.strip().lower() for word in self.headers.get("content-encoding", "").split(","))
        # Other words are no codings: aws-chunked, utf-8, none. Browsers and curl read the body as it is, too.
        codings = [word for word in words if word in _CODINGS]
        if not codings:
            yield from self._raw()
        elif len(codings) == 1 and codings[0] in _GZIP:
            yield from self._unpacked()
        else:
            packed = ", ".join(codings)
            message = say(
                "{url} is packed in a way that was not asked for ({packed!r}).", url=shown(self.url), packed=packed
            )
            raise FetchError(message, "Whoever runs the site must mend this.")

    def _raw(self) -> Iterator[bytes]:
        while True:
            with self.clock.watching(self.url):
                # read1, since read would wait for a full slice however slowly it comes
                piece = self.response.read1(_SLICE, decode_content=False)
            if not piece:
                return
            yield piece

    def _unpacked(self) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            for piece in self._raw():
                packed = piece
                while packed and not unpacker.eof:
                    yield unpacker.decompress(packed, _SLICE)
                    packed = unpacker.unconsumed_tail
            rest, begun = unpacker.flush(), self.response.tell() > 0
        except zlib.error:
            raise FetchError(say("{url} is packed wrongly.", url=shown(self.url)), "Open it in a browser.") from None
        if begun and not unpacker.eof:
            raise FetchBroken(say("{url} came only in part.", url=shown(self.url)), "Try again later.")
        yield rest


@contextlib.contextmanager
def ask(
    method: str, url: str, headers: Mapping[str, str], limits: Limits, policy: NetPolicy, body: bytes | None = None
) -> Iterator[Response]:
    """Send a request, and send it again wherever redirects lead, each looked at like the first. Raises FetchError."""
    clock = Clock(limits)
    passed: list[str] = []
    while len(passed) <= MOST_REDIRECTS:
        with _ask_once(method, url, headers, clock, policy, body) as response:
            _LOG.debug("%s %s: %s", method, shown(url), response.status)
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or target is None:
                found = {name.lower(): value for name, value in response.headers.items()}
                yield Response(url, tuple(passed), response.status, found, response, clock)
                return
        if response.status == 303 and method == "POST":  # RFC 9110, section 15.4.4
            method, body = "GET", None
        passed.append(url)
        url = _next(url, target)
    message = say(
        "{passed} redirects more than {most_redirects} times.", passed=shown(passed[0]), most_redirects=MOST_REDIRECTS
    )
    raise FetchError(message, "Use the address at which a browser ends.")


def _next(url: str, target: str) -> str:
    try:
        # Headers come as Latin-1; what servers mean by bytes above ASCII is UTF-8 (RFC 9110, section 5.5).
        address = urljoin(url, target.encode("latin-1").decode().strip())
        # A space is written as it stands by many a server; browsers send it on as %20.
        return re.sub(r"[ \t\"<>\\^`{|}]", lambda odd: quote(odd[0]), re.sub(r"[\r\n]", "", address))
    except ValueError:
        raise FetchError(
            say("{url} redirects to what is no address.", url=shown(url)), "Open it in a browser."
        ) from None


@contextlib.contextmanager
def _ask_once(
    method: str, url: str, headers: Mapping[str, str], clock: Clock, policy: NetPolicy, body: bytes | None
) -> Iterator[BaseHTTPResponse]:
    parts = _parse(url)
    with contextlib.closing(_connect(url, parts, clock, policy)) as connection:
        if connection.sock is None:
            raise AssertionError("a connected connection has a socket")
        with clock.guarding(connection.sock):
            with clock.watching(url):
                sent = {"Host": parts.netloc or "", "User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
                sent |= _authorization(url, policy)
                connection.request(method, parts.request_uri, body, headers=sent, preload_content=False)
                response = connection.getresponse()
            with contextlib.closing(response):
                yield response


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as credentials are kept for them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _authorization(url: str, policy: NetPolicy) -> dict[str, str]:
    words = policy.credentials.get(origin_of(url))
    return {"Authorization": f"Basic {b64encode(words.encode()).decode()}"} if words else {}


def _parse(url: str) -> Url:
    try:
        parts = Url() if re.search(r"[\x00-\x20\x7f]", url) else parse_url(url)
    except LocationParseError:
        parts = Url()
    if parts.scheme not in _PORTS or not parts.host:
        raise FetchError(say("{url} is not a web address.", url=shown(url)), "Write it as https://...")
    if parts.auth:
        raise FetchError(say("{url} holds a user name or password.", url=shown(url)), "Use an address that needs none.")
    return parts


def _connect(url: str, parts: Url, clock: Clock, policy: NetPolicy) -> HTTPConnection:
    """A connection to the first address that answers: the very one that was looked at, the name is not asked again."""
    scheme, host = parts.scheme or "", (parts.host or "").strip("[]")
    port = parts.port or _PORTS[scheme]
    faults = []
    for address in _addresses(host, port, clock, policy):
        connection = _connection(scheme, address, port, host, policy)
        connection.timeout = min(_CONNECT_S, clock.left_s)
        try:
            connection.connect()
        except NETWORK_FAULTS as error:
            connection.close()
            faults.append(broken(url, error))
        else:
            connection.timeout = clock.patience_s
            return connection
    raise faults[0]


def _connection(scheme: str, address: str, port: int, host: str, policy: NetPolicy) -> HTTPConnection:
    if scheme == "http":
        return HTTPConnection(address, port)
    return HTTPSConnection(address, port, server_hostname=host, ssl_context=_trust(policy.authorities))


def _addresses(host: str, port: int, clock: Clock, policy: NetPolicy) -> list[str]:
    """The addresses of a host, all of them public. One that is not makes the whole host suspect."""
    try:
        addresses = clock.within(lambda: list(policy.resolve(host, port)))
    except (OSError, UnicodeError):
        addresses = []
    if not addresses:
        raise FetchError(say("The host {host} cannot be found.", host=host), "Check the address and the network.")
    if not policy.allow_private and not all(map(is_public, addresses)):
        message = say(
            "{host} is not a public address, so nothing is fetched from it without --allow-private.", host=host
        )
        raise FetchError(message, "Use an address that everybody on the Internet can open.")
    return addresses


@cache
def _trust(authorities: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authorities) if authorities else None)
