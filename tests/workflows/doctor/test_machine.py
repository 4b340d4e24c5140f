"""What the doctor says of the machine and of show.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import imageio_ffmpeg

from sendung.workflows.doctor.machine import check_machine
from tests.end_to_end.conftest import Workshop
from tests.workflows.doctor.reading import by_subject, messages, states


def test_a_new_show_is_well_and_nothing_is_left_in_its_store(workshop: Workshop) -> None:
    result = workshop.run("doctor", "--json")
    assert result.code == 0, result.out
    found = states(result)
    assert {name for name, state in found.items() if state != "ok"} == {"public: feed", "public: state/"}
    assert "Nothing is published yet" in messages(result, "warn")[-1]
    for subject in ("machine: ffmpeg", "machine: codecs", "machine: fonts and pictures", "show: show.yaml"):
        assert found[subject] == "ok"
    assert workshop.store_files() == {}
    for one in result.json["findings"]:
        assert bool(one["hint"]) == (one["state"] != "ok"), one
        assert re.match(r"[“A-Z\d].*\.$", one["message"]), one


def test_piped_output_is_plain_lines_of_full_sentences(workshop: Workshop) -> None:
    result = workshop.run("doctor", COLUMNS="60")
    *lines, last = result.out.splitlines()
    assert all(re.match(r"(ok   |warn |bad  |     )\S.*\.$", line) for line in lines), result.out
    assert re.fullmatch(r"Of \d+ things that were looked at, 0 are bad and 2 are worth a look\.", last)


def ffmpeg_without(tmp_path: Path, words: str) -> str:
    """An ffmpeg that does not know some encoders: the real one, with lines taken out of its lists."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n'{imageio_ffmpeg.get_ffmpeg_exe()}' \"$@\" | grep -v '{words}'\n")
    program.chmod(0o755)
    return str(program)


def test_an_ffmpeg_without_mp3_is_named_with_what_to_do(workshop: Workshop, tmp_path: Path) -> None:
    result = workshop.run("doctor", "--json", IMAGEIO_FFMPEG_EXE=ffmpeg_without(tmp_path, "libmp3lame"))
    assert result.code == 5
    [message] = messages(result, "bad")
    assert "lacks libmp3lame" in message
    assert "IMAGEIO_FFMPEG_EXE" in message


def test_an_ffmpeg_that_does_not_run_is_bad(workshop: Workshop, tmp_path: Path) -> None:
    result = workshop.run("doctor", "--json", IMAGEIO_FFMPEG_EXE=str(tmp_path / "none"))
    assert result.code == 5
    assert states(result)["machine: ffmpeg"] == "bad"


def test_a_nearly_full_disk_is_bad(small_disk: Path, tmp_path: Path) -> None:
    found = by_subject(check_machine(small_disk / "not yet", tmp_path))
    assert found["space for the cache"] == "bad"
    assert found["cache"] == "ok"


def test_a_cache_that_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    [finding] = [one for one in check_machine(tmp_path / "file" / "cache", tmp_path) if one.subject == "cache"]
    assert finding.state == "warn"
    assert "SENDUNG_CACHE" in finding.hint


def test_mistakes_in_show_yaml_are_told_at_their_lines_and_the_store_is_left_alone(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "language: de", "langage: de")
    result = workshop.run("doctor", "--json")
    assert result.code == 3
    places = [one["place"] for one in result.json["findings"] if one["state"] == "bad"]
    assert "show.yaml:3:1" in places
    assert not any(one["area"] == "store" for one in result.json["findings"])
    assert not workshop.path("public").exists()
    assert "show.yaml:3:1: " in workshop.run("doctor").out


def test_without_a_show_the_machine_is_looked_at_all_the_same(workshop: Workshop) -> None:
    workshop.path("show.yaml").unlink()
    result = workshop.run("doctor", "--json")
    assert result.code == 3
    assert states(result)["machine: codecs"] == "ok"
    assert "There is no show.yaml" in messages(result, "bad")[0]


def test_a_directory_that_cannot_be_written_is_unusable(workshop: Workshop) -> None:
    workshop.write("public", "a file in the way")
    result = workshop.run("doctor", "--json")
    assert result.code == 6
    assert states(result)["store: access"] == "bad"
