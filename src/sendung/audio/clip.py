"""A piece of an episode as a video: a still picture, a waveform that runs past a needle, and captions.

ffmpeg draws everything: libass the captions, and the waveform as a long strip that is moved by a few pixels a frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed, local
from sendung.core.errors import AudioError
from sendung.core.words import say

FRAMES = 25
"""A second."""
_RATE = 8000
"""Hertz, in which the waveform is looked at."""


@dataclass(frozen=True)
class ClipPictures:
    """What a clip shows, as PNG files of one folder, in which it is made."""

    ground: Path
    """All that stands still."""
    ahead: Path
    behind: Path
    """Two strips of the whole waveform, equally long: before and after it has been heard."""
    captions: Path
    """ASS; empty of lines where nothing is said."""
    fonts: Path
    """A folder with the captions' font."""


@dataclass(frozen=True)
class ClipWave:
    """Where the waveform is, and how fast it goes; pixels."""

    left: int
    top: int
    width: int
    height: int
    speed: int
    """Pixels a second."""

    @property
    def half(self) -> int:
        """From an edge to the needle."""
        return self.width // 2


def excerpt(ffmpeg: Ffmpeg, recording: Path, start_s: float, duration_s: float, folder: Path) -> Path:
    """A piece of a recording as a WAV file, to the sample. Raises AudioError."""
    path = folder / "excerpt.wav"
    cut = ["-ss", f"{start_s:.3f}", *local(recording), "-t", f"{duration_s:.3f}", "-vn", "-map_metadata", "-1"]
    _run(ffmpeg, [*cut, "-c:a", "pcm_s16le", "-y", f"file:{path}"], recording.name)
    return path


def loudest(ffmpeg: Ffmpeg, recording: Path, each_second: int) -> NDArray[np.float64]:
    """The loudest sample of each slice of a recording, 0 to 1. Raises AudioError."""
    pieces: list[bytes] = []
    decoded = [*local(recording), "-vn", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-"]
    _run(ffmpeg, decoded, recording.name, pieces)
    samples = np.abs(np.frombuffer(b"".join(pieces), "<i2").astype(np.float64)) / 32768
    size = _RATE // each_second
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.asarray(whole.max(axis=1) if len(whole) else np.zeros(1))


def film(ffmpeg: Ffmpeg, sound: Path, pictures: ClipPictures, wave: ClipWave, duration_s: float, path: Path) -> None:
    """Write the MP4 (H.264, and the sound as it is), which starts to play before it is loaded. Raises AudioError.

    All pictures lie in ffmpeg's own folder, so that filters name them without a path.
    """
    stills = [still for name in (pictures.ground, pictures.ahead, pictures.behind) for still in ("-i", name.name)]
    arguments = [
        *stills, *local(sound), "-filter_complex", _graph(pictures, wave), "-map", "[out]", "-map", "3:a:0",
        "-c:a", "copy",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", "-r", str(FRAMES),
        "-t", f"{duration_s:.3f}", "-map_metadata", "-1", "-movflags", "+faststart", "-fflags", "+bitexact",
        "-y", f"file:{path.absolute()}",
    ]  # fmt: skip
    _run(ffmpeg, arguments, path.name)


def _graph(pictures: ClipPictures, wave: ClipWave) -> str:
    """The strips are as long as the piece and half a window on either side, so at 0 s its start is at the needle."""
    still = f"loop=loop=-1:size=1,setpts=N/{FRAMES}/TB"
    moving = f"x='floor(t*{wave.speed})'"
    return ";".join([
        f"[0:v]format=yuv420p,{still}[ground]",
        f"[1:v]format=yuva420p,{still},crop=w={wave.half}:h={wave.height}:x='{wave.half}+floor(t*{wave.speed})':y=0[right]",
        f"[2:v]format=yuva420p,{still},crop=w={wave.half}:h={wave.height}:{moving}:y=0[left]",
        f"[ground][left]overlay=x={wave.left}:y={wave.top}[half]",
        f"[half][right]overlay=x={wave.left + wave.half}:y={wave.top}[wave]",
        f"[wave]ass={pictures.captions.name}:fontsdir={pictures.fonts.name}[out]",
    ])  # fmt: skip


def _run(ffmpeg: Ffmpeg, arguments: Sequence[str], name: str, pieces: list[bytes] | None = None) -> None:
    taken = pieces if pieces is not None else []
    try:
        ffmpeg.read(arguments, lambda block: taken.append(bytes(block)))
    except FfmpegFailed as error:
        last = (error.log.strip().splitlines() or ["it says nothing"])[-1]
        raise AudioError(
            say("{name} cannot be made into a clip: {last}.", name=name, last=last), "Try another moment."
        ) from None
