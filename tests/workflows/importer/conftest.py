"""An old host with a show on it, in the style of each hosting service; and a desk to import to."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from sendung.core.progress import Silent
from sendung.workflows.importer import Imported, ImportOptions, import_show
from tests.workflows.importer.old_host import OldHost, serving

FEEDS = Path(__file__).parent / "feeds"
CASES = Path(__file__).parent / "cases"
"""Small feeds with what publishers of podcasts reported of theirs."""
NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
VTT = """\
WEBVTT

00:00:00.500 --> 00:00:02.000
<v Mara>Moin.

00:00:02.000 --> 00:00:03.500
<v Kai Lüders>Moin, moin.
"""
CHAPTERS = {
    "version": "1.2.0",
    "chapters": [
        {"startTime": 0, "title": "Ablegen", "img": "../art/klein.jpg"},
        {"startTime": 2.5, "title": "Anlegen", "url": "https://hafen.example.org/kai", "img": "/art/fort.jpg"},
        {"startTime": 900, "title": "Hinter dem Ende"},
    ],
}


def _tone(seconds: float, suffix: str, *options: str) -> bytes:
    wave = f"aevalsrc=0.2*sin(2*PI*220*t)*(0.6+0.4*sin(6*PI*t)):s=44100:d={seconds}"
    arguments = ["-v", "error", "-f", "lavfi", "-i", wave, *options]
    exe = imageio_ffmpeg.get_ffmpeg_exe()
    if suffix == ".mp3":
        done = subprocess.run([exe, *arguments, "-f", "mp3", "-"], check=True, capture_output=True)
    else:
        done = subprocess.run(
            [exe, *arguments, "-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "-"],
            check=True,
            capture_output=True,
        )
    return done.stdout


def _picture(side: int, kind: str, colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(stream, kind)
    return stream.getvalue()


@pytest.fixture(scope="session")
def stock() -> dict[str, bytes]:
    """What old hosts keep besides feeds."""
    eins = _tone(3, ".mp3", "-b:a", "64k")
    zwei = _tone(24, ".mp3", "-b:a", "64k")
    m4a = _tone(3, ".m4a", "-c:a", "aac", "-b:a", "64k")
    srt = "1\n00:00:00,500 --> 00:00:02,000\nMoin.\n"
    return {
        "/audio/eins.mp3": eins,
        "/audio/zwei.mp3": zwei,
        "/podlove/file/7/s/feed/c/mp3/nr002.mp3": eins,
        "/anchor/play/1/https%3A%2F%2Fstaging.example.com%2Fzwei.m4a": m4a,
        "/art/show.jpg": _picture(3000, "JPEG", "teal"),
        "/art/zwei.png": _picture(1500, "PNG", "navy"),
        "/art/klein.jpg": _picture(300, "JPEG", "red"),
        "/text/zwei.vtt": VTT.encode(),
        "/text/zwei.srt": srt.encode(),
        "/text/zwei.json": json.dumps(CHAPTERS).encode(),
        "/text/kaputt.vtt": b"WEBVTT\n\n00:00:09.000 --> 00:00:01.000\nrueckwaerts\n",
    }


@pytest.fixture
def old_host(stock: dict[str, bytes]) -> Iterator[OldHost]:
    with serving(OldHost(dict(stock), {"/redirect/e/1/media.mp3": "/audio/eins.mp3"})) as host:
        for file in FEEDS.glob("*.xml"):
            put_feed(host, file.stem)
        yield host


def put_feed(host: OldHost, name: str, locked: str = "no") -> None:
    """A feed of the collection, as this host serves it."""
    text = (FEEDS / f"{name}.xml").read_text("utf-8")
    values = {
        "{base}": host.url,
        "{locked}": locked,
        "{length}": str(len(host.files["/audio/eins.mp3"])),
        "{m4a_length}": "99",
    }
    for key, value in values.items():
        text = text.replace(key, value)
    host.files[f"/{name}.xml"] = text.encode("latin-1" if "ISO-8859-1" in text else "utf-8")


@pytest.fixture
def case(old_host: OldHost, move: Move) -> Callable[..., Imported]:
    """Import a feed of cases/, by default without its audio."""

    def run(name: str, **wishes: object) -> Imported:
        for path, data in cases_of(old_host).items():
            old_host.files.setdefault(path, data)
        return move(f"cases/{name}", **{"audio": False, **wishes})

    return run


def put_cases(host: OldHost) -> None:
    """Serve everything in cases/."""
    host.files |= cases_of(host)


def cases_of(host: OldHost) -> dict[str, bytes]:
    """Everything in cases/, with this host in place of the one that the files name; its audio is eins.mp3."""
    files = {}
    for file in (path for path in CASES.rglob("*") if path.is_file()):
        data = file.read_bytes().replace(b"http://127.0.0.1:8765/audio/", f"{host.url}/cases/audio/".encode())
        data = data.replace(b'"//127.0.0.1:8765/', f'"//127.0.0.1:{host.port}/'.encode())
        data = re.sub(rb"http://127\.0\.0\.1:8765/(?:hop/\d/)?\d\d-", f"{host.url}/cases/".encode(), data)
        files[f"/cases/{file.relative_to(CASES).as_posix()}"] = data
    audio = {f"/cases/audio/{number}.mp3": host.files["/audio/eins.mp3"] for number in (1, 2, 3)}
    audio |= {f"/audio/{number}.mp3": host.files["/audio/eins.mp3"] for number in (1, 2, 3)}
    return {**files, **audio, "/cases/audio/cover.jpg": host.files["/art/show.jpg"]}


Move = Callable[..., Imported]


@pytest.fixture
def move(old_host: OldHost, tmp_path: Path) -> Move:
    """Import one of the feeds into a folder of tmp_path."""
    usual = ImportOptions(public_url="https://cdn.example.com/show/", allow_private=True)

    def run(name: str, into: str = "show", **wishes: object) -> Imported:
        source = f"{old_host.url}/{name}.xml"
        progress = wishes.pop("progress", Silent())
        return import_show(source, tmp_path / into, replace(usual, **wishes), NOW, progress)  # type: ignore[arg-type]

    return run
