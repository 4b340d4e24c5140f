"""Mastering can be cut short at any time: it stops at once and leaves nothing behind that a later run would use."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sendung.audio import Target, master
from sendung.core.progress import Silent

from .conftest import children_of, hear, speech, wav_bytes, write_wav

PROGRAM = """
import sys
from pathlib import Path
from sendung.audio import Target, master
from sendung.core.progress import Silent
try:
    master(Path(sys.argv[1]), Target(), Path(sys.argv[2]), Silent())
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes: too long to be done before the tests interrupt."""
    path = tmp_path_factory.mktemp("long") / "long.wav"
    one = wav_bytes(speech(30))[44:]
    size = 20 * len(one)
    head = wav_bytes(speech(0.01))[:44]
    head = head[:4] + (size + 36).to_bytes(4, "little") + head[8:40] + size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(head)
        file.writelines(one for _ in range(20))
    return path


def _readers_of(path: Path) -> list[bytes]:
    """The command lines of all processes that name a file, by /proc: also of those that nobody owns any more."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(command.read_bytes())
    return [one for one in found if bytes(path) in one]


def _alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _interrupt(source: Path, cache: Path, after: str, sign: signal.Signals) -> tuple[float, int, list[int]]:
    """Start mastering, send the signal once `after` is in the scratch folder; seconds it took, code, ffmpegs."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(source), str(cache)])
    deadline = time.monotonic() + 60
    while not (list(cache.glob(after)) and (running := children_of(process.pid))):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    os.kill(process.pid, sign)
    code = process.wait(timeout=10)
    return time.monotonic() - began, code, running


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("moment", ["making-*/lock", "making-*/result-0.mp3"], ids=["measuring", "encoding"])
def test_ctrl_c_stops_within_a_second_and_leaves_nothing(long: Path, cache: Path, moment: str) -> None:
    seconds, code, running = _interrupt(long, cache, moment, signal.SIGINT)
    assert code == 130
    assert seconds < 1.0, seconds
    assert running
    assert not any(_alive(one) for one in running)
    assert not _readers_of(long)
    assert {path.name for path in cache.iterdir()} <= {"digests"}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_after_a_kill_children_end_and_the_next_run_is_right(long: Path, cache: Path, tmp_path: Path) -> None:
    _, code, running = _interrupt(long, cache, "making-*/result-0.mp3", signal.SIGKILL)
    assert code == -signal.SIGKILL
    deadline = time.monotonic() + 20
    while any(_alive(one) for one in running):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(cache.glob("making-*"))
    result = master(write_wav(tmp_path / "a.wav", speech(4)), Target(), cache, Silent())
    assert hear(result.path).lufs == pytest.approx(-16, abs=0.3)
    assert sorted(path.suffix for path in cache.glob("*.*")) == [".json", ".mp3"]


def test_a_folder_in_use_is_left_alone(cache: Path) -> None:
    from sendung.core.scratch import scratch_in

    with scratch_in(cache) as one:
        with scratch_in(cache) as other:
            assert one.exists()
            assert other.exists()
        assert not other.exists()
        assert one.exists()
