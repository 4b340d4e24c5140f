"""Transcripts: WebVTT, SRT, JSON and plain text in; WebVTT, SRT, JSON and HTML out.

`reading` tells the formats apart and reports what is wrong with a file, `vtt` holds what WebVTT and SRT share,
`cues` checks and changes what was read, `writing` makes every output.
"""

from sendung.media.transcripts.cues import LocatedCue, flaws, is_timed, name_speakers, shift
from sendung.media.transcripts.reading import read, read_transcript
from sendung.media.transcripts.writing import render, to_html, to_json, to_srt, to_vtt

__all__ = [
    "LocatedCue",
    "flaws",
    "is_timed",
    "name_speakers",
    "read",
    "read_transcript",
    "render",
    "shift",
    "to_html",
    "to_json",
    "to_srt",
    "to_vtt",
]
