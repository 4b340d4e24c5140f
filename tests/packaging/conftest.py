"""A wheel of this source, built once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.conftest import cache, pattern, workshop

__all__ = ["cache", "pattern", "workshop"]

ROOT = Path(__file__).parents[2]
BUILT_FROM = ("src", "pyproject.toml", "packaging", "LICENSE", "constraints.txt")


def copy_source(target: Path) -> Path:
    """What a package is built of; building writes into its folder."""
    for name in BUILT_FROM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
    return target


def empty_environment(place: Path) -> Path:
    """The Python of an environment with nothing in it, not even pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    return place / "bin" / "python"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this source, built without a network."""
    source = copy_source(tmp_path_factory.mktemp("source") / "sendung")
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", source.parent)
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, source], check=True)
    [built] = source.parent.glob("*.whl")
    return built
