"""Addresses of feeds: relative, with umlauts, spaces and worse; and pages that end when a show moves."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit, urlunsplit

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
        parts = urlsplit(urljoin(base, "".join(text.split("\n")).strip()))
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        if parts.scheme not in {"http", "https"} or not host:
            return None
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    place = f"[{host}]" if ":" in host else host
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, f"{place}{port}", path, query, quote(parts.fragment, safe="/?%:@!$&'()*+,;=")))


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


def ends_with_the_move(address: str) -> bool:
    """Whether a page belongs to a hosting service, so that it goes with the show."""
    host = urlsplit(address).hostname or ""
    return any(host == name or host.endswith(f".{name}") for name in _HOSTS)
