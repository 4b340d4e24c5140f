"""Addresses of feeds: relative, with umlauts, spaces and worse; and pages that end when a show moves."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from sendung.feed.document import Element

_TRUE = {"yes", "true", "explicit", "1", "y", "on"}
_FALSE = {"no", "false", "clean", "0", "n", "off"}
_WHOLE_WITHIN = re.compile(r"https?(?:%3A%2F%2F|://)[^&]+", re.IGNORECASE)
_HOST_WITHIN = re.compile(
    r"/(?=(?:[a-z0-9-]+\.)+(?!mp3|m4a|aac|ogg|xml|html?|php)[a-z]{2,24}(?::\d+)?/)", re.IGNORECASE
)
"""A segment of a path that is a host: https://dts.podtrac.com/redirect.mp3/cdn.example.org/eins.mp3."""

_HOSTS = (
    *("acast.com", "anchor.fm", "art19.com", "audioboom.com", "blubrry.com", "buzzsprout.com", "captivate.fm"),
    *("castos.com", "creators.spotify.com", "fireside.fm", "letscast.fm", "libsyn.com", "megaphone.fm", "omny.fm"),
    *("omnycontent.com", "podbean.com", "podcasters.spotify.com", "podcaster.de", "podhome.fm", "podigee.io"),
    *("redcircle.com", "rss.com", "simplecast.com", "soundcloud.com", "spreaker.com", "transistor.fm", "zencast.fm"),
)
"""Hosting services: an episode's page there goes when the show goes."""


def absolute(base: str, text: str) -> str | None:
    """An absolute http(s) address without credentials, in ASCII; None for what cannot be made one."""
    try:
        text = "".join(text.split("\n")).strip()
        parts = urlsplit(urljoin(base, text) if base or not text.startswith("//") else f"https:{text}")
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        if parts.scheme not in {"http", "https"} or not host:
            return None
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    authority = f"[{host}]" if ":" in host else host
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, f"{authority}{port}", path, query, quote(parts.fragment, safe="/?%:@!$&'()*+,;=")))


def address(parent: Element, base: str, *ways: tuple[str, str]) -> str | None:
    """The first absolute address among some children's attributes ("" for a child's text)."""
    for name, attribute in ways:
        for child in parent.every(name):
            text = (child.attributes.get(attribute, "") if attribute else child.text).strip()
            if text and (url := absolute(base, text)):
                return url
    return None


def within(url: str) -> list[str]:
    """The addresses that stand within one: what a prefix that counts downloads leads to, the outermost first."""
    parts = urlsplit(url)
    nested = [unquote(match[0]) for match in _WHOLE_WITHIN.finditer(f"{parts.path}?{parts.query}")]
    places = [match.start() + 1 for match in _HOST_WITHIN.finditer(parts.path)]
    query = f"?{parts.query}" if parts.query else ""
    return list(dict.fromkeys([*nested, *(f"https://{parts.path[start:]}{query}" for start in places)]))


def truth(text: str) -> bool | None:
    """itunes:explicit and its like, in every spelling that occurs; None for none of them."""
    word = text.strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


def secure(address: str) -> str:
    """The address with https: podcast tags take no other, and hardly a site is left that has only http."""
    return "https://" + address.removeprefix("http://") if address.startswith("http://") else address


def same(one: str, other: str) -> bool:
    """Whether two addresses of feeds are one, but for the scheme, the host's case and a slash at the end."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.netloc.lower(), first.path.rstrip("/"), first.query) == (
        second.netloc.lower(),
        second.path.rstrip("/"),
        second.query,
    )


def same_site(address: str, site: str) -> bool:
    """Whether an address is on a site, or on a host of its domain."""
    first, second = ((urlsplit(url).hostname or "").removeprefix("www.") for url in (address, site))
    return bool(first) and bool(second) and (f".{first}".endswith(f".{second}") or f".{second}".endswith(f".{first}"))


def ends_with_the_move(address: str) -> bool:
    """Whether a page belongs to a hosting service, so that it goes with the show."""
    host = urlsplit(address).hostname or ""
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS)
