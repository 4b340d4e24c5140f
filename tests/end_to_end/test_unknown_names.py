"""Names that nobody has, and a program that is none: told first, and nothing is asked or sent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop

SLUG = "erster-ton"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("withdraw", "erster-tom"), "There is no published episode erster-tom"),
        (("rollback", "erster-tom"), "There is no published episode erster-tom"),
        (("rollback", SLUG, "7"), "There is no revision 7"),
        (("rollback", SLUG), "erster-ton has one revision only"),
    ],
)
def test_what_is_not_there_is_said_before_the_question(
    published: Workshop, command: tuple[str, ...], says: str
) -> None:
    with published.screen(*command) as screen:
        assert screen.end() == 2
    assert says in screen.text
    assert "?" not in screen.text.replace("Did you mean erster-ton?", "")


@pytest.mark.parametrize("command", [("withdraw", SLUG), ("rollback", SLUG, "1")])
def test_the_question_names_title_and_date(published: Workshop, command: tuple[str, ...]) -> None:
    with published.screen(*command) as screen:
        screen.expect('erster-ton ("Der erste Ton", 2026-11-01)')
        screen.type("n\n")
        assert screen.end() == 0


@pytest.mark.parametrize(
    "command",
    [("publish", SLUG), ("publish", "--all"), ("publish", "--due"), ("publish", SLUG, "--json"), ("rebuild",)],
)
def test_an_override_that_is_nobodys_is_refused_and_nothing_is_sent(
    published: Workshop, command: tuple[str, ...]
) -> None:
    published.edit(f"{FIRST}/episode.yaml", "Worum", "Um was")
    before = published.store_files()
    result = published.run(*command, "--override", "erster-tom", "--override", "show", "--override", "quatsch")
    assert result.code == 2, result.err
    assert result.err.count("error: --override names") == 2
    assert "Did you mean erster-ton?" in result.err
    assert published.store_files() == before


def test_only_an_episode_that_is_here_can_be_new(published: Workshop) -> None:
    result = published.run("publish", "erster-ton", "--new", "erster-tom")
    assert result.code == 2
    assert result.err == "error: --new names erster-tom, which is no episode here.\n       Did you mean erster-ton?\n"


@pytest.mark.parametrize("name", ["", "folge/eins", "../eins", "a" * 240])
def test_a_name_that_no_folder_can_have_is_refused(published: Workshop, name: str) -> None:
    result = published.run("rename", "erster-ton", name)
    assert result.code == 2
    assert result.err.startswith(f'error: "{name}" becomes part of web addresses and cannot stand there.\n')


def test_an_override_of_a_draft_or_a_guid_is_known(published: Workshop) -> None:
    published.add_episode("zweiter-ton", "Der zweite Ton", 240)
    assert published.run("publish", "zweiter-ton", "--override", "zweiter-ton").code == 0
    guid = published.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    published.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2026-11-02 06:00")
    assert published.run("publish", SLUG).code == 3
    assert published.run("publish", SLUG, "--override", guid).code == 0


@pytest.mark.parametrize("program", ["none", "cat", "false", "folder"])
def test_an_ffmpeg_that_is_none_is_one_sentence(workshop: Workshop, tmp_path: Path, program: str) -> None:
    named = shutil.which(program) or str(tmp_path if program == "folder" else tmp_path / program)
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    result = workshop.run("publish", "--all", IMAGEIO_FFMPEG_EXE=named, SENDUNG_CACHE=str(tmp_path / "cache"))
    assert (result.code, result.err.count("error:")) == (2, 1), result.err
    assert f"IMAGEIO_FFMPEG_EXE is set to {named}, which is no ffmpeg" in result.err
