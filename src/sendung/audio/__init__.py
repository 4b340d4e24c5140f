"""Mastering: from a recording to a measured, encoded file.

`probe` says what a recording is; `master` trims, levels, limits, encodes and measures it again.
"""

from sendung.audio.master import master
from sendung.audio.probe import probe
from sendung.audio.values import Levels, Mastered, Source, Target

__all__ = ["Levels", "Mastered", "Source", "Target", "master", "probe"]
