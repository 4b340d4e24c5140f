"""The sample show is what its scripts, its docs and the other tests rely on."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import uuid
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms, ImageStat
from ruamel.yaml import YAML

from sendung.config.episode import load_draft
from sendung.config.show import load_show

TOP = Path(__file__).resolve().parents[2]
EPISODE = TOP / "episodes" / "realitaetscheck-autoindustrie"
Sound = NDArray[np.float32]
RATE = 22_050
LATE_S = 1.3
"""When Sebastian's recorder was switched on."""
HOSTS = ("Sven Kramer", "Sebastian Karger")
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
SOFT = 0.004
"""Full scale is 1: noise and hum are below."""
FADES_S = 0.25
"""The room's echo of a word."""
ESPEAK = "1.51"
"""The version of espeak-ng that the committed audio was made with."""


class Cue(NamedTuple):
    start: float
    end: float
    speaker: str
    text: str


def read_yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(path)
    return loaded


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.fixture(scope="module")
def tracks() -> list[Sound]:
    """What each host recorded, from 0:00 of the first one's file on."""
    return [
        decoded("sven.flac"),
        np.concatenate((np.zeros(round(LATE_S * RATE), np.float32), decoded("sebastian.opus"))),
    ]


def decoded(name: str) -> Sound:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(EPISODE / name), "-ar", str(RATE)]
    done = subprocess.run([*command, "-f", "f32le", "-"], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    return np.frombuffer(done.stdout, dtype=np.float32)


@pytest.fixture(scope="module")
def cues() -> list[Cue]:
    text = (EPISODE / "transcript.vtt").read_text(encoding="utf-8")
    found = re.findall(r"^([\d:.]+) --> ([\d:.]+)\n<v ([^>]+)>(.+)</v>$", text, re.MULTILINE)
    assert text.startswith("WEBVTT\n\n")
    assert len(found) == text.count("-->")
    return [Cue(seconds(start), seconds(end), speaker, said) for start, end, speaker, said in found]


def test_the_sample_loads_without_a_mistake() -> None:
    show = load_show(TOP)
    draft = load_draft(EPISODE, show)
    assert draft.file.title == "Realitätscheck Autoindustrie: Xiaomi liefert, SoftBank pivotet, Deutschland baut ab"
    assert draft.slug == "realitaetscheck-autoindustrie"
    assert [article.language for article in draft.articles] == ["de", "en"]


def test_the_hosts_are_sven_and_sebastian() -> None:
    assert tuple(host["name"] for host in read_yaml(TOP / "show.yaml")["hosts"]) == HOSTS


def test_the_guids_are_fixed_and_the_show_s_follows_from_its_feed_s_address() -> None:
    show = read_yaml(TOP / "show.yaml")
    feed = show["store"]["public_url"].removeprefix("https://") + "/feed.xml"
    assert uuid.UUID(show["guid"]) == uuid.uuid5(PODCAST_NAMESPACE, feed)
    assert uuid.UUID(read_yaml(EPISODE / "episode.yaml")["guid"]).version == 4


@pytest.mark.parametrize("file", ["show.yaml", "episodes/realitaetscheck-autoindustrie/episode.yaml"])
def test_editors_find_the_schema_from_the_first_line(file: str) -> None:
    path = TOP / file
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text(encoding="utf-8"))
    assert found
    assert (path.parent / found[1]).is_file()


def test_every_address_is_an_example() -> None:
    texts = [TOP / "show.yaml", EPISODE / "episode.yaml", EPISODE / "notes.md"]
    text = "".join(path.read_text(encoding="utf-8") for path in texts)
    hosts = re.findall(r"(?:https?://|@)([\w.-]+)", text)
    assert hosts
    assert {host for host in hosts if not re.search(r"(^|\.)example\.(org|com|net)$", host)} == set()


def test_the_two_tracks_are_one_to_two_minutes_in_two_megabytes(tracks: list[Sound]) -> None:
    assert sum((EPISODE / name).stat().st_size for name in ("sven.flac", "sebastian.opus")) <= 2_000_000
    assert all(60 <= len(track) / RATE <= 120 for track in tracks)


def test_the_whole_sample_fits_in_three_megabytes() -> None:
    files = [TOP / "cover.jpg", TOP / "show.yaml", *EPISODE.iterdir()]
    assert sum(path.stat().st_size for path in files) <= 3_000_000


def test_nobody_speaks_for_two_seconds_at_both_ends(tracks: list[Sound]) -> None:
    for track in tracks:
        heard = np.flatnonzero(np.abs(track) > SOFT)
        assert heard[0] / RATE >= 2
        assert (len(track) - heard[-1]) / RATE >= 2


