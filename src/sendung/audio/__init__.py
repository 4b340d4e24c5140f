"""Mastering: from a recording to a measured, encoded file.

`probe` says what a recording is; `master` trims, levels, limits, encodes and measures it again; `report` shows what
that did, as text (`as_text`), plain values (`as_json`) or a picture (`plot`).
"""

from sendung.audio.master import master
from sendung.audio.plot import plot
from sendung.audio.probe import probe
from sendung.audio.report import Report, as_json, as_text, report
from sendung.audio.values import Levels, Mastered, Source, Target

__all__ = [
    "Levels",
    "Mastered",
    "Report",
    "Source",
    "Target",
    "as_json",
    "as_text",
    "master",
    "plot",
    "probe",
    "report",
]
