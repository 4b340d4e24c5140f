"""From a recording to a mastered file: what is kept from the last time, or else the steps of `mastering`."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sendung.audio.cache import keep, key_of, look_up
from sendung.audio.encode.mp3_format import BITRATES
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.source.findings import clipped_tracks
from sendung.audio.source.probe import check_file, probe_with, refusal
from sendung.audio.values import Mastered, Recording, Target, files_of
from sendung.core.concurrency import beside
from sendung.core.errors import AudioError, NoRoom
from sendung.core.file_digests import FileStamp, Memory
from sendung.core.mix_facts import MixFacts
from sendung.core.progress import Progress
from sendung.core.scratch import scratch_in
from sendung.core.words import say


def master(recording: Recording, target: Target, cache: Path, progress: Progress) -> Mastered:
    """Master a recording to the target; the result is in `cache` (made if absent), untagged.

    The same recording with the same target and version is returned at once. Raises AudioError if the recording
    cannot be read, is silent, cut off or shorter than a second, is replaced meanwhile, or if there is no room for the
    result.
    """
    return master_all(recording, [target], cache, progress)[0]


def master_all(recording: Recording, targets: Sequence[Target], cache: Path, progress: Progress) -> list[Mastered]:
    """`master` to several targets that differ in format and bit rate only: read once, and encoded at the same time."""
    first = targets[0]
    with _refusing(recording.name, cache):
        for target in targets:
            _check_target(target)
        files = files_of(recording)
        sources = [path for path in (*files, first.intro, first.outro) if path]
        for path in sources:
            check_file(path)
        stamps = {path: FileStamp.of(path) for path in sources}
        with beside(partial(_keys, recording, targets, cache)) as keys:
            # A publish has digested its recordings, and that is remembered; a long one is measured meanwhile.
            at_once = all(path.stat().st_size < _BRIEF or Memory(cache).remembers(path) for path in files)
            results = _look_up(keys(), cache) if at_once else {}
            if missing := [target for target in targets if target not in results]:
                results |= _make(recording, missing, cache, progress, partial(_named, keys, stamps))
    return [results[target] for target in targets]


def _named(keys: Callable[[], Keys], stamps: Mapping[Path, FileStamp]) -> Keys:
    """The names of results, once it is certain that these were made of the files that the names stand for."""
    names = keys()
    for path, stamp in stamps.items():
        if FileStamp.of(path) != stamp:
            raise AudioError(
                say("{name} was replaced while it was mastered.", name=path.name), "Run the same command again."
            )
    return names


_BRIEF = 1 << 26
"""Bytes of a recording that is digested so soon (0.04 s) that nothing need be done meanwhile."""
Keys = Mapping[Target, str]
"""The names under which results are kept."""


def _keys(recording: Recording, targets: Sequence[Target], cache: Path) -> Keys:
    return {target: key_of(recording, target, cache) for target in targets}


def _look_up(keys: Keys, cache: Path) -> dict[Target, Mastered]:
    """What is kept of them."""
    kept_files = {target: look_up(cache, key, target) for target, key in keys.items()}
    return {target: kept for target, kept in kept_files.items() if kept}


def _make(
    recording: Recording, targets: Sequence[Target], cache: Path, progress: Progress, keys: Callable[[], Keys]
) -> dict[Target, Mastered]:
    """Master to these targets, and keep the results; what turns out to be kept is not encoded again."""
    # With it come numpy and pydub, which a publish of what is kept can do without.
    from sendung.audio.mastering import Mastering  # noqa: PLC0415

    with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
        source, facts = _mix(ffmpeg, recording, scratch, progress)
        probed = probe_with(ffmpeg, source)
        with progress.meter("Mastering", probed.duration_s, "seconds") as meter:
            mastering = Mastering(ffmpeg, probed, targets, scratch, meter)
            draft = mastering.prepare()
            results = _look_up({target: keys()[target] for target in targets}, cache)
            mastered = mastering.make(draft, [target for target in targets if target not in results])
        names = keys()
        clipped = clipped_tracks(facts) if facts else ()
        kept = {
            target: result.model_copy(update={"mix": facts, "findings": (*clipped, *result.findings)})
            for target, result in mastered.items()
        }
        return results | {target: keep(cache, names[target], result, target) for target, result in kept.items()}


def _mix(ffmpeg: Ffmpeg, recording: Recording, scratch: Path, progress: Progress) -> tuple[Path, MixFacts | None]:
    """The file that is mastered, and what is known of its making: several tracks are mixed first."""
    if isinstance(recording, Path):
        return recording, None
    from sendung.audio.tracks.blend import blend, probe_tracks  # noqa: PLC0415 - as above

    sources = probe_tracks(ffmpeg, recording)
    total = 2 * sum(source.duration_s for source in sources.values())
    with progress.meter("Mixing", total, "seconds") as meter:
        mixed = blend(ffmpeg, recording, sources, scratch, meter.advance)
    return mixed.path, mixed.facts


@contextmanager
def _refusing(name: str, cache: Path) -> Iterator[None]:
    """Failures of ffmpeg and of the system, told as AudioError."""
    try:
        yield
    except FfmpegFailed as error:
        if "No space left" in error.log:
            raise _no_room(cache) from None
        raise refusal(Path(name), error.log) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _no_room(cache) from None
        raise AudioError(
            say("{name} cannot be mastered: {strerror}", name=name, strerror=error.strerror),
            say("Look at {filename}.", filename=error.filename),
        ) from None


def _check_target(target: Target) -> None:
    """MP3 has a few bit rates only; the lowest would not hold what players need in the first frame."""
    if target.format == "mp3" and target.bitrate_kbps is not None and target.bitrate_kbps not in BITRATES[4:]:
        offered = ", ".join(str(rate) for rate in BITRATES[4:])
        raise AudioError(
            say("MP3 has no bit rate of {bitrate_kbps} kbit/s for speech", bitrate_kbps=target.bitrate_kbps),
            say("Choose one of {offered}.", offered=offered),
        )


def _no_room(cache: Path) -> NoRoom:
    return NoRoom(say("There is no space left for mastering in {cache}", cache=cache), "Make room on that disk.")
