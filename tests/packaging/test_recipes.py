"""The Dockerfile and the GitHub Action: their steps, done as far as a machine without Docker and GitHub can.

What is not tried here: the base image itself, and actions/setup-python, in whose place the Python of the tests stands.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sendung import __version__
from tests.end_to_end.conftest import Workshop
from tests.packaging.conftest import ROOT, empty_environment

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
ACTION: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))


def instructions() -> Iterator[tuple[str, str]]:
    """Those of the Dockerfile, in order: the word, and the rest."""
    for line in DOCKERFILE.splitlines():
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest


def sources() -> list[str]:
    """What the Dockerfile copies from the checkout."""
    return [name for word, rest in instructions() if word == "COPY" for name in rest.split()[:-1]]


def test_what_the_image_copies_is_what_the_build_sends_to_docker() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"]
    assert set(sources()) == set(allowed)
    for name in sources():
        assert (ROOT / name).exists(), name


def test_what_the_package_needs_to_be_built_is_copied_into_the_image() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    [readme] = re.findall(r'^readme = "(.*?)"', project, re.MULTILINE)
    [license_file] = re.findall(r'^license-files = \["(.*?)"\]', project, re.MULTILINE)
    assert {readme, license_file, "src", "pyproject.toml"} <= set(sources())


def test_the_action_names_no_input_that_it_has_not_and_uses_each() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text)) == set(ACTION["inputs"])
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input would be a part of the shell's program"
        assert ("run" in step) == ("shell" in step), "a composite action must name the shell of each step"


def run_action(inputs: dict[str, str], folder: Path, place: Path, **variables: str) -> list[str]:
    """What each step of the action prints in a repository's folder; `place` is the runner's own."""
    values = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()} | inputs
    python = empty_environment(place / "setup-python")

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: values[match[1]], text)

    printed = []
    for step in ACTION["runs"]["steps"]:
        if "run" not in step:
            continue
        environment = {name: filled(text) for name, text in step.get("env", {}).items()}
        environment |= {"RUNNER_TEMP": str(place), "GITHUB_ACTION_PATH": str(ROOT), "HOME": str(place), **variables}
        environment["PATH"] = f"{python.parent}:/usr/bin:/bin"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=folder / filled(step.get("working-directory", ".")),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        printed.append(done.stdout)
    return printed


def test_the_words_of_an_action_are_words_and_never_a_program(tmp_path: Path) -> None:
    program = tmp_path / "sendung" / "bin" / "sendung"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "sendung/bin/python").symlink_to("/bin/true")
    show = tmp_path / "shows" / "a"
    show.mkdir(parents=True)
    [_, printed] = run_action(
        {"run": "publish --all; rm * $(id) `id`", "folder": "shows/a"}, tmp_path, tmp_path, PYTHONDONTWRITEBYTECODE="1"
    )
    assert printed == "<publish><--all;><rm><*><$(id)><`id`>"


@pytest.mark.soak
def test_the_action_checks_and_publishes_a_show(workshop: Workshop, tmp_path: Path) -> None:
    place = tmp_path / "runner"
    for words, sentence in (("check", "No mistakes in show.yaml"), ("publish --all", "erster-ton")):
        printed = run_action({"run": words, "folder": workshop.folder.name}, workshop.folder.parent, place)
        assert sentence in printed[-1]
        shutil.rmtree(place)
    assert "feed.xml" in workshop.store_files()


@pytest.mark.soak
def test_the_steps_of_the_dockerfile_make_a_program_that_publishes(workshop: Workshop, tmp_path: Path) -> None:
    """Each COPY and RUN in order, below a folder in place of the image's root."""
    root = tmp_path / "root"
    python = empty_environment(root / "usr")
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "pip"], check=True)
    environment = {"PATH": f"{python.parent}:/usr/bin:/bin"}
    entry: list[str] = []
    for word, rest in instructions():
        if word == "COPY":
            *names, target = rest.split()
            for name in names:
                copy_into(ROOT / name, root / target.lstrip("/"), whole=target.endswith("/"))
        elif word == "RUN":
            command = re.sub(r"(?<=[ =])/(opt|tmp)/", f"{root}/\\1/", rest)
            subprocess.run(["sh", "-c", command], check=True, env=environment)
        elif word == "ENV":
            pairs = (pair.partition("=") for pair in shlex.split(rest))
            environment |= {name: value.replace("/tmp/", f"{root}/tmp/") for name, _, value in pairs}
        elif word == "ENTRYPOINT":
            entry = YAML(typ="safe").load(rest)
    for words, sentence in (
        (["--version"], f"sendung {__version__}"),
        (["check"], "No mistakes in show.yaml"),
        (["publish", "--all", "--yes"], "erster-ton"),
    ):
        program = str(python.with_name(entry[0]))
        done = subprocess.run(
            [program, *words], cwd=workshop.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert sentence in done.stdout
    [(_, by)] = re.findall(r"(SENDUNG_BY)=(\w+)", DOCKERFILE)
    assert by in workshop.run("log").out


def copy_into(source: Path, target: Path, *, whole: bool) -> None:
    """As COPY does: into a folder where the target ends in a slash, else by the target's name; .dockerignore counts."""
    ignored = [line[3:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("**/")]
    if source.is_dir():
        shutil.copytree(
            source,
            target,
            ignore=lambda _, names: [n for n in names if any(fnmatch(n, pattern) for pattern in ignored)],
        )
    else:
        target = target / source.name if whole else target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
