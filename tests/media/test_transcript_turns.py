"""A transcript that names nobody gets its speakers from when each microphone heard its owner."""

from __future__ import annotations

from sendung.core.model import Cue
from sendung.media.transcripts import name_by_turns


def test_a_cue_is_whose_turn_it_is_and_nobodys_where_that_is_not_clear() -> None:
    turns = {"Sven": [(0.0, 4.0), (9.0, 12.0)], "Sebastian": [(4.2, 8.0), (10.0, 12.0)]}
    cues = [
        Cue(start_ms=500, end_ms=4100, text="Guten Tag."),
        Cue(start_ms=3900, end_ms=8000, text="Guten Tag auch."),
        Cue(start_ms=10000, end_ms=12000, text="Beide."),
        Cue(start_ms=13000, end_ms=14000, text="Niemand."),
    ]
    assert [cue.speaker for cue in name_by_turns(cues, turns)] == ["Sven", "Sebastian", None, None]
