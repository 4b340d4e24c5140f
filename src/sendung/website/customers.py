"""Pages for customers. They link by whole addresses, for they are in other folders than what they name."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from sendung.core.customer_show import CustomerShow
from sendung.core.model import Episode
from sendung.website.environment import PageAssets, PageRenderer
from sendung.website.render import download_files
from sendung.website.subscribe import Way
from sendung.website.transcript import paragraphs

_ASSETS = PageAssets(("base.css", "page.css", "private.css"))


def episode_page(renderer: PageRenderer, episode: Episode) -> bytes:
    """An episode as customers get it."""
    cues = paragraphs(episode.transcript.cues) if episode.transcript else []
    files = download_files(renderer.words, episode)
    return renderer.render("customers_episode.html", "", _ASSETS, episode=episode, paragraphs=cues, downloads=files)


def list_page(renderer: PageRenderer, episodes: Sequence[Episode]) -> bytes:
    """All episodes, newest first."""
    return renderer.render("customers_list.html", "", _ASSETS, episodes=episodes)


def own_page(renderer: PageRenderer, show: CustomerShow, list_url: str) -> bytes:
    """One customer's page: the feed's address, and how apps take it."""
    return renderer.render("customers_own.html", "", _ASSETS, ways=private_ways(show.feed_url), list_url=list_url)


def ended_page(renderer: PageRenderer) -> bytes:
    """What stands at an address that is no customer's any more."""
    return renderer.render("customers_ended.html", "", _ASSETS)


def private_ways(feed_url: str) -> tuple[Way, ...]:
    """What opens a feed in an app by its address alone; no site that lists feeds, which would tell it to all."""
    bare, percent = feed_url.partition("://")[2], quote(feed_url, safe="")
    return (
        Way("Apple Podcasts", f"podcast://{bare}"),
        Way("Overcast", f"overcast://x-callback-url/add?url={percent}"),
        Way("Pocket Casts", f"pktc://subscribe/{bare}"),
        Way("AntennaPod", f"itpc://{bare}"),
        Way("Podcast Addict", f"podcastaddict://{bare}"),
        Way("Castro", f"castro://subscribe/{bare}"),
    )
