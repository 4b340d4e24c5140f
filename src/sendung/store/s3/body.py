"""The body of a request: bytes that tell how far they are sent.

It is read in small blocks, because a block must leave within the connection's timeout: a whole part in one block would
need a fast line.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable

_BLOCK = 64 << 10
"""Bytes that are sent at once."""
_TELL_AFTER = 256 << 10
"""Bytes between two reports."""


class Body(io.BytesIO):
    """`data` to send. `told` hears how many of its bytes have left, again from the start if it is sent again."""

    def __init__(self, data: bytes, told: Callable[[int], None] | None = None) -> None:
        super().__init__(data)
        self._told = told
        self._left = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes; more than asked for, since http.client asks for very few."""
        data = super().read(size if size is None or size < 0 else max(size, _BLOCK))
        at = self.tell()
        if self._told is not None and (at - self._left >= _TELL_AFTER or not data):
            self._told(at)
            self._left = at
        return data


def md5(data: bytes) -> bytes:
    """The digest that services check and that most ETags are made of; it guards against accidents only."""
    return hashlib.md5(data, usedforsecurity=False).digest()


def content_md5(digest: bytes) -> str:
    """The header Content-MD5 (RFC 1864)."""
    return base64.b64encode(digest).decode()
