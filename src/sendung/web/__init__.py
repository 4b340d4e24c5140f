"""Fetching from the web, safely: articles, feeds and files whose addresses somebody else wrote.

`addresses` says which IP addresses may be reached, `clock` how long a request may take, `exchange` is one request and
its answer, `fetching` reads small answers whole, `downloading` brings large ones to disk and goes on where a broken
connection ended. Only http and https, only public addresses unless told otherwise, limits of size and time on
everything, and no proxy that the environment names.
"""

from sendung.web.addresses import Resolver, is_public, resolve
from sendung.web.clock import Limits
from sendung.web.downloading import FILE, Downloaded, download
from sendung.web.exchange import PUBLIC, Door
from sendung.web.faults import shown
from sendung.web.fetching import PAGE, Fetched, fetch

__all__ = [
    "FILE",
    "PAGE",
    "PUBLIC",
    "Door",
    "Downloaded",
    "Fetched",
    "Limits",
    "Resolver",
    "download",
    "fetch",
    "is_public",
    "resolve",
    "shown",
]
