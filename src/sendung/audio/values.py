"""What mastering is asked for, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sendung.core.mix_facts import MixFacts

MONO_OFFSET = -3.0103
"""LU. One channel played on two speakers is 3 dB louder than it measures (ITU-R BS.1770-4 sums the channels' power)."""


Format = Literal["mp3", "m4a", "opus"]
"""Also the ending of its files, without the dot."""


@dataclass(frozen=True)
class Target:
    """How the result should be."""

    loudness: float = -16.0
    """Integrated loudness of a stereo result, LUFS. A mono result aims 3 LU lower: as loud on two speakers."""
    true_peak: float = -1.0
    """dBTP; no true peak of the decoded result is higher."""
    format: Format = "mp3"
    bitrate_kbps: int | None = None
    """None: 96 for mono and 128 for stereo, for Opus half as many."""
    channels: Literal["auto", "mono", "stereo"] = "auto"
    """auto: as the source, but two equal channels become one."""
    trim: bool = True
    """Cut long silence at both ends."""
    intro: Path | None = None
    outro: Path | None = None

    def loudness_of(self, channels: int) -> float:
        """The LUFS that a result with this many channels aims at."""
        return self.loudness + (MONO_OFFSET if channels == 1 else 0.0)

    def bitrate_of(self, channels: int) -> int:
        """The kbit/s of a result with this many channels."""
        mono, stereo = (48, 64) if self.format == "opus" else (96, 128)
        return self.bitrate_kbps or (mono if channels == 1 else stereo)


Role = Literal["voice", "reference", "music"]
"""Of a track: somebody's microphone; the call's own recording, which is not heard; a jingle or a bed."""


@dataclass(frozen=True)
class TrackFile:
    """One of several recordings of the same conversation."""

    path: Path
    role: Role = "voice"
    person: str = ""
    """Whose microphone it is."""
    stream: int | None = None
    """Which of a file's streams, from 1; None: its first."""
    channel: int | None = None
    """Which of a file's channels, from 1; None: all of them."""
    offset_s: float | None = None
    """When it begins on the first track's time line; None: that is found by what both hear."""
    at_s: float = 0.0
    """Of music: when it begins."""

    @property
    def name(self) -> str:
        """What a host knows it by."""
        which = [f"{name} {number}" for name, number in (("stream", self.stream), ("channel", self.channel)) if number]
        return f"{self.path.name} ({', '.join(which)})" if which else self.path.name


@dataclass(frozen=True)
class Ending:
    """Where a public file leaves the whole one, and what it ends with."""

    at_s: float
    """Seconds of the whole file, as a player counts them. Nothing from behind it is in the public one."""
    outro: Path | None = None
    """None: it ends in silence."""


@dataclass(frozen=True)
class SoundOptions:
    """What is done to voices before they are mastered."""

    level: Literal["voices", "off"] = "voices"
    """voices: every person is as loud as any other, and their passages too."""
    gate: Literal["auto", "off"] = "auto"
    """auto: a microphone is ducked while another's owner speaks."""
    denoise: Literal["off", "light", "strong"] = "off"
    hum: Literal["auto", "off"] = "auto"
    """auto: mains hum and its harmonics are notched where there are any."""


@dataclass(frozen=True)
class TrackSet:
    """An episode that was recorded on several tracks."""

    tracks: tuple[TrackFile, ...]
    sound: SoundOptions = SoundOptions()

    @property
    def files(self) -> tuple[Path, ...]:
        """Each file once."""
        return tuple(dict.fromkeys(track.path for track in self.tracks))

    @property
    def name(self) -> str:
        """What a host knows it by."""
        return " + ".join(path.name for path in self.files)


Recording = Path | TrackSet
"""What is mastered: one file, or the tracks of a conversation."""


def files_of(recording: Recording) -> tuple[Path, ...]:
    """The files that a recording is made of."""
    return (recording,) if isinstance(recording, Path) else recording.files


Depth = Literal["s16", "s32", "float"]
"""What holds every sample of a file: 16 or 32 bits, or floats that may pass full scale."""


@dataclass(frozen=True)
class Source:
    """What a recording is, before it is read whole."""

    path: Path
    duration_s: float
    """As its header says, or estimated."""
    sample_rate: int
    """Hertz."""
    channels: int
    codec: str
    """ffmpeg's name: "pcm_s24le", "flac", "aac", "mp3" ..."""
    container: str
    """ffmpeg's name: "wav", "mov,mp4,m4a,3gp,3g2,mj2" ..."""
    exact_duration: bool = True
    """Whether the header says the duration; otherwise it is estimated."""


@dataclass(frozen=True)
class Levels:
    """Loudness and peak of a recording."""

    lufs: float
    """Integrated loudness (ITU-R BS.1770-4)."""
    dbtp: float
    """Highest true peak of all channels (ITU-R BS.1770-4 annex 2)."""
    loudness_range: float
    """LU (EBU Tech 3342)."""


class Mastered(BaseModel):
    """A mastered file, not yet tagged, and what was measured on it after decoding. The cache keeps it as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    media_type: str
    size: int
    """Bytes."""
    duration_s: float
    lufs: float
    dbtp: float
    loudness_range: float
    channels: int
    sample_rate: int
    bitrate: int
    """Bits a second."""
    head_trimmed_s: float
    """What the result lacks of the source's start; negative where an intro makes it start later."""
    tail_trimmed_s: float
    gain_db: float
    """The gain of the whole."""
    limited_db: float
    """How much more the limiter took away at most; 0: plain gain was enough."""
    before: Levels
    """The source as it came."""
    mix: MixFacts | None = None
    """What was found and done where the source is several tracks."""
    waveform: tuple[int, ...] = ()
    """The highest sample of each of up to 240 equal slices, in per cent of full scale."""
