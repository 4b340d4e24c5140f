"""The map in CONTRIBUTING.md is the tree: whoever looks for a place finds it there, and nothing that is gone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = ROOT / "src" / "sendung"
MAP = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def entries(folder: Path) -> set[str]:
    """What lies in a folder of the program, as the map writes it."""
    folders = {f"{path.parent.name}/" for path in folder.glob("*/*.py")}
    return folders | {path.name for path in folder.glob("*.py") if path.name[0] != "_"}


def test_the_map_names_what_there_is_and_nothing_else() -> None:
    tree = MAP.split("src/sendung/\n", 1)[1].split("\nThree contracts", 1)[0]
    rows = tree.splitlines()
    places = {row.split()[0] for row in rows if re.match(" {6}\\S", row)}
    assert places == entries(TOP)
    below = "\n".join(row for row in rows if re.match(" {8}\\S", row))
    assert set(re.findall(r"(?<!\S)[a-z_]+(?:/|\.py)(?=[\s;:]|$)", below)) == entries(TOP / "workflows")


def test_every_place_in_the_tables_is_there() -> None:
    table = MAP.split("| where is …? | there |", 1)[1].split("\n\n", 1)[0]
    for path in re.findall("`([^`]+)`", table):
        assert (TOP / path).exists() or (ROOT / path).exists(), path


def test_the_layers_are_those_of_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert all(contract["exhaustive"] and "ignore_imports" not in contract for contract in contracts)
    block = MAP.split("never from above or beside.", 1)[1].split("\nA publish is", 1)[0]
    written = [" ".join(layers.split()).split(" / ") for layers in re.split(r"within \w+:", block)]
    assert written == [contract["layers"] for contract in contracts]
