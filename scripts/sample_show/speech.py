"""Two-voice speech from a written dialogue, when each sentence of it is heard, and what two microphones make of it."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import soxr
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

Samples = NDArray[np.float64]

RATE = 22_050
"""Hertz: what espeak-ng makes; more would only make the file larger."""
EDGE_S = 3.0
"""Silence before the first and after the last word."""
CHAPTER_PAUSE_S = 1.1
TURN_PAUSE_S = 0.55
SENTENCE_PAUSE_S = 0.28
FADE_S = 0.008
"""At a sentence's edges, so that a cut makes no click."""
AUDIBLE = 0.004
"""Full scale is 1; what is softer at a sentence's edges is espeak-ng's own silence."""


ROOM_S = 0.25
"""In which the room's echo of the other's voice fades by 60 dB."""
ECHO_DB = -6.0
"""Of that echo, beside the voice itself."""
AWAY_S = 0.008
"""How late each voice is in the other's microphone: not quite three metres."""
HARMONICS = {1: 1.0, 2: 0.5, 3: 0.6, 5: 0.3}
"""Of mains hum, and how strong each is."""


class Voice(BaseModel):
    """How one host sounds; the units stand in dialogue.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voice: str
    pitch: int
    speed: int
    level: float


class Microphone(BaseModel):
    """How one host is recorded; the units stand in dialogue.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    bleed: float
    noise: float
    starts: float = 0.0
    ppm: float = 0.0
    hum: float | None = None


class Part(BaseModel):
    """One chapter: turns, each one speaker's sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    turns: tuple[dict[str, tuple[str, ...]], ...]


class Dialogue(BaseModel):
    """dialogue.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voices: dict[str, Voice]
    microphones: dict[str, Microphone]
    say: dict[str, str]
    chapters: tuple[Part, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence and when it is heard, in seconds of the first microphone's file."""

    speaker: str
    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """What each host says (full scale is 1), all sentences, and the chapters' starts in seconds."""

    voices: dict[str, Samples]
    sentences: tuple[Sentence, ...]
    chapters: tuple[float, ...]


def read_dialogue(path: Path) -> Dialogue:
    """The dialogue of a YAML file."""
    return Dialogue.model_validate(YAML(typ="safe").load(path))


def speak(dialogue: Dialogue) -> Speech:
    """Say the whole dialogue. Raises FileNotFoundError without espeak-ng."""
    sentences: list[Sentence] = []
    sounds: list[Samples] = []
    chapters: list[float] = []
    now = EDGE_S
    for pause, opens_chapter, speaker, text in lines_of(dialogue):
        now += pause if sentences else 0.0
        if opens_chapter:
            chapters.append(now)
        sound = voiced(text, dialogue.voices[speaker], dialogue.say)
        sentences.append(Sentence(speaker, text, now, now + len(sound) / RATE))
        sounds.append(sound)
        now = sentences[-1].end
    voices = {name: np.zeros(round((now + EDGE_S) * RATE)) for name in dialogue.voices}
    for sentence, sound in zip(sentences, sounds, strict=True):
        first = round(sentence.start * RATE)
        voices[sentence.speaker][first : first + len(sound)] = sound
    return Speech(voices, tuple(sentences), (0.0, *chapters[1:]))


def recorded(speech: Speech, person: str, microphone: Microphone) -> Samples:
    """What a host's microphone hears: that voice, the other's by way of the room, noise and hum; by its own clock."""
    seed = list(speech.voices).index(person)
    random = np.random.default_rng(seed)
    sound = speech.voices[person].copy()
    for name, voice in speech.voices.items():
        if name != person:
            sound += through_room(voice, random) * linear(microphone.bleed)
    sound += random.standard_normal(len(sound)) * linear(microphone.noise)
    if microphone.hum is not None:
        turns = 2 * np.pi * 50 * np.arange(len(sound)) / RATE
        sound += linear(microphone.hum) * sum(share * np.sin(number * turns) for number, share in HARMONICS.items())
    sound = sound[round(microphone.starts * RATE) :]
    return soxr.resample(sound, RATE, RATE * (1 + microphone.ppm * 1e-6), "VHQ") if microphone.ppm else sound


def through_room(voice: Samples, random: np.random.Generator) -> Samples:
    """A voice as it comes to the other end of a small room."""
    moments = np.arange(round(ROOM_S * RATE)) / RATE
    echo = random.standard_normal(len(moments)) * 10 ** (-3 * moments / ROOM_S)
    echo *= linear(ECHO_DB) / np.sqrt((echo**2).sum())
    echo[0] += 1.0
    late = np.concatenate((np.zeros(round(AWAY_S * RATE)), echo))
    size = 1 << (len(voice) + len(late)).bit_length()
    return np.fft.irfft(np.fft.rfft(voice, size) * np.fft.rfft(late, size), size)[: len(voice)]


def linear(level_db: float) -> float:
    """A level in dB as a factor."""
    return float(10 ** (level_db / 20))


def lines_of(dialogue: Dialogue) -> Iterator[tuple[float, bool, str, str]]:
    """Each sentence with the pause before it, whether it opens a chapter, and who says it."""
    for part in dialogue.chapters:
        pause = CHAPTER_PAUSE_S
        for turn in part.turns:
            for speaker, texts in turn.items():
                for text in texts:
                    yield pause, pause == CHAPTER_PAUSE_S, speaker, text
                    pause = SENTENCE_PAUSE_S
            pause = TURN_PAUSE_S


def voiced(text: str, voice: Voice, say: dict[str, str]) -> Samples:
    """One sentence (frames) at the voice's level, without the silence around it."""
    for written, spoken in say.items():
        text = text.replace(written, spoken)
    command = [program(), "-v", voice.voice, "-p", str(voice.pitch), "-s", str(voice.speed), "--stdout", text]
    done = subprocess.run(command, capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as reader:
        if (reader.getframerate(), reader.getnchannels(), reader.getsampwidth()) != (RATE, 1, 2):
            raise ValueError("espeak-ng made something other than 16-bit mono at 22,050 Hz")
        raw = reader.readframes(reader.getnframes())
    samples = np.frombuffer(raw, dtype="<i2").astype(np.float64) / 32_768
    audible = np.flatnonzero(np.abs(samples) > AUDIBLE)
    samples = faded(samples[audible[0] : audible[-1] + 1])
    level = linear(voice.level) / float(np.sqrt(np.mean(samples**2)))
    return samples * level


def program() -> str:
    """The full path of espeak-ng."""
    path = shutil.which("espeak-ng")
    if path is None:
        raise FileNotFoundError("espeak-ng is needed to make the sample's audio: apt-get install espeak-ng")
    return path


def faded(samples: Samples) -> Samples:
    """The samples with a short fade at both ends."""
    ramp = np.linspace(0, 1, round(FADE_S * RATE))
    samples = samples.copy()
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    return samples


def write(samples: Samples, path: Path) -> None:
    """Write a recording (mono) as its file's name says: 16-bit FLAC, or Opus as programs for calls record it."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "speech.wav"
        with wave.open(str(raw), "wb") as writer:
            writer.setnchannels(1)
            writer.setsampwidth(2)
            writer.setframerate(RATE)
            writer.writeframes(np.round(samples * 32_767).astype("<i2").tobytes())
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(raw)]
        form = ["-compression_level", "12"] if path.suffix == ".flac" else ["-b:a", "48k"]
        command += [*form, "-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
