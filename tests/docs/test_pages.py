"""What the pages say is so: commands exist, settings are accepted, workflows run, and the tests named are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from sendung.cli.app import app
from sendung.config.show import StoreSettings
from tests.end_to_end.conftest import Workshop

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(str(page.relative_to(ROOT)) for page in [ROOT / "README.md", ROOT / "README.de.md", *DOCS.rglob("*.md")])
STORES = ("howto/aws", "howto/r2", "howto/hetzner", "howto/minio")


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def code_of(text: str) -> Iterator[str]:
    """The lines of a page's code blocks, fenced or indented, and its code within sentences."""
    fenced = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    yield from (line for block in fenced.findall(text) for line in block.splitlines())
    prose = fenced.sub("", text)
    yield from re.findall(r"^    (.*)$", prose, re.MULTILINE)
    yield from (" ".join(code.split()) for code in re.findall(r"`(sendung [^`]*)`", prose))


def calls_of(page: str) -> list[list[str]]:
    """Every call of sendung in a page: its words after the program's name."""
    calls = []
    for line in code_of(text_of(page)):
        for part in re.split(r"&&|\|\||[;>]|(?: run: )| #", line):
            words = part.replace("…", "").strip()
            if words.startswith("sendung "):
                calls.append(shlex.split(words.replace("'", "’"))[1:])
    return calls


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_a_page_names_exists(page: str) -> None:
    group: Any = typer.main.get_command(app)
    context = typer.Context(group)
    for name, *words in calls_of(page):
        if name == "COMMAND" or name.startswith("--"):
            continue
        command = group.get_command(context, name)
        assert command, f"{page}: sendung {name}"
        known = {option for parameter in command.get_params(context) for option in parameter.opts}
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named <= known, f"{page}: sendung {name} {' '.join(words)}"


def test_the_table_in_the_readme_has_every_command() -> None:
    table = text_of("README.md").split("\n## Commands\n", 1)[1].split("\n## ", 1)[0]
    group: Any = typer.main.get_command(app)
    visible = {name for name, command in group.commands.items() if not command.hidden}
    assert set(re.findall(r"^\| `sendung (\w+)", table, re.MULTILINE)) == visible


def test_the_pages_name_many_commands() -> None:
    assert sum(len(calls_of(page)) for page in PAGES) > 150


@pytest.mark.parametrize("name", STORES)
def test_the_store_settings_of_a_page_are_accepted(name: str) -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```$", text_of(f"docs/{name}.md"), re.DOTALL | re.MULTILINE)
    StoreSettings.model_validate(YAML(typ="safe").load(text)["store"])


def test_the_workflow_for_github_checks_and_publishes(workshop: Workshop) -> None:
    [text] = re.findall(
        r"^```yaml\n(name: .*?)^```$", text_of("docs/howto/github-actions.md"), re.DOTALL | re.MULTILINE
    )
    workflow = YAML(typ="safe").load(text)
    assert workflow["concurrency"]["cancel-in-progress"] is False
    jobs = workflow["jobs"]
    assert (jobs["publish"]["needs"], jobs["publish"]["if"]) == ("check", "github.event_name == 'push'")
    for name, said in (("check", "No mistakes"), ("publish", "(published)")):
        program, *arguments = jobs[name]["steps"][-1]["run"].split()
        assert program == "sendung"
        result = workshop.run(*arguments)
        assert (result.code, said in result.out) == (0, True), result.err
    assert "env" not in jobs["check"]["steps"][-1]


def test_the_tests_that_the_promises_name_are_there() -> None:
    page = text_of("docs/design.md")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`(?: \(`(\w+)`)?", page)
    assert len(named) >= 15
    for file, *names in named:
        source = text_of(file)
        for name in filter(None, names):
            assert f"\ndef {name}(" in source, f"{file}::{name}"
    assert [path for path in re.findall(r"`(tests/[\w/.]+)`", page) if not (ROOT / path).exists()] == []