def test_sebastian_is_at_least_eight_db_softer_in_every_turn(cues: list[Cue], tracks: list[Sound]) -> None:
    levels: dict[str, list[float]] = {host: [] for host in HOSTS}
    for speaker, group in groupby(cues, key=lambda cue: cue.speaker):
        turn = list(group)
        levels[speaker].append(level(tracks[HOSTS.index(speaker)], turn[0].start, turn[-1].end))
    loud, soft = (levels[host] for host in HOSTS)
    assert min(len(loud), len(soft)) >= 5
    assert min(loud) - max(soft) >= 8


def test_each_voice_is_heard_in_the_others_microphone_and_softer(cues: list[Cue], tracks: list[Sound]) -> None:
    for cue in cues:
        own = HOSTS.index(cue.speaker)
        apart = level(tracks[own], cue.start, cue.end) - level(tracks[1 - own], cue.start, cue.end)
        assert 8 < apart < 30


def level(sound: Sound, start: float, end: float) -> float:
    """Of a part, dBFS (root mean square)."""
    part = sound[round(start * RATE) : round(end * RATE)].astype(float)
    return float(10 * np.log10((part**2).mean()))


def test_the_transcript_is_in_order_inside_the_audio_and_where_somebody_speaks(
    cues: list[Cue], tracks: list[Sound]
) -> None:
    assert all(cue.start < cue.end for cue in cues)
    assert all(one.end <= next_one.start for one, next_one in pairwise(cues))
    assert cues[-1].end <= len(tracks[0]) / RATE
    for number, track in enumerate(tracks):
        spoken = np.zeros(len(track), dtype=bool)
        for cue in cues:
            spoken[round((cue.start - 0.01) * RATE) : round((cue.end + FADES_S) * RATE)] = True
            if cue.speaker == HOSTS[number]:
                assert np.abs(track[round(cue.start * RATE) : round(cue.end * RATE)]).max() > 10 * SOFT
        assert np.abs(track[~spoken]).max() < SOFT


def test_the_transcript_names_the_two_hosts_and_keeps_its_lines_short(cues: list[Cue]) -> None:
    assert {cue.speaker for cue in cues} == set(HOSTS)
    assert max(len(cue.text) for cue in cues) <= 65


def test_the_chapters_are_in_order_and_each_begins_just_before_a_sentence(cues: list[Cue]) -> None:
    starts = [seconds(chapter["at"]) for chapter in read_yaml(EPISODE / "episode.yaml")["chapters"]]
    assert 4 <= len(starts) <= 6
    assert starts[0] == 0
    assert all(one < next_one for one, next_one in pairwise(starts))
    for start in starts[1:]:
        assert any(0 <= cue.start - start <= 1 for cue in cues)


@pytest.mark.parametrize("cover", [TOP / "cover.jpg", EPISODE / "cover.jpg"], ids=["show", "episode"])
def test_a_cover_is_what_directories_ask_for(cover: Path) -> None:
    assert cover.stat().st_size <= 300_000
    with Image.open(cover) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (3000, 3000))
        assert "sRGB" in ImageCms.getProfileDescription(io.BytesIO(image.info["icc_profile"]))


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample, all of whose made files were made again."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed: the sample's audio cannot be made again here")
    version = subprocess.run([program, "--version"], capture_output=True, check=True, text=True).stdout
    if f" {ESPEAK} " not in version:
        pytest.skip(f"espeak-ng is not {ESPEAK}: it speaks at another pace than in the sample's audio")
    top = tmp_path_factory.mktemp("sample")
    shutil.copytree(TOP / "scripts", top / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    folder = top / EPISODE.relative_to(TOP)
    folder.mkdir(parents=True)
    text = (EPISODE / "episode.yaml").read_text(encoding="utf-8")
    (folder / "episode.yaml").write_text(re.sub(r'at: "[\d:]+"', 'at: "00:59:59"', text), encoding="utf-8")
    subprocess.run([sys.executable, str(top / "scripts" / "make_sample.py")], check=True, stdin=subprocess.DEVNULL)
    return top


def test_making_the_sample_again_gives_the_same_texts(remade: Path) -> None:
    for name in ("transcript.vtt", "episode.yaml"):
        path = EPISODE / name
        assert (remade / path.relative_to(TOP)).read_bytes() == path.read_bytes()


def test_making_the_sample_again_gives_the_same_covers_to_the_eye(remade: Path) -> None:
    for path in (TOP / "cover.jpg", EPISODE / "cover.jpg"):
        with Image.open(path) as kept, Image.open(remade / path.relative_to(TOP)) as made:
            for image in (kept, made):
                image.draft("RGB", (375, 375))
            assert max(ImageStat.Stat(ImageChops.difference(kept.convert("RGB"), made.convert("RGB"))).mean) < 1
