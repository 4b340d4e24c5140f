"""Small answers, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, Self

from sendung.core.addresses import shown
from sendung.core.errors import FetchError
from sendung.core.words import say
from sendung.net.errors import too_large
from sendung.net.limits import Limits
from sendung.net.request import PUBLIC, NetPolicy, ask

PAGE = Limits(size=8_000_000, seconds=20)
"""Enough for any article or JSON; feeds may need more."""


@dataclass(frozen=True)
class Fetched:
    """An answer, whatever its status."""

    url: str
    """Where it came from, after redirects."""
    redirects: tuple[str, ...]
    """Every address before that, the one asked for first; empty where there was no redirect."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case; where one came twice, the values joined by commas."""
    body: bytes
    """Unpacked."""
    whole: bool = True
    """Whether `body` is all of it; only with `cut` it may not be."""

    def expect_ok(self) -> Self:
        """The same, if it is what was asked for (2xx). Raises FetchError."""
        if not 200 <= self.status < 300:
            raise refused(self.url, self.status)
        return self


def fetch(
    url: str,
    *,
    method: Literal["GET", "HEAD", "POST"] = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    limits: Limits = PAGE,
    policy: NetPolicy = PUBLIC,
    cut: bool = False,
) -> Fetched:
    """What a web address answers, after at most 20 redirects.

    `headers` are sent along to every host on the way, so they must hold no secret; gzip is asked for unless they hold
    a Range or the method is HEAD. With `cut` a body that is larger than `limits.size` ends there, else it is an
    error; of what answers a POST only the status counts, and no body is read. Raises FetchError where there is no
    answer, or none that may be read.
    """
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    if method == "HEAD" or "range" in sent:
        sent.setdefault("accept-encoding", "identity")
    with ask(method, url, _titled(sent), limits, policy, body) as answer:
        content, whole = bytearray(), True
        for piece in answer.pieces() if method == "GET" else ():
            content += piece
            if len(content) > limits.size:
                whole = False
                break
        if not whole and not cut:
            raise too_large(answer.url, limits.size)
        kept = bytes(content[: limits.size])
        return Fetched(answer.url, answer.redirects, answer.status, answer.headers, kept, whole)


def refused(url: str, status: int) -> FetchError:
    """The error for an answer that is not what was asked for."""
    try:
        words = f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        words = str(status)
    hints = {404: "Check the address.", 410: "Check the address.", 401: "It wants a name and a password."}
    hint = hints.get(status, "Open it in a browser, or try again later.")
    return FetchError(say("{url} answers {words}.", url=shown(url), words=words), hint)


def _titled(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}
