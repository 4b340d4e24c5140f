"""Bringing what is published into the drafts, also on a machine that has none of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from sendung.config.episode import EpisodeFile
from sendung.config.episode_entries import TIMES, _time, as_written
from tests.end_to_end.conftest import FIRST, Workshop, make_tone, run_ffmpeg
from tests.end_to_end.test_languages import add_languages

DRAFT = f"{FIRST}/episode.yaml"
LATE = """\
WEBVTT

00:00:04.000 --> 00:00:06.000
<v Sven>Guten Tag.

00:00:07.000 --> 00:00:10.500
<v Sebastian>Guten Tag auch.
"""
"""Of a recording that begins with three seconds of silence, which are cut."""


def test_a_stale_draft_becomes_what_is_published_and_keeps_its_comments(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    published.edit(DRAFT, "title: Der erste Ton", "# Der Titel\ntitle: Der erste Ton")
    other = second_host()
    published.edit(DRAFT, "summary: Worum es geht.", "summary: Worum es wirklich geht.\nnotes: notes.md\nnumber: 7")
    published.write(f"{FIRST}/notes.md", "# Notizen\n\nEin Absatz.\n")
    published.edit(f"{FIRST}/transcript.vtt", "Guten Tag auch.", "Guten Abend.")
    assert published.run("publish", "erster-ton").code == 0
    stale = other.run("publish", "erster-ton")
    assert (stale.code, "sendung pull erster-ton brings it here" in stale.err) == (7, True)
    shown = other.run("pull", "erster-ton", "--yes")
    assert shown.code == 0, shown.err
    assert "  +summary: Worum es wirklich geht." in shown.out
    assert "  +Ein Absatz." in shown.out
    text = other.path(DRAFT).read_text("utf-8")
    assert "# Der Titel\ntitle: Der erste Ton\n" in text
    assert other.path(f"{FIRST}/notes.md").read_text("utf-8") == "# Notizen\n\nEin Absatz.\n"
    assert "Guten Abend." in other.path(f"{FIRST}/transcript.vtt").read_text("utf-8")
    assert "is as published" in other.run("pull", "erster-ton", "--yes").out


def test_what_was_taken_out_is_taken_out_here_and_the_draft_is_as_published(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    published.edit(DRAFT, "summary: Worum es geht.\n", "summary: Kurz.\nkeywords: [Ton, Klang]\n")
    published.edit(DRAFT, '  - at: "0:04"\n    title: Mitte\n', "")
    assert published.run("publish", "erster-ton").code == 0
    assert other.run("pull", "--all", "--yes").code == 0
    assert other.run("status", "--json").json[0]["state"] == "published"
    assert other.run("publish", "erster-ton").out.endswith("all is as published.\n")


def test_an_edit_that_is_not_published_is_never_written_over(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    published.edit(DRAFT, "Worum es geht.", "Von Sven.")
    assert published.run("publish", "erster-ton").code == 0
    other.edit(DRAFT, "Worum es geht.", "Von Sebastian.")
    before = other.path(DRAFT).read_bytes()
    refused = other.run("pull", "erster-ton", "--yes")
    assert (refused.code, "has an edit that is not published" in refused.err) == (7, True)
    other.write(DRAFT, "title: [")
    assert other.run("pull", "erster-ton", "--yes").code == 7
    other.write(DRAFT, before)
    assert "Nothing here is older" in other.run("pull", "--all", "--yes").out
    assert other.path(DRAFT).read_bytes() == before


def test_a_new_machine_gets_the_episodes_and_hears_what_the_store_has_not(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    shutil.rmtree(other.path("episodes"))
    [done] = other.run("pull", "erster", "--json").json
    assert (done["slug"], done["missing"]) == ("erster-ton", ["audio.flac"])
    shutil.copy(published.path(f"{FIRST}/audio.flac"), other.path(f"{FIRST}/audio.flac"))
    assert other.run("check", "erster-ton").code == 0
    assert [line["state"] for line in other.run("status", "--json").json] != ["new"]


def test_what_is_pulled_is_published_again_as_it_was_though_its_head_is_cut_and_it_speaks_two_languages(
    workshop: Workshop, second_host: Callable[[], Workshop]
) -> None:
    recording = workshop.path(f"{FIRST}/audio.flac")
    make_tone(workshop.path("tone.flac"))
    run_ffmpeg("-i", str(workshop.path("tone.flac")), "-af", "adelay=3000:all=1", str(recording))
    workshop.write(f"{FIRST}/transcript.vtt", LATE)
    workshop.edit(DRAFT, "summary:", "notes: notes.md\nsummary:")
    workshop.write(f"{FIRST}/notes.md", "# Notizen\n\nEin Absatz.\n")
    add_languages(workshop)
    assert workshop.run("publish", "erster-ton").code == 0
    before = workshop.store_files()
    other = second_host()
    shutil.rmtree(other.path("episodes"))
    [done] = other.run("pull", "erster-ton", "--yes", "--json").json
    assert done["missing"] == ["audio.flac"]
    shutil.copy(recording, other.path(f"{FIRST}/audio.flac"))
    assert "00:00:04.000 --> 00:00:06.000" in other.path(f"{FIRST}/transcript.vtt").read_text("utf-8")
    assert other.run("status", "--json").json[0]["state"] == "published"
    other.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    edited = other.run("publish", "erster-ton")
    assert edited.code == 0, edited.err
    after = workshop.store_files()
    kinds = (".vtt", ".srt", ".chapters.json")
    assert {key for key in after if key.endswith(kinds)} == {key for key in before if key.endswith(kinds)}
    assert b"Good day." in after["e/erster-ton/en/index.html"]


def test_show_yaml_becomes_what_is_published_and_keeps_its_comments_and_its_store(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    published.edit("show.yaml", "  public_url:", "  # Dort wird gehört\n  public_url:")
    other = second_host()
    other.edit("show.yaml", "store:\n", "store:\n  url: hier\n")
    published.edit("show.yaml", "description: Eine", "audio:\n  loudness: -18\ndescription: Eine andere")
    published.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    assert published.run("publish", "erster-ton").code == 0
    edited = other.path("show.yaml").read_text("utf-8").replace("Zwei Töne", "Drei Töne")
    before = other.path("show.yaml").read_bytes()
    other.write("show.yaml", edited)
    refused = other.run("pull", "show", "--yes")
    assert (refused.code, "show.yaml has an edit that is not published" in refused.err) == (7, True)
    assert [done["slug"] for done in other.run("pull", "--all", "--json").json] == ["erster-ton"]
    assert other.path("show.yaml").read_text("utf-8") == edited
    other.write("show.yaml", before)
    shown = other.run("pull", "--all", "--yes")
    assert "  +description: Eine andere Schau für die Prüfung & mehr." in shown.out, shown.err
    text = other.path("show.yaml").read_text("utf-8")
    assert "  url: hier\n  # Dort wird gehört\n  public_url: https://cdn.example.org/show\n" in text
    assert "loudness: -18" in text
    assert other.run("publish", "--all").out.endswith("all is as published.\n")


def test_a_machine_without_show_yaml_gets_the_show_and_then_its_episodes(published: Workshop, tmp_path: Path) -> None:
    store = str(published.path("public"))
    assert "No show is published in" in published.run("pull", "show", "--store", str(tmp_path / "none")).err
    empty = Workshop(tmp_path / "empty", published.cache, {"SENDUNG_BY": "sebastian@home"})
    empty.folder.mkdir()
    [done] = empty.run("pull", "show", "--store", store, "--json").json
    assert (done["slug"], done["written"], done["missing"]) == ("show.yaml", ["cover.jpg", "show.yaml"], [])
    assert empty.run("pull", "--all", "--json").json[0]["slug"] == "erster-ton"
    shutil.copy(published.path(f"{FIRST}/audio.flac"), empty.path(f"{FIRST}/audio.flac"))
    assert empty.run("publish", "--all").out.endswith("all is as published.\n")


def test_without_a_terminal_and_a_yes_nothing_is_written(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    shutil.rmtree(other.path("episodes"))
    asked = other.run("pull", "--all")
    assert (asked.code, "Add --yes" in asked.err) == (2, True)
    assert not other.path("episodes").exists()
    assert other.run("pull").code == 2
    assert other.run("pull", "niemand", "--yes").code == 2


def times_in(model: type[BaseModel]) -> Iterator[str]:
    """The keys of a model, and of the models in it, that hold times."""
    for name, field in model.model_fields.items():
        optional = [entry for inner in get_args(field.annotation) for entry in getattr(inner, "__metadata__", ())]
        if any(getattr(entry, "func", None) is _time for entry in [*field.metadata, *optional]):
            yield name
        for inner in models_in(field.annotation):
            yield from times_in(inner)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def test_every_time_is_written_as_a_clock() -> None:
    assert set(times_in(EpisodeFile)) == TIMES
    assert as_written({"chapters": [{"at": 4000, "title": "Mitte", "url": None}, {"at": 4250}]}) == {
        "chapters": [{"at": "00:00:04", "title": "Mitte"}, {"at": "00:00:04.250"}]
    }
