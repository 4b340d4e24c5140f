"""An episode of two microphones: published like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audio.conftest import write_wav
from tests.audio.tracks.conversation import RATE, Microphone, conversation

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
    assert two_tracks.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "unchanged"
    _write(two_tracks.path(f"{FIRST}/sebastian.wav"), Microphone(1, start_s=1.1))
    second = two_tracks.run("publish", SLUG)
    assert second.code == 0, second.err
    assert "Sebastian Karger: " in second.out
    assert "starts 1.100 s later, drift" in second.out
    assert f"records/{guid}/000002.json" in two_tracks.store_files()


def test_tracks_of_two_days_are_refused_before_anything_is_sent(two_tracks: Workshop) -> None:
    _write(two_tracks.path(f"{FIRST}/sven.wav"), Microphone(0, bleed_db=None))
    _write(two_tracks.path(f"{FIRST}/sebastian.wav"), Microphone(1, bleed_db=None))
    result = two_tracks.run("publish", SLUG)
    assert result.code == 5
    assert "sebastian.wav and sven.wav have nothing in common" in result.err
    assert "offset: 2.5" in result.err
    assert two_tracks.store_files() == {}


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
