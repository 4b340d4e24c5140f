"""Bad input: each one clear message at its place, the right exit code, and nothing sent."""
# ruff: noqa: E501 - a table reads better in long lines

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tests.end_to_end.conftest import EPISODE, FIRST, SHOW, Workshop, make_tone, run_ffmpeg

DRAFT = f"{FIRST}/episode.yaml"
AUDIO = f"{FIRST}/audio.flac"


@dataclass(frozen=True)
class Case:
    """What a host did wrong, and what the program must say about it."""

    name: str
    arrange: Callable[[Workshop], object]
    code: int
    says: tuple[str, ...]
    """Patterns, each for one problem: they must match one error each, in any order, and there must be no more."""
    arguments: tuple[str, ...] = ("publish", "erster-ton")
    environment: dict[str, str] = field(default_factory=dict)


def edit(old: str, new: str, name: str = DRAFT) -> Callable[[Workshop], None]:
    return lambda workshop: workshop.edit(name, old, new)


def put(name: str, content: str | bytes) -> Callable[[Workshop], None]:
    return lambda workshop: workshop.write(name, content)


def remove(name: str) -> Callable[[Workshop], None]:
    return lambda workshop: workshop.path(name).unlink()


def link(name: str, to: str) -> Callable[[Workshop], None]:
    def arrange(workshop: Workshop) -> None:
        workshop.path(name).unlink()
        workshop.path(name).symlink_to(workshop.path(to))

    return arrange


def silence(workshop: Workshop) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "anullsrc=r=44100", "-t", "8", str(workshop.path(AUDIO)))


def short(workshop: Workshop) -> None:
    make_tone(workshop.path(AUDIO), seconds=0.5)


def cut_off(workshop: Workshop) -> None:
    make_tone(workshop.path(f"{FIRST}/audio.wav"))
    data = workshop.path(f"{FIRST}/audio.wav").read_bytes()
    workshop.write(f"{FIRST}/audio.wav", data[: len(data) // 2])
    workshop.edit(DRAFT, "audio.flac", "audio.wav")


def no_sound(workshop: Workshop) -> None:
    run_ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=3", str(workshop.path(f"{FIRST}/audio.mp4")))
    workshop.edit(DRAFT, "audio.flac", "audio.mp4")


def renamed_picture(workshop: Workshop) -> None:
    Image.new("RGB", (3000, 3000), "navy").save(workshop.path("cover.jpg"), format="PNG")


def small_picture(workshop: Workshop) -> None:
    Image.new("RGB", (800, 800), "navy").save(workshop.path(f"{FIRST}/cover.png"))
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.flac\ncover: cover.png")


def twin_guids(workshop: Workshop) -> None:
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 200)
    for slug in ("erster-ton", "zweiter-ton"):
        workshop.edit(f"episodes/{slug}/episode.yaml", "audio:", "guid: 0815\naudio:".replace("0815", '"0815"'))


def twin_slugs(workshop: Workshop) -> None:
    workshop.write("archive/erster-ton/episode.yaml", EPISODE)
    workshop.write("archive/erster-ton/transcript.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHallo.\n")
    make_tone(workshop.path("archive/erster-ton/audio.flac"))


def bad_folder_name(workshop: Workshop) -> None:
    workshop.path(FIRST).rename(workshop.path("episodes/Größe 1"))


def several(workshop: Workshop) -> None:
    workshop.edit(DRAFT, "title: Der erste Ton", "titel: Der erste Ton\nnumber: eins")
    workshop.edit(DRAFT, "date: 2026-11-01 06:00", "date: 1. November")


def pipe(name: str) -> Callable[[Workshop], None]:
    def arrange(workshop: Workshop) -> None:
        workshop.path(name).unlink(missing_ok=True)
        workshop.path(name).parent.mkdir(exist_ok=True)
        os.mkfifo(workshop.path(name))

    return arrange


def twin_folder(workshop: Workshop) -> None:
    workshop.path("episodes/zweiter-ton").symlink_to(workshop.path(FIRST))


def twin_links(workshop: Workshop) -> None:
    workshop.path(FIRST).rename(workshop.path("anderswo"))
    for slug in ("erster-ton", "zweiter-ton"):
        workshop.path(f"episodes/{slug}").symlink_to(workshop.path("anderswo"))


def broken_header(workshop: Workshop) -> None:
    header = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 0, 44100, 0, 0, 16)
    workshop.write(f"{FIRST}/audio.wav", header + b"data" + struct.pack("<I", 0))
    workshop.edit(DRAFT, "audio.flac", "audio.wav")


