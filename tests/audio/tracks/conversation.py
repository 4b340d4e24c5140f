"""Two voices in conversation, of which every word's time is known, and the microphones that recorded them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 48000
Sound = NDArray[np.float32]
"""One channel, full scale 1."""
VOICES = ("de+m3", "de+f4")
SENTENCES = (
    ("Guten Morgen, heute reden wir über Ladesäulen auf dem Land.", "Und über die Frage, wer sie bezahlt."),
    ("Mein Nachbar hat vor vier Wochen eine bestellt.", "Steht sie denn schon?"),
    ("Nein, das Fundament fehlt noch, und der Zähler auch.", "Das kenne ich von unserer Straße, da war es ebenso."),
    ("Bei euch waren es am Ende sieben Monate, oder?", "Acht. Im Winter durfte niemand graben."),
    ("Was kostet so ein Anschluss heute?", "Zwischen zwei und vier tausend Euro, je nach Weg zum Haus."),
    ("Das ist viel Geld für ein paar Meter Kabel.", "Deshalb teilen sich bei uns drei Häuser einen Kasten."),
    ("Gute Idee. Wer rechnet das ab?", "Ein kleines Programm, das unser Hausmeister pflegt."),
    ("Dann danke ich dir für heute.", "Gerne, bis zum nächsten Mal."),
)
"""In turns; written for these tests."""


@dataclass(frozen=True)
class Turn:
    """Somebody speaks. Seconds."""

    voice: int
    start: float
    end: float
    text: str


@dataclass(frozen=True, eq=False)
class Conversation:
    """What was really said."""

    voices: tuple[Sound, Sound]
    """Each alone, at the mouth."""
    turns: tuple[Turn, ...]

    @property
    def duration_s(self) -> float:
        return len(self.voices[0]) / RATE

    def alone(self, voice: int) -> list[Turn]:
        """The turns in which nobody else speaks."""
        others = [turn for turn in self.turns if turn.voice != voice]
        return [
            turn
            for turn in self.turns
            if turn.voice == voice and not any(o.start < turn.end and turn.start < o.end for o in others)
        ]


@cache
def say(voice: str, text: str, speed: int = 160) -> Sound:
    """A sentence by espeak-ng, without silence around it, 48 kHz."""
    program = shutil.which("espeak-ng")
    assert program, "scripts/install_test_tools.sh installs espeak-ng"
    wav = subprocess.run(
        [program, "-v", voice, "-s", str(speed), "-p", str(speed % 47 + 25), "--stdout", text],
        capture_output=True,
        check=True,
    ).stdout
    samples = np.frombuffer(wav[44:], "<i2").astype(np.float32) / 32768
    heard = np.flatnonzero(np.abs(samples) > 0.003)
    sound: Sound = soxr.resample(samples[heard[0] : heard[-1] + 1], 22050, RATE, "VHQ").astype(np.float32)
    return np.asarray(sound / np.abs(sound).max() * np.float32(0.5))


@cache
def conversation(rounds: int = 1, pause_s: float = 0.45) -> Conversation:
    """All sentences in turns; every fifth begins before the one before has ended. About 53 s a round.

    No round is like another: nobody says the same twice in the same way.
    """
    random = np.random.default_rng(7)
    at, turns, said = 1.5, list[Turn](), list[tuple[int, int, Sound]]()
    for again in range(rounds):
        for number, text in enumerate(line for both in SENTENCES for line in both):
            voice = number % 2
            sound = say(VOICES[voice], text, 160 + again * 7 % 61)
            if number % 5 == 4 and turns:
                at -= 1.2  # into the other's word
            turns.append(Turn(voice, at, at + len(sound) / RATE, text))
            said.append((voice, round(at * RATE), sound))
            at += len(sound) / RATE + pause_s + random.uniform(0, 0.5)
    voices = np.zeros((2, round((at + 1.5) * RATE)), np.float32)
    for voice, start, sound in said:
        voices[voice, start : start + len(sound)] += sound
    return Conversation((voices[0], voices[1]), tuple(turns))


@dataclass(frozen=True)
class Microphone:
    """How one of the two is recorded."""

    voice: int
    ppm: float = 0.0
    """How much faster its clock runs than true."""
    start_s: float = 0.0
    """When it is switched on."""
    bleed_db: float | None = -20.0
    away_s: float = 0.003
    """How long the other's voice takes to it."""
    noise_db: float = -66.0
    gain_db: float = 0.0
    hum_hz: float | None = None
    hum_db: float = -40.0
    steps: Sequence[tuple[float, float]] = ()
    """When (true seconds), and how many seconds are held twice; negative: dropped."""
    rate: int = RATE
    seed: int = 1
    room_db: float = -6.0
    """Of the room's echo, beside the direct sound of the other's voice."""

    def record(self, said: Conversation) -> Sound:
        """What is in its file."""
        random = np.random.default_rng(self.seed + self.voice)
        sound = said.voices[self.voice].copy()
        if self.bleed_db is not None:
            sound += self._through_room(said.voices[1 - self.voice], random) * _linear(self.bleed_db)
        if self.hum_hz:
            time = np.arange(len(sound)) / RATE
            for number, share in ((1, 1.0), (2, 0.5), (3, 0.6), (5, 0.3)):
                sound += (share * _linear(self.hum_db) * np.sin(2 * np.pi * self.hum_hz * number * time)).astype("f4")
        sound += random.standard_normal(len(sound), np.float32) * _linear(self.noise_db)
        for at, seconds in sorted(self.steps, reverse=True):
            first, count = round(at * RATE), round(abs(seconds) * RATE)
            again = sound[first - count : first] if seconds > 0 else sound[:0]
            sound = np.concatenate((sound[:first], again, sound[first + (count if seconds < 0 else 0) :]))
        sound = sound[round(self.start_s * RATE) :] * _linear(self.gain_db)
        if self.rate == RATE and not self.ppm:
            return sound
        recorded: Sound = soxr.resample(sound, RATE, self.rate * (1 + self.ppm * 1e-6), "HQ").astype(np.float32)
        return recorded

    def position(self, moment: float) -> float | None:
        """Where in its file a true moment is, seconds by its own clock; None where it is not."""
        held = 0.0
        for at, seconds in self.steps:
            if seconds < 0 and at <= moment < at - seconds:
                return None
            if moment >= at:
                held += seconds
        return (moment - self.start_s + held) * (1 + self.ppm * 1e-6)

    def _through_room(self, sound: Sound, random: np.random.Generator) -> Sound:
        """Late, and with the echo of a small room (60 dB down after 0.25 s)."""
        length = round(0.2 * RATE)
        echo = random.standard_normal(length) * 10 ** (-3 * np.arange(length) / RATE / 0.25)
        echo *= _linear(self.room_db) / np.sqrt((echo**2).sum())
        echo[0] += 1.0
        late = np.concatenate((np.zeros(round(self.away_s * RATE)), echo))
        size, step = 1 << 16, (1 << 16) - len(late)
        room, heard = np.fft.rfft(late, size), np.zeros(len(sound) + size, np.float32)
        for start in range(0, len(sound), step):
            heard[start : start + size] += np.fft.irfft(np.fft.rfft(sound[start : start + step], size) * room, size)
        return heard[: len(sound)]


def _linear(level_db: float) -> np.float32:
    return np.float32(10 ** (level_db / 20))
