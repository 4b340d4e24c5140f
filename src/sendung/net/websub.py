"""Tool: telling WebSub hubs that the feed has changed, so that apps hear of an episode within seconds.

W3C WebSub (Recommendation, 2018), section 7, leaves open how a publisher does that; this is the form that hubs have
taken since PubSubHubbub 0.4 (section 7.1): a POST of hub.mode=publish with the feed's address. Podping is not sent: it
needs an account of the show's own on a blockchain.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from sendung.core.concurrency import each
from sendung.core.errors import FetchBroken, FetchError
from sendung.core.words import say
from sendung.net.fetch import fetch
from sendung.net.limits import Limits
from sendung.net.request import NetPolicy

_LIMITS = Limits(size=0, seconds=15)
_POLICY = NetPolicy(allow_private=True)
"""The show's own hosts name the hubs, and may have one in their own network."""
_PASSING = {429, 500, 502, 503, 504}
"""Answers of a hub that may take it a moment later."""
_PAUSES_S = (0.0, 0.5, 1.0)
"""Before each attempt."""
_AT_ONCE = 4


@dataclass(frozen=True)
class Untold:
    """A hub that did not take it."""

    hub: str
    fault: str
    why: str = ""

    @property
    def message(self) -> str:
        """What happened, in a sentence."""
        return say("The hub {hub} was not told of the feed: {fault}.", hub=self.hub, fault=self.fault)


def websub(hubs: Sequence[str], feed_url: str) -> list[Untold]:
    """Tell each hub that the feed has changed. Returns those that did not take it; never raises.

    Both names of the feed's address are sent: hub.url is PubSubHubbub's, hub.topic the one that newer hubs read.
    """
    body = urlencode({"hub.mode": "publish", "hub.url": feed_url, "hub.topic": feed_url}).encode()
    return [untold for untold in each(partial(_tell, body=body), hubs, _AT_ONCE) if untold]


def _tell(hub: str, body: bytes) -> Untold | None:
    """Why the hub did not take it; None if it did."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for pause_s in _PAUSES_S:
        time.sleep(pause_s)
        try:
            status = fetch(hub, method="POST", body=body, headers=headers, limits=_LIMITS, policy=_POLICY).status
        except FetchError as error:
            untold, passing = Untold(hub, "it cannot be reached", f"{error} "), isinstance(error, FetchBroken)
        else:
            # PubSubHubbub 0.4, section 7.1: any status of success means that the hub has taken it.
            if 200 <= status < 300:
                return None
            untold, passing = Untold(hub, say("it answered {status}", status=status)), status in _PASSING
        if not passing:
            break
    return untold
