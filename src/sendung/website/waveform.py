"""The player's timeline: the waveform over a scale of minutes, as coordinates for an inline SVG."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sendung.core.mix_facts import VoiceShare
from sendung.core.model import Episode
from sendung.website.i18n import clock

WIDTH, HEIGHT = 240, 100
"""The waveform's own units; it is stretched to the width of the page."""

Sides = tuple[float, float]
"""Above and below the middle line."""
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200)
_LABELS = 6


@dataclass(frozen=True)
class TimelineMark:
    """A mark on the scale: where, in per cent of the whole, and what is written there ("" for a small mark)."""

    at: float
    label: str = ""


@dataclass(frozen=True)
class Timeline:
    """All that the timeline shows."""

    wave: str
    """An SVG path of bars in WIDTH × HEIGHT units, every third one: all that a phone has room for. Empty where there is
    no waveform."""
    fine: str
    """The bars between them."""
    voices: tuple[str, ...]
    """Two persons: the bars of the first grow up, those of the second down. Else there are none, and bars do both."""
    scale: tuple[TimelineMark, ...]
    chapters: tuple[TimelineMark, ...]


def timeline_of(episode: Episode, *, by_voice: bool = False) -> Timeline:
    """The timeline of one episode; if its tracks tell which of two persons speaks when, it may show that."""
    duration = episode.audio.duration_s
    chapters = tuple(TimelineMark(_share(c.start_ms / 1000, duration), c.title) for c in episode.chapters[1:])
    peaks = episode.audio.waveform
    voices = episode.audio.voices if by_voice and len(episode.audio.voices) == 2 else ()
    sides = _sides(voices)
    names = tuple(voice.person for voice in voices)
    return Timeline(bars(peaks, (1,), sides), bars(peaks, (0, 2), sides), names, _scale(duration), chapters)


def _sides(voices: Sequence[VoiceShare]) -> Sequence[Sides]:
    """How much of each bar grows up and down: as who speaks more is to who speaks less, and both where nobody does."""
    pairs = [tuple(map(int, pair)) for pair in zip(*(voice.tenths for voice in voices), strict=True)]
    return [(up / max(up, down), down / max(up, down)) if max(up, down) else (1.0, 1.0) for up, down in pairs]


def bars(peaks: Sequence[int], thirds: Collection[int] = (0, 1, 2), sides: Sequence[Sides] = ()) -> str:
    """A path with one bar for each peak (0 to 100), growing from the middle line; of each three those named.

    `sides` are shares of each bar's height, above and below that line.
    """
    if not peaks:
        return ""
    pitch = WIDTH / len(peaks)
    middle = HEIGHT // 2
    path = []
    for index, peak in enumerate(peaks):
        if index % 3 not in thirds:
            continue
        up, down = (
            max(1, round(min(peak, 100) * middle / 100 * share)) for share in (sides[index] if sides else (1.0, 1.0))
        )
        path.append(f"M{_number((index + 0.5) * pitch)} {middle - up}v{up + down}")
    return "".join(path)


def _scale(duration: float) -> tuple[TimelineMark, ...]:
    """Labels at a round number of minutes or seconds, small marks five to a label."""
    step = next((step for step in _STEPS if duration / step <= _LABELS), _STEPS[-1])
    marks = []
    for tick in range(1, int(duration * 5 / step) + 1):
        at = tick * step / 5
        label = clock(at) if tick % 5 == 0 and at < duration * 0.96 else ""
        marks.append(TimelineMark(_share(at, duration), label))
    return tuple(marks)


def _share(at: float, duration: float) -> float:
    return round(min(100.0, 100 * at / duration), 2) if duration > 0 else 0.0


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
