"""Every example of every command's --help is run on a copy of a small show, as it stands there.

Only addresses on the web lead to a server on this machine instead, and ports are free ones.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from sendung.cli import main
from sendung.cli.app import app
from sendung.cli.help import help_of
from tests.end_to_end.conftest import FIRST, Workshop
from tests.workflows.importer.old_host import OldHost, serving

GROUP: Any = typer.main.get_command(app)
SLUG = "realitaetscheck-autoindustrie"
TYPED = {
    "sendung publish": "",
    "sendung init": "Zwei Töne\nÜber Töne.\nAda\nada@example.org\nde\nEurope/Berlin\n\n\n\n",
    f"sendung rollback {SLUG} 1": "y\n",
    f"sendung withdraw {SLUG}": "y\n",
}
"""What a host types at an example that asks; these are run on a terminal."""
ENDLESS = {"serve", "preview"}
"""Commands that Ctrl-C ends, once they say so."""


@pytest.fixture(scope="module")
def published(
    pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OldHost, Workshop]]:
    """A show with two revisions of one episode, and the server of all that is on its web."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("examples") / "show"), cache)
    workshop.path(FIRST).rename(workshop.path(f"episodes/{SLUG}"))
    draft = f"episodes/{SLUG}/episode.yaml"
    shutil.copyfile(workshop.path(f"episodes/{SLUG}/audio.flac"), workshop.path("recording.flac"))
    with serving(OldHost()) as host:
        workshop.edit(
            "show.yaml",
            "https://cdn.example.org/show\n",
            f"{host.url}\nfeed:\n  locked: false\nallow: [podcast-local]\nlanguages: [en]\ntranslate: cat\n",
        )
        workshop.edit(draft, "  en: https://www.example.org/en/first-tone\n", "")
        workshop.edit(draft, "https://www.example.org/erster-ton", f"{host.url}/index.html")
        assert workshop.run("publish", "--all", "--yes").code == 0
        workshop.edit(draft, "title: Der erste Ton", "title: Der zweite Ton")
        workshop.edit(
            "show.yaml", "timezone:", "transcribe: printf 'WEBVTT\\n\\n00:01.000 --> 00:02.000\\nTag.\\n'\ntimezone:"
        )
        assert workshop.run("publish", "--all", "--yes").code == 0
        files = {f"/{key}": data for key, data in workshop.store_files().items() if not key.startswith("records/")}
        article = b"<html lang=de><title>Der Strom</title><meta name=description content='Wer zahlt?'><p>Text</html>"
        host.files = {
            **files,
            "/feeds.example.com/show.xml": files["/feed.xml"],
            "/podcast.example.org/feed.xml": files["/feed.xml"].replace(host.url.encode(), b"https://cdn.example.org"),
            "/www.example.org/article/": article,
        }
        yield host, workshop


def on_this_machine(example: str, url: str) -> list[str]:
    """The words of an example after the program's name, with what it needs to run here."""
    program, name, *words = shlex.split(example)
    assert program == "sendung"
    words = [re.sub(r"^https:/", url, word) for word in words]
    words = [*words, "--port", "0"] if name in ENDLESS else words
    options = {option for parameter in GROUP.get_command(None, name).params for option in parameter.opts}
    return [name, *words, *(["--allow-private"] if "--allow-private" in options else [])]


@pytest.mark.parametrize("name", GROUP.list_commands(None))
def test_the_examples_of(
    name: str,
    published: tuple[OldHost, Workshop],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    host, pattern = published
    examples = help_of(GROUP.get_command(None, name).callback).examples
    assert examples, "every command has one"
    show = Workshop(shutil.copytree(pattern.folder, tmp_path / "show"), pattern.cache, {"EDITOR": "true"})
    for example in examples:
        words = on_this_machine(example, host.url)
        place = show
        if name == "init":
            place = Workshop(tmp_path / "elsewhere", pattern.cache)
            place.folder.mkdir(exist_ok=True)
        if name in ENDLESS:
            with place.screen(*words) as screen:
                screen.expect("Ctrl-C ends it")
                screen.type("\x03")
                assert screen.end() in (0, 130), f"{example}\n{screen.text}"
        elif example in TYPED:
            with place.screen(*words) as screen:
                screen.type(TYPED[example])
                assert screen.end() == 0, f"{example}\n{screen.text}"
        else:
            for key, value in place.variables().items():
                monkeypatch.setenv(key, value)
            monkeypatch.chdir(place.folder)
            monkeypatch.setattr(sys, "argv", ["sendung", *words])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code in (0, None), f"{example}\n{capfd.readouterr()}"


@pytest.mark.parametrize("name", GROUP.list_commands(None))
def test_help_shows_the_examples_below_the_options(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        app([name, "--help"], prog_name="sendung")
    shown = " ".join(capsys.readouterr().out.split())
    for example in help_of(GROUP.get_command(None, name).callback).examples:
        assert shown.rindex(example) > shown.index("Show this message and exit."), example
