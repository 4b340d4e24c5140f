"""A new show, from nothing to something that is published."""

from __future__ import annotations

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image
from ruamel.yaml import YAML

from tests.end_to_end.conftest import Workshop, make_tone
from tests.end_to_end.reading import parse

ROOT = Path(__file__).parents[2]
ANSWERS = ("--title", "Öl & Söhne: 7", "--host", "Ada Beispiel", "--host", "Bo", "--email", "ada@example.org")
HERE = {"LANG": "de_DE.UTF-8", "LC_ALL": "", "TZ": "Europe/Berlin"}


@pytest.fixture
def empty(tmp_path: Path, cache: Path) -> Workshop:
    """A folder without a show."""
    (tmp_path / "work").mkdir()
    return Workshop(tmp_path / "work", cache)


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_it_writes_passes_check_and_is_published_at_once(empty: Workshop) -> None:
    source = f"git+https://git.example.org/sendung@{'0' * 40}"
    result = empty.run("init", "my-show", *ANSWERS, "--install-from", source, **HERE)
    assert result.code == 0, result.err
    show = Workshop(empty.folder / "my-show", empty.cache)
    assert files_in(show.folder) == {
        "show.yaml",
        "cover.jpg",
        ".gitignore",
        "requirements.txt",
        "cron.example",
        ".github/workflows/publish-due.yml",
        "schema/show.schema.json",
        "schema/episode.schema.json",
        "episodes/erste-folge/episode.yaml",
        "episodes/erste-folge/audio.wav",
    }
    checked = show.run("check")
    assert checked.code == 0, checked.err
    published = show.run("publish", "--all", "--yes")
    assert published.code == 0, published.err
    feed = parse(show.path("public/feed.xml").read_bytes())
    assert feed.feed.title == "Öl & Söhne: 7"
    assert feed.feed.language == "de"
    assert [entry.title for entry in feed.entries] == ["Die erste Folge"]
    assert show.path("show.yaml").read_text("utf-8").count("\n# ") > 15, "it is explained"
    assert "timezone: Europe/Berlin\n" in show.path("show.yaml").read_text("utf-8")
    workflow = show.path(".github/workflows/publish-due.yml").read_text("utf-8")
    assert workflow.partition("name:")[2] in (ROOT / "docs/scheduling.md").read_text("utf-8")
    assert "\npublic/\n" in show.path(".gitignore").read_text("utf-8")


def test_on_a_terminal_it_asks_until_the_answers_fit(empty: Workshop) -> None:
    with empty.screen("init", columns=60, **HERE) as screen:
        for question, answer in {
            "the show's name?": "",
            "The answer must not be empty": "Zwei Töne",
            "What is it about": "Über Töne.",
            "Who is heard in it?": "Ada Beispiel, Bo",
            "e-mail address": "ada",
            "The answer is not an e-mail address: ada.": "ada@example.org",
            "[de]": "",
            "[Europe/Berlin]": "Mars/Base",
            'The answer is not a time zone: "Mars/Base".': "Europe/Vienna",
            "Where is it kept?": "<",
            "In which time zone": "europe/vienna",
            "prefix) [public]": "s3://tö ne",
            "neither a directory nor s3://bucket/prefix": "s3://toene/show",
            "service that has the bucket?": "s3.example.org",
            "which region is the bucket?": "",
            "find it on the web?": "cdn.example.org/show",
            "install sendung from?": "",
        }.items():
            screen.expect(question)
            screen.type(f"{answer}\n")
        assert screen.end() == 0, screen.text
    show = YAML(typ="safe").load(empty.path("show.yaml").read_text("utf-8"))
    assert [host["name"] for host in show["hosts"]] == ["Ada Beispiel", "Bo"]
    assert (show["timezone"], show["language"]) == ("Europe/Vienna", "de")
    assert "guid" not in show, "it is made of the address, once"
    wanted = {"url": "s3://toene/show", "endpoint_url": "https://s3.example.org"}
    assert show["store"] == {**wanted, "public_url": "https://cdn.example.org/show"}
    assert "sendung doctor" in screen.text, "whether the bucket can be reached comes first"


def test_with_nobody_to_ask_one_sentence_names_the_options(empty: Workshop) -> None:
    result = empty.run("init", "--title", "Zwei Töne")
    assert result.code == 2
    assert result.err.startswith("error: A new show needs --host, --email, and there is no terminal to ask on.\n")
    assert files_in(empty.folder) == set()


def test_every_wrong_answer_is_named_at_once(empty: Workshop) -> None:
    wrong = ("--email", "ada", "--language", "german", "--timezone", "Mars/Base", "--category", "Technik")
    nobody = empty.run("init", "--title", "Zwei Töne", "--host", " , ", "--email", "ada@example.org")
    assert (nobody.code, nobody.err) == (2, "error: --host must not be empty.\n       Write a name.\n")
    result = empty.run("init", *ANSWERS, *wrong, "--public-url", "cdn example")
    assert result.code == 2
    for option in (*wrong[::2], "--public-url"):
        assert f"error: {option} " in result.err, option
    assert result.err.count("error: ") == 5
    assert files_in(empty.folder) == set()


def test_every_file_that_is_there_is_named_and_nothing_is_written(empty: Workshop) -> None:
    there = {"show.yaml", ".gitignore", "episodes/first-episode/notes.md"}
    for name in there:
        empty.write(name, "mine")
    result = empty.run("init", *ANSWERS, "--language", "en")
    assert result.code == 2
    assert result.err.count("error: ") == 3
    for name in ("show.yaml", ".gitignore", "episodes/first-episode"):
        assert f"error: {name} is in {empty.folder} already." in result.err
    assert files_in(empty.folder) == there
    assert {empty.path(name).read_text("utf-8") for name in there} == {"mine"}


def test_a_recording_and_a_cover_of_ones_own_are_used_with_what_they_say(empty: Workshop) -> None:
    make_tone(empty.path("tone.flac"))
    empty.write(
        "marks.txt",
        ";FFMETADATA1\ntitle=Vom Aufnehmen\n"
        "[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=4\ntitle=Hallo\n[CHAPTER]\nTIMEBASE=1/1\nSTART=4\nEND=8\ntitle=Ende\n",
    )
    arguments = ["-v", "error", "-i", "tone.flac", "-i", "marks.txt", "-map_metadata", "1", "talk.m4a"]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *arguments], cwd=empty.folder, check=True)
    Image.new("RGB", (3000, 3000), "navy").save(empty.path("art.png"))
    result = empty.run("init", "show", *ANSWERS, "--audio", "talk.m4a", "--cover", "art.png", "--language", "en")
    assert result.code == 0, result.err
    episode = YAML(typ="safe").load(empty.path("show/episodes/first-episode/episode.yaml").read_text("utf-8"))
    assert (episode["title"], episode["audio"]) == ("Vom Aufnehmen", "audio.m4a")
    assert [chapter["title"] for chapter in episode["chapters"]] == ["Hallo", "Ende"]
    assert empty.path("show/cover.png").read_bytes() == empty.path("art.png").read_bytes()
    for option, code in (("--audio", 5), ("--cover", 3)):
        empty.write("none.wav", "no sound")
        wrong = empty.run("init", "other", *ANSWERS, option, "none.wav")
        assert (wrong.code, wrong.err.count("error: ")) == (code, 1), wrong.err
        assert not empty.path("other").exists()
