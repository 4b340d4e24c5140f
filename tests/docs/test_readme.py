"""The commands of README.md, in order, on a copy of the sample show."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.tutorial import Block, blocks_of, missing_lines, program_on_path, run_blocks

ROOT = Path(__file__).parents[2]
MAKE = "what the first target runs; the second one goes on for ever, and the tutorial's test has it"


def recipe_of(target: str) -> list[str]:
    """What make runs for a target, with programs found on PATH instead of in .venv."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [lines] = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    return [line.removeprefix("\t").removeprefix("@").replace("$(BIN)/", "") for line in lines.splitlines()]


def what_make_runs(block: Block) -> Block:
    targets = [line.split("#")[0].split() for line in block.commands.splitlines()]
    assert targets == [["make", "demo"], ["make", "serve"]]
    assert recipe_of("serve") == ["sendung serve"]
    return replace(block, commands="\n".join([*recipe_of("demo"), ""]))


def test_the_german_beginning_runs_the_same() -> None:
    english, german = (blocks_of((ROOT / name).read_text("utf-8"))[0] for name in ("README.md", "README.de.md"))
    assert what_make_runs(german) == what_make_runs(english)


@pytest.mark.soak
def test_the_readme_as_it_stands(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "show"
    folder.mkdir()
    for name in ("show.yaml", "cover.jpg"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / "episodes", folder / "episodes")
    shutil.copyfile(ROOT / "episodes/realitaetscheck-autoindustrie/sven.flac", folder / "recording.flac")
    blocks = blocks_of((ROOT / "README.md").read_text("utf-8"))
    assert [block.mark for block in blocks if block.mark] == [MAKE]
    blocks = [what_make_runs(block) if block.mark else block for block in blocks]
    environment = program_on_path({"SENDUNG_CACHE": str(cache)})
    with run_blocks(blocks, folder, **environment) as printed:
        for block, text in zip(blocks, printed, strict=True):
            assert missing_lines(block, text) == [], text
    assert "Jetzt reinhören! (1 Min.)" in printed[1]
    assert "is withdrawn since revision" in printed[2]
    assert "is as it was; that is revision" in printed[2]
