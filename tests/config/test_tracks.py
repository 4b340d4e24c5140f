"""Mistakes in `tracks:` that would else be found late, or never."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sendung.config.tracks import TrackEntry


@pytest.mark.parametrize("offset", [float("nan"), float("inf"), 1e9, -90_000, "0:02", True])
def test_an_offset_is_a_number_of_seconds_within_a_day(offset: Any) -> None:
    with pytest.raises(ValidationError, match="neither auto nor a number of seconds within a day"):
        TrackEntry(file="a.wav", person="Ada", offset=offset)


@pytest.mark.parametrize("offset", ["auto", 2.5, -3, "2.5"])
def test_seconds_and_auto_are_taken(offset: Any) -> None:
    kept = TrackEntry(file="a.wav", person="Ada", offset=offset).offset
    assert kept == (offset if offset == "auto" else float(offset))


def test_a_voice_has_no_place_in_time_but_an_offset() -> None:
    with pytest.raises(ValidationError, match="which is for music"):
        TrackEntry(file="a.wav", person="Ada", at=10)
    assert TrackEntry(file="a.wav", role="music", at=10).at
