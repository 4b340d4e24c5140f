"""What goes wrong between here and a server, in one sentence each."""

from __future__ import annotations

import ssl
from http.client import HTTPException

from urllib3.exceptions import HTTPError

from sendung.core.addresses import shown
from sendung.core.errors import FetchBroken, FetchError
from sendung.core.words import say

NETWORK_FAULTS = (HTTPError, HTTPException, OSError)
"""Whatever urllib3, http.client and sockets raise when a connection or an answer is not what it should be."""

_LATER = "Try again later, or open it in a browser."


def broken(url: str, error: Exception) -> FetchError:
    """The error for one of NETWORK_FAULTS."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = say(
                "The certificate of {url} is not valid: {verify_message}.",
                url=shown(url),
                verify_message=cause.verify_message,
            )
            return FetchError(message, "Open it in a browser; whoever runs the site must mend this.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FetchBroken(say("{url} has no secure connection to offer.", url=shown(url)), _LATER)
    if any(isinstance(cause, TimeoutError) or "timed out" in str(cause) for cause in causes):
        return late(url)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return FetchBroken(say("Nobody answers at {url}.", url=shown(url)), "Check the address and the network.")
    return FetchBroken(say("The connection to {url} broke.", url=shown(url)), _LATER)


def late(url: str) -> FetchBroken:
    """The error for an answer that takes too long."""
    return FetchBroken(say("{url} did not answer in time.", url=shown(url)), _LATER)


def too_large(url: str, size: int) -> FetchError:
    """The error for an answer above a limit of bytes."""
    words = f"{size / 1_000_000:.0f} MB" if size >= 1_000_000 else say("{size} bytes", size=size)
    return FetchError(
        say("{url} is larger than {words}.", url=shown(url), words=words), "Check that it is the right address."
    )


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error and everything that it was made of."""
    causes: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and one not in causes:
            causes.append(one)
            waiting += [one.__cause__, *(part for part in one.args if isinstance(part, BaseException))]
    return causes
