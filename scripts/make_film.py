"""Writes docs/images/publish.svg: one publish of the sample episode in a terminal, as it moves.

The program is really run, on a terminal of its own, in a copy of the sample show; what it prints is kept with the
moments when it did. Where nothing happens for long, the picture waits less than the run did. Whoever wishes for less
motion sees the end.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[1]
FILM = ROOT / "docs/images/publish.svg"
SLUG = "realitaetscheck-autoindustrie"
COMMAND = f"sendung publish {SLUG}"
COLUMNS, ROWS = 104, 50
CELL_W, CELL_H, EDGE, HEAD = 8.0, 18.0, 18, 34
"""Pixels: a character, the frame around them, and what stands above."""
TYPING_S, LONGEST_S, READING_S, END_S = 0.05, 0.6, 3.0, 7.0
COLOURS = {
    "default": "#eceae3",
    "red": "#ff8a75",
    "green": "#8fd694",
    "brown": "#f0c674",
    "cyan": "#7fd1de",
    "blue": "#8ab4ff",
}
FAINT = "#97948a"

Span = tuple[str, str, bool]
"""Text, its colour, whether it is bold."""
Row = tuple[Span, ...]


@dataclass(frozen=True)
class Look:
    """What one row shows from a moment to another, in seconds of the film; an end of None is the film's own."""

    row: int
    spans: Row
    start: float
    end: float | None


def record(folder: Path, cache: Path) -> Iterator[tuple[float, list[Row]]]:
    """The screen after each of its changes, with the seconds since the start; the question is answered with Enter."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    variables = {"PATH": os.environ["PATH"], "HOME": str(cache), "SENDUNG_CACHE": str(cache), "SENDUNG_BY": "sven"}
    process, terminal = pty.fork()
    if process == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.chdir(folder)
        arguments = [sys.executable, "-m", *COMMAND.split()]
        os.execve(sys.executable, arguments, {**variables, "TERM": "xterm-256color", "LANG": "en_GB.UTF-8"})
    begin, answered = time.monotonic(), False
    while select.select([terminal], [], [], 120)[0]:
        try:
            stream.feed(os.read(terminal, 1 << 16))
        except OSError:  # so Linux says that the other end is closed
            break
        yield time.monotonic() - begin, [_row(screen, number) for number in range(ROWS)]
        if not answered and any("Publish?" in line for line in screen.display):
            answered = True
            os.write(terminal, b"\n")
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if code:
        raise SystemExit(f"The publish ended with {code}.")


def _row(screen: pyte.Screen, number: int) -> Row:
    """A row as pieces of one look each, without the empty end."""
    spans: list[Span] = []
    cells = [screen.buffer[number][column] for column in range(COLUMNS)]
    while cells and not cells[-1].data.strip():
        cells.pop()
    for cell in cells:
        colour = COLOURS.get(
            cell.fg, FAINT if cell.fg.startswith("bright") else f"#{cell.fg}" if len(cell.fg) == 6 else ""
        )
        look = (colour or COLOURS["default"], cell.bold)
        if spans and spans[-1][1:] == look:
            spans[-1] = (spans[-1][0] + cell.data, *look)
        else:
            spans.append((cell.data, *look))
    return tuple(spans)


def film(frames: Iterator[tuple[float, list[Row]]]) -> tuple[list[Look], float]:
    """What each row shows and when, with the command typed first; and the length in seconds."""
    looks, now = [], 0.5
    prompt: Span = ("$ ", COLOURS["green"], True)
    for count in range(len(COMMAND) + 1):
        typed: Row = (prompt, (COMMAND[:count], COLOURS["default"], False))
        last = count == len(COMMAND)
        looks.append(Look(0, typed, now if count else 0.0, None if last else now + TYPING_S))
        now += TYPING_S
    shown: dict[int, tuple[Row, float]] = {}
    now, before, read = now + 0.4, 0.0, False
    for at, rows in frames:
        now += min(at - before, LONGEST_S)
        if not read and any("Publish?" in text for row, _ in shown.values() for text, _, _ in row):
            now, read = now + READING_S, True
        before = at
        for number, row in enumerate(rows, 1):
            old, since = shown.get(number, ((), now))
            if row != old:
                looks += [Look(number, old, since, now)] if old and now > since else []
                shown[number] = (row, now)
    looks += [Look(number, row, since, None) for number, (row, since) in shown.items() if row]
    return looks, now + END_S


def drawn(looks: list[Look], length: float) -> str:
    """The SVG: each look is a line of text that CSS shows in its time, again and again."""
    rows = 1 + max(look.row for look in looks)
    width, height = COLUMNS * CELL_W + 2 * EDGE, rows * CELL_H + HEAD + EDGE
    styles, texts = [], []
    for number, look in enumerate(looks):
        start, end = 100 * look.start / length, 100 * (look.end or length) / length
        hidden = "0%{opacity:0}" if look.start else ""
        ends = f"{end:.2f}%{{opacity:0}}" if look.end else ""
        styles.append(
            f"@keyframes k{number}{{{hidden}{start:.2f}%{{opacity:1}}{ends}}}#t{number}{{animation-name:k{number}}}"
        )
        texts.append(_text(number, look))
    title = "One publish in a terminal: the episode is checked, mastered, shown, uploaded and listed"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">',
            f'<title id="t">{title}</title>',
            "<!-- Made by scripts/make_film.py of a real run. -->",
            "<style>",
            'text{font:13.4px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;white-space:pre;opacity:0;'
            f"animation:{length:.2f}s step-end infinite}}.end{{opacity:1}}b,.b{{font-weight:700}}",
            "@media(prefers-reduced-motion:reduce){text{animation:none!important}}",
            *styles,
            "</style>",
            f'<rect width="{width:g}" height="{height:g}" rx="12" fill="#1b1e1b"/>',
            *(f'<circle cx="{22 + 18 * n}" cy="18" r="5.5" fill="#3a3e3a"/>' for n in range(3)),
            *texts,
            "</svg>\n",
        ]
    )


def _text(number: int, look: Look) -> str:
    spans, column = [], 0
    for text, colour, bold in look.spans:
        words = text.rstrip()
        if words:
            start = column + len(words) - len(words.lstrip())
            cells = len(words.lstrip())
            face = ' class="b"' if bold else ""
            spans.append(
                f'<tspan x="{EDGE + start * CELL_W:g}" textLength="{cells * CELL_W:g}" lengthAdjust="spacingAndGlyphs" '
                f'fill="{colour}"{face}>{escape(words.lstrip(), quote=False)}</tspan>'
            )
        column += len(text)
    end = "" if look.end else ' class="end"'
    return f'<text id="t{number}" y="{HEAD + (look.row + 0.8) * CELL_H:g}"{end}>{"".join(spans)}</text>'


def make() -> str:
    """The film of a run in a new folder, with nothing mastered before."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "show"
        folder.mkdir()
        for name in ("show.yaml", "cover.jpg"):
            shutil.copyfile(ROOT / name, folder / name)
        shutil.copytree(ROOT / "episodes" / SLUG, folder / "episodes" / SLUG)
        return drawn(*film(record(folder, Path(place) / "cache")))


if __name__ == "__main__":
    FILM.write_text(make(), "utf-8")
    print(f"{FILM.relative_to(ROOT)}: {FILM.stat().st_size // 1000} kB")
