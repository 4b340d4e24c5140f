"""What `init` writes for another machine: it installs this program there, and no other."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML

from sendung import __version__
from sendung.cli.installed import installed_from
from sendung.config.package_source import is_open, parse_source
from sendung.core.errors import UsageError
from tests.end_to_end.conftest import FIRST, Workshop
from tests.packaging.conftest import copy_source, empty_environment
from tests.servers.process import free_ports, running

ANSWERS = ("--title", "Zwei Töne", "--host", "Ada", "--email", "ada@example.org", "--language", "de")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORKFLOW = ".github/workflows/publish-due.yml"


@pytest.fixture
def empty(tmp_path: Path, cache: Path) -> Workshop:
    (tmp_path / "work").mkdir()
    return Workshop(tmp_path / "work", cache)


def steps(workflow: Path) -> list[str]:
    """The commands of a workflow's one job, in order."""
    [job] = YAML(typ="safe").load(workflow.read_text("utf-8"))["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def run_step(command: str, python: Path, folder: Path, **variables: str) -> str:
    """What a step of the workflow prints on a machine whose only Python this is; pip is lent to it."""
    words = shlex.split(command)
    if words[:3] == ["python", "-m", "pip"]:
        words = [sys.executable, "-m", "pip", "--python", str(python), *words[3:]]
    else:
        words[0] = str(python.with_name(words[0]))
    environment = {"PATH": f"{python.parent}:{os.environ['PATH']}", "HOME": str(folder), **variables}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_wheel_lies_beside_the_show_and_the_workflows_first_step_installs_it(
    empty: Workshop, wheel: Path, tmp_path: Path
) -> None:
    made = empty.run("init", "show", *ANSWERS, "--install-from", str(wheel))
    assert made.code == 0, made.err
    assert "requirements.txt" in made.out
    assert empty.path(f"show/wheels/{wheel.name}").read_bytes() == wheel.read_bytes()
    wheel_elsewhere = tmp_path / "machine" / "show"
    empty.path("show").rename(wheel_elsewhere.parent.with_name("show"))
    show = wheel_elsewhere.parent.with_name("show")
    python = empty_environment(tmp_path / "machine")
    run_step(steps(show / WORKFLOW)[0], python, show, PIP_NO_DEPS="1", PIP_NO_INDEX="1")
    printed = subprocess.run(
        [python, "-I", "-c", "import sendung; print(sendung.__version__, sendung.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout.startswith(f"{__version__} {tmp_path / 'machine'}")


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["wheel", "git"])
def test_on_a_machine_that_has_nothing_the_workflow_does_all_its_steps(
    kind: str, empty: Workshop, wheel: Path, tmp_path: Path
) -> None:
    """Packages come from the index; the Git address is that of a server here."""
    source, serve = str(wheel), list[str | Path]()
    if kind == "git":
        repository = copy_source(tmp_path / "served" / "sendung")
        name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        for arguments in (("init",), ("add", "."), (*name, "commit", "-m", "All"), ("update-server-info",)):
            subprocess.run(["git", "-C", repository, *arguments], check=True, capture_output=True)
        head = ("git", "-C", repository, "rev-parse", "HEAD")
        commit = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
        [port] = free_ports(1)
        serve = [
            sys.executable,
            "-m",
            "http.server",
            str(port),
            "--bind",
            "127.0.0.1",
            "--directory",
            repository.parent,
        ]
        source = f"git+http://127.0.0.1:{port}/sendung/.git@{commit}"
    with running(serve, tmp_path / "log") if serve else nullcontext():
        assert empty.run("init", "show", *ANSWERS, "--install-from", source).code == 0
        show = Workshop(empty.path("show"), empty.cache)
        assert show.run("publish", "--all", "--yes").code == 0
        python = empty_environment(tmp_path / "machine")
        first, second = steps(show.path(WORKFLOW))
        run_step(first, python, show.folder)
        assert "all is as published" in run_step(second, python, show.folder)
        script = "from sendung.cli.installed import installed_from; print(installed_from())"
        noted = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
        assert noted == (source if kind == "git" else str(show.path(f"wheels/{wheel.name}")))


def test_without_a_source_there_is_no_workflow_and_that_is_said(empty: Workshop) -> None:
    made = empty.run("init", "show", *ANSWERS)
    assert made.code == 0, made.err
    assert "No workflow shows scheduled episodes on GitHub: that needs --install-from." in made.out
    assert not empty.path("show/requirements.txt").exists()
    assert not empty.path("show/.github").exists()


@pytest.mark.parametrize(
    ("given", "requirement"),
    [
        (
            f"git+https://git.example.org/a/sendung@{COMMIT}",
            f"sendung @ git+https://git.example.org/a/sendung@{COMMIT}",
        ),
        (
            "git+ssh://git@git.example.org/a/sendung.git@v1.2.0",
            "sendung @ git+ssh://git@git.example.org/a/sendung.git@v1.2.0",
        ),
        (
            "sendung @ https://files.example.org/sendung-1.2.0-py3-none-any.whl#sha256=00",
            "sendung @ https://files.example.org/sendung-1.2.0-py3-none-any.whl#sha256=00",
        ),
    ],
)
def test_what_another_machine_can_install(given: str, requirement: str) -> None:
    assert parse_source(given).requirement == requirement
    assert not is_open(requirement)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("sendung", "sendung does not say where Sendung is to be installed from."),
        ("sendung==0.1.0", "sendung==0.1.0 does not say where"),
        ("git+https://git.example.org/a/sendung", "names no commit or tag, so it may be another program tomorrow."),
        ("git+https://git.example.org/a/sendung@", "names no commit or tag"),
        (f"git+https://ada:t0ken@git.example.org/a/sendung@{COMMIT}", "An address with a password or a token in it"),
        (f"git+https://t0ken@git.example.org/a/sendung@{COMMIT}", "An address with a password or a token in it"),
        (f"git+https://git.example.org/a/sendung@{COMMIT}\nflask", "does not say where"),
        ("https://files.example.org/sendung-1.tar.gz", "is no wheel of Sendung."),
        ("https://files.example.org/other-1.2.0-py3-none-any.whl", "is no wheel of Sendung."),
        ("https://files.example.org/sendung-1-py3-none-any.whl?token=t0ken", "An address with a password or a token"),
        ("/nowhere/sendung-1.2.0-py3-none-any.whl", "sendung-1.2.0-py3-none-any.whl is not there."),
    ],
)
def test_what_another_machine_could_not_install_is_refused_in_a_sentence(given: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_source(given)
    assert sentence in str(caught.value)
    assert "t0ken" not in str(caught.value)
    assert caught.value.problems[0].hint.startswith("Write git+https://")


def test_a_wrong_source_is_named_with_all_else_that_is_wrong(empty: Workshop) -> None:
    result = empty.run("init", "show", *ANSWERS[:4], "--email", "ada", "--install-from", "sendung")
    assert (result.code, result.err.count("error: ")) == (2, 2)
    assert "error: --install-from: sendung does not say" in result.err


@pytest.mark.parametrize(
    ("noted", "source"),
    [
        (
            {"url": "https://git.example.org/sendung", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"git+https://git.example.org/sendung@{COMMIT}",
        ),
        (
            {"url": "https://files.example.org/sendung-1-py3-none-any.whl", "archive_info": {}},
            "https://files.example.org/sendung-1-py3-none-any.whl",
        ),
        ({"url": "file:///nowhere/sendung-1-py3-none-any.whl", "archive_info": {}}, ""),
        ({"url": "file:///srv/sendung", "dir_info": {"editable": True}}, ""),
        (None, ""),
    ],
)
def test_what_pip_noted_is_the_first_guess(
    noted: dict[str, Any] | None, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(noted) if noted else None
    package = SimpleNamespace(read_text=lambda name: text)
    monkeypatch.setattr("sendung.cli.installed.distribution", lambda name: package)
    assert installed_from() == source


@pytest.fixture
def for_a_bucket(workshop: Workshop) -> Workshop:
    """A show whose store is a bucket, which this machine stands a folder in for."""
    workshop.edit("show.yaml", "store:\n", "store:\n  url: s3://zwei-toene/show\n")
    return workshop


def test_the_workflow_of_a_schedule_asks_where_from_until_it_is_said(for_a_bucket: Workshop, wheel: Path) -> None:
    for_a_bucket.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2035-12-24 18:00")
    with for_a_bucket.screen("publish", "erster-ton", SENDUNG_STORE="public") as screen:
        for question, answer in {
            "Publish?": "",
            "Have it run by": "github",
            "Where is sendung installed from there?": "sendung",
            "sendung does not say where": str(wheel),
        }.items():
            screen.expect(question)
            screen.type(f"{answer}\n")
        assert screen.end() == 0, screen.text
    assert f"\n./wheels/{wheel.name}\n" in for_a_bucket.path("requirements.txt").read_text("utf-8")


def test_a_requirements_file_of_an_earlier_init_is_not_taken_for_one_that_installs(for_a_bucket: Workshop) -> None:
    for_a_bucket.write("requirements.txt", "# What the workflow installs.\nsendung\n")
    for_a_bucket.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2035-12-24 18:00")
    with for_a_bucket.screen("publish", "erster-ton", SENDUNG_STORE="public") as screen:
        for question, answer in {"Publish?": "", "Have it run by": "github"}.items():
            screen.expect(question)
            screen.type(f"{answer}\n")
        assert screen.end() == 0, screen.text
    assert "requirements.txt names sendung without saying where from" in " ".join(screen.text.split())
    assert not for_a_bucket.path(WORKFLOW).exists()
