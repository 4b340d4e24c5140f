"""Small shows in folders, made in this process."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

SHOW = """\
title: Zwei Töne
description: Eine Schau für die Prüfung.
language: de
timezone: Europe/Berlin
website: https://www.example.org/
category: [News, Tech News]
cover: cover.png
owner: {name: Sven Kramer, email: redaktion@example.org}
hosts:
  - name: Sven Kramer
  - name: Sebastian Karger
store:
  public_url: https://cdn.example.org/show
"""
EPISODE = """\
title: Der erste Ton
date: 2026-11-01 06:00
article: https://www.example.org/erster-ton
summary: Worum es geht.
audio: audio.wav
transcript: transcript.vtt
"""
TRANSCRIPT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v Sven>Guten Tag.\n"

MakeShow = Callable[..., Path]


def write_wav(path: Path, seconds: float = 8, rate: int = 8000) -> None:
    """A recording that can be probed; nobody masters it here."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\x00\x10\x00\xf0" * int(seconds * rate / 2))


@pytest.fixture
def make_show(tmp_path: Path) -> MakeShow:
    """A function that writes a show with one draft, with some text replaced, and returns its folder."""

    def make(*, show: dict[str, str] | None = None, draft: dict[str, str] | None = None, notes: str = "") -> Path:
        folder = tmp_path / "show"
        episode = folder / "episodes" / "erster-ton"
        episode.mkdir(parents=True)
        (folder / "show.yaml").write_text(_edited(SHOW, show or {}), "utf-8")
        (episode / "episode.yaml").write_text(_edited(EPISODE, draft or {}), "utf-8")
        (episode / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
        (episode / "notes.md").write_text(notes, "utf-8")
        Image.new("RGB", (3000, 3000), "navy").save(folder / "cover.png")
        write_wav(episode / "audio.wav")
        return folder

    return make


def _edited(text: str, edits: dict[str, str]) -> str:
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    return text
