"""Transcripts: what tools write in; WebVTT, SRT, JSON and HTML out.

`reading` tells the formats apart and reports what is wrong with a file; `vtt`, `json_shapes`, `captions`, `markup` and
`timed_text` read them into `passages`; `labels` and `names` tell who speaks; `cues` checks and changes what was read;
`writing` makes every output.
"""

from sendung.media.transcripts.cues import LocatedCue, TranscriptFile, flaws, is_timed, name_speakers, shift
from sendung.media.transcripts.names import Names
from sendung.media.transcripts.reading import read_file
from sendung.media.transcripts.turns import name_by_turns
from sendung.media.transcripts.writing import is_unread, render, to_html, to_json, to_srt, to_vtt, unread_note

__all__ = [
    "LocatedCue",
    "Names",
    "TranscriptFile",
    "flaws",
    "is_timed",
    "is_unread",
    "name_by_turns",
    "name_speakers",
    "read_file",
    "render",
    "shift",
    "to_html",
    "to_json",
    "to_srt",
    "to_vtt",
    "unread_note",
]
