"""The picture of a mix: its tracks below each other, with what was done to each."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from sendung.audio import SoundOptions, Target, TrackFile, TrackSet
from sendung.audio.plot import LEFT, TRACK, png, svg
from sendung.audio.report import MasteringReport, as_json, as_text, report
from sendung.core.progress import Silent
from tests.audio.conftest import SAMPLE

DUCKED, SPEAKS, GAIN = "#e8ebee", "#0f766e", "#9333ea"


@pytest.fixture(scope="module")
def of_tracks(tmp_path_factory: pytest.TempPathFactory) -> MasteringReport:
    files = {"Sven Kramer": "sven.flac", "Sebastian Karger": "sebastian.opus"}
    tracks = TrackSet(tuple(TrackFile(SAMPLE / name, person=who) for who, name in files.items()), SoundOptions())
    return report(tracks, Target(), tmp_path_factory.mktemp("cache"), Silent())


def test_each_track_tells_what_was_done_to_it(of_tracks: MasteringReport) -> None:
    sven, sebastian = of_tracks.tracks
    assert (sven.name, sebastian.name) == ("Sven Kramer", "Sebastian Karger")
    for track, other in ((sven, sebastian), (sebastian, sven)):
        assert len(track.levels) == len(track.mixed) == len(track.gain_db)
        start, end = max(track.turns, key=lambda turn: turn[1] - turn[0])
        middle = round((start + end) / 2)
        assert track.mixed[middle] == pytest.approx(track.levels[middle] + track.gain_db[middle], abs=1)
        assert track.mixed[middle] > other.mixed[middle] + 20, "the other's microphone is closed"
        assert any(begin <= middle <= stop for begin, stop in other.ducked)
    assert json.dumps(as_json(of_tracks)["tracks"][1]["turns"])


def test_the_picture_has_a_panel_for_each_track_with_units(of_tracks: MasteringReport) -> None:
    tree = etree.fromstring(svg(of_tracks).encode())
    words = [str(text) for text in tree.itertext() if text.strip()]
    assert any(text.startswith("mix: -20") for text in words), "what is mastered is the mix"
    assert any("Sebastian Karger: −40.7 → −20.0 LUFS, starts 1.300 s later" in text for text in words)
    assert (words.count("LUFS"), words.count("dB"), words.count("min")) == (4, 2, 2)
    width, height = (int(tree.get(name) or 0) for name in ("width", "height"))
    for shape in tree:
        x, y = float(shape.get("x") or 0), float(shape.get("y") or 0)
        assert 0 <= x <= width
        assert 0 <= y <= height
    boxes = [shape for shape in tree if shape.tag.endswith("rect")]
    ducked = [box for box in boxes if box.get("fill") == DUCKED and float(box.get("height") or 0) == TRACK]
    spoken = [box for box in boxes if box.get("fill") == SPEAKS]
    assert len(ducked) == sum(len(track.ducked) for track in of_tracks.tracks)
    assert len(spoken) == sum(len(track.turns) for track in of_tracks.tracks)
    assert min(float(box.get("x") or 0) for box in ducked) >= LEFT
    assert sum(1 for shape in tree if shape.get("stroke") == GAIN) == 2
    assert Image.open(io.BytesIO(png(of_tracks))).size == (2 * width, 2 * height)


def test_words_call_the_mix_the_mix(of_tracks: MasteringReport) -> None:
    head, loudness, *_ = as_text(of_tracks).splitlines()
    assert head.split() == ["mix", "after", "aim"]
    assert loudness.split()[1] == f"{of_tracks.before.levels.lufs:.1f}"
    assert Path(of_tracks.name).suffix == ".opus"
