"""The frames of one encode, on their way to their place in the file, and which parts of it have arrived there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from sendung.audio.encode.mp3_format import Layout
from sendung.core.errors import AudioError


class Strip:
    """Takes the stream of one encode as it comes, and writes the frames that are wanted to their place.

    The encode begins with the file's frame `begin`, a multiple of PERIOD, so that it is padded as the file is. Of it,
    `count` frames are wanted, from the file's frame `first` on. Several may write to one file, which must be there.
    """

    def __init__(self, path: Path, layout: Layout, begin: int, first: int, count: int) -> None:
        starts = layout.bytes_of(np.arange(first - begin + count + 1, dtype=np.int64))
        self._skip, self._stop = int(starts[first - begin]), int(starts[-1])
        """What is wanted of the stream, in bytes."""
        self._bytes = starts[:-1] + 2
        """Where the byte of each frame's header is that tells its length."""
        self._values = (layout.header >> 8 & 255 | np.diff(starts) - starts[1] << 1).astype(np.uint8)
        self._looked = self._at = 0
        self._file = path.open("r+b")
        self._file.seek(layout.offset(first))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def take(self, block: bytes | memoryview) -> int:
        """Write what is wanted of the next bytes; how many that are. Raises AudioError if they are not such frames."""
        self._check(block)
        start, stop = max(0, self._skip - self._at), self._stop - self._at
        self._at += len(block)
        return self._file.write(block[start:stop]) if start < min(stop, len(block)) else 0

    def finish(self) -> None:
        """The stream is at its end. Raises AudioError if frames are missing."""
        if self._at < self._stop:
            raise _other_frames()

    def _check(self, block: bytes | memoryview) -> None:
        """Whether each frame that begins in a block begins where it should."""
        looked = int(np.searchsorted(self._bytes, self._at + len(block)))
        here = slice(self._looked, looked)
        starts = np.frombuffer(block, np.uint8)[self._bytes[here] - self._at]
        if not np.array_equal(starts, self._values[here]):
            raise _other_frames()
        self._looked = looked


class Arrivals:
    """Which parts (first frame, frames) of a file are there by now, for those who read it while it is encoded."""

    def __init__(self, parts: Sequence[tuple[int, int]]) -> None:
        self._there = {part: threading.Event() for part in parts}

    def noting(self, tasks: Sequence[Callable[[], None]]) -> list[Callable[[], None]]:
        """The same tasks, each of which makes a part (in the same order), and tells when it has ended."""
        return [partial(_and_then, task, event.set) for task, event in zip(tasks, self._there.values(), strict=True)]

    def wait(self, first: int, stop: int) -> None:
        """Wait until the tasks for the frames `first` to `stop` have ended; all others are there anyway."""
        for (begin, count), event in self._there.items():
            if begin < stop and first < begin + count:
                event.wait()


def _and_then(task: Callable[[], None], tell: Callable[[], None]) -> None:
    try:
        task()
    finally:
        # Also if it failed: what is started then is refused, and nobody waits in vain.
        tell()


def _other_frames() -> AudioError:
    return AudioError(
        "The ffmpeg in use makes other MP3 frames than LAME 3.100 does, which cannot be joined",
        "Is IMAGEIO_FFMPEG_EXE set? Without it, the ffmpeg of the package imageio-ffmpeg is used.",
    )
