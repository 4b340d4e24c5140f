"""A small show in a folder, and the program run on it in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from PIL import Image

from tests.end_to_end.screen import Screen
from tests.warm import fits, warm_program

SHOW = """\
title: Zwei Töne
description: Eine Schau für die Prüfung & mehr.
language: de
timezone: Europe/Berlin
website: https://www.example.org/
category: [News, Tech News]
cover: cover.jpg
owner:
  name: Sven Kramer
  email: redaktion@example.org
hosts:
  - name: Sven Kramer
  - name: Sebastian Karger
store:
  public_url: https://cdn.example.org/show
"""
EPISODE = """\
title: Der erste Ton
date: 2026-11-01 06:00
article:
  en: https://www.example.org/en/first-tone
  de: https://www.example.org/erster-ton
summary: Worum es geht.
audio: audio.flac
chapters:
  - at: 0
    title: Anfang
  - at: "0:04"
    title: Mitte
transcript: transcript.vtt
"""
TRANSCRIPT = """\
WEBVTT

00:00:01.000 --> 00:00:03.000
<v Sven>Guten Tag.

00:00:04.000 --> 00:00:07.500
<v Sebastian>Guten Tag auch.
"""
FIRST = "episodes/erster-ton"


def run_ffmpeg(*arguments: str) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments], check=True)


def make_tone(path: Path, seconds: float = 8, gain: float = 0.05, pitch: int = 180) -> None:
    """Something like a voice: bursts of a rich tone."""
    wave = f"{gain}*(sin(2*PI*{pitch}*t)+0.5*sin(4*PI*{pitch}*t)+0.2*sin(14*PI*{pitch}*t))*(0.6+0.4*sin(2*PI*3*t))"
    run_ffmpeg("-f", "lavfi", "-i", f"aevalsrc={wave}:s=44100:d={seconds}", str(path))


@dataclass(frozen=True)
class Result:
    """What a run of the program left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Workshop:
    """A show's folder, and the program."""

    folder: Path
    cache: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, content: str | bytes) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_bytes(content.encode() if isinstance(content, str) else content)

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text("utf-8")
        assert old in text
        self.path(name).write_text(text.replace(old, new), "utf-8")

    def add_episode(self, slug: str, title: str, pitch: int) -> None:
        self.write(f"episodes/{slug}/episode.yaml", EPISODE.replace("Der erste Ton", title).replace("erster-ton", slug))
        self.write(f"episodes/{slug}/transcript.vtt", TRANSCRIPT)
        make_tone(self.path(f"episodes/{slug}/audio.flac"), pitch=pitch)

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run `sendung ARGUMENTS` in the show's folder."""
        variables = self.variables(**environment)
        if fits(variables):
            code, *streams = warm_program().run(arguments, self.folder, variables)
        else:
            command = [sys.executable, "-m", "sendung", *arguments]
            done = subprocess.run(
                command, cwd=self.folder, env=variables, capture_output=True, timeout=120, check=False
            )
            code, streams = done.returncode, [done.stdout, done.stderr]
        out, err = (stream.decode().replace("\r\n", "\n").replace("\r", "\n") for stream in streams)
        assert "Traceback" not in err, err
        return Result(code, out, err)

    def screen(self, *arguments: str, columns: int = 80, **environment: str) -> Screen:
        """`sendung ARGUMENTS` in the show's folder, on a terminal."""
        return Screen(arguments, self.folder, self.variables(**environment), columns)

    def variables(self, **more: str) -> dict[str, str]:
        own = {"SENDUNG_CACHE": str(self.cache), "SENDUNG_BY": "sven@studio", "NO_COLOR": "1", "COLUMNS": "120"}
        own["SENDUNG_CUSTOMERS_KEY"] = str(self.folder.parent / "customers.key")
        return {**os.environ, **own, **self.environment, **more}

    def store_files(self) -> dict[str, bytes]:
        """What is in the directory store: key to bytes."""
        root = self.path("public")
        return {
            str(file.relative_to(root)): file.read_bytes()
            for file in sorted(root.rglob("*"))
            if file.is_file() and ".sendung" not in file.parts
        }


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The show that every workshop starts from."""
    folder = tmp_path_factory.mktemp("pattern")
    episode = folder / FIRST
    episode.mkdir(parents=True)
    (folder / "show.yaml").write_text(SHOW, "utf-8")
    Image.linear_gradient("L").resize((3000, 3000)).convert("RGB").save(folder / "cover.jpg", quality=70)
    (episode / "episode.yaml").write_text(EPISODE, "utf-8")
    (episode / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
    make_tone(episode / "audio.flac")
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all: mastering the same recording again would prove nothing new."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def workshop(pattern: Path, cache: Path, tmp_path: Path) -> Workshop:
    """A show with one draft, in a folder of its own."""
    return Workshop(shutil.copytree(pattern, tmp_path / "show"), cache)


@pytest.fixture
def published(workshop: Workshop) -> Workshop:
    """A show with one published episode."""
    assert workshop.run("publish", "erster-ton").code == 0
    return workshop


@pytest.fixture
def second_host(workshop: Workshop, tmp_path: Path) -> Callable[[], Workshop]:
    """A function that makes the other host's checkout: the same files as the first one's now, the same store."""

    def checkout() -> Workshop:
        folder = shutil.copytree(workshop.folder, tmp_path / "other", ignore=shutil.ignore_patterns("public"))
        own = {"SENDUNG_BY": "sebastian@home", "SENDUNG_STORE": str(workshop.path("public"))}
        return Workshop(folder, workshop.cache, own)

    return checkout
