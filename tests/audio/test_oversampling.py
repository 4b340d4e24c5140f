"""What lies between samples is found as exactly as is said."""

from __future__ import annotations

import numpy as np
import pytest

from sendung.audio.measure.true_peak import CONTEXT, OVERSAMPLING, true_peaks

WINDOW = 210


@pytest.mark.parametrize("frequency", [50, 997, 11025, 14700, 17000, 20000, 20500])
def test_tones_are_followed_to_a_fiftieth_of_a_decibel(frequency: int) -> None:
    """Against the tone itself at the same places: a quarter, a half and three quarters after each sample."""
    turn = 2 * np.pi * frequency / 44100
    phases = np.arange(8)[:, None] * np.pi / 8
    pieces = np.sin(turn * np.arange(-CONTEXT, WINDOW + CONTEXT) + phases)
    places = (np.arange(WINDOW)[:, None] + np.arange(1, OVERSAMPLING) / OVERSAMPLING).ravel()
    expected = np.abs(np.sin(turn * places + phases)).max(1)
    found = true_peaks(20000 * np.stack((0.1 * pieces, pieces), 1), np.arange(8))
    assert np.abs(20 * np.log10(found / 20000 / expected)).max() < 0.02


def test_only_the_window_counts_and_not_what_is_around_it() -> None:
    pieces = np.zeros((3, 1, WINDOW + 2 * CONTEXT), np.int16)
    pieces[0, 0, CONTEXT - 3] = pieces[1, 0, CONTEXT + 9] = pieces[2, 0, -CONTEXT + 3] = 1000
    found = true_peaks(pieces, np.arange(3))
    assert found[1] == pytest.approx(1000 * np.sinc(0.25), rel=0.01)
    assert max(found[0], found[2]) < 300


def test_nothing_has_no_peaks() -> None:
    assert len(true_peaks(np.empty((5, 2, WINDOW + 2 * CONTEXT), np.int16), np.arange(0))) == 0
