"""What a clip shows: the still picture, the strips of the waveform, and the captions as ASS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from sendung.core.model import Cue
from sendung.media.lettering import is_right_to_left, lettering, write
from sendung.media.share_pictures import CardColours, CardText, square

_CHALK = "#eceae3"
_DIM = "#6d706a"
_MARGIN = 64
BARS = 20
"""Of the waveform, a second."""
BAR = 8
"""Pixels of a bar and the gap behind it, as many again."""
_LONGEST = 64
"""Characters of a caption: two lines."""


@dataclass(frozen=True)
class ClipLayout:
    """A shape of clips, and where things are in it; pixels."""

    name: str
    width: int
    height: int
    cover: tuple[int, int, int]
    """Left, top, side."""
    title: tuple[int, int, int, int]
    """Left, top, width, height."""
    captions_top: int
    wave_top: int
    wave_height: int
    letters: int
    """Size of the captions."""


SQUARE = ClipLayout("square", 1080, 1080, (64, 64, 340), (444, 64, 572, 340), 480, 850, 160, 60)
STORY = ClipLayout("story", 1080, 1920, (240, 170, 600), (64, 820, 952, 260), 1150, 1560, 180, 66)
"""Upright, with room above and below for what apps lay over it."""
LAYOUTS = (SQUARE, STORY)


def ground(layout: ClipLayout, cover: bytes, text: CardText, colours: CardColours) -> tuple[Image.Image, str]:
    """All that stands still, and the letters that no font of this machine has."""
    picture = Image.new("RGB", (layout.width, layout.height), colours.ground)
    left, top, side = layout.cover
    picture.paste(square(cover, side), (left, top))
    draw = ImageDraw.Draw(picture)
    left, top, width, height = layout.title
    show = lettering(text.show, (width, 80), (34, 30, 26))
    write(draw, (left, top), show, colours.accent, width)
    title = lettering(text.title, (width, height - show.height - 16), (52, 46, 40, 36, 32))
    write(draw, (left, top + show.height + 16), title, _CHALK, width)
    needle = layout.width // 2
    draw.rectangle((needle - 2, layout.wave_top - 16, needle + 1, layout.wave_top + layout.wave_height + 16), _CHALK)
    return picture, "".join(dict.fromkeys(show.missing + title.missing))


def strip(layout: ClipLayout, peaks: Sequence[float], colour: str | None) -> Image.Image:
    """The whole waveform as bars, with half a window of nothing on either side; in grey, where there is no colour."""
    half, height = layout.width // 2, layout.wave_height
    picture = Image.new("RGBA", (layout.width + 2 * BAR * len(peaks), height))
    draw = ImageDraw.Draw(picture)
    top = max([*peaks, 0.01])
    for number, peak in enumerate(peaks):
        reach = max(3, round(height / 2 * peak / top))
        left = half + 2 * BAR * number
        box = (left, height // 2 - reach, left + BAR - 1, height // 2 + reach - 1)
        draw.rounded_rectangle(box, BAR // 2, colour or _DIM)
    return picture


def captions(layout: ClipLayout, cues: Sequence[Cue], colours: CardColours) -> str:
    """The cues (times from the clip's start) as ASS: pieces of at most two lines, each cue's time shared by length."""
    head = f"""\
[Script Info]
ScriptType: v4.00+
PlayResX: {layout.width}
PlayResY: {layout.height}
WrapStyle: 0

[V4+ Styles]
Format: Name,Fontname,Fontsize,PrimaryColour,OutlineColour,BackColour,Bold,BorderStyle,Outline,Shadow,Alignment,\
MarginL,MarginR,MarginV
Style: Words,Red Hat Display,{layout.letters},{_ass(_CHALK)},{_ass(colours.ground)},{_ass(colours.ground)},-1,1,0,0,8,\
{_MARGIN},{_MARGIN},{layout.captions_top}

[Events]
Format: Layer,Start,End,Style,Text
"""
    return head + "".join(_lines(cues, colours))


def _lines(cues: Sequence[Cue], colours: CardColours) -> Iterator[str]:
    speaker: str | None = None
    for cue in cues:
        for number, (start, end, text) in enumerate(_pieces(cue)):
            name = ""
            if cue.speaker and cue.speaker != speaker and number == 0:
                speaker = cue.speaker
            if cue.speaker:
                name = f"{{\\fscx60\\fscy60\\c{_ass(colours.accent)}}}{_plain(cue.speaker)}{{\\r}}\\N"
            yield f"Dialogue: 0,{_time(start)},{_time(end)},Words,{name}{_plain(text)}\n"


def _pieces(cue: Cue) -> Iterator[tuple[int, int, str]]:
    """Start, end (ms) and words of each caption of a cue."""
    groups: list[str] = [""]
    for word in cue.text.split():
        longer = f"{groups[-1]} {word}".strip()
        if len(longer) <= _LONGEST or not groups[-1]:
            groups[-1] = longer
        else:
            groups.append(word)
    total = sum(map(len, groups)) or 1
    spoken, length = 0, cue.end_ms - cue.start_ms
    for words in groups:
        start, spoken = cue.start_ms + length * spoken // total, spoken + len(words)
        if words:
            yield start, cue.start_ms + length * spoken // total, words


def _plain(text: str) -> str:
    """Text that is no command: braces start overrides, and backslashes breaks."""
    safe = text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return f"\u200f{safe}" if is_right_to_left(text) else safe


def _ass(colour: str) -> str:
    """A colour as ASS writes it: &HBBGGRR&."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def _time(milliseconds: int) -> str:
    """H:MM:SS.cc."""
    hundredths = round(milliseconds / 10)
    seconds = hundredths // 100
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{hundredths % 100:02}"
