"""Mastering: from a recording to a measured, encoded file.

`probe` says what a recording is, and `program` by which ffmpeg; `master` trims, levels, limits, encodes and measures it
again (`master_all` in several formats at once); `take_finished` only measures; `with_chapters` puts chapters into MP4;
`cut` makes the public beginning of a mastered one. `at_once` says how many recordings to master at a time, and
`stop_all` ends what is mastered in other threads. What mastering did is shown by the modules `report` and `plot`, which
are not imported here: with whatever measures comes numpy, and most commands do without.
"""

import os

# numpy multiplies small matrices only; threads of its own would but wait for work, and take time from ffmpeg for that.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from sendung.audio.capacity import at_once
from sendung.audio.cut import cut
from sendung.audio.encode.remux import with_chapters
from sendung.audio.finished import kind_of, take_finished
from sendung.audio.master import master, master_all
from sendung.audio.source.ffmpeg import program, stop_all
from sendung.audio.source.findings import findings_of
from sendung.audio.source.probe import probe
from sendung.audio.values import (
    AudioFinding,
    Ending,
    Format,
    Levels,
    Mastered,
    Recording,
    SoundOptions,
    Source,
    Target,
    TrackFile,
    TrackSet,
)

__all__ = [
    "AudioFinding",
    "Ending",
    "Format",
    "Levels",
    "Mastered",
    "Recording",
    "SoundOptions",
    "Source",
    "Target",
    "TrackFile",
    "TrackSet",
    "at_once",
    "cut",
    "findings_of",
    "kind_of",
    "master",
    "master_all",
    "probe",
    "program",
    "stop_all",
    "take_finished",
    "with_chapters",
]
