"""A digest is made once, unless there is the least doubt."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.audio.cache import key_of
from sendung.audio.values import Target
from sendung.core.file_digests import Memory

SIZE = 4_000_000


def bytes_read(work: Callable[[], object]) -> int:
    """How many bytes this process reads for some work (proc(5), /proc/pid/io: rchar)."""

    def so_far() -> int:
        found = re.search(r"rchar: (\d+)", Path("/proc/self/io").read_text("ascii"))
        assert found
        return int(found[1])

    before = so_far()
    work()
    return so_far() - before


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "audio.wav"
    path.write_bytes(os.urandom(SIZE))
    return path


def remember(cache: Path, *paths: Path) -> None:
    """Have files digested, as if they had been left alone for a while before."""
    for path in paths:
        Memory(cache).digest(path)
    later = time.time() + 3
    for entry in (cache / "digests").iterdir():
        os.utime(entry, (later, later))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_was_left_alone_is_read_once(recording: Path, tmp_path: Path) -> None:
    right = digest(recording)
    remember(tmp_path / "cache", recording)
    again = bytes_read(lambda: Memory(tmp_path / "cache").digest(recording))
    assert again < SIZE / 10
    assert Memory(tmp_path / "cache").digest(recording) == right


def test_what_was_mastered_is_found_without_reading_the_recording_again(recording: Path, tmp_path: Path) -> None:
    first = key_of(recording, Target(), tmp_path / "cache")
    remember(tmp_path / "cache", recording)
    assert bytes_read(lambda: key_of(recording, Target(), tmp_path / "cache")) < SIZE / 10
    assert key_of(recording, Target(), tmp_path / "cache") == first


def test_every_change_is_seen_that_the_file_system_tells(recording: Path, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "cache")
    remember(tmp_path / "cache", recording)
    there = recording.stat()
    with recording.open("r+b") as file:  # same inode, same size
        file.write(b"other")
    os.utime(recording, ns=(there.st_atime_ns, there.st_mtime_ns))  # and the same time of change, as cp -p leaves it
    assert memory.digest(recording) == digest(recording)
    recording.unlink()
    recording.write_bytes(b"new")
    assert memory.digest(recording) == digest(recording)


def test_a_file_that_was_changed_just_now_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "audio.wav"
    path.write_bytes(bytes(SIZE))
    memory = Memory(tmp_path / "cache")
    memory.digest(path)
    assert bytes_read(lambda: memory.digest(path)) >= SIZE


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: entry.write_bytes(b""),
        lambda entry: entry.write_bytes(entry.read_bytes()[:-9]),
        lambda entry: entry.write_text(re.sub('"sha256":"....', '"sha256":"0000', entry.read_text())),
        lambda entry: (entry.unlink(), entry.mkdir()),
        lambda entry: (entry.unlink(), entry.parent.rmdir(), entry.parent.write_bytes(b"no folder")),
    ],
    ids=["empty", "cut", "altered", "folder", "no folder"],
)
def test_a_memory_that_is_damaged_is_not_believed(
    recording: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    memory = Memory(tmp_path / "cache")
    remember(tmp_path / "cache", recording)
    [entry] = (tmp_path / "cache/digests").iterdir()
    damage(entry)
    assert memory.digest(recording) == digest(recording)
    assert memory.digest(recording) == digest(recording)
