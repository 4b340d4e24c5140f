"""Ways to subscribe: the directories that the show names, then those that need only the feed's URL or its GUID."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from urllib.parse import quote

from sendung.core.model import Show

_NAMES = {
    "apple": "Apple Podcasts",
    "spotify": "Spotify",
    "deezer": "Deezer",
    "amazon": "Amazon Music",
    "youtube": "YouTube",
    "fyyd": "fyyd",
    "pocketcasts": "Pocket Casts",
    "overcast": "Overcast",
    "antennapod": "AntennaPod",
    "podcastaddict": "Podcast Addict",
}


@dataclass(frozen=True)
class Way:
    """One way to subscribe: what it is called and where it leads."""

    name: str
    url: str
    system: str = ""
    """"apple" or "android", where its app is the usual one there; pages offer a listener's own first."""


_SYSTEMS = {"Apple Podcasts": "apple", "AntennaPod": "android", "Pocket Casts": "android"}


def configured(show: Show) -> tuple[Way, ...]:
    """The show's own entries in directories, by the names that people know them by."""
    names = {_NAMES.get(name.lower(), name): url for name, url in show.listen_on.items()}
    return tuple(Way(name, url, _SYSTEMS.get(name, "")) for name, url in names.items())


def from_feed(show: Show) -> tuple[Way, ...]:
    """What works for every public feed; directories that the show names itself are left out."""
    feed = show.feed_url
    bare = feed.partition("://")[2]
    percent = quote(feed, safe="")
    base64 = urlsafe_b64encode(feed.encode()).decode().rstrip("=")
    ways = (
        Way("Apple Podcasts", f"podcast://{bare}", "apple"),
        Way("Overcast", f"overcast://x-callback-url/add?url={percent}"),
        Way("Pocket Casts", f"pktc://subscribe/{bare}", "android"),
        Way("AntennaPod", f"https://antennapod.org/deeplink/subscribe?url={percent}", "android"),
        Way("Podcast Addict", f"https://podcastaddict.com/feed/{percent}"),
        Way("YouTube Music", f"https://music.youtube.com/library/podcasts?addrssfeed={base64}"),
        Way("Castro", f"castro://subscribe/{bare}"),
        Way("Castamatic", f"https://castamatic.com/guid/{show.guid}"),
        Way("TrueFans", f"https://truefans.fm/{show.guid}"),
        Way("Podcast Guru", f"https://app.podcastguru.io/podcast/X{feed.encode().hex()}"),
        Way("Player FM", f"https://player.fm/subscribe?id={percent}"),
        Way("gPodder", f"https://gpodder.net/subscribe?url={percent}"),
        Way("pod.link", f"https://pod.link/{base64}"),
    )
    named = {way.name for way in configured(show)}
    return tuple(way for way in ways if way.name not in named)
