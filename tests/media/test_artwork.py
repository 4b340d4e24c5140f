from __future__ import annotations

import contextlib
import os
import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms, ImageDraw

from sendung.core.errors import ConfigError
from sendung.media import artwork

RED = (255, 0, 0)


def save(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)  # type: ignore[arg-type]
    return path


def opened(made: artwork.CoverImage) -> Image.Image:
    image = Image.open(BytesIO(made.data))
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int], by: int = 6) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    ("name", "image", "colour"),
    [
        ("a.png", Image.new("RGB", (1400, 1400), RED), RED),
        ("a.png", Image.new("RGBA", (1400, 1400), (255, 0, 0, 0)), (255, 255, 255)),
        ("a.png", Image.new("LA", (1400, 1400), (0, 128)), (127, 127, 127)),
        ("a.png", Image.new("L", (1400, 1400), 100), (100, 100, 100)),
        ("a.png", Image.new("1", (1400, 1400), 1), (255, 255, 255)),
        ("a.png", Image.new("I;16", (1400, 1400), 40_000), (156, 156, 156)),
        ("a.jpg", Image.new("CMYK", (1400, 1400), (0, 255, 255, 0)), RED),
        ("a.tif", Image.new("CMYK", (1400, 1400), (0, 255, 255, 0)), RED),
        ("a.webp", Image.new("RGB", (1400, 1400), RED), RED),
        ("a.gif", Image.new("P", (1400, 1400), 0), (0, 0, 0)),
        ("a.bmp", Image.new("RGB", (1400, 1400), RED), RED),
    ],
)
def test_a_cover_of_any_kind_becomes_a_right_jpeg(
    tmp_path: Path, name: str, image: Image.Image, colour: tuple[int, int, int]
) -> None:
    made = artwork.cover(save(tmp_path / name, image))
    picture = opened(made)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (3000, 3000))
    assert (made.width, made.height) == (3000, 3000)
    assert len(made.data) <= 512 * 1024
    assert near(picture.getpixel((1500, 1500)), colour)
    assert not {"icc_profile", "exif"} & picture.info.keys()


