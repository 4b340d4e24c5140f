"""What phones, cameras and editors write into pictures, and what becomes of it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from sendung.core.errors import ConfigError
from sendung.media import artwork
from sendung.media.picture_files import without_metadata

RED, BLUE = (255, 0, 0), (0, 0, 255)
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><exif:GPSLatitude>52,31.2N</exif:GPSLatitude></x:xmpmeta>"
SECRETS = (b"GPSLatitude", b"Exif\0\0", b"8BIM", b"Koordinaten", b"adobe:ns:meta")


def located_jpeg(side: int = 3000) -> bytes:
    """A JPEG that says in every way where it was taken, and has something behind its end."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    buffer = BytesIO()
    image = Image.linear_gradient("L").resize((side, side)).convert("RGB")
    image.save(buffer, "JPEG", exif=exif, xmp=XMP, comment=b"Koordinaten", icc_profile=profile, progressive=True)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x5a\0\x09Koordinat"
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    data = buffer.getvalue()
    return data[:2] + segment + data[2:] + b"GPSLatitude in a film behind the picture"


def pixels(data: bytes) -> bytes:
    with Image.open(BytesIO(data)) as image:
        return image.convert("RGBA").tobytes()


def test_a_cover_that_is_right_keeps_its_pixels_and_tells_no_place(tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    path.write_bytes(located_jpeg())
    assert all(secret in path.read_bytes() for secret in SECRETS)
    made = artwork.cover(path)
    assert not [secret for secret in SECRETS if secret in made.data]
    assert pixels(made.data) == pixels(path.read_bytes()), "not compressed a second time"
    with Image.open(BytesIO(made.data)) as image:
        assert image.info.get("icc_profile")


MAKERS: list[Callable[[Path], list[bytes]]] = [
    lambda path: [artwork.cover(path).data],
    lambda path: [artwork.portrait(path).data, artwork.portrait(path).face],
    lambda path: [artwork.picture(path, 1200).data],
    lambda path: [artwork.resize(artwork.picture(path, 1200).data, 480)],
]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_no_picture_that_goes_public_tells_a_place(
    tmp_path: Path, suffix: str, make: Callable[[Path], list[bytes]]
) -> None:
    path = tmp_path / f"a.{suffix}"
    if suffix == "jpg":
        path.write_bytes(located_jpeg(1400))
    else:
        save_located(path)
    assert any(secret in path.read_bytes() for secret in SECRETS)
    for data in make(path):
        assert data
        assert not [secret for secret in SECRETS if secret in data]


def save_located(path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = "Koordinaten"
    image = Image.new("RGB", (1400, 1400), RED)
    if path.suffix == ".png":
        text = PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        image.save(path, pnginfo=text, exif=exif)
    elif path.suffix == ".webp":
        image.save(path, xmp=XMP, exif=exif, lossless=True)
    else:
        image.save(path, exif=exif)


@pytest.mark.parametrize("suffix", ["png", "webp"])
def test_a_logo_keeps_its_pixels_and_tells_no_place(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"logo.{suffix}"
    save_located(path)
    data = without_metadata(path.read_bytes())
    assert not [secret for secret in SECRETS if secret in data]
    assert pixels(data) == pixels(path.read_bytes())


def test_what_cannot_be_taken_apart_is_left_to_the_decoder() -> None:
    jpeg = located_jpeg(64)
    assert without_metadata(b"GIF89a") == b""
    assert without_metadata(jpeg[: len(jpeg) // 4]) == b""
    assert without_metadata(b"\x89PNG\r\n\x1a\n\0\0\xff\xffIHDR") == b""
    assert without_metadata(b"RIFF\xff\xff\0\0WEBPVP8 \xff\xff\0\0") == b""


def test_a_phones_jpeg_with_further_pictures_is_its_first_one(tmp_path: Path) -> None:
    """CIPA DC-007 (MPO): the same extension as any JPEG, a second picture behind the first."""
    path = tmp_path / "cover.jpg"
    first, second = Image.new("RGB", (3000, 3000), RED), Image.new("RGB", (3000, 3000), BLUE)
    first.save(path, "MPO", save_all=True, append_images=[second])
    with Image.open(path) as image:
        assert image.format == "MPO"
    assert (artwork.inspect(path).width, artwork.check_cover(path)) == (3000, ())
    for data in (artwork.cover(path).data, artwork.portrait(path).data, artwork.picture(path, 400).data):
        with Image.open(BytesIO(data)) as image:
            assert image.format == "JPEG"
            pixel = image.getpixel((9, 9))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 240
        assert b"MPF\0" not in data
    renamed = path.rename(tmp_path / "cover.png")
    with pytest.raises(ConfigError, match=r"cover\.png is a JPEG"):
        artwork.inspect(renamed)


def tiff(bits: int, samples: int, kind: int, value: bytes) -> bytes:
    """An uncompressed TIFF 6.0 of 16 × 16 pixels in one strip."""
    side, offset = 16, 8 + 2 + 12 * 10 + 4
    strip = value * samples * side * side
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, 2 if samples == 3 else 1),
        (273, 4, 1, offset + 16), (277, 3, 1, samples), (278, 4, 1, side), (279, 4, 1, len(strip)), (339, 3, 1, kind),
    ]  # fmt: skip
    if samples == 3:
        entries[2], entries[9] = (258, 3, 3, offset), (339, 3, 3, offset + 8)
    fields = b"".join(struct.pack("<HHI", *entry[:3]) + struct.pack("<I", entry[3]) for entry in entries)
    tables = struct.pack("<4H", bits, bits, bits, 0) + struct.pack("<4H", kind, kind, kind, 0)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + fields + bytes(4) + tables + strip


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tiff(32, 1, 3, struct.pack("<f", 0.8)), "has 32 bits a channel"),
        (tiff(32, 1, 1, struct.pack("<I", 3_000_000_000)), "has 32 bits a channel"),
        (tiff(32, 1, 2, struct.pack("<i", 2_000_000_000)), "has 32 bits a channel"),
        (tiff(32, 3, 3, struct.pack("<f", 0.8)), "a kind that is not read: TIFF|has 32 bits a channel"),
    ],
)
def test_channels_of_32_bits_are_refused_since_nobody_knows_what_is_white_in_them(
    tmp_path: Path, data: bytes, message: str
) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message) as caught:
        artwork.picture(path, 100)
    assert "8 bits a channel" in caught.value.problems[0].hint


@pytest.mark.parametrize(("bits", "value"), [(8, b"\xc8"), (16, struct.pack("<H", 200 << 8))])
def test_channels_of_8_and_16_bits_keep_their_brightness(tmp_path: Path, bits: int, value: bytes) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(bits, 1, 1, value))
    with Image.open(BytesIO(artwork.picture(path, 100).data)) as image:
        assert image.convert("L").getpixel((8, 8)) in (199, 200, 201)


def test_a_phones_heic_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "IMG_0001.HEIC"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(ConfigError) as caught:
        artwork.check_cover(path)
    (problem,) = caught.value.problems
    assert problem.message == "IMG_0001.HEIC is a picture of a kind that is not read: HEIC."
    assert problem.hint.startswith("Export it as JPEG or PNG")
    assert "Most Compatible" in problem.hint
