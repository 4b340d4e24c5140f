from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()

MakeAudio = Callable[..., Path]


def ffmpeg(*arguments: str | Path) -> str:
    """Run ffmpeg and return what it writes to stdout."""
    command = [FFMPEG, "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="session")
def make_audio(tmp_path_factory: pytest.TempPathFactory) -> MakeAudio:
    """Make four seconds of a tone in the format that the name's extension says."""

    def make(name: str, *options: str) -> Path:
        path = tmp_path_factory.mktemp("audio") / name
        ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=4:sample_rate=44100", *options, path)
        return path

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file into a fresh folder and return its path."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
