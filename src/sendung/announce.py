"""Flow: telling the show's hubs that the feed has changed, once it has."""

from __future__ import annotations

from sendung.core.model import Show
from sendung.core.progress import Progress
from sendung.feed import FEED_KEY
from sendung.net import websub
from sendung.store.interface import Store


def announce(store: Store, show: Show, progress: Progress) -> None:
    """Tell every hub of show.yaml (feed: hubs:), if the feed was written through this `store`; not after a dry run.

    A hub that does not take it is a warning: everything is public already.
    """
    if any(write.key == FEED_KEY for write in store.writes):
        for problem in websub.websub(show.feed.hubs, show.feed_url):
            progress.warn(problem.message, problem.hint)
