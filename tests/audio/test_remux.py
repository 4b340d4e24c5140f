"""Chapters put into an MP4 file by ffmpeg: what can go wrong. What is right is in tests/media/test_tags.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung.audio import with_chapters
from sendung.core.errors import AudioError
from tests.media.conftest import ffmpeg


@pytest.fixture
def m4a(tmp_path: Path) -> Path:
    path = tmp_path / "talk.m4a"
    ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", path)
    return path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device without room")
def test_a_full_disk_is_the_systems_error(m4a: Path) -> None:
    with pytest.raises(OSError, match="No space left") as caught:
        with_chapters(m4a, [], Path("/dev/full"))
    assert caught.value.filename == "/dev/full"


def test_what_is_no_mp4_is_one_clear_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "talk.m4a"
    wrong.write_text("RIFF nothing")
    with pytest.raises(AudioError, match=r"^talk\.m4a is cut off: its end is missing"):
        with_chapters(wrong, [], tmp_path / "out.m4a")


def test_an_mp4_without_sound_is_told(tmp_path: Path) -> None:
    silent = tmp_path / "film.m4a"
    ffmpeg("-f", "lavfi", "-i", "color=size=32x32:duration=1", "-c:v", "mpeg4", "-f", "mp4", silent)
    with pytest.raises(AudioError, match="has no sound in it"):
        with_chapters(silent, [], tmp_path / "out.m4a")


def test_the_file_says_nothing_of_the_tool_or_the_time_that_made_it(m4a: Path, tmp_path: Path) -> None:
    copies = [tmp_path / "a.m4a", tmp_path / "b.m4a"]
    for copy in copies:
        with_chapters(m4a, [(0, 1000, "Start")], copy)
    first, second = (copy.read_bytes() for copy in copies)
    assert first == second
    assert b"Lavf" in m4a.read_bytes()
    assert b"Lavf" not in first
