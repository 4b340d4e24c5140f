"""Fetching from the web, safely: articles, feeds and files whose addresses somebody else wrote.

`ip_addresses` says which addresses may be reached, `limits` how long a request may take, `request` is one and its
answer, `fetch` reads small answers whole, `download` brings large ones to disk and goes on where a broken connection
ended. Only http and https, only public addresses unless told otherwise, limits of size and time on everything, and no
proxy that the environment names.
"""

from sendung.core.addresses import shown
from sendung.net.download import FILE, Downloaded, download
from sendung.net.fetch import PAGE, Fetched, fetch
from sendung.net.ip_addresses import Resolver, is_public, resolve
from sendung.net.limits import Limits
from sendung.net.request import PUBLIC, NetPolicy, origin_of

__all__ = [
    "FILE",
    "PAGE",
    "PUBLIC",
    "Downloaded",
    "Fetched",
    "Limits",
    "NetPolicy",
    "Resolver",
    "download",
    "fetch",
    "is_public",
    "origin_of",
    "resolve",
    "shown",
]
