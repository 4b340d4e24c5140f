"""The public beginning of a mastered MP3: its first frames, byte for byte, and an ending of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sendung.audio.cache import keep, look_up
from sendung.audio.source.ffmpeg import Ffmpeg, FfmpegFailed
from sendung.audio.source.probe import refusal
from sendung.audio.values import Ending, Mastered, Target
from sendung.core.errors import AudioError
from sendung.core.file_digests import file_digest
from sendung.core.progress import Progress
from sendung.core.scratch import scratch_in

_METHOD = 1
"""Raised whenever the same file would be cut differently."""


def cut(whole: Mastered, ending: Ending, target: Target, cache: Path, progress: Progress) -> Mastered:
    """The public file of a mastered one that is not tagged yet, with what was measured on it after decoding.

    Its frames are those of the whole up to the last that holds nothing from behind the cut, then the end of the speech,
    faded out, and the outro, as loud as the whole unless it would pass the ceiling. Raises AudioError if the whole is
    no MP3, the cut is not within it, or the outro cannot be read or is silent.
    """
    if target.format != "mp3":
        raise AudioError("Only an MP3 can be cut for customers", "Write format: mp3 under audio: in show.yaml.")
    key = _key_of(whole, ending, target)
    if kept := look_up(cache, key, target):
        return kept
    # With it comes numpy, which a publish of what is kept can do without.
    from sendung.audio.cutting import Cutting  # noqa: PLC0415

    try:
        with scratch_in(cache) as scratch, Ffmpeg(scratch) as ffmpeg:
            with progress.meter("Cutting", ending.at_s, "seconds") as meter:
                public = Cutting(ffmpeg, whole, ending, target, scratch).run(meter.advance)
            return keep(cache, key, public, target)
    except FfmpegFailed as error:
        raise refusal(ending.outro or whole.path, error.log) from None


def _key_of(whole: Mastered, ending: Ending, target: Target) -> str:
    outro = file_digest(ending.outro) if ending.outro else ""
    facts = (file_digest(whole.path), f"{ending.at_s:.6f}", outro, str(target.true_peak), str(_METHOD))
    return hashlib.sha256("\0".join(("cut", *facts)).encode()).hexdigest()[:32]
