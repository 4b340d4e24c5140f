"""From a recording to a mastered file: what is kept from the last time, or else the steps of `mastering`."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from sendung.audio.cache import keep, key_of, look_up
from sendung.audio.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.mp3 import BITRATES
from sendung.audio.probe import check_file, probe_with, refusal
from sendung.audio.scratch import scratch_in
from sendung.audio.values import Mastered, Target
from sendung.concurrency import wait_awake
from sendung.config.digests import Memory
from sendung.errors import AudioError
from sendung.progress import Progress


def master(source: Path, target: Target, cache: Path, progress: Progress) -> Mastered:
    """Master a recording to the target; the result is in `cache` (made if absent), untagged.

    The same recording with the same target and version is returned at once. Raises AudioError if the recording
    cannot be read, is silent, cut off or shorter than a second, or if there is no room for the result.
    """
    return master_all(source, [target], cache, progress)[0]


def master_all(source: Path, targets: Sequence[Target], cache: Path, progress: Progress) -> list[Mastered]:
    """`master` to several targets that differ in format and bit rate only: read once, and encoded at the same time."""
    first = targets[0]
    with _refusing(source, cache):
        for target in targets:
            _check_target(target)
        for path in filter(None, (source, first.intro, first.outro)):
            check_file(path)
        kept = _Kept(source, targets, cache)
        found = kept.found() if source.stat().st_size < _BRIEF or Memory(cache).remembers(source) else {}
        if missing := [target for target in targets if target not in found]:
            found |= _make(source, missing, kept, cache, progress)
    return [found[target] for target in targets]


_BRIEF = 1 << 26
"""Bytes of a recording that is digested so soon (0.04 s) that nothing need be done meanwhile."""


class _Kept:
    """What is kept of a recording from the last time.

    That takes its digest. A publish has made it, and it is remembered; else, that of a long recording is made while it
    is measured, in a thread that nothing waits for on Ctrl-C.
    """

    def __init__(self, source: Path, targets: Sequence[Target], cache: Path) -> None:
        self._targets, self._cache = targets, cache
        self._keys: Future[dict[Target, str]] = Future()

        def find() -> None:
            try:
                self._keys.set_result({target: key_of(source, target, cache) for target in targets})
            except BaseException as error:  # noqa: BLE001 - raised where the keys are asked for
                self._keys.set_exception(error)

        threading.Thread(target=find, name="digest", daemon=True).start()

    def keys(self) -> dict[Target, str]:
        """The names of the results, once they are known. Raises OSError if what goes in cannot be read."""
        wait_awake([self._keys])
        return self._keys.result()

    def found(self) -> dict[Target, Mastered]:
        """What is kept, once it is known."""
        looked_up = {target: look_up(self._cache, self.keys()[target], target) for target in self._targets}
        return {target: one for target, one in looked_up.items() if one is not None}


def _make(
    source: Path, targets: Sequence[Target], kept: _Kept, cache: Path, progress: Progress
) -> dict[Target, Mastered]:
    """Master to these targets, and keep the results; what turns out to be kept is not encoded again."""
    # With it come numpy and pydub, which a publish of what is kept can do without.
    from sendung.audio.mastering import Mastering  # noqa: PLC0415

    found: dict[Target, Mastered] = {}

    def is_kept() -> bool:
        found.update(kept.found())
        return found.keys() >= set(targets)

    with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
        probed = probe_with(ffmpeg, source)
        with progress.meter("Mastering", probed.duration_s, "seconds") as meter:
            made = Mastering(ffmpeg, probed, targets, scratch, meter, is_kept).make()
        return found | {target: keep(cache, kept.keys()[target], one, target) for target, one in made.items()}


@contextmanager
def _refusing(source: Path, cache: Path) -> Iterator[None]:
    """Failures of ffmpeg and of the system, told as AudioError."""
    try:
        yield
    except FfmpegFailed as error:
        if "No space left" in error.log:
            raise _no_room(cache) from None
        raise refusal(source, error.log) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _no_room(cache) from None
        raise AudioError(f"{source.name} cannot be mastered: {error.strerror}", f"Look at {error.filename}.") from None


def _check_target(target: Target) -> None:
    """MP3 has a few bit rates only; the lowest would not hold what players need in the first frame."""
    if target.format == "mp3" and target.bitrate_kbps is not None and target.bitrate_kbps not in BITRATES[4:]:
        offered = ", ".join(str(rate) for rate in BITRATES[4:])
        raise AudioError(f"MP3 has no bit rate of {target.bitrate_kbps} kbit/s for speech", f"Choose one of {offered}.")


def _no_room(cache: Path) -> AudioError:
    return AudioError(f"There is no space left for mastering in {cache}", "Make room on that disk.")
