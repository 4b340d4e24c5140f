"""Whether what is heard in a stretch of a track is speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sendung.audio.measure.voice_activity import VoiceActivity, is_available, voiced
from sendung.audio.measure.windows import Floats
from sendung.audio.tracks.spectra import RATE

_WARM_UP_S = 0.2
"""Before a stretch, so that the model knows what it comes from."""
_ENOUGH_S = 0.7
"""Of a stretch: what begins as speech goes on as speech; a model that hears all would take longer than the mix."""
_LOUD = 0.3
"""What the loudest moment is brought to for the model, which is used to that."""
_SHARE = 0.3
"""Of the windows heard, how many must be speech: a cough has none."""


class HeardSamples:
    """A track as it was listened to (mono, 16 kHz), in a file of half-precision floats."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")

    def take(self, samples: Floats) -> None:
        """More of it."""
        samples.astype(np.float16).tofile(self._file)

    def finish(self) -> HeardSamples:
        """Itself, ready to be read."""
        self.close()
        return self

    def close(self) -> None:
        """Take no more."""
        self._file.close()

    def speaks(self, start: float, end: float) -> bool:
        """Whether there is speech between two moments, seconds; where no model is installed, any sound counts."""
        if not is_available():
            return True
        first = max(0, round((start - _WARM_UP_S) * RATE))
        count = round((min(end, start + _ENOUGH_S) - start + _WARM_UP_S) * RATE)
        heard = np.fromfile(self._path, np.float16, count, offset=2 * first).astype(np.float32)
        loudest = float(np.abs(heard).max(initial=0))
        if not loudest:
            return False
        model = VoiceActivity()
        probabilities = np.concatenate((model.take(heard * np.float32(_LOUD / loudest)), model.finish()))
        return float(voiced(probabilities).mean()) > _SHARE
