"""What an index and a reader see of the package."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_text_for_an_index_leads_nowhere_that_only_the_repository_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    text = metadata.get_payload()
    assert isinstance(text, str)
    assert "sendung init my-show" in text
    assert metadata["Description-Content-Type"] == "text/markdown"
    for target in re.findall(r"\]\(([^)]*)\)|(?:src|href)=\"([^\"]*)\"", text):
        assert "".join(target).startswith("https://"), target


def test_the_wheel_has_all_that_the_program_reads(wheel: Path) -> None:
    """Templates, styles, translations and schemas among it, and nothing that makes it."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not re.search(r"\.dist-info/", name)}
    source = ROOT / "src"
    wanted = {
        str(path.relative_to(source))
        for path in (source / "sendung").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert packed == wanted


def test_the_versions_of_python_that_are_named_are_those_from_the_oldest_on() -> None:
    [oldest] = re.findall(r">=3\.(\d+)", PROJECT["requires-python"])
    named = sorted(int(minor) for text in PROJECT["classifiers"] for minor in re.findall(r"Python :: 3\.(\d+)$", text))
    assert named == list(range(int(oldest), named[-1] + 1))
    assert sys.version_info[1] in named


def test_the_source_archive_takes_in_every_folder_and_file_of_the_repository() -> None:
    lines = (ROOT / "MANIFEST.in").read_text("utf-8").splitlines()
    grafted = {line.split()[1] for line in lines if line.startswith("graft ")}
    included = {name for line in lines if line.startswith("include ") for name in line.split()[1:]}
    command = ["git", "-C", str(ROOT), "ls-files"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    if not listed:
        pytest.skip("this is no checkout")
    by_setuptools = {"src", "pyproject.toml", "README.md", "MANIFEST.in"}
    for name in {name.partition("/")[0] for name in listed} - by_setuptools - {".ci"}:
        assert name in (grafted if (ROOT / name).is_dir() else included), name


def test_each_package_is_pinned_once_and_within_what_is_allowed() -> None:
    """Two pins of one name, as a merge leaves them, and nobody can install anything."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [canonicalize_name(pin.name) for pin in pins]
    assert [name for name in names if names.count(name) > 1] == []
    versions = {name: next(iter(pin.specifier)).version for name, pin in zip(names, pins, strict=True)}
    extras = [text for listed in PROJECT["optional-dependencies"].values() for text in listed]
    allowed = [Requirement(text) for text in (*PROJECT["dependencies"], *extras)]
    pinned = [(wanted, versions[name]) for wanted in allowed if (name := canonicalize_name(wanted.name)) in versions]
    assert len(pinned) > 40
    assert [str(wanted) for wanted, version in pinned if not wanted.specifier.contains(version)] == []
