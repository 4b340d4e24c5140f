"""Mastering: from a recording to a measured, encoded file.

`probe` says what a recording is; `master` trims, levels, limits, encodes and measures it again (`master_all` in several
formats at once); `take_finished` only measures; `report` shows what that did, as text (`as_text`), plain values
(`as_json`) or a picture (`plot`).
"""

from sendung.audio.finished import SUFFIXES, kind_of, take_finished
from sendung.audio.master import master, master_all
from sendung.audio.plot import plot
from sendung.audio.probe import probe
from sendung.audio.report import Report, as_json, as_text, report
from sendung.audio.values import MEDIA_TYPES, Format, Levels, Mastered, Source, Target

__all__ = [
    "MEDIA_TYPES",
    "SUFFIXES",
    "Format",
    "Levels",
    "Mastered",
    "Report",
    "Source",
    "Target",
    "as_json",
    "as_text",
    "kind_of",
    "master",
    "master_all",
    "plot",
    "probe",
    "report",
    "take_finished",
]
