"""What mastering is asked for, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sendung.core.field_types import Words
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
    """auto: as the source, but two channels that are the same, or hold a voice each, become one."""
    trim: bool = True
    """Cut long silence at both ends."""
    high_pass: int = 60
    """Hertz below which recordings are made softer (12 dB an octave): DC and rumble; 0: none is."""
    intro: Path | None = None
    outro: Path | None = None

    def loudness_of(self, channels: int) -> float:
        """The LUFS that a result with this many channels aims at."""
        return self.loudness + (MONO_OFFSET if channels == 1 else 0.0)

    def bitrate_of(self, channels: int) -> int:
        """The kbit/s of a result with this many channels."""
        mono, stereo = (48, 64) if self.format == "opus" else (96, 128)
        return self.bitrate_kbps or (mono if channels == 1 else stereo)


Role = Literal["voice", "mix", "reference", "music"]
"""Of a track: somebody's microphone; all voices in one file; the call's own recording, which is not heard; music."""
Denoise = Literal["off", "light", "strong"]


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
    denoise: Denoise = "off"
    """What is taken out of each voice: some of its noise, or all that is no speech."""
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
class Gap:
    """A stretch of a track's clock in which it has no sound: before its start, or between two packets."""

    at_s: float
    length_s: float


@dataclass(frozen=True)
class Track:
    """One stream of sound in a file."""

    channels: int
    layout: str
    """ffmpeg's name: "mono", "5.1(side)" ...; empty if the file does not say where its channels are heard."""
    language: str = ""
    """As the file says, three letters mostly."""
    title: str = ""
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Source:
    """What a recording is, before it is decoded."""

    path: Path
    duration_s: float
    """As its header says, where that counts samples; else as its packets last together."""
    sample_rate: int
    """Hertz, of its first track."""
    channels: int
    """Of its first track."""
    codec: str
    """ffmpeg's name: "pcm_s24le", "flac", "aac", "mp3" ..."""
    container: str
    """ffmpeg's name: "wav", "mov,mp4,m4a,3gp,3g2,mj2" ..."""
    exact_duration: bool = True
    """Whether the header says how many samples there are."""
    tracks: tuple[Track, ...] = (Track(2, "stereo"),)
    video: bool = False
    """Whether there are moving pictures beside the sound; a cover is none."""


class AudioFinding(BaseModel):
    """Something about a recording, or about what mastering did to it, that its hosts should know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """One word for programs: "tracks", "inverted", "cut" ..."""
    message: Words
    """One sentence."""
    hint: Words = ""
    """What to do; empty where nothing has to be done."""


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
    """The source as it came, without what the high-pass took."""
    mix: MixFacts | None = None
    """What was found and done where the source is several tracks."""
    findings: tuple[AudioFinding, ...] = ()
    cut_head_s: float = 0.0
    """Silence that was cut at the start ..."""
    cut_tail_s: float = 0.0
    """... and at the end."""
    waveform: tuple[int, ...] = ()
    """The highest sample of each of up to 240 equal slices, in per cent of full scale."""
