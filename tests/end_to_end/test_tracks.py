"""An episode of two microphones: published like any other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from sendung.core.model import Cue
from sendung.media.transcripts import read_file
from tests.audio.conftest import write_wav
from tests.audio.tracks.conversation import RATE, Microphone, Turn, conversation

from .conftest import FIRST, Workshop
from .reading import record

SLUG = "erster-ton"
TRACKS = """\
tracks:
  - {file: sven.wav, person: Sven Kramer}
  - {file: sebastian.wav, person: Sebastian Karger}
"""


def _write(path: Path, microphone: Microphone) -> None:
    write_wav(path, microphone.record(conversation())[:, None].astype(float), RATE, 16)


@pytest.fixture
def two_tracks(workshop: Workshop) -> Workshop:
    workshop.edit(f"{FIRST}/episode.yaml", "audio: audio.flac\n", TRACKS)
    workshop.path(f"{FIRST}/audio.flac").unlink()
    workshop.write(
        f"{FIRST}/transcript.vtt",
        "WEBVTT\n\n00:01.500 --> 00:05.000\nGuten Morgen.\n\n00:05.800 --> 00:08.200\nUnd die Frage.\n",
    )
    _write(workshop.path(f"{FIRST}/sven.wav"), Microphone(0))
    _write(workshop.path(f"{FIRST}/sebastian.wav"), Microphone(1, ppm=145, start_s=1.3))
    return workshop


def test_two_tracks_are_published_and_an_edit_of_one_is_an_edit(two_tracks: Workshop) -> None:
    first = two_tracks.run("publish", SLUG, "--json")
    assert first.code == 0, first.err
    guid = first.json["episodes"][0]["guid"]
    kept = record(two_tracks.store_files()[f"records/{guid}/000001.json"])
    assert {"file:sven.wav", "file:sebastian.wav"} <= set(kept["source"])
    sven, sebastian = kept["episode"]["audio"]["mix"]["tracks"]
    assert (sven["person"], sven["aligned"]) == ("Sven Kramer", "first")
    assert sebastian["offset_s"] == pytest.approx(1.3, abs=0.001)
    assert sebastian["drift_ppm"] == pytest.approx(145, abs=5)
    assert max(sebastian["rest_ms"]) < 1
    # The transcript names nobody; the tracks do.
    assert [cue["speaker"] for cue in kept["episode"]["transcript"]["cues"]] == ["Sven Kramer", "Sebastian Karger"]
    _assert_voices(two_tracks, kept)
    assert two_tracks.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "unchanged"
    _write(two_tracks.path(f"{FIRST}/sebastian.wav"), Microphone(1, start_s=1.1))
    second = two_tracks.run("publish", SLUG)
    assert second.code == 0, second.err
    assert "Sebastian Karger: " in second.out
    assert "starts 1.100 s later, drift" in second.out
    assert f"records/{guid}/000002.json" in two_tracks.store_files()


def _assert_voices(published: Workshop, kept: dict[str, Any]) -> None:
    """The waveform shows who speaks when, where the published file has it."""
    audio = kept["episode"]["audio"]
    assert [voice["person"] for voice in audio["voices"]] == ["Sven Kramer", "Sebastian Karger"]
    slice_s = audio["duration_s"] / len(audio["waveform"])
    said = conversation()
    for who, voice in enumerate(audio["voices"]):
        assert len(voice["tenths"]) == len(audio["waveform"])
        for turn in said.alone(who):
            number = int(((turn.start + turn.end) / 2 + audio["offset_ms"] / 1000) / slice_s)
            assert voice["tenths"][number] == "9"
            assert audio["voices"][1 - who]["tenths"][number] == "0"
    page = published.store_files()[f"e/{SLUG}/index.html"].decode()
    assert "▲ Sven Kramer" in page
    assert "▼ Sebastian Karger" in page
    assert "▲" not in published.store_files()[f"e/{SLUG}/embed/index.html"].decode()


def test_tracks_of_two_days_are_refused_before_anything_is_sent(two_tracks: Workshop) -> None:
    _write(two_tracks.path(f"{FIRST}/sven.wav"), Microphone(0, bleed_db=None))
    _write(two_tracks.path(f"{FIRST}/sebastian.wav"), Microphone(1, bleed_db=None))
    result = two_tracks.run("publish", SLUG)
    assert result.code == 5
    assert "sebastian.wav and sven.wav have nothing in common" in result.err
    assert "offset: 2.5" in result.err
    assert two_tracks.store_files() == {}


def test_a_track_that_is_much_shorter_is_told_before_anything_long_begins(two_tracks: Workshop) -> None:
    path = two_tracks.path(f"{FIRST}/sebastian.wav")
    sound = Microphone(1, start_s=0.4).record(conversation())[: 12 * RATE]
    write_wav(path, sound[:, None].astype(float), RATE, 16)
    result = two_tracks.run("check", SLUG)
    assert result.code == 0, result.err
    assert "sebastian.wav lasts 00:00:12" in result.out + result.err


def test_every_mistake_in_tracks_comes_at_once(two_tracks: Workshop) -> None:
    two_tracks.edit(
        f"{FIRST}/episode.yaml",
        TRACKS,
        "tracks:\n  - {file: sven.wav, person: Sven Krämer}\n  - {file: sebastin.wav, person: Sebastian Karger}\n",
    )
    result = two_tracks.run("check", SLUG)
    assert result.code == 3
    assert "Sven Krämer is neither a host nor a guest" in result.err
    assert "Did you mean sebastian.wav?" in result.err


WRITER = """\
import sys, wave
from array import array

