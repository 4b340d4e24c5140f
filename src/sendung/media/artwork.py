"""Artwork: what a picture is, and the square JPEG that directories, apps and tags want of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageCms, ImageFile, ImageOps

from sendung.core.errors import ConfigError, Place, Problem, Severity
from sendung.core.words import say
from sendung.media.picture_files import PictureSource, open_picture, without_metadata

SIDE = 3000
"""Pixels (Apple Podcasts for Creators, "Artwork requirements": 1400 to 3000, 3000 recommended)."""
SMALLEST_SIDE = 1400
MAX_BYTES = 512 * 1024
"""Apple, the same page: larger files are slow to load and are refused now and then."""

_PORTRAIT = 600
_FACE, _FACE_BYTES, _FACE_QUALITIES = 88, 2000, (70, 60, 50, 40, 30, 20, 10)

_QUALITIES = (92, 88, 84, 80, 75, 70, 65, 60, 50, 40, 30)
_SIDES = (SIDE, 2200, SMALLEST_SIDE)
_ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")
_SIXTEEN_BIT_MODES = ("I;16", "I;16B", "I;16L", "I")


@dataclass(frozen=True)
class ImageFacts:
    """What a picture is."""

    format: str
    """As Pillow names it: "JPEG", "PNG"."""
    width: int
    """Pixels, as the picture is meant to be seen (after the camera's orientation)."""
    height: int
    mode: str
    """As Pillow names it: "RGB", "CMYK", "L"."""
    alpha: bool
    """Whether any of it may be transparent."""
    bytes: int
    several: bool = False
    """Whether it moves, or has several pages."""


@dataclass(frozen=True)
class CoverImage:
    """A cover as it is published, and what a host should know about how it was made."""

    data: bytes
    """A JPEG."""
    width: int
    height: int
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class PortraitImage:
    """A portrait as it is published."""

    data: bytes
    """A square JPEG of at most 600 × 600 pixels."""
    face: bytes
    """A WebP file of 88 × 88 pixels, twice the size in which pages show it, and at most 2000 bytes, for it stands in
    every page; empty where no such file is that small."""


def inspect(source: PictureSource) -> ImageFacts:
    """What the picture is, all of it decoded once; the first one where a file has several.

    Raises ConfigError if it is missing, no picture or of a kind that is not read, cut off, too large to be decoded
    safely, or named for another kind.
    """
    with _open(source) as image:
        return _facts(image, source.stat().st_size if isinstance(source, Path) else len(source.data))


def cover(path: Path) -> CoverImage:
    """A square 3000 × 3000 sRGB JPEG of at most 512 KB, of any picture whose shorter side has 1400 pixels.

    The pixels of a file that is right already pass as they are, without what it says about itself. Transparency
    becomes white; what is not square is cut at its longer sides, equally (a warning says so). Where even strong
    compression leaves more than 512 KB it gets smaller, at least 1400 × 1400. Raises ConfigError as `inspect` does, and
    for smaller pictures.
    """
    with _open(path) as image:
        facts = _facts(image, path.stat().st_size)
        if min(facts.width, facts.height) < SMALLEST_SIDE:
            raise _too_small(path, facts)
        if _is_right(image, facts) and 0 < len(bare := without_metadata(path.read_bytes())) <= MAX_BYTES:
            return CoverImage(bare, SIDE, SIDE)
        square = ImageOps.fit(_srgb(image), (SIDE, SIDE), Image.Resampling.LANCZOS)
    data, side = _compressed(square)
    return CoverImage(data, side, side, tuple(_warnings(path, facts, side, len(data))))


def check_cover(path: Path) -> tuple[Problem, ...]:
    """What `cover` would warn of or refuse, without the work of making it; only what compression shows is not known.

    Raises ConfigError as `cover` does.
    """
    facts = inspect(path)
    if min(facts.width, facts.height) < SMALLEST_SIDE:
        raise _too_small(path, facts)
    return tuple(_warnings(path, facts, SIDE, 0))


def picture(source: PictureSource, px: int) -> CoverImage:
    """An sRGB JPEG of any picture, whole, at most px × px pixels: for chapters. Raises ConfigError like `inspect`."""
    with _open(source) as image:
        smaller = _srgb(image)
    smaller.thumbnail((px, px), Image.Resampling.LANCZOS)
    return CoverImage(_jpeg(smaller, quality=85), *smaller.size)


def portrait(path: Path) -> PortraitImage:
    """A square of any picture, cut at its longer sides equally. Raises ConfigError like `inspect`."""
    with _open(path) as image:
        upright = _srgb(image)
    side = min(*upright.size, _PORTRAIT)
    square = ImageOps.fit(upright, (side, side), Image.Resampling.LANCZOS)
    small = square.resize((_FACE, _FACE), Image.Resampling.LANCZOS)
    faces = (_webp(small, quality) for quality in _FACE_QUALITIES)
    face = next((data for data in faces if len(data) <= _FACE_BYTES), b"")
    return PortraitImage(_jpeg(square, quality=85), face)


def _webp(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()


def resize(data: bytes, px: int) -> bytes:
    """A JPEG of at most px × px pixels, for pages and tags, of one that `cover` made; never larger than it was."""
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        image.thumbnail((px, px), Image.Resampling.LANCZOS)  # first: a JPEG is decoded at a fraction of its size then
        return _jpeg(_srgb(image), quality=85)


def _open(source: PictureSource) -> ImageFile.ImageFile:
    return open_picture(source, f"{SIDE} × {SIDE}")


def _facts(image: ImageFile.ImageFile, size: int) -> ImageFacts:
    width, height = image.size
    if image.getexif().get(ExifTags.Base.Orientation, 1) >= 5:
        width, height = height, width
    alpha = image.mode in _ALPHA_MODES or "transparency" in image.info
    # What a phone keeps behind its picture (MPO) is a smaller one of the same.
    several = image.format not in ("JPEG", "MPO") and bool(getattr(image, "is_animated", False))
    return ImageFacts(image.format or "", width, height, image.mode, alpha, size, several)


def _is_right(image: Image.Image, facts: ImageFacts) -> bool:
    """Whether the pixels can be published as they are."""
    right_kind = facts.format in ("JPEG", "MPO") and facts.mode == "RGB"
    right_way = image.getexif().get(ExifTags.Base.Orientation, 1) == 1
    return right_kind and right_way and (facts.width, facts.height) == (SIDE, SIDE) and _is_srgb(image)


def _is_srgb(image: Image.Image) -> bool:
    profile = _profile(image)
    return profile is None or "sRGB" in (profile.profile.profile_description or "")


def _profile(image: Image.Image) -> ImageCms.ImageCmsProfile | None:
    """The colour profile in the file; None where there is none that can be read, which means sRGB."""
    try:
        return ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
    except (KeyError, OSError, TypeError, ImageCms.PyCMSError):
        return None


def _srgb(image: Image.Image) -> Image.Image:
    """The picture upright, in sRGB, opaque on white, without any of the file's metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a camera's damaged notes are no matter of the host's
        upright = ImageOps.exif_transpose(image)
    if upright.mode in _SIXTEEN_BIT_MODES:
        upright = upright.convert("I").point([level >> 8 for level in range(65536)], "L")
    if upright.mode in _ALPHA_MODES or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        alpha = upright.getchannel("A")
        white = Image.new("RGB", upright.size, "white")
        white.paste(_to_srgb(upright.convert("RGB"), _profile(image)), mask=alpha)
        return white
    return _to_srgb(upright, _profile(image))


def _to_srgb(image: Image.Image, profile: ImageCms.ImageCmsProfile | None) -> Image.Image:
    if profile is not None:
        source = image.convert("RGB") if image.mode == "P" else image
        try:
            converted = ImageCms.profileToProfile(source, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except ImageCms.PyCMSError:
            converted = None
        if converted is not None:
            return _bare(converted)
    return _bare(image.convert("RGB"))


def _bare(image: Image.Image) -> Image.Image:
    image.info.clear()
    return image


def _compressed(square: Image.Image) -> tuple[bytes, int]:
    """The best JPEG of at most MAX_BYTES and its side; the smallest one there is where none fits."""
    data, side = b"", SIDE
    for side in _SIDES:
        scaled = square if side == SIDE else square.resize((side, side), Image.Resampling.LANCZOS)
        data = _best(scaled)
        if len(data) <= MAX_BYTES:
            break
    return data, side


def _best(image: Image.Image) -> bytes:
    """The JPEG of the highest quality that fits, by bisection; that of the lowest where none does."""
    best = _jpeg(image, _QUALITIES[0])
    if len(best) <= MAX_BYTES:
        return best
    low, high = 1, len(_QUALITIES) - 1
    while low < high:
        middle = (low + high) // 2
        data = _jpeg(image, _QUALITIES[middle])
        if len(data) <= MAX_BYTES:
            best, high = data, middle
        else:
            low = middle + 1
    return best if len(best) <= MAX_BYTES else _jpeg(image, _QUALITIES[-1])


def _jpeg(image: Image.Image, quality: int) -> bytes:
    """No profile goes in: without one sRGB is meant, and Pillow's own says when it was made."""
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def _too_small(path: Path, facts: ImageFacts) -> ConfigError:
    message = say(
        "{name} is {width} × {height} pixels, and a cover needs {smallest_side} at least.",
        name=path.name,
        width=facts.width,
        height=facts.height,
        smallest_side=SMALLEST_SIDE,
    )
    return ConfigError(message, say("Export it with {side} × {side} pixels.", side=SIDE), Place(path))


def _warnings(path: Path, facts: ImageFacts, side: int, size: int) -> Iterator[Problem]:
    location = Place(path)
    if facts.several:
        message = say("{name} moves or has several pages: the first picture was taken.", name=path.name)
        yield Problem(message, "Export the picture that is meant.", location, Severity.WARNING)
    if facts.width != facts.height:
        cut = "left and right" if facts.width > facts.height else "top and bottom"
        message = say(
            "{name} is {width} × {height} pixels: {cut} were cut off to make it square.",
            name=path.name,
            width=facts.width,
            height=facts.height,
            cut=cut,
        )
        yield Problem(message, "Export it as a square to choose what is seen.", location, Severity.WARNING)
    if min(facts.width, facts.height) < SIDE:
        message = say(
            "{name} is {width} × {height} pixels: it was enlarged.",
            name=path.name,
            width=facts.width,
            height=facts.height,
        )
        yield Problem(message, say("Export it with {side} × {side} pixels.", side=SIDE), location, Severity.NOTE)
    if side < SIDE or size > MAX_BYTES:
        message = say(
            "{name} has too much detail: in {max_bytes} KB it fits only with {side} × {side} pixels.",
            name=path.name,
            max_bytes=MAX_BYTES // 1024,
            side=side,
        )
        yield Problem(message, "Use a picture with less noise and grain.", location, Severity.WARNING)
