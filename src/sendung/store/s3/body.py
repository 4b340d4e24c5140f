"""The body of a request: bytes that tell how far they are sent, and that stop being sent on demand.

It is read in small blocks, because a block must leave within the connection's timeout: a whole part in one block would
need a fast line.
"""

from __future__ import annotations

import base64
import hashlib
import io
import threading
from collections.abc import Callable
from typing import Any

_BLOCK = 64 << 10
"""Bytes that are sent at once."""
_TELL_AFTER = 256 << 10
"""Bytes between two reports."""


class Body(io.BytesIO):
    """`data` to send. `told` hears how many of its bytes have left, again from the start if it is sent again.

    Once `stopped` is set, reading raises InterruptedError.
    """

    def __init__(
        self, data: bytes, told: Callable[[int], None] | None = None, stopped: threading.Event | None = None
    ) -> None:
        super().__init__(data)
        self._told = told
        self._stopped = stopped
        self._sending = False
        self._left = 0

    def start(self) -> None:
        """What is read from now on is sent; before, the request's signature was made."""
        self._sending = True
        self._left = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes; more than asked for while they are sent, since http.client asks for very few.

        Raises InterruptedError.
        """
        if self._stopped is not None and self._stopped.is_set():
            raise InterruptedError
        if self._sending and size is not None and 0 < size < _BLOCK:
            size = _BLOCK
        data = super().read(size)
        if self._told is not None and self._sending:
            at = self.tell()
            if at - self._left >= _TELL_AFTER or not data:
                self._told(at)
                self._left = at
        return data


def start_body(request: Any, **_: Any) -> None:
    """Handler of boto3's event before-send: the request is signed, its body goes out next."""
    if isinstance(request.body, Body):
        request.body.start()


def md5(data: bytes) -> bytes:
    """The digest that services check and that most ETags are made of; it guards against accidents only."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def content_md5(digest: bytes) -> str:
    """The header Content-MD5 (RFC 1864)."""
    return base64.b64encode(digest).decode()
