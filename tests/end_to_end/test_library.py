"""Sendung as a part of another program: docs/library.md as it stands, and what an import costs."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sendung
from tests.end_to_end.conftest import Workshop

PAGE = (Path(__file__).parents[2] / "docs/library.md").read_text("utf-8")
HEAVY = "{'boto3', 'feedgen', 'jinja2', 'lxml', 'PIL', 'pydantic', 'rich', 'ruamel', 'typer', 'urllib3'}"

SLUG = "erster-ton"


def run(code: str, workshop: Workshop) -> str:
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(
        command, check=False, cwd=workshop.folder.parent, env=workshop.variables(), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_the_page_publishes_an_episode_and_prints_its_links(workshop: Workshop) -> None:
    workshop.folder.rename(workshop.folder.with_name("my-show"))
    code = "".join(re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
    published, links = run(code, workshop).splitlines()
    assert re.fullmatch(r"published [0-9a-f-]{36}", published)
    assert links.startswith("https://cdn.example.org/show/e/erster-ton/index.html <a href=")
    assert list((workshop.folder.with_name("my-show") / "public").glob("e/erster-ton/index.html"))
    assert list((workshop.folder.parent / "cache").iterdir())


def test_the_page_names_everything_that_there_is() -> None:
    for name in set(sendung.__all__) - {"__version__"}:
        assert re.search(rf"\b{name}\b", PAGE), name


@pytest.mark.parametrize("name", sorted(set(sendung.__all__) - {"__version__"}))
def test_every_name_is_found_where_it_is_at_home(name: str) -> None:
    importlib.import_module("sendung.workflows.publish.flow")
    found = getattr(sendung, name)
    assert found.__name__ == name
    assert found.__doc__
    assert found.__module__.startswith("sendung.")


def test_a_wrong_name_is_an_error_as_of_any_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'pubish'"):
        _ = sendung.pubish  # type: ignore[attr-defined]


def test_an_import_costs_nothing_and_help_little_more_than_typer(workshop: Workshop) -> None:
    loaded = f"print(sorted({HEAVY} & set(sys.modules)))"
    assert run(f"import sys, sendung; {loaded}", workshop) == "[]\n"
    ask = "import sys; sys.argv = ['sendung', '--help']\nfrom sendung.cli import main\ntry: main()\nexcept SystemExit: "
    printed = run(ask + loaded, workshop).splitlines()
    assert "Episodes:" in printed
    assert printed[-1] == "['typer']"


def test_publishing_what_is_mastered_needs_nothing_that_looks_at_samples(workshop: Workshop) -> None:
    workshop.run("publish", SLUG)
    workshop.edit(f"episodes/{SLUG}/episode.yaml", "Worum es geht.", "Worum es nun geht.")
    code = f"import os, sys; os.chdir({str(workshop.folder)!r})\nfrom sendung.cli import main\n"
    code += f"sys.argv = ['sendung', 'publish', '{SLUG}', '--yes', '--quiet']\ntry: main()\nexcept SystemExit: pass\n"
    loaded = "print({'numpy', 'pydub', 'sendung.audio.master'} & set(sys.modules))"
    assert run(code + loaded, workshop) == "{'sendung.audio.master'}\n"
    assert "2" in workshop.run("log", SLUG).out
