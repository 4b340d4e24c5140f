"""What tells whether two machines master alike: their programs, and what becomes of a known sound on each."""

from __future__ import annotations

import platform
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from wave import open as open_wave

from sendung.audio.cache import METHOD
from sendung.audio.master import master_all
from sendung.audio.source.ffmpeg import version_line
from sendung.audio.values import Target
from sendung.core.file_digests import file_digest
from sendung.core.progress import Silent
from sendung.core.scratch import scratch_in
from sendung.core.version import __version__

_RATE, _SECONDS = 44100, 2


@dataclass(frozen=True)
class Fingerprint:
    """How a machine masters."""

    sendung: str
    method: int
    ffmpeg: str
    processor: str
    trial: tuple[str, ...]
    """SHA-256 of what the known sound becomes, one a format."""

    def differences(self, other: Fingerprint) -> list[tuple[str, str, str]]:
        """What another machine has otherwise than this: name, there, here. The processor may, if the sound is the same.

        Where a program differs, that is why the sound does, and it alone is named.
        """
        names = [field.name for field in fields(self) if field.name not in {"processor", "trial"}]
        pairs = [(name, str(getattr(other, name)), str(getattr(self, name))) for name in names]
        programs = [pair for pair in pairs if pair[1] != pair[2]]
        if programs or self.trial == other.trial:
            return programs
        return [("processor", other.processor, self.processor)]


def fingerprint(targets: Sequence[Target], folder: Path) -> Fingerprint:
    """How this machine masters to these targets; files are made in a scratch folder within `folder`.

    Raises UsageError where there is no ffmpeg, AudioError where there is no room.
    """
    plain = [replace(target, intro=None, outro=None) for target in targets]
    with scratch_in(folder) as scratch:
        results = master_all(_known_sound(scratch / "trial.wav"), plain, scratch / "results", Silent())
        trial = tuple(file_digest(result.path) for result in results)
    return Fingerprint(__version__, METHOD, version_line(), platform.machine(), trial)


def _known_sound(path: Path) -> Path:
    """Noise in bursts, as whole numbers alone make it: the same bytes on every machine."""
    with open_wave(str(path), "wb") as file:
        file.setparams((1, 2, _RATE, 0, "NONE", ""))
        file.writeframes(array("h", _samples()).tobytes())
    return path


def _samples() -> Iterator[int]:
    state = 1
    for number in range(_RATE * _SECONDS):
        state = (state * 1103515245 + 12345) % (1 << 31)  # ISO C's example of rand()
        burst = number % 11025 * 4 // 11025  # a quarter of a second, in four steps
        yield ((state >> 15) % 16384 - 8192) * burst // 3