with wave.open(sys.argv[1]) as file:
    assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16000)
    samples = array("h", file.readframes(file.getnframes()))
loud = [max(samples[at : at + 1600], default=0) > 600 for at in range(0, len(samples), 1600)]
cues, start = [], None
for number, flag in enumerate([*loud, *[False] * 9]):
    if flag:
        start, last = (number if start is None else start), number
    elif start is not None and number - last > 5:
        cues.append((start / 10, (last + 1) / 10))
        start = None
print("WEBVTT")
for start, end in cues:
    print(f"\\n00:{start:06.3f} --> 00:{end:06.3f}\\n{sys.argv[2]} sagt etwas.")
"""
"""A program that writes a cue wherever it hears something."""


def test_a_program_writes_down_who_says_what_and_nothing_is_published_unread(two_tracks: Workshop) -> None:
    two_tracks.write("writer.py", WRITER)
    two_tracks.edit(
        "show.yaml",
        "title:",
        f"transcribe: {sys.executable} {two_tracks.path('writer.py')} {{audio}} {{language}}\ntitle:",
    )
    two_tracks.path(f"{FIRST}/transcript.vtt").unlink()
    two_tracks.edit(f"{FIRST}/episode.yaml", "transcript: transcript.vtt\n", "")
    result = two_tracks.run("transcribe", SLUG, "--json")
    assert result.code == 0, result.err
    assert sorted(result.json["speakers"]) == ["Sebastian Karger", "Sven Kramer"]
    cues = [located.cue for located in read_file(two_tracks.path(f"{FIRST}/transcript.vtt")).cues]
    turns = conversation().turns
    for cue in cues:
        names = [("Sven Kramer", "Sebastian Karger")[turn.voice] for turn in turns if _meets(turn, cue)]
        assert cue.speaker in names, cue
        assert cue.text == "de sagt etwas."
    assert len(cues) >= len(turns) - 2
    two_tracks.edit(f"{FIRST}/episode.yaml", "tracks:", "transcript: transcript.vtt\ntracks:")
    unread = two_tracks.run("check", SLUG)
    assert unread.code == 3
    assert "was written by a machine" in unread.err
    assert "transcript: auto" in unread.err
    two_tracks.edit(f"{FIRST}/episode.yaml", "transcript: transcript.vtt", "transcript: auto")
    assert two_tracks.run("check", SLUG).code == 0
    two_tracks.edit(f"{FIRST}/episode.yaml", "transcript: auto", "transcript: transcript.vtt")
    text = two_tracks.path(f"{FIRST}/transcript.vtt").read_text("utf-8")
    start = text.index("NOTE")
    two_tracks.write(f"{FIRST}/transcript.vtt", text[:start] + text[text.index("\n\n", start) + 2 :])
    assert two_tracks.run("check", SLUG).code == 0
    again = two_tracks.run("transcribe", SLUG)
    assert again.code == 2
    assert "--replace" in again.err


def _meets(turn: Turn, cue: Cue) -> bool:
    """Whether a turn is heard for most of a cue."""
    start, end = cue.start_ms / 1000, cue.end_ms / 1000
    return min(turn.end, end) - max(turn.start, start) > 0.4 * (end - start)
