"""Picture files: opened whatever they are and wherever they stand, refused with a reason, and rid of what they tell.

Cameras and editors write into pictures where they were taken, by whom and with what (Exif, XMP, IPTC). Nothing of that
is for the public.
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageFile, UnidentifiedImageError

from sendung.core.errors import ConfigError, Place
from sendung.core.words import say

_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp",),
    "AVIF": (".avif",),
}
"""What is read. Formats whose readers start programs (EPS) or that hold no pixels (WMF) are left out."""
_SEVERAL = {"MPO": "JPEG"}
"""What Pillow calls a JPEG with further pictures behind the first (CIPA DC-007), as phones write them."""
_DECODER_ERRORS = (OSError, EOFError, SyntaxError, ValueError, TypeError, RuntimeError)
"""What Pillow's decoders have been seen to raise on damaged files."""
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1|heif)", re.DOTALL), "HEIC"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF"),
    (re.compile(rb"....ftypcrx|FUJIFILM|IIU\x00|IIRO", re.DOTALL), "raw data of a camera"),
    (re.compile(rb"II\*\x00|MM\x00\*|II\+\x00|MM\x00\+"), "TIFF with channels, a compression or raw data"),
    (re.compile(rb"\xff\x0a|\x00\x00\x00\x0cJXL "), "JPEG XL"),
    (re.compile(rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"8BPS"), "a Photoshop file"),
    (re.compile(rb"%PDF|%!PS"), "PDF or PostScript"),
    (re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg", re.DOTALL), "SVG"),
    (re.compile(rb"\x00\x00\x01\x00"), "an icon file"),
    (re.compile(rb"v/1\x01"), "OpenEXR"),
)
"""How pictures begin that are not read."""
_IPHONE = " An iPhone takes JPEG with Settings > Camera > Formats > Most Compatible."


@dataclass(frozen=True)
class EmbeddedPicture:
    """A picture within another file."""

    data: bytes
    file: Path
    name: str
    """What it is, in words."""

    def read_bytes(self) -> bytes:
        """Its bytes, as those of a file."""
        return self.data


PictureSource = Path | EmbeddedPicture
"""Where a picture stands."""


