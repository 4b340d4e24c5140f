"""How much a request may take, and the clock that ends it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from sendung.net.errors import NETWORK_FAULTS, broken, late

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """How much an answer may take."""

    size: int
    """Bytes, after unpacking."""
    seconds: float
    """For everything: finding the host, redirects, the whole body."""
    silence_s: float = 10.0
    """How long the other side may say nothing."""


class Clock:
    """The time that is left for one request, its redirects and its body."""

    def __init__(self, limits: Limits) -> None:
        self._silence_s = limits.silence_s
        self._end = time.monotonic() + limits.seconds
        self._expired = False

    @property
    def left_s(self) -> float:
        """Seconds that are left; never below a hundredth, so that it can be a time-out."""
        return max(0.01, self._end - time.monotonic())

    @property
    def patience_s(self) -> float:
        """How long to wait for the next sign of life."""
        return min(self.left_s, self._silence_s)

    @contextlib.contextmanager
    def guarding(self, sock: socket.socket) -> Iterator[None]:
        """Break the connection when the time is over, however slowly the other side drips."""

        def expire() -> None:
            self._expired = True
            with contextlib.suppress(OSError):
                # Not SSLSocket's own shutdown: it would take the TLS layer away under the reading thread.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

        timer = threading.Timer(self.left_s, expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @contextlib.contextmanager
    def watching(self, url: str) -> Iterator[None]:
        """Turn what the network throws into a FetchError, and an end that this clock made into a time-out."""
        try:
            yield
        except NETWORK_FAULTS as error:
            raise late(url) if self._expired else broken(url, error) from None
        if self._expired:
            raise late(url)

    def within(self, work: Callable[[], T]) -> T:
        """The result of something that cannot be stopped. Raises TimeoutError when the time is over, else as it does.

        The work goes on alone, in a thread that does not keep the process.
        """
        results: list[T] = []
        faults: list[OSError | UnicodeError] = []

        def run() -> None:
            try:
                results.append(work())
            except (OSError, UnicodeError) as error:
                faults.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join(self.left_s)
        if faults:
            raise faults[0]
        if not results:
            raise TimeoutError
        return results[0]
