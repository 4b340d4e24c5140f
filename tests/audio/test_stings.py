"""An intro and an outro sound with the speech for a moment, under it, and as loud as it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Target, master
from sendung.audio.shape.intro_outro import TOGETHER_S
from sendung.core.errors import AudioError
from sendung.core.progress import Silent

from .conftest import RATE, Samples, decode, hear, silence, speech, voice, write_wav


def _music(seconds: float, pitch: float) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.stack([np.sin(2 * np.pi * pitch * time), np.sin(2 * np.pi * pitch * 1.5 * time)], 1) * 0.05


def _level(samples: Samples, pitch: float) -> float:
    """The amplitude of one tone."""
    time = np.arange(len(samples)) / RATE
    return float(np.abs(np.mean(samples[:, 0] * np.exp(-2j * np.pi * pitch * time))) * 2)


def test_stings_are_cross_faded_ducked_and_levelled(tmp_path: Path, cache: Path) -> None:
    spoken = np.vstack([silence(3), speech(20), silence(4)])
    target = Target(
        intro=write_wav(tmp_path / "in.wav", _music(10, 4000)), outro=write_wav(tmp_path / "out.wav", _music(9, 6000))
    )
    source = write_wav(tmp_path / "a.wav", spoken)
    plain = master(source, Target(), cache, Silent())
    result = master(source, target, cache, Silent())
    heard = hear(result.path)
    assert heard.lufs == pytest.approx(-16, abs=0.3)
    assert heard.dbtp <= -1.0
    assert result.duration_s == pytest.approx(plain.duration_s + 10 + 9 - 2 * TOGETHER_S, abs=0.02)
    assert result.head_trimmed_s == pytest.approx(plain.head_trimmed_s - (10 - TOGETHER_S), abs=0.001)
    assert result.tail_trimmed_s == pytest.approx(plain.tail_trimmed_s - (9 - TOGETHER_S), abs=0.001)

    decoded = decode(result.path)
    second = RATE
    alone, under, gone = (
        _level(decoded[at : at + second], 4000) for at in (3 * second, round(7.5 * second), 10 * second)
    )
    assert 0.08 < under / alone < 0.3
    assert gone < 0.02 * alone
    end = len(decoded)
    outro = [_level(decoded[end - round(back * second) :][:second], 6000) for back in (10, 7, 3)]
    assert outro[0] < 0.02 * outro[2]
    assert 0.08 < outro[1] / outro[2] < 0.3
    # No click: no step that neither tone nor speech makes.
    steps = np.abs(np.diff(decoded, axis=0)).max()
    assert steps <= np.abs(np.diff(decode(plain.path), axis=0)).max() * 1.5


def test_stings_follow_the_channels_of_the_speech(tmp_path: Path, cache: Path) -> None:
    both = np.repeat(voice(12), 2, 1) * 0.5
    target = Target(intro=write_wav(tmp_path / "in.wav", _music(5, 4000)))
    result = master(write_wav(tmp_path / "a.wav", both), target, cache, Silent())
    assert result.channels == 1
    assert hear(result.path).lufs == pytest.approx(-19, abs=0.3)


def test_a_silent_sting_is_named(tmp_path: Path, cache: Path) -> None:
    target = Target(intro=write_wav(tmp_path / "in.wav", silence(3)))
    with pytest.raises(AudioError, match=r"in\.wav is silent"):
        master(write_wav(tmp_path / "a.wav", speech(5)), target, cache, Silent())


def test_a_missing_sting_is_named(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(AudioError, match=r"no audio file none\.wav"):
        master(write_wav(tmp_path / "a.wav", speech(5)), Target(outro=tmp_path / "none.wav"), cache, Silent())
