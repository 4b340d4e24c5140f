"""Two-voice speech from a written dialogue, and when each sentence of it is heard."""

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


class Voice(BaseModel):
    """How one host sounds; the units stand in dialogue.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voice: str
    pitch: int
    speed: int
    level: float
    place: float


class Part(BaseModel):
    """One chapter: turns, each one speaker's sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    turns: tuple[dict[str, tuple[str, ...]], ...]


class Dialogue(BaseModel):
    """dialogue.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voices: dict[str, Voice]
    say: dict[str, str]
    chapters: tuple[Part, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence and when it is heard, in seconds from the start of the file."""

    speaker: str
    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """The recording (frames x 2, full scale is 1), its sentences and the chapters' starts in seconds."""

    samples: Samples
    sentences: tuple[Sentence, ...]
    chapters: tuple[float, ...]


def read_dialogue(path: Path) -> Dialogue:
    """The dialogue of a YAML file."""
    return Dialogue.model_validate(YAML(typ="safe").load(path))


def speak(dialogue: Dialogue) -> Speech:
    """Say the whole dialogue. Raises FileNotFoundError without espeak-ng."""
    pieces: list[Samples] = [silence(EDGE_S)]
    sentences: list[Sentence] = []
    chapters: list[float] = []
    now = EDGE_S
    for pause, opens_chapter, speaker, text in lines_of(dialogue):
        if sentences:
            pieces.append(silence(pause))
            now += pause
        if opens_chapter:
            chapters.append(now)
        said = placed(voiced(text, dialogue.voices[speaker], dialogue.say), dialogue.voices[speaker].place)
        length = len(said) / RATE
        sentences.append(Sentence(speaker, text, now, now + length))
        pieces.append(said)
        now += length
    pieces.append(silence(EDGE_S))
    return Speech(np.concatenate(pieces), tuple(sentences), (0.0, *chapters[1:]))


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


def silence(seconds: float) -> Samples:
    """Nothing, in stereo."""
    return np.zeros((round(seconds * RATE), 2))


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
    level: float = 10 ** (voice.level / 20) / np.sqrt(np.mean(samples**2))
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


def placed(samples: Samples, place: float) -> Samples:
    """Mono to stereo at a place between the speakers, at constant power."""
    angle = (place + 1) * np.pi / 4
    return np.stack([samples * np.cos(angle), samples * np.sin(angle)], axis=1)


def write_flac(speech: Speech, path: Path) -> None:
    """Write the recording as 16-bit FLAC."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "speech.wav"
        with wave.open(str(raw), "wb") as writer:
            writer.setnchannels(2)
            writer.setsampwidth(2)
            writer.setframerate(RATE)
            writer.writeframes(np.round(speech.samples * 32_767).astype("<i2").tobytes())
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(raw)]
        command += ["-compression_level", "12", "-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
