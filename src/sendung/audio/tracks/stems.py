"""Each voice by itself, on the time line of all: for programs that write down what is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from sendung.audio.measure.windows import Floats
from sendung.audio.source.decode import Heard
from sendung.audio.source.ffmpeg import Ffmpeg, local
from sendung.audio.tracks.blend import prepare, probe_tracks
from sendung.audio.tracks.mix import MixForm, write_mix
from sendung.audio.tracks.spectra import HOP_S
from sendung.audio.values import Recording, TrackSet
from sendung.core.mix_facts import TrackFacts

RATE = 16000
"""Hertz: what models of speech are made for."""


def write_stems(ffmpeg: Ffmpeg, recording: Recording, scratch: Path, heard: Heard) -> dict[str, Path]:
    """A mono WAV file of 16 kHz and 16 bits for each person; of one file, for nobody in particular (an empty name).

    A person's file is silent while that person is. Raises AudioError.
    """
    if not isinstance(recording, TrackSet):
        return {"": _plain(ffmpeg, recording, scratch / "voice.wav")}
    plan = prepare(ffmpeg, recording, probe_tracks(ffmpeg, recording), scratch, heard)
    form = MixForm(RATE, 1, round(plan.form.length * RATE / plan.form.rate))
    facts: Mapping[str, TrackFacts] = {track.name: track for track in plan.facts.tracks}
    files = {}
    for number, (track, mixed) in enumerate(plan.mixed.items()):
        if track.role != "voice":
            continue
        whole, path = scratch / f"whole-{number}.wav", scratch / f"voice-{number}.wav"
        alone = replace(mixed, gains=mixed.gains * _speaking(facts[track.name], len(mixed.gains)))
        write_mix(ffmpeg, [alone], form, plan.levels, whole, heard)
        files[track.person] = _plain(ffmpeg, whole, path)
        whole.unlink()
    return files


def _speaking(facts: TrackFacts, hops: int) -> Floats:
    flags = np.zeros(hops, np.float32)
    for start, end in facts.turns:
        flags[round(start / HOP_S) : math.ceil(end / HOP_S)] = 1
    return flags


def _plain(ffmpeg: Ffmpeg, source: Path, path: Path) -> Path:
    """A file as models want it."""
    form = ["-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-f", "wav", "-y", f"file:{path}"]
    ffmpeg.read([*local(source), *form], len)
    return path
