"""Clips: how long and how loud they are, when their words are shown, and what is seen."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from sendung.core.errors import UsageError
from sendung.core.model import Cue
from sendung.core.progress import Silent
from sendung.media.clip_pictures import LAYOUTS, SQUARE, captions
from sendung.media.share_pictures import CardColours
from sendung.store import open_store
from sendung.workflows.clip import Clip, ClipWish, cues_within, make_clip
from tests.end_to_end.conftest import Workshop, cache, pattern
from tests.website.samples import make_episode
from tests.workflows.articles.conftest import published

__all__ = ["cache", "pattern", "published"]

COLOURS = CardColours("#1b1e1b", "#e2694c", "#000000")


@pytest.fixture(scope="module")
def clip(published: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Of seconds 2 to 7 of an episode whose cues are at 1 to 3 and at 4 to 7.5 seconds."""
    return make(published, tmp_path_factory.mktemp("clips"))


def make(workshop: Workshop, folder: Path, at_ms: int = 2000, for_ms: int = 5000, language: str | None = None) -> Clip:
    store = open_store("public", workshop.folder, None, None)
    return make_clip(ClipWish("erster-ton", at_ms, for_ms, language), store, workshop.cache, folder, Silent())


def run(*arguments: str) -> str:
    """What ffmpeg tells of a file."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    done = subprocess.run([program, "-hide_banner", *arguments], capture_output=True, check=False)
    return done.stderr.decode()


def frame(video: Path, at_s: float, folder: Path) -> Any:
    path = folder / "frame.png"
    run("-v", "error", "-y", "-ss", str(at_s), "-i", str(video), "-frames:v", "1", str(path))
    with Image.open(path) as picture:
        return picture.convert("RGB")


def brightness(picture: Any, box: tuple[int, int, int, int]) -> int:
    return int(picture.crop(box).convert("L").getextrema()[1])


def coloured(picture: Any) -> int:
    """Pixels that are far more red than blue."""
    pixels = np.asarray(picture).astype(int)
    return int((pixels[..., 0] - pixels[..., 2] > 60).sum())


def test_both_shapes_are_as_long_and_as_loud_as_they_say(clip: Clip) -> None:
    assert [path.name for path in clip.paths] == ["erster-ton-00-00-02-square.mp4", "erster-ton-00-00-02-story.mp4"]
    for path, size in zip(clip.paths, ("1080x1080", "1080x1920"), strict=True):
        told = run("-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-")
        assert re.search(rf"Video: h264.*yuv420p.*{size}.* 25 fps", told)
        [length] = re.findall(r"Duration: 00:00:0([\d.]+)", told)
        assert float(length) == pytest.approx(5, abs=0.08)
        loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
        assert loudness == pytest.approx(clip.lufs, abs=0.5)
        assert float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", told)[-1]) <= -0.9
    assert clip.captions == 2


def test_words_are_shown_when_they_are_said(clip: Clip, tmp_path: Path) -> None:
    """To a tenth of a second: 0 to 1 and from 2 on, in the clip's time."""
    box = (0, SQUARE.captions_top, 1080, SQUARE.captions_top + 240)
    expected = {0.04: True, 0.88: True, 1.12: False, 1.88: False, 2.12: True, 4.8: True}
    shown = {at_s: brightness(frame(clip.paths[0], at_s, tmp_path), box) > 150 for at_s in expected}
    assert shown == expected


def test_cover_title_and_a_waveform_that_moves_are_seen(clip: Clip, tmp_path: Path) -> None:
    for path, layout in zip(clip.paths, LAYOUTS, strict=True):
        first, later = (frame(path, at, tmp_path) for at in (0.5, 3.5))
        height = first.size[1]
        left, top, side = layout.cover
        assert brightness(first, (left, top, left + side, top + side)) > 180, "the cover"
        wave = (0, round(height * 0.78), 1080, round(height * 0.93))
        assert first.crop(wave).tobytes() != later.crop(wave).tobytes()
        heard = [coloured(picture.crop(wave)) for picture in (first, later)]
        assert heard[0] < heard[1], "what was heard has the colour"


def test_cues_are_cut_at_the_edges_of_the_piece() -> None:
    cues = cues_within(make_episode(), 3000, 3000)
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (0, 1000, "Willkommen bei Gegenwind."),
        (1000, 3000, "Heute geht es um Autos."),
    ]


def test_captions_are_two_lines_at_most_share_their_time_and_are_no_commands() -> None:
    hostile = Cue(start_ms=1000, end_ms=9000, text=r"{\pos(0,0)}\N " + "viele Worte " * 12, speaker="{Sven}")
    lines = [line for line in captions(SQUARE, [hostile], COLOURS).splitlines() if line.startswith("Dialogue")]
    times = [re.findall(r"0:00:([\d.]+)", line) for line in lines]
    assert (times[0][0], times[-1][1]) == ("01.00", "09.00")
    assert all(before[1] == after[0] for before, after in pairwise(times))
    assert len(lines) == 3
    assert all(len(line.rpartition(r"\N")[2]) <= 64 + 8 for line in lines)
    assert "{\\pos" not in lines[0]
    assert "\\{" in lines[0]


@pytest.mark.parametrize(
    ("at_ms", "for_ms", "language", "words"),
    [
        (0, 1000, None, "is not what people watch"),
        (5000, 5000, None, "ends at 00:00:10, after the episode"),
        (0, 5000, "fr", "has no translation into fr"),
    ],
)
def test_what_is_no_clip_is_one_sentence(
    published: Workshop, tmp_path: Path, at_ms: int, for_ms: int, language: str | None, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        make(published, tmp_path, at_ms, for_ms, language)
    assert list(tmp_path.iterdir()) == []


def test_the_same_clip_again_has_the_same_bytes(clip: Clip, published: Workshop, tmp_path: Path) -> None:
    shutil.copy(clip.paths[0], tmp_path / "first.mp4")
    again = make(published, tmp_path)
    assert again.paths[0].read_bytes() == (tmp_path / "first.mp4").read_bytes()
