"""The pictures that others show of an episode: a card for links to it, and its cover with Play drawn in for mail."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from sendung.media.lettering import Lettering, is_right_to_left, lettering, write

CARD_SIZE = (1200, 630)
"""Pixels (ogp.me names no size; the sharing documentation of Meta and X's "summary_large_image" have this shape)."""
PLAY_SIDE = 480
_QUALITY = 85
_MARGIN = 56
_TITLE_SIZES = (68, 62, 56, 50, 45, 41, 37)
_SMALL = (30, 26, 22)
_CHALK = "#eceae3"
_SCALE = 4
"""Shapes are drawn this much larger and made smaller again, for smooth edges."""


@dataclass(frozen=True)
class CardText:
    """What is written on a card."""

    title: str
    show: str
    duration: str
    """For people: "42 Min."."""


@dataclass(frozen=True)
class CardColours:
    """Of a card, #rrggbb."""

    ground: str
    accent: str
    """Readable on the ground."""
    on_accent: str


@dataclass(frozen=True)
class CardPicture:
    """A card, and what of its text is not on it."""

    data: bytes
    """A JPEG of 1200 × 630 pixels."""
    missing: str
    """Letters that no font of this machine has."""


def card(cover: bytes, text: CardText, colours: CardColours) -> CardPicture:
    """The card of an episode: its cover (a square JPEG), and beside it show, title and duration."""
    width, height = CARD_SIZE
    picture = Image.new("RGB", CARD_SIZE, colours.ground)
    room = width - height - 2 * _MARGIN
    mirrored = is_right_to_left(text.title)
    picture.paste(square(cover, height), (width - height if mirrored else 0, 0))
    left = _MARGIN + (0 if mirrored else height)
    draw = ImageDraw.Draw(picture)
    show = lettering(text.show, (room, 80), _SMALL)
    write(draw, (left, _MARGIN), show, colours.accent, room)
    top, foot = _MARGIN + show.height + 26, height - _MARGIN - 64
    title = lettering(text.title, (room, foot - top - 26), _TITLE_SIZES)
    write(draw, (left, top), title, _CHALK, room)
    duration = lettering(text.duration, (room - 84, 40), _SMALL, bold=False)
    _foot(picture, (left, foot), room, duration, colours, mirrored=mirrored)
    return CardPicture(_jpeg(picture), "".join(dict.fromkeys(show.missing + title.missing + duration.missing)))


def with_play(cover: bytes, colours: CardColours) -> bytes:
    """The cover as a JPEG of 480 × 480 pixels with a Play button in its middle: mail can play nothing itself."""
    picture = square(cover, PLAY_SIDE)
    side = PLAY_SIDE // 4
    corner = (PLAY_SIDE - side) // 2
    picture.paste(Image.new("RGB", (side, side), colours.accent), (corner, corner), _disc(side))
    picture.paste(Image.new("RGB", (side, side), colours.on_accent), (corner, corner), _triangle(side))
    return _jpeg(picture)


def _foot(
    picture: Image.Image,
    at: tuple[int, int],
    room: int,
    duration: Lettering,
    colours: CardColours,
    *,
    mirrored: bool,
) -> None:
    """Play and the duration; from the right where the title is read so."""
    left, top = at
    side = 64
    corner = (left + room - side if mirrored else left, top)
    picture.paste(Image.new("RGB", (side, side), colours.accent), corner, _disc(side))
    picture.paste(Image.new("RGB", (side, side), colours.on_accent), corner, _triangle(side))
    width = round(max(duration.font.getlength(line) for line in duration.lines))
    start = left + room - side - 20 - width if mirrored else left + side + 20
    write(ImageDraw.Draw(picture), (start, top + (side - duration.height) // 2), duration, _CHALK, width)


def square(cover: bytes, side: int) -> Image.Image:
    """A cover (a square JPEG) as RGB pixels of side × side."""
    with Image.open(BytesIO(cover), formats=["JPEG"]) as image:
        image.draft("RGB", (side, side))
        return image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)


def _disc(side: int) -> Image.Image:
    mask = Image.new("L", (side * _SCALE, side * _SCALE))
    ImageDraw.Draw(mask).ellipse((0, 0, side * _SCALE - 1, side * _SCALE - 1), 255)
    return mask.resize((side, side), Image.Resampling.LANCZOS)


def _triangle(side: int) -> Image.Image:
    large = side * _SCALE
    mask = Image.new("L", (large, large))
    points = [(large * x // 100, large * y // 100) for x, y in ((38, 27), (38, 73), (76, 50))]
    ImageDraw.Draw(mask).polygon(points, 255)
    return mask.resize((side, side), Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return file.getvalue()
