"""Tool: telling WebSub hubs that the feed has changed, so that apps hear of an episode within seconds.

W3C WebSub (Recommendation, 2018), section 7, leaves open how a publisher does that; this is the form that hubs have
taken since PubSubHubbub 0.4 (section 7.1): a POST of hub.mode=publish with the feed's address. Podping is not sent: it
needs an account of the show's own on a blockchain.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import urllib3

from sendung.core.errors import Problem, Severity

_TIMEOUT = urllib3.Timeout(connect=5, read=10)
_RETRY = urllib3.Retry(total=2, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None,
                       raise_on_status=False, respect_retry_after_header=False)  # fmt: skip
_PINGS = 4


def websub(hubs: Sequence[str], feed_url: str) -> list[Problem]:
    """Tell each hub that the feed has changed. Returns a warning for each one that did not take it; never raises.

    Both names of the feed's address are sent: hub.url is PubSubHubbub's, hub.topic the one that newer hubs read.
    """
    if not hubs:
        return []
    body = urlencode({"hub.mode": "publish", "hub.url": feed_url, "hub.topic": feed_url})
    with urllib3.PoolManager(timeout=_TIMEOUT, retries=_RETRY) as pool, ThreadPoolExecutor(_PINGS) as threads:
        faults = threads.map(lambda hub: _ping(pool, hub, body), hubs)
        return [_warning(hub, fault) for hub, fault in zip(hubs, faults, strict=True) if fault]


def _ping(pool: urllib3.PoolManager, hub: str, body: str) -> str:
    """Why the hub did not take it; empty if it did."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Sendung"}
    try:
        # A hub's answer means nothing but its status, so its body is not read: it could be endless.
        answer = pool.request("POST", hub, body=body, headers=headers, preload_content=False)
        answer.close()
    except urllib3.exceptions.HTTPError as error:
        return _reason(error)
    # PubSubHubbub 0.4, section 7.1: any status of success means that the hub has taken it.
    return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"


def _reason(error: urllib3.exceptions.HTTPError) -> str:
    cause = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
    match cause:
        case urllib3.exceptions.SSLError():
            return "its certificate is not valid"
        case urllib3.exceptions.NameResolutionError():
            return "its name is not known"
        case urllib3.exceptions.NewConnectionError():  # urllib3 counts a refusal among the time-outs
            return "it cannot be reached"
        case urllib3.exceptions.ConnectTimeoutError() | urllib3.exceptions.ReadTimeoutError():
            return "it did not answer in time"
        case _:
            return "it cannot be reached"


def _warning(hub: str, fault: str) -> Problem:
    hint = "The episode is published all the same; apps find it when they look next. Check feed: hubs: in show.yaml."
    return Problem(f"The hub {hub} was not told of the feed: {fault}.", hint, severity=Severity.WARNING)
