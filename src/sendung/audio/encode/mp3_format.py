"""MP3 frames: of several encodes, each put where it belongs, with one right header in front.

Constant bit rate without the bit reservoir: every frame stands alone but for the overlap with its neighbour, so frames
of different encodes of the same signal can follow each other. MPEG-1 Layer III (ISO/IEC 11172-3), 44.1 and 48 kHz.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Count = TypeVar("Count", int, "NDArray[np.int64]")

FRAME = 1152
"""Samples."""
ENCODER_DELAY = 576
"""Samples that LAME puts before the first (lame_get_encoder_delay)."""
DECODER_DELAY = 529
"""Samples that every decoder adds (Xing/LAME tag: decoders skip delay + 529)."""
DELAY = ENCODER_DELAY + DECODER_DELAY
BITRATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s of MPEG-1 Layer III, by bitrate index from 1."""
PERIOD = 49
"""Frames after which the pattern of padding begins again, at every bit rate (44.1 kHz; there is none at 48 kHz)."""
_RATES = (44100, 48000)


def frames_for(samples: int) -> int:
    """Frames until a decoder has put out this many samples; LAME ends with at least 576 samples of padding."""
    return -(-(samples + 2 * ENCODER_DELAY) // FRAME)


def frame_size(header: int) -> int:
    """The bytes of a frame, header included (11172-3, 2.4.3.1). Raises ValueError if it is not such a frame."""
    index, rate = header >> 12 & 15, header >> 10 & 3
    if header >> 17 != 0x7FFD or not 1 <= index <= len(BITRATES) or rate > 1:
        raise ValueError(f"not an MPEG-1 Layer III frame of 44.1 or 48 kHz: {header:08x}")
    return 144000 * BITRATES[index - 1] // _RATES[rate] + (header >> 9 & 1)


@dataclass(frozen=True)
class Layout:
    """Where everything is in a file of constant bit rate, which is known before any of it is encoded."""

    samples: int
    """That a player shall play."""
    rate: int
    channels: int
    kbps: int

    @property
    def frames(self) -> int:
        """How many there are after the one in front."""
        return frames_for(self.samples)

    @property
    def header(self) -> int:
        """Of an unpadded frame as LAME makes it: without a check sum, an original, two channels joined."""
        mode = 3 if self.channels == 1 else 1
        rates = (BITRATES.index(self.kbps) + 1) << 12 | _RATES.index(self.rate) << 10
        return 0xFFFB0000 | rates | mode << 6 | 1 << 2

    def bytes_of(self, frames: Count) -> Count:
        """The bytes of the first so many frames of an encode.

        A frame holds a fraction of a byte more than its size. LAME gives a byte of padding to each frame by whose end
        the frames after the first would be short of one (11172-3, 2.4.2.3, padding_bit).
        """
        whole, part = divmod(144000 * self.kbps, self.rate)
        return frames * whole - (-(frames - 1) * part // self.rate)

    def offset(self, frame: int) -> int:
        """Where a frame starts in the file; for their number, where the last one ends."""
        return frame_size(self._info_header) + self.bytes_of(frame)

    def info(self) -> bytes:
        """The frame in front."""
        hundredths = [self.offset(self.frames * percent // 100) for percent in range(101)]
        padding = self.frames * FRAME - self.samples - ENCODER_DELAY
        return info_frame(self._info_header, self.frames, hundredths, padding)

    @property
    def _info_header(self) -> int:
        """As a frame's, at a bit rate with room for what it says."""
        header = self.header
        while frame_size(header) < 4 + _side(header) + _INFO_SIZE:
            header += 1 << 12
        return header


_INFO_SIZE = 8 + 4 + 4 + 100 + 4 + 36
"""Info, flags, frames, bytes, seek table, quality, LAME's extension."""


def _side(header: int) -> int:
    """The bytes of a frame's side information (11172-3, 2.4.1.7)."""
    return 17 if header >> 6 & 3 == 3 else 32


def info_frame(header: int, frames: int, hundredths: Sequence[int], padding: int) -> bytes:
    """The Xing/Info frame of a file with constant bit rate, with LAME's extension (mp3-tech.org, "Mp3 Info Tag").

    A decoder plays it as silence or, if it knows it, skips it, as well as the encoder's delay and the padding.
    `hundredths` are the places in the file that 0, 1, ... 100 % of the frames start at. The check sum of the music is
    left 0 (not computed); no player reads it.
    """
    *starts, total = hundredths
    seek_table = bytes(min(255, 256 * start // total) for start in starts)
    bitrate = BITRATES[(header >> 12 & 15) - 1]
    lame = b"LAME3.100" + bytes([0x01])  # constant bit rate
    lame += bytes([0]) + bytes(8)  # lowpass unknown; no peak and no replay gain: the file is levelled
    lame += bytes([0, min(255, bitrate)])
    lame += (ENCODER_DELAY << 12 | min(padding, 0xFFF)).to_bytes(3, "big")
    lame += bytes(4) + struct.pack(">I", total) + bytes(2)
    body = header.to_bytes(4, "big") + bytes(_side(header))
    body += b"Info" + struct.pack(">III", 0x0F, frames, total) + seek_table + struct.pack(">I", 50) + lame
    body += struct.pack(">H", crc16(body))
    return body.ljust(frame_size(header), b"\0")


def crc16(data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, reflected, from 0, as LAME's tag has it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