def open_picture(source: PictureSource, largest: str) -> ImageFile.ImageFile:
    """The picture, decoded; the first one where there are several.

    Everything that Pillow says about a file becomes a ConfigError at it; `largest` is the size that is wanted.
    """
    name, location = source.name, Place(source if isinstance(source, Path) else source.file)
    data = b""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            data = source.read_bytes()
            image = Image.open(BytesIO(data), formats=list(_SUFFIXES))
            if isinstance(source, Path):
                _check_suffix(source, _SEVERAL.get(image.format or "", image.format or ""))
            image.load()
            image.getexif()
    except FileNotFoundError:
        raise ConfigError(
            say("{name} does not exist.", name=name), "Check the name, or add the file.", location
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        message, hint = (
            say("{name} has more than {limit} million pixels.", name=name, limit=limit),
            say("Scale it down to {largest}.", largest=largest),
        )
        raise ConfigError(message, hint, location) from None
    except UnidentifiedImageError:
        raise _unread(name, data, location) from None
    except _DECODER_ERRORS as error:
        raise ConfigError(
            say("{name} is damaged or cut off ({error}).", name=name, error=error), "Export it again.", location
        ) from None
    if _is_deep(image):
        message = say("{name} has 32 bits a channel, which is not read.", name=name)
        raise ConfigError(message, "Export it with 8 bits a channel, as JPEG or PNG.", location)
    return image


def _is_deep(image: ImageFile.ImageFile) -> bool:
    """Whether channels have 32 bits: what is black and white in them only the program knows that wrote them."""
    bits = getattr(image, "tag_v2", {}).get(ExifTags.Base.BitsPerSample, ())
    return image.mode == "F" or 32 in (bits if isinstance(bits, tuple) else (bits,))


def _unread(name: str, data: bytes, location: Place) -> ConfigError:
    kind = next((kind for pattern, kind in _OTHERS if pattern.match(data)), None)
    if kind is None:
        return ConfigError(say("{name} is not a picture.", name=name), "Export it as JPEG or PNG.", location)
    hint = "Export it as JPEG or PNG, with 8 bits a channel." + (_IPHONE if kind == "HEIC" else "")
    return ConfigError(
        say("{name} is a picture of a kind that is not read: {kind}.", name=name, kind=kind), hint, location
    )


def _check_suffix(path: Path, kind: str) -> None:
    suffixes = _SUFFIXES[kind]
    if path.suffix.lower() not in suffixes and not (kind == "JPEG" and path.suffix.lower() in (".jpe", ".mpo")):
        right = path.with_suffix(suffixes[0]).name
        raise ConfigError(
            say("{name} is a {kind}.", name=path.name, kind=kind),
            say("Rename it to {right}.", right=right),
            Place(path),
        )


def without_metadata(data: bytes) -> bytes:
    """A JPEG, PNG or WebP file with the same pixels and colours, and nothing else; empty for other and broken files."""
    try:
        if data.startswith(b"\xff\xd8"):
            return b"\xff\xd8" + b"".join(_jpeg_segments(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return data[:8] + b"".join(_png_chunks(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            body = b"WEBP" + b"".join(_webp_chunks(data))
            return b"RIFF" + struct.pack("<I", len(body)) + body
    except (struct.error, IndexError):
        return b""
    return b""


_APP0, _APP2, _APP14, _APP15, _SOS, _EOI, _COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xDA, 0xD9, 0xFE
_SCAN_END = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")


def _jpeg_segments(data: bytes) -> Iterator[bytes]:
    """ITU-T T.81, annex B: markers and what follows them, up to the end of the image; nothing behind that."""
    position = 2
    while True:
        while data[position] == data[position + 1] == 0xFF:
            position += 1
        kind = data[position + 1]
        if data[position] != 0xFF:
            raise IndexError
        if kind == _EOI:
            yield b"\xff\xd9"
            return
        end = position + 2 + struct.unpack_from(">H", data, position + 2)[0]
        if kind == _SOS:
            scan = _SCAN_END.search(data, end)
            end = scan.start() if scan else len(data) + 1
        if end > len(data):
            raise IndexError
        if _is_of_the_image(kind, data[position + 4 : position + 16]):
            yield data[position:end]
        position = end


def _is_of_the_image(kind: int, start: bytes) -> bool:
    """Whether a segment has to do with how the image looks: applications' are JFIF, colour profiles and Adobe's."""
    if kind == _APP2:
        return start.startswith(b"ICC_PROFILE\0")
    return kind in (_APP0, _APP14) or not (_APP0 <= kind <= _APP15 or kind == _COMMENT)


_PNG_KEPT = (b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP", b"acTL", b"fcTL", b"fdAT")


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """W3C PNG, section 11: critical chunks (their names begin with a capital) and those on colour, size and motion."""
    position, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise IndexError
        if kind[:1].isupper() or kind in _PNG_KEPT:
            yield data[position:end]
        position = end


_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def _webp_chunks(data: bytes) -> Iterator[bytes]:
    """WebP Container Specification, "Extended File Format": all but EXIF and XMP, and without the flags for them."""
    position, last = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while position < last:
        kind, length = struct.unpack_from("<4sI", data, position)
        end = position + 8 + length + length % 2
        if end > len(data) + 1:
            raise IndexError
        if kind == b"VP8X":
            flags = data[position + 8] & ~(_EXIF_FLAG | _XMP_FLAG)
            yield data[position : position + 8] + bytes([flags]) + data[position + 9 : end]
        elif kind not in (b"EXIF", b"XMP "):
            yield data[position:end]
        position = end
