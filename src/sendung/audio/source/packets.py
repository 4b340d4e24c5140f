"""The packets of a file's tracks: how long they last together, and where their clock goes on without sound.

Only the container is read, nothing is decoded. What it says of its length is not believed: browsers write none, MP3
files hold estimates, and the picture may be longer than the sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.values import Gap

LEAST_GAP_S = 0.1
"""Shorter ones are how clocks are rounded, and filled they would click."""
LEAST_LEAD_S = 0.02
_CLOCK = re.compile(rb"#tb (\d+): (\d+)/(\d+)")


@dataclass
class PacketClock:
    """What the packets of one track say."""

    end_s: float = 0.0
    """Where the last one ends."""
    gaps: list[Gap] = field(default_factory=list)
    _begun: bool = False

    def add(self, start: float | None, length: float) -> None:
        """The next packet, seconds; None: it has no time of its own, and follows."""
        away = 0.0 if start is None else start - self.end_s
        if away >= (LEAST_GAP_S if self._begun else LEAST_LEAD_S):
            self.gaps.append(Gap(self.end_s, away))
        self._begun = True
        self.end_s = max(self.end_s, (self.end_s if start is None else start) + length)


def read_packets(ffmpeg: Ffmpeg, arguments: list[str], tracks: int) -> tuple[list[PacketClock], str]:
    """What the packets of the first so many tracks say, and what ffmpeg complained of. Raises what Ffmpeg.read raises.

    `arguments` open the file.
    """
    clocks = [PacketClock() for _ in range(tracks)]
    units = [0.0] * tracks
    rest = b""

    def take(block: memoryview) -> None:
        nonlocal rest
        *lines, rest = (rest + bytes(block)).split(b"\n")
        for line in lines:
            if line[:1] != b"#":
                number, _dts, pts, length, _ = line.split(b",", 4)
                unit = units[int(number)]
                clocks[int(number)].add(None if b"N" in pts else int(pts) * unit, int(length) * unit)
            elif clock := _CLOCK.match(line):
                units[int(clock[1])] = int(clock[2]) / int(clock[3])

    maps = [part for number in range(tracks) for part in ("-map", f"0:a:{number}")]
    log = ffmpeg.read([*arguments, *maps, "-c", "copy", "-f", "framecrc", "pipe:1"], take)
    return clocks, log
