"""What writes down what is said: a program that the host names, or faster-whisper with a model that is here."""

from __future__ import annotations

import importlib
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sendung.core.errors import SendungError, UsageError
from sendung.core.model import Cue
from sendung.core.words import say
from sendung.media.transcripts import Names, read_file

_WAITS_S = 6 * 3600
_LOUDEST = 400
"""Characters of a program's own words that are told."""


@dataclass(frozen=True)
class Said:
    """What an engine is told of a voice."""

    audio: Path
    """Mono WAV, 16 kHz."""
    language: str
    """ISO 639-1."""
    words: tuple[str, ...]
    """Names and titles that may be said."""


class Engine(Protocol):
    """Writes down speech."""

    @property
    def name(self) -> str:
        """For the transcript's mark."""

    def transcribe(self, said: Said) -> list[Cue]:
        """The cues, in the time of the audio, without speakers. Raises UsageError."""


@dataclass(frozen=True)
class CommandEngine:
    """A program: {audio}, {language}, {words} and {result} in its command line are filled in; no shell is asked.

    It writes a transcript in any format that Sendung reads, to {result}, or else to its standard output.
    """

    command: str

    @property
    def name(self) -> str:
        """The program's name."""
        return Path(shlex.split(self.command)[0]).name

    def transcribe(self, said: Said) -> list[Cue]:
        """Run the program. Raises UsageError if it fails, or if what it wrote is no transcript."""
        result = said.audio.with_suffix(".vtt")
        values = {
            "audio": str(said.audio),
            "language": said.language,
            "words": ", ".join(said.words),
            "result": str(result),
        }
        arguments = [_filled(part, values) for part in shlex.split(self.command)]
        if "{audio}" not in self.command:
            arguments.append(str(said.audio))
        try:
            done = subprocess.run(arguments, capture_output=True, check=False, timeout=_WAITS_S, cwd=said.audio.parent)
        except (OSError, subprocess.SubprocessError) as error:
            raise UsageError(
                say("{name} does not run: {error}.", name=self.name, error=error), 'Correct "transcribe" in show.yaml.'
            ) from None
        if done.returncode != 0:
            words = done.stderr.decode("utf-8", "replace").strip()[-_LOUDEST:]
            raise UsageError(
                say(
                    "{name} ended with code {returncode}: {words}",
                    name=self.name,
                    returncode=done.returncode,
                    words=words,
                ),
                "Run it by hand, and see.",
            )
        if "{result}" not in self.command:
            result.write_bytes(done.stdout)
        return _cues(result, self.name)


def _filled(part: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        part = part.replace(f"{{{key}}}", value)
    return part


def _cues(result: Path, name: str) -> list[Cue]:
    written = sorted(result.parent.glob(f"{result.stem}*"))
    candidates = [result, *(path for path in written if path.suffix in {".vtt", ".srt", ".json"})]
    path = next((path for path in candidates if path.exists()), None)
    if path is None:
        raise UsageError(
            say("{name} wrote no transcript.", name=name), "Let its command name {result}, or write to standard output."
        )
    try:
        data = path.read_bytes()
        read = read_file(path.with_suffix(_ending(data)), Names([], {}), data)
    except SendungError as error:
        raise UsageError(
            say("What {name} wrote is no transcript: {error}", name=name, error=error), "Let it write WebVTT or SRT."
        ) from None
    return [located.cue.model_copy(update={"speaker": None}) for located in read.cues]


def _ending(data: bytes) -> str:
    """The ending that a transcript should have had: programs are free in what they write."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:6]
    return ".vtt" if start == b"WEBVTT" else ".json" if start[:1] in (b"{", b"[") else ".srt"


@dataclass(frozen=True)
class WhisperEngine:
    """faster-whisper, with a model in a folder, or one that this machine has already: nothing is fetched."""

    model: str

    @property
    def name(self) -> str:
        """The program, and its model's name."""
        return say("faster-whisper, {name}", name=Path(self.model).name)

    def transcribe(self, said: Said) -> list[Cue]:
        """Raises UsageError where the program or the model is not there."""
        model = self._load()
        hot = ", ".join(said.words) or None
        segments, _ = model.transcribe(str(said.audio), language=said.language, hotwords=hot)
        return [
            Cue(start_ms=round(part.start * 1000), end_ms=round(part.end * 1000), text=part.text.strip())
            for part in segments
            if part.text.strip()
        ]

    def _load(self) -> Any:
        try:
            whisper = importlib.import_module("faster_whisper")
        except ImportError:
            hint = "Install it: pip install 'sendung[transcribe]'. Or name another program: transcribe: in show.yaml."
            raise UsageError("faster-whisper is not installed.", hint) from None
        try:
            return whisper.WhisperModel(self.model, device="cpu", compute_type="int8", local_files_only=True)
        except (OSError, ValueError, RuntimeError) as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            hint = "Name the folder that holds model.bin, or a model that this machine has: nothing is fetched."
            raise UsageError(
                say("The model {model} cannot be loaded: {first}", model=self.model, first=first), hint
            ) from None


def engine_of(command: str | None, model: str | None) -> Engine:
    """What the host asks for: a model on the command line, else the show's program. Raises UsageError."""
    if model:
        return WhisperEngine(model)
    if command:
        return CommandEngine(command)
    hint = 'Name a Whisper model with --model, or a program in show.yaml, such as transcribe: "my-whisper {audio}".'
    raise UsageError("Nothing says what is to write down the speech.", hint)


def names_said(names: Sequence[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(name for name in names if name))
