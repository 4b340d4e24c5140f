"""A file on the web that is read like one on disk, block by block, without fetching it whole."""

from __future__ import annotations

import io
import re

from sendung import net
from sendung.core.errors import FetchError
from sendung.core.words import say

_BLOCK = 64 * 1024
_MOST_BLOCKS = 256
"""16 MB: no tags are larger."""


class RemoteFile(io.RawIOBase):
    """A seekable file behind byte ranges (RFC 9110, section 14). Reading raises FetchError."""

    def __init__(self, url: str, policy: net.NetPolicy) -> None:
        super().__init__()
        self._url = url
        self._door = policy
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self.size = 0
        """Bytes, as the server says with the first block."""
        self._block(0)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, from the start, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError("the place is before the start")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: object) -> int:
        """Fill a buffer as far as the file goes."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any writable buffer
        done = 0
        while done < len(view) and self._at < self.size:
            number, offset = divmod(self._at, _BLOCK)
            piece = self._block(number)[offset : offset + len(view) - done]
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return done

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if len(self._blocks) >= _MOST_BLOCKS:
                raise FetchError(
                    say("{url} needs too much reading.", url=net.shown(self._url)), "Look at the file's tags."
                )
            self._blocks[number] = self._fetch(number * _BLOCK)
        return self._blocks[number]

    def _fetch(self, first: int) -> bytes:
        limits = net.Limits(size=_BLOCK, seconds=60)
        wanted = {"Range": f"bytes={first}-{first + _BLOCK - 1}"}
        answer = net.fetch(self._url, headers=wanted, limits=limits, policy=self._door, cut=True).expect_ok()
        match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers.get("content-range", ""))
        if answer.status != 206 or not match or int(match[1]) != first or len(answer.body) != int(match[2]) - first + 1:
            raise FetchError(
                say("{url} does not serve byte ranges rightly.", url=net.shown(self._url)), "Mend the server."
            )
        self.size = int(match[3])
        return answer.body
