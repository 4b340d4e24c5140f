"""The public beginning of an episode: the whole's frames, nothing from behind the cut, no click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sendung.audio import Ending, Target, cut, master
from sendung.audio.cutting import FADE_S, PAUSE_S
from sendung.audio.encode.mp3_format import DELAY, FRAME, Layout
from sendung.core.errors import AudioError
from sendung.core.progress import Silent

from .conftest import RATE, Samples, decode, hear, speech, write_wav

BEHIND_HZ = 5000.0
"""A tone that sounds from the cut on, through the whole rest."""


def _tone(seconds: float, rate: int, pitch: float, level: float) -> Samples:
    time = np.arange(round(seconds * rate)) / rate
    return np.stack([level * np.sin(2 * np.pi * pitch * time)] * 2, 1)


def _level(samples: Samples, rate: int, pitch: float) -> float:
    """The amplitude of one tone, through a window that keeps speech out of it."""
    window = np.hanning(len(samples))
    time = np.arange(len(samples)) / rate
    return float(np.abs(np.mean(samples[:, 0] * window * np.exp(-2j * np.pi * pitch * time))) * 4)


@pytest.mark.parametrize(("rate", "at_s"), [(44100, 7.3137), (48000, 1.999)])
def test_the_public_file_is_the_beginning_of_the_whole_and_nothing_from_behind(
    rate: int, at_s: float, tmp_path: Path, cache: Path
) -> None:
    quiet = speech(at_s, rate)
    quiet[-rate // 10 :] *= 0.01
    sound = np.vstack([quiet, _tone(3, rate, BEHIND_HZ, 0.5)])
    target = Target(trim=False)
    whole = master(write_wav(tmp_path / "a.wav", sound, rate), target, cache, Silent())
    public = cut(whole, Ending(at_s), target, cache, Silent())

    layout = Layout(round(whole.duration_s * rate), rate, whole.channels, whole.bitrate // 1000)
    frames = (int(at_s * rate) - round(FADE_S * rate)) // FRAME
    start, stop = layout.offset(0), layout.offset(frames)
    assert public.path.read_bytes()[start:stop] == whole.path.read_bytes()[start:stop]

    heard, all_of_it = decode(public.path, rate=rate), decode(whole.path, rate=rate)
    same = frames * FRAME - DELAY
    assert np.array_equal(heard[:same], all_of_it[:same])
    assert len(heard) == round(public.duration_s * rate) == frames * FRAME + round((FADE_S + PAUSE_S) * rate)
    tenth = rate // 10
    assert _level(all_of_it[round(at_s * rate) :][:tenth], rate, BEHIND_HZ) > 0.05
    assert max(_level(heard[at:][:tenth], rate, BEHIND_HZ) for at in range(0, len(heard) - tenth, tenth)) < 1e-3
    assert np.abs(heard[-tenth:]).max() < 1e-3


def test_a_cut_within_a_word_does_not_click_and_the_outro_is_as_loud_as_the_speech(tmp_path: Path, cache: Path) -> None:
    target = Target(trim=False)
    whole = master(write_wav(tmp_path / "a.wav", speech(14)), target, cache, Silent())
    outro = write_wav(tmp_path / "o.wav", _tone(4, RATE, 700, 0.02))
    public = cut(whole, Ending(6.1, outro), target, cache, Silent())
    told, plain = hear(public.path), decode(whole.path)
    heard = decode(public.path)
    assert public.duration_s == pytest.approx(6.1 + PAUSE_S + 4, abs=0.03)
    assert public.lufs == pytest.approx(told.lufs, abs=0.1)
    assert public.dbtp == pytest.approx(told.dbtp, abs=0.1)
    assert public.dbtp <= -1
    assert public.lufs == pytest.approx(whole.lufs, abs=1.5)
    steps = np.abs(np.diff(heard, axis=0))
    assert steps[: round(6.6 * RATE)].max() <= np.abs(np.diff(plain, axis=0)).max() * 1.2
    assert _level(heard[-2 * RATE : -RATE], RATE, 700) > 0.05
    again = cut(whole, Ending(6.1, outro), target, cache, Silent())
    assert again == public


@pytest.mark.parametrize("at_s", [0.3, 4.01, 50.0])
def test_a_cut_that_is_not_within_the_episode_is_a_mistake(at_s: float, tmp_path: Path, cache: Path) -> None:
    whole = master(write_wav(tmp_path / "a.wav", speech(4)), Target(trim=False), cache, Silent())
    with pytest.raises(AudioError, match="not within"):
        cut(whole, Ending(at_s), Target(trim=False), cache, Silent())
