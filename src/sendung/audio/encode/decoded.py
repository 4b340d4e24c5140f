"""Finished files, read as a player reads them, any part of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sendung.audio.encode.mp3_format import DELAY, FRAME, Layout
from sendung.audio.source.ffmpeg import INDEX, local
from sendung.audio.values import Depth

WARM_UP = 3
"""Frames decoded and dropped before a part: the decoder overlaps neighbours and filters over their edges."""


@dataclass(frozen=True)
class Mp3Result:
    """A joined MP3 file in ffmpeg's folder."""

    name: str
    layout: Layout
    wait: Callable[[int, int], None] = lambda first, stop: None
    """Waits until frames (first, and the one after the last) are there, if the file is still being written."""
    depth: Depth = "s16"
    """Of what is read here: what passes full scale is cut off, so it measures as just too high, and is mended."""
    scale: float = 1.0

    @property
    def rate(self) -> int:
        """Hertz."""
        return self.layout.rate

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self.layout.channels

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """No inputs (the graph reads the file itself: no hand-over between threads), and a graph to these samples.

        Waits for what it names.
        """
        stop = self.layout.samples if count is None else first + count
        begin = max(0, (first + DELAY) // FRAME - WARM_UP)
        end = min(self.layout.frames, -(-(stop + DELAY) // FRAME) + 1)
        skip = first + DELAY - begin * FRAME
        self.wait(begin, end)
        offset = self.layout.offset
        subfile = f"subfile\\,\\,start\\,{offset(begin)}\\,end\\,{offset(end)}\\,\\,\\:{self.name}"
        return [], (
            f"amovie=filename='{subfile}':format_name=mp3:format_opts=indexmem={INDEX},"
            f"atrim=start_sample={skip}:end_sample={skip + stop - first},asetpts=N/SR/TB"
        )


@dataclass(frozen=True)
class FileResult:
    """An M4A or Ogg Opus file. Of what is read, the first sample is at a whole tenth of a second."""

    path: Path
    rate: int
    channels: int
    length: int
    """Samples that a player plays."""
    depth: Depth = "float"
    scale: float = 1.0

    def open(self, first: int, count: int | None) -> tuple[list[str], str]:
        """Input arguments, and a graph to these samples.

        ffmpeg goes to the packet before, which is counted by its time stamps: to the sample in both containers.
        """
        stop = self.length if count is None else first + count
        begin = max(0, first - _PRE_ROLL_TENTHS * (self.rate // 10))
        whence = ["-noaccurate_seek", "-ss", f"{begin / self.rate:.6f}"] if begin else []
        layout = "mono" if self.channels == 1 else "stereo"
        return [*whence, *local(self.path)], (
            f"[0:a:0]atrim=start_pts={first - begin}:end_pts={stop - begin},asetpts=N/SR/TB,"
            f"aformat=sample_fmts=fltp:channel_layouts={layout}"
        )


_PRE_ROLL_TENTHS = 2
"""Decoded and dropped before a part: Opus asks for 80 ms until it has settled (RFC 7845, section 4.6), AAC for less."""
