"""What writes down speech: a program, or faster-whisper, here a stand-in for it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sendung.core.errors import UsageError
from sendung.workflows.transcribe.engines import CommandEngine, Said, WhisperEngine, engine_of


@pytest.fixture
def said(tmp_path: Path) -> Said:
    audio = tmp_path / "voice.wav"
    audio.write_bytes(b"RIFF")
    return Said(audio, "de", ("Sven Kramer", "Zwei Töne"))


def test_a_model_that_is_here_is_asked_with_names_and_language(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Model:
        def __init__(self, model: str, **options: Any) -> None:
            asked.update(options, model=model)

        def transcribe(self, audio: str, **options: Any) -> tuple[list[SimpleNamespace], None]:
            asked.update(options, audio=audio)
            return [
                SimpleNamespace(start=1.0, end=2.5, text=" Guten Tag. "),
                SimpleNamespace(start=3, end=4, text=" "),
            ], None

    fake = ModuleType("faster_whisper")
    fake.WhisperModel = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", fake)
    [cue] = WhisperEngine("/models/base").transcribe(said)
    assert (cue.start_ms, cue.end_ms, cue.text) == (1000, 2500, "Guten Tag.")
    assert asked["local_files_only"] is True, "nothing is fetched unasked"
    assert (asked["language"], asked["hotwords"]) == ("de", "Sven Kramer, Zwei Töne")


def test_what_is_missing_is_one_sentence(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(UsageError, match="not installed"):
        WhisperEngine("base").transcribe(said)
    with pytest.raises(UsageError, match="Nothing says what is to write down"):
        engine_of(None, None)
    with pytest.raises(UsageError, match="does not run"):
        CommandEngine("/no/such/program {audio}").transcribe(said)
    with pytest.raises(UsageError, match="ended with code 3: no model"):
        CommandEngine("sh -c 'echo no model >&2; exit 3'").transcribe(said)
    with pytest.raises(UsageError, match="is no transcript"):
        CommandEngine("true").transcribe(said)


def test_a_program_may_write_a_file(said: Said) -> None:
    command = 'sh -c \'printf "1\\n00:00:01,000 --> 00:00:02,000\\n%s\\n" "$0" > "$1"\' {words} {result}'
    [cue] = CommandEngine(command + " {audio}").transcribe(said)
    assert cue.text == "Sven Kramer, Zwei Töne"