D = r"episodes/erster-ton/episode\.yaml"

CASES = [
    Case("YAML that does not parse", edit("title: Der", "title: [Der"), 3, (rf"{D}:\d+:\d+: This is not YAML",)),
    Case("a colon in a title", edit("title: Der erste", "title: Der: erste"), 3, (rf"{D}:1:\d+: This is not YAML",)),
    Case("a key twice", edit("summary:", "title: X\nsummary:"), 3, (rf'{D}:\d+:\d+: There are two keys "title"',)),
    Case("an empty file", put(DRAFT, ""), 3, (rf"{D}:1: This must be keys with values",)),
    Case("text in another encoding", put(DRAFT, "title: Töne".encode("latin-1")), 3, (rf"{D}:1: This is not UTF-8",)),
    Case("a wrong type", edit("at: 0", "at: [1]"), 3, (rf'{D}:\d+:5: "chapters.1.at" is not a time',)),
    Case("a number as title", edit("title: Der erste Ton", "title: 2026"), 3, (rf'{D}:1:1: "title" must be text\.',)),
    Case(
        "an unknown key",
        edit("summary:", "sumary: X\nsummary:"),
        3,
        (rf'{D}:\d+:1: Unknown key "sumary"\.\n +Did you mean "summary"\?',),
    ),
    Case("wrong keys and a missing file", lambda w: (edit("summary:", "sumary:")(w), remove(AUDIO)(w)), 3, (r'"summary" is missing', r'Unknown key "sumary"', rf"{D}:\d+:1: audio\.flac is not there")),
    Case("a store in show.yaml that is none", edit("store:", "store:\n  url: s3://my bucket", "show.yaml"), 3, (r"show\.yaml:\d+:3: store\.url is neither",)),
    Case("several at once", several, 3, (rf'{D}:\d+:1: Unknown key "titel"', rf'{D}:\d+:1: "number" must be a whole', rf'{D}:\d+:1: "date" is not a date', rf'{D}:1:1: "title" is missing')),
    Case("an unknown key of the show", edit("language:", "lang: de\nlanguage:", "show.yaml"), 3, (r'show\.yaml:3:1: Unknown key "lang"\.\n +Did you mean "language"\?',)),
    Case("no such time zone", edit("Europe/Berlin", "Europa/Berlin", "show.yaml"), 3, (r'show\.yaml:4:1: "timezone" is not a time zone',)),
    Case("a time that the clocks skip", edit("2026-11-01 06:00", "2026-03-29 02:30"), 3, (rf'{D}:2:1: "date" does not exist in Europe/Berlin',)),
    Case("an address that is none", edit("https://www.example.org/erster-ton", "www.example.org"), 3, (rf'{D}:\d+:\d+: "article.*is not a web address',)),
    Case("audio that is not there", remove(AUDIO), 3, (rf"{D}:\d+:1: audio\.flac is not there",)),
    Case("a transcript that is not there", remove(f"{FIRST}/transcript.vtt"), 3, (rf"{D}:\d+:1: transcript\.vtt is not there",)),
    Case("a path out of the folder", edit("audio: audio.flac", "audio: ../../cover.jpg"), 3, (rf"{D}:\d+:1: \.\./\.\./cover\.jpg leads out of the folder",)),
    Case("an absolute path", edit("audio: audio.flac", "audio: /etc/passwd"), 3, (rf'{D}:\d+:1: "audio" must be a file beside this one',)),
    Case("a link out of the folder", link(AUDIO, "cover.jpg"), 3, (rf"{D}:\d+:1: audio\.flac leads out of the folder",)),
    Case("empty audio", put(AUDIO, b""), 3, (rf"{D}:\d+:1: audio\.flac is empty",)),
    Case("silent audio", silence, 5, (r"audio\.flac .*silen",)),
    Case("truncated audio", cut_off, 5, (r"audio\.wav .*(cut|short|incomplete|truncated|ends)",)),
    Case("text instead of audio", put(AUDIO, "no audio at all, but enough of it\n" * 50), 5, (r"audio\.flac",)),
    Case("a header without channels", broken_header, 5, (r"audio\.wav",)),
    Case("a film without sound", no_sound, 5, (r"audio\.mp4",)),
    Case("under one second", short, 5, (r"audio\.flac is too short: 0\.50 s",)),
    Case("a PNG renamed to .jpg", renamed_picture, 3, (r"show\.yaml:7:1: .*cover\.jpg is a PNG",)),
    Case("a cover that is too small", small_picture, 3, (rf"{D}:\d+:1: .*800",)),
    Case("cues of another recording", edit("00:00:04.000 --> 00:00:07.500", "00:01:04.000 --> 00:01:07.500", f"{FIRST}/transcript.vtt"), 3, (r"transcript\.vtt:6: The cue starts at 00:01:04",)),
    Case("a transcript that cannot be read", edit("00:00:04.000 -->", "0:4 ->", f"{FIRST}/transcript.vtt"), 3, (r"transcript\.vtt:6: ",)),
    Case("chapters out of order", edit("at: 0\n", 'at: "0:06"\n'), 3, (rf"{D}:\d+:5: ",)),
    Case("a chapter beyond the end", edit('"0:04"', '"0:40"'), 3, (rf"{D}:\d+:5: .*00:00:40",)),
    Case("two drafts with one guid", twin_guids, 3, (rf"{D}:\d+:1: This GUID is also that of episodes/zweiter-ton",)),
    Case("two drafts with one slug", twin_slugs, 3, (rf"{D}.*: Two drafts have the slug", r"archive/erster-ton/episode\.yaml.*: Two drafts have the slug"), ("publish", FIRST, "archive/erster-ton")),
    Case("a folder's name that no URL can hold", bad_folder_name, 3, (r"web addresses and cannot stand there\.\n +Rename the folder to groesse-1",), ("publish", "Größe 1")),
    Case("no show here", lambda workshop: workshop.path("show.yaml").rename(workshop.path("x.yaml")), 3, (r"There is no show\.yaml",)),
    Case("no such episode", lambda workshop: None, 2, (r"There is no episode erster-tom\.\n +Did you mean erster-ton\?",), ("publish", "erster-tom")),
    Case("no episode named", lambda workshop: None, 2, (r"Which episode\?",), ("publish",)),
    Case("a name and --all", lambda workshop: None, 2, (r"exclude each other",), ("publish", "--all", "erster-ton")),
    *(Case(f"the date {date}", edit("2026-11-01 06:00", date), 3, (rf'{D}:2:1: "date" must be between the years 1901 and 9998',)) for date in ("0001-01-01", "0001-01-01T00:00+14:00", "1900-12-31 23:59", "9999-01-01", "9999-12-31 23:59-12:00")),
    Case("a schedule that no feed can say", edit("store:", "feed: {schedule: {text: Immer, rrule: FREQ=DAILY, start: '9999-12-31 23:59-12:00'}}\nstore:", "show.yaml"), 3, (r'show\.yaml:\d+:\d+: "feed\.schedule\.start" must be between',)),
    *(Case(f"the zone {zone}", edit("Europe/Berlin", zone, "show.yaml"), 3, (r'show\.yaml:4:1: "timezone" is not a time zone',)) for zone in ("localtime", "right/Europe/Berlin", "Europe", "../zoneinfo/UTC")),
    Case("a pipe as episode.yaml", pipe(DRAFT), 3, (rf"{D}: episode\.yaml is not a file",)),
    Case("a pipe as show.yaml", pipe("show.yaml"), 3, (r"show\.yaml: show\.yaml is not a file",), ("publish", "erster-ton", "--show", ".")),
    Case("a pipe as recording", pipe(AUDIO), 3, (rf"{D}:\d+:1: audio\.flac is not a file",)),
    Case("a pipe as template", pipe("templates/listen.html"), 3, (r"listen\.html: The template is not a file",)),
    Case("a name of 240 letters", lambda w: w.path(FIRST).rename(w.path(f"episodes/{'a' * 240}")), 3, (r"has 240 letters.*\n +Rename the folder to a{60}\.",), ("publish", "a" * 240)),
    Case("a link to another episode's folder", twin_folder, 3, (r"zweiter-ton is a link to the episode erster-ton",), ("publish", "--all")),
    Case("two links to one folder", twin_links, 3, (r"zweiter-ton is a link to the episode erster-ton",), ("publish", "zweiter-ton")),
    Case("an age beyond all time", lambda workshop: None, 2, (), ("prune", "--older-than", "9999999999")),
    Case("a store that is no store", lambda workshop: None, 3, (r"neither a directory nor s3://",), ("publish", "erster-ton", "--store", "ftp://x")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_bad_input_is_one_clear_message_and_nothing_is_sent(case: Case, workshop: Workshop) -> None:
    case.arrange(workshop)
    result = workshop.run(*case.arguments, **case.environment)
    problems = re.split(r"^error: ", result.err, flags=re.MULTILINE)[1:]
    assert result.code == case.code, result.err
    assert len(problems) == len(case.says), result.err
    for pattern in case.says:
        assert [problem for problem in problems if re.search(pattern, problem)], f"{pattern}\n{result.err}"
    assert all(len(problem.strip().splitlines()) == 2 for problem in problems), f"a sentence and a hint\n{result.err}"
    assert not workshop.path("public").exists()


def test_mistakes_of_all_episodes_come_at_once_and_in_json(workshop: Workshop) -> None:
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 200)
    workshop.add_episode("dritter-ton", "Der dritte Ton", 210)
    workshop.edit(DRAFT, "summary:", "sumary:")
    workshop.path("episodes/zweiter-ton/audio.flac").write_text("x" * 2000)
    result = workshop.run("publish", "--all", "--json")
    assert result.code == 3
    episodes = {one["slug"]: one for one in result.json["episodes"]}
    assert [one["status"] for one in episodes.values()] == ["failed"] * 3
    assert len(episodes["erster-ton"]["problems"]) == 2
    assert len(episodes["zweiter-ton"]["problems"]) == 1
    assert episodes["dritter-ton"]["problems"] == []
    assert result.json["sent"]["objects"] == 0
    assert not workshop.path("public").exists()


def test_a_mistake_of_the_show_is_json_too(workshop: Workshop) -> None:
    workshop.write("show.yaml", SHOW.replace("title:", "titel:"))
    result = workshop.run("publish", "erster-ton", "--json")
    assert result.code == 3
    assert [problem["place"] for problem in result.json["problems"]] == ["show.yaml:1:1", "show.yaml:1:1"]
    assert result.json["episodes"][0]["status"] == "failed"


@pytest.mark.skipif(os.geteuid() != 0 or not Path("/dev/full").exists(), reason="mounting a small disk needs root")
def test_a_full_disk_is_a_clear_message_and_a_second_run_finishes(workshop: Workshop, tmp_path: Path) -> None:
    import subprocess

    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        result = workshop.run("publish", "erster-ton", "--store", str(disk))
        assert result.code == 6
        assert "error: No space is left" in result.err
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        assert workshop.run("publish", "erster-ton", "--store", str(disk)).code == 0
        assert (disk / "feed.xml").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