def test_a_right_cover_passes_bit_for_bit(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save(tmp_path / "a.jpeg", Image.new("RGB", (3000, 3000), RED), icc_profile=profile)
    made = artwork.cover(path)
    assert made.data == path.read_bytes()
    assert made.warnings == ()


def test_a_cover_that_says_where_it_was_taken_is_made_anew(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    path = save(tmp_path / "a.jpg", Image.new("RGB", (3000, 3000), RED), exif=exif)
    assert b"Exif" in path.read_bytes()
    assert b"Exif" not in artwork.cover(path).data


def test_a_picture_is_turned_the_way_the_camera_was_held(tmp_path: Path) -> None:
    image = Image.new("RGB", (2000, 1500), "white")
    image.paste("blue", (0, 0, 2000, 400))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    path = save(tmp_path / "a.jpg", image, exif=exif, quality=95)
    assert (artwork.inspect(path).width, artwork.inspect(path).height) == (1500, 2000)
    picture = opened(artwork.cover(path))
    assert near(picture.getpixel((2900, 1500)), (0, 0, 255))
    assert near(picture.getpixel((100, 1500)), (255, 255, 255))


def test_the_middle_of_a_picture_that_is_not_square_is_kept_and_the_host_is_told(tmp_path: Path) -> None:
    image = Image.new("RGB", (2600, 1600), RED)
    image.paste("blue", (0, 0, 500, 1600))
    image.paste("blue", (2100, 0, 2600, 1600))
    made = artwork.cover(save(tmp_path / "a.png", image))
    assert all(near(opened(made).getpixel((x, 1500)), RED, 12) for x in (30, 1500, 2970))
    assert [problem.message for problem in made.warnings] == [
        "a.png is 2600 × 1600 pixels: left and right were cut off to make it square.",
        "a.png is 2600 × 1600 pixels: it was enlarged.",
    ]
    assert artwork.check_cover(tmp_path / "a.png") == made.warnings


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_of_a_picture_that_moves_the_first_is_taken_and_the_host_is_told(tmp_path: Path, name: str) -> None:
    first, second = Image.new("RGB", (1400, 1400), RED), Image.new("RGB", (1400, 1400), "blue")
    first.save(tmp_path / name, save_all=True, append_images=[second])
    made = artwork.cover(tmp_path / name)
    assert near(opened(made).getpixel((700, 700)), RED, 12)
    assert made.warnings[0].message == f"{name} moves or has several pages: the first picture was taken."
    assert artwork.check_cover(tmp_path / name) == made.warnings


def test_other_colour_spaces_become_srgb(tmp_path: Path) -> None:
    swapped = swapped_profile()
    path = save(tmp_path / "a.png", Image.new("RGB", (1400, 1400), (250, 10, 10)), icc_profile=swapped)
    assert not near(opened(artwork.cover(path)).getpixel((9, 9)), (250, 10, 10), 40)
    with_alpha = save(tmp_path / "b.png", Image.new("RGBA", (1400, 1400), (250, 10, 10, 255)), icc_profile=swapped)
    assert not near(opened(artwork.cover(with_alpha)).getpixel((9, 9)), (250, 10, 10), 40)


def swapped_profile() -> bytes:
    """sRGB with the primaries of red and blue exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = data.index(b"rXYZ", 128), data.index(b"bXYZ", 128)
    data[red : red + 4], data[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(data)


def test_a_broken_colour_profile_is_ignored(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.new("RGB", (1400, 1400), RED), icc_profile=b"no profile")
    assert near(opened(artwork.cover(path)).getpixel((9, 9)), RED)


def test_detail_that_fits_nowhere_makes_the_cover_smaller_and_the_host_is_told(tmp_path: Path) -> None:
    made = artwork.cover(save(tmp_path / "a.bmp", Image.frombytes("RGB", (1500, 1500), os.urandom(1500 * 1500 * 3))))
    assert len(made.data) <= 512 * 1024
    assert 1400 <= made.width < 3000
    assert opened(made).size == (made.width, made.height)
    assert "too much detail" in made.warnings[-1].message


def test_a_cover_keeps_as_much_detail_as_fits(tmp_path: Path) -> None:
    image = Image.effect_noise((1500, 1500), 6).convert("RGB")
    ImageDraw.Draw(image).ellipse((200, 200, 1300, 1300), fill=RED)
    made = artwork.cover(save(tmp_path / "a.png", image))
    assert 300 * 1024 < len(made.data) <= 512 * 1024
    assert made.width == 3000
    assert 40 <= quality_of(made) < 92


def quality_of(made: artwork.CoverImage) -> float:
    """The JPEG quality, from the first step of the luminance table (ITU-T T.81, table K.1: 16 at quality 50)."""
    step = int(Image.open(BytesIO(made.data)).quantization[0][0])  # type: ignore[attr-defined]
    return 5000 / (step * 100 / 16) if step > 16 else 100 - step * 50 / 16


@pytest.mark.parametrize("size", [(1399, 1399), (3000, 1399), (1399, 3000)])
def test_small_covers_are_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    path = save(tmp_path / "a.png", Image.new("RGB", size, RED))
    for look in (artwork.cover, artwork.check_cover):
        with pytest.raises(ConfigError, match=r"a\.png is \d+ × \d+ pixels, and a cover needs 1400"):
            look(path)


def test_a_picture_with_the_wrong_name_says_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "cover.jpg"
    Image.new("RGB", (10, 10), RED).save(path, "PNG")
    with pytest.raises(ConfigError) as caught:
        artwork.inspect(path)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == ("cover.jpg is a PNG.", "Rename it to cover.png.")
    assert problem.place
    assert problem.place.file == path


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.jpg", b"", "not a picture"),
        ("a.jpg", b"no picture at all", "not a picture"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a picture of a kind that is not read: SVG"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "not read: PDF or PostScript"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "not read: HEIC"),
        ("a.jpg", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "not read: HEIC"),
        ("a.jxl", b"\xff\x0a\xfa\x7f", "not read: JPEG XL"),
        ("a.psd", b"8BPS\0\x01", "not read: a Photoshop file"),
        ("a.dng", b"II*\0\x08\0\0\0\0\0", "not read: TIFF"),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message):
        artwork.inspect(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "GIF"])
def test_a_picture_that_is_cut_off_is_refused(tmp_path: Path, kind: str) -> None:
    buffer = BytesIO()
    Image.frombytes("RGB", (200, 200), os.urandom(120_000)).save(buffer, kind)
    suffix = {"JPEG": "jpg", "TIFF": "tif"}.get(kind, kind.lower())
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    with pytest.raises(ConfigError, match=r"damaged or cut off|not a picture"):
        artwork.inspect(path)


def test_a_missing_picture_and_a_folder_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        artwork.cover(tmp_path / "no.jpg")
    with pytest.raises(ConfigError):
        artwork.cover(tmp_path)


@pytest.mark.parametrize("side", [10_000, 20_000])
def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path, side: int) -> None:
    path = save(tmp_path / "a.png", Image.new("1", (side, side)))
    with pytest.raises(ConfigError, match=r"a\.png has more than 89 million pixels"):
        artwork.inspect(path)


def test_facts_are_those_of_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.new("RGBA", (30, 20)))
    assert artwork.inspect(path) == artwork.ImageFacts("PNG", 30, 20, "RGBA", True, path.stat().st_size)


def test_smaller_ones_are_made_for_pages_and_tags(tmp_path: Path) -> None:
    cover = artwork.cover(save(tmp_path / "a.png", Image.new("RGB", (1400, 1400), RED)))
    small = Image.open(BytesIO(artwork.resize(cover.data, 600)))
    assert (small.format, small.size) == ("JPEG", (600, 600))
    assert Image.open(BytesIO(artwork.resize(cover.data, 9000))).size == (3000, 3000)
    assert near(small.getpixel((9, 9)), RED)


def test_a_chapters_picture_stays_whole(tmp_path: Path) -> None:
    made = artwork.picture(save(tmp_path / "a.png", Image.new("RGBA", (1600, 800), (255, 0, 0, 255))), 400)
    assert opened(made).size == (made.width, made.height) == (400, 200)


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", Image.linear_gradient("L").resize((1400, 1400)).convert("RGBA"))
    assert artwork.cover(path) == artwork.cover(path)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "gif", "tif", "bmp", "avif"])
def test_damaged_pictures_are_made_right_or_refused_with_a_clear_error(tmp_path: Path, kind: str) -> None:
    chance = random.Random(kind)
    path = save(tmp_path / f"a.{kind}", Image.frombytes("RGB", (48, 48), chance.randbytes(48 * 48 * 3)))
    good = path.read_bytes()
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            data[chance.randrange(min(len(data), 600))] = chance.randrange(256)
        path.write_bytes(data)
        with contextlib.suppress(ConfigError):
            artwork.picture(path, 20)


def test_a_portrait_is_cut_square_and_its_face_is_small_enough_for_every_page(tmp_path: Path) -> None:
    wide = Image.new("RGB", (900, 700), "navy")
    wide.paste(RED, (100, 0, 800, 700))
    made = artwork.portrait(save(tmp_path / "a.png", wide))
    with Image.open(BytesIO(made.data)) as whole, Image.open(BytesIO(made.face)) as face:
        assert (whole.format, whole.size, face.format, face.size) == ("JPEG", (600, 600), "WEBP", (88, 88))
        assert near(whole.getpixel((3, 300)), RED)
    small = artwork.portrait(save(tmp_path / "b.png", Image.new("RGB", (120, 200))))
    with Image.open(BytesIO(small.data)) as whole:
        assert whole.size == (120, 120)
    noise = artwork.portrait(save(tmp_path / "c.png", Image.effect_noise((600, 600), 90)))
    assert len(noise.face) <= 2000
