"""The title that a recording carries."""

from __future__ import annotations

from pathlib import Path

import mutagen
import pytest
from mutagen.id3 import TIT2

from sendung.media.tags import read_title
from tests.end_to_end.conftest import FIRST, run_ffmpeg


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a", "a.flac", "a.ogg", "a.wav"])
def test_titles_are_read_from_every_kind_of_tag(pattern: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    run_ffmpeg("-i", str(pattern / FIRST / "audio.flac"), "-t", "1", "-bitexact", str(path))
    assert read_title(path) == ""
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    key = {".m4a": "\xa9nam", ".mp3": "TIT2", ".wav": "TIT2"}.get(path.suffix, "title")
    file.tags[key] = TIT2(text=["Größe\n 7", "zweiter"]) if key == "TIT2" else ["Größe\n 7", "zweiter"]
    file.save()
    assert read_title(path) == "Größe 7"


@pytest.mark.parametrize("data", [b"", b"no audio", b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", b"fLaC\x00\x00", b"RIFF\x00"])
def test_what_is_no_recording_has_no_title(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.mp3").write_bytes(data)
    assert read_title(tmp_path / "a.mp3") == ""
    assert read_title(tmp_path / "none.mp3") == ""
