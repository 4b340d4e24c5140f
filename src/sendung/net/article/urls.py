"""URLs of pages: resolved, and compared by what they lead to."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

import idna

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id", re.IGNORECASE)
"""Query fields that say where a reader came from."""
_SAFE = "!$%&'()*+,-./:;=?@_~"
"""What stands for itself in a path or query (RFC 3986, sections 3.3 and 3.4); a percent sign is taken for an escape."""


def resolve(base: str, url: str) -> str | None:
    """An absolute http(s) URL, ASCII, without fragment; None for everything else that stands where URLs should."""
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or "@" in parts.netloc:
            return None
    except ValueError:
        return None
    host = _ascii(parts.hostname)
    if not re.fullmatch(r"[a-z0-9._:-]+", host):
        return None
    named = f"[{host}]" if ":" in host else host
    authority = f"{named}:{parts.port}" if parts.port else named
    path, query = (quote(part, safe=_SAFE) for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, authority, path, query, ""))


def same_page(first: str, other: str) -> bool:
    """Whether two URLs lead to one page: however they are spelled, with or without tracking and a position in it."""
    return page_name(first) == page_name(other)


def page_name(url: str) -> str:
    """What is equal for all spellings of a page's URL.

    Without scheme, "www.", default port, "index.html", closing slash, fragment and tracking; the host in ASCII, the
    path decoded and in Unicode's composed form.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    named = f"{_ascii(host).removeprefix('www.')}{f':{port}' if port not in (None, 80, 443) else ''}"
    path = unquote(parts.path).removesuffix("index.html").rstrip("/")
    fields = [(key, value) for key, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(key)]
    query = f"?{urlencode(fields)}" if fields else ""
    return unicodedata.normalize("NFC", f"{named}{path}{query}")


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host
