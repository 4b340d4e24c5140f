"""The player's dial as numbers: bars, scale and the chapters' marks."""

from __future__ import annotations

import pytest

from sendung.core.mix_facts import VoiceShare
from sendung.core.model import Chapter, Episode
from sendung.website.waveform import TimelineMark, bars, timeline_of
from tests.website.samples import make_episode


def dial_episode(seconds: float, *chapters_ms: int) -> Episode:
    """An episode of that length with chapters at these times."""
    episode = make_episode()
    marks = tuple(Chapter(start_ms=ms, title=f"Kapitel {number}") for number, ms in enumerate(chapters_ms))
    audio = episode.audio.model_copy(update={"duration_s": seconds})
    return episode.model_copy(update={"audio": audio, "chapters": marks})


def test_bars_grow_from_the_middle_and_stay_on_the_dial() -> None:
    assert bars([0, 50, 100, 130]) == "M30 49v2M90 25v50M150 0v100M210 0v100"
    assert bars([]) == ""


def test_of_two_voices_one_grows_up_and_the_other_down() -> None:
    episode = make_episode()
    voices = tuple(VoiceShare(person=name, tenths=digits) for name, digits in (("Ada", "9003"), ("Bea", "0906")))
    audio = episode.audio.model_copy(update={"waveform": (100, 100, 100, 100), "voices": voices})
    episode = episode.model_copy(update={"audio": audio})
    dial = timeline_of(episode, by_voice=True)
    assert dial.voices == ("Ada", "Bea")
    assert dial.fine == "M30 0v51M150 0v100M210 25v75", "Ada; nobody; both, Bea twice as long"
    assert dial.wave == "M90 49v51", "Bea"
    assert timeline_of(episode).voices == ()
    third = episode.audio.model_copy(update={"voices": (*voices, voices[0])})
    alike = timeline_of(episode.model_copy(update={"audio": third}), by_voice=True)
    assert (alike.voices, alike.wave) == ((), bars([100] * 4, (1,)))


def test_chapters_but_the_first_are_marks_and_none_lies_outside() -> None:
    marks = timeline_of(dial_episode(200.0, 0, 50_000, 230_000)).chapters
    assert marks == (TimelineMark(25.0, "Kapitel 1"), TimelineMark(100.0, "Kapitel 2"))


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (30.0, ["0:05", "0:10", "0:15", "0:20", "0:25"]),
        (31.0, ["0:10", "0:20"]),
        (62.0, ["0:15", "0:30", "0:45"]),
        (3600.0, ["10:00", "20:00", "30:00", "40:00", "50:00"]),
        (14_400.0, ["1:00:00", "2:00:00", "3:00:00"]),
    ],
)
def test_the_scale_has_at_most_six_round_labels_and_none_at_the_very_end(seconds: float, labels: list[str]) -> None:
    scale = timeline_of(dial_episode(seconds)).scale
    assert [mark.label for mark in scale if mark.label] == labels
    assert [mark.label for mark in scale[:5]] == ["", "", "", "", labels[0]]
    assert all(0 < mark.at <= 100 for mark in scale)


def test_a_recording_without_a_length_has_an_empty_dial() -> None:
    dial = timeline_of(dial_episode(0.0, 0, 10))
    assert (dial.scale, dial.chapters) == ((), (TimelineMark(0.0, "Kapitel 1"),))
