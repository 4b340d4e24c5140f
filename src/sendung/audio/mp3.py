"""MP3 frames: taken from several encodes, put in order, with one right header in front.

Constant bit rate without the bit reservoir: every frame stands alone but for the overlap with its neighbour, so frames
of different encodes of the same signal can follow each other. MPEG-1 Layer III (ISO/IEC 11172-3), 44.1 and 48 kHz.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

FRAME = 1152
"""Samples."""
ENCODER_DELAY = 576
"""Samples that LAME puts before the first (lame_get_encoder_delay)."""
DECODER_DELAY = 529
"""Samples that every decoder adds (Xing/LAME tag: decoders skip delay + 529)."""
DELAY = ENCODER_DELAY + DECODER_DELAY
BITRATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s of MPEG-1 Layer III, by bitrate index from 1."""
_RATES = (44100, 48000)
_PADDED = 1 << 9
_PER_FRAME = _PADDED | 3 << 4
"""What differs between the frames of one encode: padding, and how the two channels are joined."""
_HEADER = struct.Struct(">I")


def frames_for(samples: int) -> int:
    """Frames until a decoder has put out this many samples; LAME ends with at least 576 samples of padding."""
    return -(-(samples + 2 * ENCODER_DELAY) // FRAME)


class FrameSplitter:
    """Cuts a stream of MP3 frames that comes in blocks."""

    def __init__(self) -> None:
        self._rest = b""
        self._size = 0

    def cut(self, block: bytes) -> list[bytes]:
        """The frames that are whole by now."""
        data = self._rest + block
        frames = []
        at, end = 0, len(data)
        if not self._size and end >= 4:
            self._size = frame_size(_HEADER.unpack_from(data)[0] & ~_PADDED)
        # All frames have one bit rate, so only the padding (a bit of the third byte) differs.
        while at + 4 <= end and (stop := at + self._size + (data[at + 2] >> 1 & 1)) <= end:
            frames.append(data[at:stop])
            at = stop
        self._rest = data[at:]
        return frames


def frame_size(header: int) -> int:
    """The bytes of a frame, header included (11172-3, 2.4.3.1). Raises ValueError if it is not such a frame."""
    index, rate = header >> 12 & 15, header >> 10 & 3
    if header >> 17 != 0x7FFD or not 1 <= index <= len(BITRATES) or rate > 1:
        raise ValueError(f"not an MPEG-1 Layer III frame of 44.1 or 48 kHz: {header:08x}")
    return 144000 * BITRATES[index - 1] // _RATES[rate] + (header >> 9 & 1)


class Tape:
    """The frames of one result, in a scratch file, recorded in any order; each place can be recorded over.

    Every frame has a slot of the same size there, since they differ by a byte of padding only. Of each, a byte is held
    in memory.
    """

    def __init__(self, path: Path, frames: int) -> None:
        self._file: BinaryIO = path.open("w+b")
        self._lock = threading.Lock()
        self._header = 0
        """What all frames have in common."""
        self._padded = bytearray(frames)
        """1 where a frame has its byte of padding."""

    def __len__(self) -> int:
        return len(self._padded)

    def record(self, first: int, frames: list[bytes]) -> None:
        """Put frames at `first` and the places after it. May be called from several threads."""
        with self._lock:
            self._header = self._header or _HEADER.unpack_from(frames[0])[0] & ~_PER_FRAME
            slot = self._slot
            self._file.seek(first * slot)
            self._file.writelines(frame.ljust(slot) for frame in frames)
            self._padded[first : first + len(frames)] = bytes(len(frame) == slot for frame in frames)

    def offset(self, frame: int) -> int:
        """Where a frame is in the written file; for their number, where the last one ends."""
        head = frame_size(_info_header(self._header))
        return head + frame * (self._slot - 1) + self._padded.count(1, 0, frame)

    def write(self, path: Path, samples: int) -> None:
        """Write the file: the header, then every frame in order. `samples`: how many a player shall play."""
        slot = self._slot
        with path.open("wb") as file, self._lock:
            file.write(self._info(samples))
            self._file.seek(0)
            for first in range(0, len(self), _AT_ONCE):
                padded = self._padded[first : first + _AT_ONCE]
                slots = self._file.read(slot * len(padded))
                file.writelines(slots[at * slot : (at + 1) * slot - 1 + padding] for at, padding in enumerate(padded))

    def close(self) -> None:
        """Close the scratch file."""
        self._file.close()

    @property
    def _slot(self) -> int:
        return frame_size(self._header) + 1

    def _info(self, samples: int) -> bytes:
        hundredths = [self.offset(len(self) * percent // 100) for percent in range(101)]
        padding = len(self) * FRAME - samples - ENCODER_DELAY
        return info_frame(_info_header(self._header), len(self), hundredths, padding)


_AT_ONCE = 4096
"""Frames copied at once."""


def _info_header(like: int) -> int:
    """The header of the info frame: as a frame's, unpadded, at a bit rate with room for it."""
    header = like & ~_PER_FRAME | 1 << 16
    side = 17 if header >> 6 & 3 == 3 else 32
    while frame_size(header) < 4 + side + _INFO_SIZE:
        header += 1 << 12
    return header


_INFO_SIZE = 8 + 4 + 4 + 100 + 4 + 36
"""Info, flags, frames, bytes, seek table, quality, LAME's extension."""


def info_frame(header: int, frames: int, hundredths: Sequence[int], padding: int) -> bytes:
    """The Xing/Info frame of a file with constant bit rate, with LAME's extension (mp3-tech.org, "Mp3 Info Tag").

    A decoder plays it as silence or, if it knows it, skips it, as well as the encoder's delay and the padding.
    `hundredths` are the places in the file that 0, 1, ... 100 % of the frames start at. The check sum of the music is
    left 0 (not computed); no player reads it.
    """
    *starts, total = hundredths
    side = 17 if header >> 6 & 3 == 3 else 32
    seek_table = bytes(min(255, 256 * start // total) for start in starts)
    bitrate = BITRATES[(header >> 12 & 15) - 1]
    lame = b"LAME3.100" + bytes([0x01])  # constant bit rate
    lame += bytes([0]) + bytes(8)  # lowpass unknown; no peak and no replay gain: the file is levelled
    lame += bytes([0, min(255, bitrate)])
    lame += (ENCODER_DELAY << 12 | min(padding, 0xFFF)).to_bytes(3, "big")
    lame += bytes(4) + struct.pack(">I", total) + bytes(2)
    body = header.to_bytes(4, "big") + bytes(side)
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
