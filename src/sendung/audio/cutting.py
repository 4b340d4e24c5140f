"""How a mastered MP3 is cut: at a frame that holds nothing from behind, with a few frames of its own for the ending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sendung.audio.encode.decoded import Mp3Result
from sendung.audio.encode.mp3_format import FRAME, PERIOD, Layout
from sendung.audio.encode.mp3_parts import RUN_UP, lame, lame_scale_db
from sendung.audio.encode.mp3_writer import Strip
from sendung.audio.mastering import waveform
from sendung.audio.measure.clipping import samples_of
from sendung.audio.measure.loudness import ABSOLUTE_GATE, amplitude, decibels, integrated
from sendung.audio.measure.meter import measure_whole
from sendung.audio.measure.reading import Reading
from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Form, decode
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.source.probe import probe_with
from sendung.audio.source.programme import Programme, Reel
from sendung.audio.values import Ending, Mastered, Target
from sendung.core.errors import AudioError
from sendung.core.words import say

FADE_S = 0.02
"""How long the speech takes to go, all of it before the cut: a word may end there, and must not click."""
PAUSE_S = 0.4
"""Silence after the speech, before the outro or the end."""
LEAST_S = 1.0
"""Of speech before the cut."""
_PEAK_SLACK = 0.06
_ATTEMPTS = 4


@dataclass
class Cutting:
    """One mastered file on its way to its public beginning."""

    ffmpeg: Ffmpeg
    whole: Mastered
    ending: Ending
    target: Target
    scratch: Path

    def run(self, heard: Callable[[float], None]) -> Mastered:
        """Cut and measure; make the outro softer if it passes the ceiling. Raises AudioError."""
        layout = self._layout()
        frames = self._frames(layout)
        (self.scratch / _WHOLE).symlink_to(self.whole.path.absolute())
        path, outro = self.scratch / _PUBLIC, self._outro(layout)
        for _ in range(_ATTEMPTS):
            public = self._write(path, layout, frames, outro)
            reading = self._measure(public, heard)
            excess = reading.levels.dbtp - self.target.true_peak
            if excess <= 0 or not len(outro):
                break
            outro *= np.float32(amplitude(-excess - _PEAK_SLACK))
        return self._result(path, reading)

    def _layout(self) -> Layout:
        """Where everything is in the whole file. Raises AudioError if it was not mastered here."""
        whole = self.whole
        samples = round(whole.duration_s * whole.sample_rate)
        layout = Layout(samples, whole.sample_rate, whole.channels, whole.bitrate // 1000)
        if whole.path.stat().st_size != layout.offset(layout.frames):
            raise AudioError(
                say("{name} is no mastered MP3, so it cannot be cut", name=whole.path.name), "Remove master: false."
            )
        return layout

    def _frames(self, layout: Layout) -> int:
        """How many frames the two files have in common: none of them reaches the cut, nor does the fade after them.

        A frame is heard until 17 samples before the 1152 that it counts for end: decoders overlap it with the next by
        576, their filter is 512 long, and 1105 samples of the beginning are skipped.
        """
        fade = round(FADE_S * layout.rate)
        frames = (int(self.ending.at_s * layout.rate) - fade) // FRAME
        if frames * FRAME < LEAST_S * layout.rate or self.ending.at_s * layout.rate >= layout.samples:
            length = layout.samples / layout.rate
            message = say(
                "The cut at {at_s:.1f} s is not within the {length:.1f} s of the episode",
                at_s=self.ending.at_s,
                length=length,
            )
            raise AudioError(message, "Correct customers_from.")
        return frames

    def _outro(self, layout: Layout) -> Floats:
        """The outro at the loudness of the whole, shape (samples, channels); nothing where there is none."""
        if self.ending.outro is None:
            return np.zeros((0, layout.channels), np.float32)
        source, raw = probe_with(self.ffmpeg, self.ending.outro), self.scratch / "outro.f32"
        samples = decode(self.ffmpeg, source, Form(layout.rate, layout.channels), raw, _unheard)
        reel = Reel(raw, 0, samples, layout.channels, raw=True)
        reading = measure_whole(
            self.ffmpeg, Programme((reel,), layout.rate, layout.channels, "float"), samples, _unheard
        )
        loudness = integrated(reading.momentary)
        if loudness < ABSOLUTE_GATE:
            raise AudioError(
                say("{name} is silent", name=self.ending.outro.name), "Name another outro for customers, or none."
            )
        room_db = self.target.true_peak - _PEAK_SLACK - decibels(reading.peak)
        gain = np.float32(amplitude(min(self.whole.lufs - loudness, room_db)))
        return np.fromfile(raw, np.float32).reshape(-1, layout.channels) * gain

    def _write(self, path: Path, layout: Layout, frames: int, outro: Floats) -> Layout:
        """Write a header, the whole's first frames, and what is encoded for the rest; where everything is."""
        fade, begin = round(FADE_S * layout.rate), max(0, frames - RUN_UP) // PERIOD * PERIOD
        speech = self._decoded(layout, begin * FRAME, (frames - begin) * FRAME + fade)
        speech[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        pause = np.zeros((round(PAUSE_S * layout.rate), layout.channels), np.float32)
        tail = np.concatenate([speech, pause, outro])
        public = replace(layout, samples=begin * FRAME + len(tail))
        start, stop = layout.offset(0), layout.offset(frames)
        with path.open("wb") as file, self.whole.path.open("rb") as source:
            file.write(public.info())
            source.seek(start)
            while stop > source.tell():
                file.write(source.read(min(_BLOCK, stop - source.tell())))
        raw = self.scratch / "tail.f32"
        raw.write_bytes(tail.tobytes())
        args = ["-f", "f32le", "-ar", str(layout.rate), "-ac", str(layout.channels), "-i", str(raw)]
        args += ["-af", f"volume={-lame_scale_db(layout.kbps):.4f}dB:precision=float"]
        with Strip(path, public, begin, frames, public.frames - frames) as strip:
            self.ffmpeg.read([*args, *lame(layout.kbps)], strip.take)
            strip.finish()
        return public

    def _decoded(self, layout: Layout, first: int, count: int) -> Floats:
        """Samples of the whole, as a player plays them: shape (samples, channels)."""
        whole = Mp3Result(_WHOLE, layout, depth="float")
        return samples_of(self.ffmpeg, whole, first, count).reshape(-1, layout.channels)

    def _measure(self, public: Layout, heard: Callable[[float], None]) -> Reading:
        ceiling = amplitude(self.target.true_peak)
        return measure_whole(self.ffmpeg, Mp3Result(_PUBLIC, public), public.samples, heard, ceiling)

    def _result(self, path: Path, reading: Reading) -> Mastered:
        whole, levels = self.whole, reading.levels
        found = {
            "path": path,
            "size": path.stat().st_size,
            "duration_s": reading.duration_s,
            "lufs": levels.lufs,
            "dbtp": levels.dbtp,
            "loudness_range": levels.loudness_range,
            "tail_trimmed_s": whole.tail_trimmed_s + whole.duration_s - reading.duration_s,
            "waveform": waveform(reading.peaks),
        }
        return whole.model_copy(update=found)


_WHOLE, _PUBLIC = "whole.mp3", "public.mp3"
"""In ffmpeg's folder, where its graphs look for them."""
_BLOCK = 1 << 20


def _unheard(seconds: float) -> None:
    """Outros do not move the bar: they are short."""
