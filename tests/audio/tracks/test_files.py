"""Tracks as recorders and programs leave them: channels and streams of one file, other formats, music, and mistakes."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sendung.audio import Mastered, SoundOptions, Target, TrackFile, TrackSet, master
from sendung.audio.source.ffmpeg import Ffmpeg
from sendung.audio.tracks.blend import blend, probe_tracks
from sendung.core.errors import AudioError
from sendung.core.progress import Silent
from tests.audio.conftest import decode, run_ffmpeg, write_wav

from .conftest import Record
from .conversation import RATE, Conversation, Microphone

Mixed = NDArray[np.float64]
PLAIN = SoundOptions(level="off", gate="off", hum="off")
PAIR = Microphone(0, bleed_db=-20.0), Microphone(1, bleed_db=-20.0)


def blended(tracks: TrackSet, scratch: Path, channels: int = 1) -> Mixed:
    with Ffmpeg(scratch) as ffmpeg:
        path = blend(ffmpeg, tracks, probe_tracks(ffmpeg, tracks), scratch, lambda seconds: None).path
        return decode(path, channels, RATE)


@pytest.fixture(scope="module")
def pair(record: Record) -> list[Path]:
    return [record(microphone) for microphone in PAIR]


@pytest.fixture(scope="module")
def reference(pair: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Mixed:
    """The mix of both, from a file each."""
    tracks = TrackSet(tuple(TrackFile(path, person=name) for path, name in zip(pair, "AB", strict=True)), PLAIN)
    return blended(tracks, tmp_path_factory.mktemp("reference"))[:, 0]


def likeness(left: Mixed, right: Mixed) -> float:
    """The correlation of two mixes, sample by sample."""
    count = min(len(left), len(right))
    return float(np.corrcoef(left[:count], right[:count])[0, 1])


@pytest.mark.parametrize("kind", ["channels", "streams"])
def test_channels_and_streams_of_one_file_are_tracks(
    kind: str, pair: list[Path], reference: Mixed, tmp_path: Path
) -> None:
    inputs = [argument for path in pair for argument in ("-i", str(path))]
    if kind == "channels":
        file = tmp_path / "poly.wav"
        run_ffmpeg(*inputs, "-filter_complex", "[0:a][1:a]amerge=inputs=2", "-c:a", "pcm_s24le", file)
        tracks = [TrackFile(file, person=name, channel=n) for n, name in enumerate("AB", 1)]
    else:
        file = tmp_path / "both.mkv"
        run_ffmpeg(*inputs, "-map", "0:a", "-map", "1:a", "-c:a", "flac", file)
        tracks = [TrackFile(file, person=name, stream=n) for n, name in enumerate("AB", 1)]
    assert likeness(blended(TrackSet(tuple(tracks), PLAIN), tmp_path)[:, 0], reference) > 0.999


@pytest.mark.parametrize("endings", [("mp3", "m4a"), ("opus", "flac")])
def test_compressed_tracks_stay_in_step(
    endings: tuple[str, str], pair: list[Path], reference: Mixed, tmp_path: Path
) -> None:
    files = [tmp_path / f"{n}.{ending}" for n, ending in enumerate(endings)]
    for source, file in zip(pair, files, strict=True):
        run_ffmpeg("-i", source, *([] if file.suffix == ".flac" else ["-b:a", "128k"]), file)
    tracks = TrackSet(tuple(TrackFile(file, person=name) for file, name in zip(files, "AB", strict=True)), PLAIN)
    assert likeness(blended(tracks, tmp_path)[:, 0], reference) > 0.97, "a millisecond off would be far below"


def test_music_begins_where_it_is_said_to_and_is_ducked_under_speech(
    pair: list[Path], reference: Mixed, talk: Conversation, tmp_path: Path
) -> None:
    seconds = 12.0
    moments = np.arange(round(seconds * RATE)) / RATE
    sides = 0.1 * np.stack((np.sin(2 * np.pi * 3000 * moments), np.sin(2 * np.pi * 3700 * moments)), 1)
    jingle = TrackFile(write_wav(tmp_path / "jingle.wav", sides, RATE, 24), role="music", at_s=0.5)
    voices = tuple(TrackFile(path, person=name) for path, name in zip(pair, "AB", strict=True))
    mixed = blended(TrackSet((*voices, jingle), PLAIN), tmp_path, 2)
    assert np.abs(mixed[:, 0] - mixed[:, 1]).max() > 0.01, "stereo music makes it stereo"

    def tone(start: float, end: float) -> float:
        part = mixed[round(start * RATE) : round(end * RATE), 0]
        times = np.arange(len(part)) / RATE
        return float(abs((part * np.exp(-2j * np.pi * 3000 * times)).mean()))

    first = talk.turns[0]
    assert tone(0.0, 0.45) < 0.02 * tone(0.6, 1.0)
    assert tone(first.start + 0.8, first.start + 1.6) < 0.5 * tone(0.6, 1.0), "6 dB and more below speech"
    assert tone(12.6, 13.0) < 0.02 * tone(0.6, 1.0), "it ends with its file"


def made(tracks: TrackSet, folder: Path) -> Mastered:
    return master(tracks, Target(), folder / "cache", Silent())


def test_mistakes_are_one_sentence_before_anything_long_begins(pair: list[Path], tmp_path: Path) -> None:
    quiet = write_wav(tmp_path / "quiet.wav", np.zeros((20 * RATE, 1)), RATE, 16)
    stereo = write_wav(tmp_path / "stereo.wav", np.zeros((RATE, 2)), RATE, 16)
    copy = Path(shutil.copy(pair[0], tmp_path / "copy.wav"))
    first = TrackFile(pair[0], person="A")
    for other, words in (
        (TrackFile(quiet, person="B"), "quiet.wav is silent"),
        (TrackFile(stereo, person="B", channel=3), "stereo.wav has no channel 3"),
        (TrackFile(stereo, person="B", stream=2), "stereo.wav has no stream 2"),
        (TrackFile(pair[0], person="B"), "are the same recording"),
        (TrackFile(copy, person="B"), "copy.wav are the same recording"),
    ):
        with pytest.raises(AudioError) as refused:
            made(TrackSet((first, other)), tmp_path)
        assert words in str(refused.value)


def test_a_clipped_track_is_told(record: Record, tmp_path: Path) -> None:
    files = [record(microphone) for microphone in PAIR]
    loud = np.clip(decode(files[1], 1, RATE) * 12, -1, 1)
    clipped = write_wav(tmp_path / "clipped.wav", loud, RATE, 16)
    mastered = made(TrackSet((TrackFile(files[0], person="A"), TrackFile(clipped, person="B"))), tmp_path)
    said = [finding.message for finding in mastered.findings if finding.kind == "clipped"]
    assert any("clipped.wav" in message for message in said), mastered.findings
