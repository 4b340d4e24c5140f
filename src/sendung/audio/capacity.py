"""How many recordings this machine can master at a time."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from sendung.audio.source.ffmpeg import usable_cores

_MEMORY = 250_000_000
"""Bytes for each recording; measured were 35 MB for each but the first (`make bench-archive`), 115 MB for that."""
_SCRATCH_PER_S = 2 * 4 * 48_000
"""Bytes a second of a recording that is decoded into a scratch file first: floats, stereo, 48 kHz."""


def at_once(longest_s: float, cache: Path) -> int:
    """How many recordings of at most so many seconds to master at a time, with scratch files in `cache`; at least 1.

    One more than there are cores: the parts of one share them all, but not while it is opened, levelled and kept
    (docs/performance.md, "Several episodes").
    """
    room = int(longest_s * _SCRATCH_PER_S) + 1
    return max(1, min(usable_cores() + 1, _free_memory() // _MEMORY, _free_disk(cache) // room))


def _free_disk(folder: Path) -> int:
    """Bytes that are free where a folder is, or will be."""
    present = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(present).free


def _free_memory() -> int:
    """Bytes that this process may still use; a great many where nobody says.

    proc_meminfo(5), MemAvailable; for containers memory.max and memory.current (Linux, cgroup-v2).
    """
    free = [1 << 62]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        free.append(1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1]))
    with suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        most, now = (int((group / f"memory.{name}").read_text("ascii")) for name in ("max", "current"))
        free.append(most - now)
    return min(free)
