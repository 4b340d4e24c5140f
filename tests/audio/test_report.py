"""What a host sees of the mastering."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from sendung.audio import Target
from sendung.audio.plot import plot, png, svg
from sendung.audio.report import MasteringReport, as_json, as_text, report
from sendung.core.errors import UsageError
from sendung.core.progress import Silent

from .conftest import silence, speech, write_wav


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MasteringReport:
    folder = tmp_path_factory.mktemp("report")
    samples = np.vstack([silence(3), speech(8, peak=0.1), silence(2), speech(8, peak=0.1), silence(3)])
    return report(write_wav(folder / "a & b.wav", samples), Target(), folder / "cache", Silent())


def test_report_shows_before_and_after_on_one_time_line(made: MasteringReport) -> None:
    assert made.before.duration_s == pytest.approx(24)
    assert made.after.levels.lufs == pytest.approx(-16, abs=0.3)
    assert made.after.starts_s == pytest.approx(made.head_trimmed_s)
    assert 2.5 < made.head_trimmed_s < 2.8
    assert len(made.before.short_term) == 24
    (start, end) = next(part for part in made.before.gated if part[0] > 5)
    assert start == pytest.approx(11, abs=0.5)
    assert end == pytest.approx(13, abs=0.5)
    assert made.before.gated[0][0] == 0


def test_text_names_the_numbers(made: MasteringReport) -> None:
    text = as_text(made)
    assert f"{made.after.levels.lufs:.1f} LUFS" in text
    assert "aim" in text
    assert f"start −{made.head_trimmed_s:.1f} s" in text
    assert len(text.splitlines()) < 15


def test_json_is_plain(made: MasteringReport) -> None:
    found = json.loads(json.dumps(as_json(made), allow_nan=False))
    assert found["after"]["levels"]["lufs"] == pytest.approx(made.after.levels.lufs, abs=0.001)
    assert found["before"]["gated"]


def test_plot_is_a_picture_of_either_kind(made: MasteringReport, tmp_path: Path) -> None:
    plot(made, tmp_path / "p.svg")
    plot(made, tmp_path / "p.PNG")
    tree = etree.fromstring((tmp_path / "p.svg").read_bytes())
    words = " ".join(str(text) for text in tree.itertext())
    assert "a & b.wav" in words
    assert "target -16.0 LUFS" in words
    assert svg(made) == (tmp_path / "p.svg").read_text(encoding="utf-8")
    image = Image.open(io.BytesIO(png(made)))
    assert image.size == (1920, 2 * int(tree.get("height") or 0))
    colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert {(0xC2, 0x41, 0x0C), (0x0F, 0x76, 0x6E), (0x64, 0x74, 0x8B), (0xE8, 0xEB, 0xEE)} <= colours


def test_other_endings_are_refused(made: MasteringReport, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"p\.pdf"):
        plot(made, tmp_path / "p.pdf")
