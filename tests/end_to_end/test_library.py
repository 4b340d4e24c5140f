"""Sendung as a part of another program: docs/library.md as it stands, and what an import costs."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import sendung
from sendung import EpisodeValues, Outcome, Status, desk_of, load_show, open_store, publish
from sendung.core import errors
from tests.end_to_end.conftest import FIRST, Workshop, make_tone

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
    make_tone(workshop.folder.with_name("recording.flac"), pitch=300)
    printed = run(code, workshop).splitlines()
    published, second, cancelled, links = [line for line in printed if not line.startswith("“")]
    assert (second, cancelled) == ("published None", "cancelled")
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


def test_every_class_of_errors_is_among_them() -> None:
    kinds = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert kinds - {"SendungError"} < set(sendung.__all__)
    assert issubclass(sendung.ObjectExists, sendung.SendungError)


VALUES = {
    "title": "Der zweite Ton",
    "summary": "Noch ein Ton.",
    "date": datetime(2026, 11, 8, 5, tzinfo=UTC),
    "chapters": [{"at": timedelta(0), "title": "Anfang"}, {"at": timedelta(seconds=4), "title": "Ende"}],
    "season": None,
}


def publish_values(workshop: Workshop, values: dict[str, Any], **options: Any) -> Outcome:
    show = load_show(workshop.folder)
    return publish(
        [EpisodeValues("zweiter-ton", values)], show, open_store(show), desk_of(show, "cms", workshop.cache), **options
    )


def test_values_are_published_as_a_folder_that_says_the_same_would_be(workshop: Workshop, tmp_path: Path) -> None:
    audio = tmp_path / "elsewhere" / "take 1.flac"
    audio.parent.mkdir()
    make_tone(audio, pitch=300)
    first = publish_values(workshop, VALUES | {"audio": audio})
    assert first.error is None
    [result] = first.episodes
    assert result.status is Status.PUBLISHED
    assert result.episode
    assert [chapter.title for chapter in result.episode.chapters] == ["Anfang", "Ende"]
    assert publish_values(workshop, VALUES | {"audio": audio}).episodes[0].status is Status.UNCHANGED
    edited = publish_values(workshop, VALUES | {"audio": audio, "title": "Der andere Ton"}).episodes[0]
    assert (edited.status, edited.guid) == (Status.PUBLISHED, result.guid)
    assert publish_values(workshop, VALUES | {"audio": audio}).episodes[0].error, "that would take the edit back"
    workshop.write(
        "episodes/zweiter-ton/episode.yaml",
        "title: Der andere Ton\nsummary: Noch ein Ton.\ndate: 2026-11-08 05:00:00+00:00\naudio: take 1.flac\n"
        "chapters:\n  - {at: 0, title: Anfang}\n  - {at: 4, title: Ende}\n",
    )
    shutil.copyfile(audio, workshop.path("episodes/zweiter-ton/take 1.flac"))
    assert workshop.run("status", "--json").json[-1]["state"] == "published"
    assert audio.is_file()
    assert not [path for path in workshop.cache.rglob("zweiter-ton") if path.is_dir()], "nothing is left of it"


def test_mistakes_in_values_name_the_episode_and_the_key_and_no_line(workshop: Workshop, tmp_path: Path) -> None:
    make_tone(tmp_path / "take.flac")
    outcome = publish_values(workshop, {"audio": tmp_path / "take.flac", "titel": "Ton", "date": "gestern"})
    assert outcome.error
    words = [str(problem) for problem in outcome.error.problems]
    assert 'zweiter-ton: Unknown key "titel".' in words
    assert all(word.startswith("zweiter-ton: ") for word in words)
    assert len(words) > 2
    assert not (workshop.folder / "public").exists()
    for slug in ("../other", "a/b", "", ".."):
        with pytest.raises(sendung.UsageError, match="cannot be an episode's slug"):
            EpisodeValues(slug, {})
    with pytest.raises(sendung.UsageError, match=r"nowhere\.flac cannot be read"):
        publish_values(workshop, VALUES | {"audio": tmp_path / "nowhere.flac"})


def test_what_was_warned_of_is_in_the_outcome(workshop: Workshop) -> None:
    workshop.write("episodes/erster-ton/notes.md", "![Bild](https://www.example.org/a.png)\n")
    workshop.edit("show.yaml", "https://cdn.example.org/show", "http://localhost:8000")
    show = load_show(workshop.folder)
    desk = desk_of(show, "cms", workshop.cache)
    outcome = publish([workshop.path(FIRST)], show, open_store(show), desk)
    assert [warning for warning in outcome.warnings if "localhost" in warning.message]
    assert all(warning.severity is sendung.Severity.WARNING for warning in outcome.warnings)


@pytest.mark.parametrize("moment", ["Mastering", "Uploading", "Recording", "Updating pages and feed"])
def test_a_call_that_is_cancelled_ends_soon_and_the_next_finishes_it(workshop: Workshop, moment: str) -> None:
    """The store holds what was recorded, or nothing, and never a feed of half."""
    stop = Event()

    class Watching(sendung.Silent):
        def step(self, number: int, of: int, title: str) -> None:
            if title == moment:
                stop.set()

    show = load_show(workshop.folder)
    store, desk = open_store(show), desk_of(show, "cms", workshop.cache)
    with pytest.raises(sendung.Cancelled):
        publish([workshop.path(FIRST)], show, store, desk, Watching(), cancel=stop)
    assert "feed.xml" not in workshop.store_files()
    outcome = publish([workshop.path(FIRST)], show, store, desk)
    assert outcome.error is None
    assert "feed.xml" in workshop.store_files()


def test_a_desk_of_a_show_has_what_its_commands_have(workshop: Workshop) -> None:
    workshop.write("templates/listen.html", "<p>")
    show = load_show(workshop.folder)
    desk = desk_of(show, "cms", workshop.cache)
    assert (desk.templates, desk.policy, desk.announces) == (workshop.path("templates"), None, True)
    workshop.edit("show.yaml", "timezone:", "fetch_articles: true\ntimezone:")
    assert desk_of(load_show(workshop.folder), "cms", workshop.cache).policy


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
