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
RATE = 22_050
HOSTS = ("Sven Kramer", "Sebastian Karger")
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
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
def samples() -> NDArray[np.float32]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(EPISODE / "audio.flac"), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    return np.frombuffer(done.stdout, dtype=np.float32).reshape(-1, 2)


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


def test_the_audio_is_one_to_two_minutes_of_stereo_in_two_megabytes(samples: NDArray[np.float32]) -> None:
    assert (EPISODE / "audio.flac").stat().st_size <= 2_000_000
    assert 60 <= len(samples) / RATE <= 120
    assert np.abs(samples[:, 0] - samples[:, 1]).max() > 0.01


def test_the_whole_sample_fits_in_three_megabytes() -> None:
    files = [TOP / "cover.jpg", TOP / "show.yaml", *EPISODE.iterdir()]
    assert sum(path.stat().st_size for path in files) <= 3_000_000


def test_both_ends_are_silent_for_two_seconds_and_more(samples: NDArray[np.float32]) -> None:
    heard = np.flatnonzero(np.abs(samples).max(axis=1) > 0.001)
    assert heard[0] / RATE >= 2
    assert (len(samples) - heard[-1]) / RATE >= 2


def test_sebastian_is_at_least_eight_lu_softer_in_every_turn(cues: list[Cue]) -> None:
    loudness: dict[str, list[float]] = {host: [] for host in HOSTS}
    for speaker, group in groupby(cues, key=lambda cue: cue.speaker):
        turn = list(group)
        loudness[speaker].append(lufs(turn[0].start, turn[-1].end))
    loud, soft = (loudness[host] for host in HOSTS)
    assert len(loud) >= 5
    assert len(soft) >= 5
    assert min(soft) > -60
    assert min(loud) - max(soft) >= 8


def lufs(start: float, end: float) -> float:
    """Integrated loudness of a part of the recording, as ffmpeg measures it."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-ss", str(start), "-to", str(end)]
    command += ["-i", str(EPISODE / "audio.flac"), "-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL)
    found = re.findall(r"^\s+I:\s+(-?[\d.]+) LUFS$", done.stderr, re.MULTILINE)
    return float(found[-1])


def test_the_transcript_is_in_order_inside_the_audio_and_where_somebody_speaks(
    cues: list[Cue], samples: NDArray[np.float32]
) -> None:
    assert all(cue.start < cue.end for cue in cues)
    assert all(one.end <= next_one.start for one, next_one in pairwise(cues))
    assert cues[-1].end <= len(samples) / RATE
    spoken = np.zeros(len(samples), dtype=bool)
    for cue in cues:
        spoken[int(cue.start * RATE) : int(cue.end * RATE) + RATE // 500] = True
        assert np.abs(samples[int(cue.start * RATE) : int(cue.end * RATE)]).max() > 0.01
    assert np.abs(samples[~spoken]).max() < 0.001


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
