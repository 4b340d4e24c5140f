"""What publishers' tools really write: each file of `cases/` and each text below has a property that once was lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError
from sendung.media.chapters import ChapterFile, read_file

Write = Callable[[str, str | bytes], Path]
CASES = Path(__file__).parent / "cases"
ANFANG, ANTWORT = (0, "Anfang", None), (8000, "Antwort", None)


def marks(file: ChapterFile) -> list[tuple[int, str, str | None]]:
    return [(mark.chapter.start_ms, mark.chapter.title, mark.chapter.url) for mark in file.chapters]


def remarks(file: ChapterFile) -> list[tuple[str, int, str]]:
    return [(str(r.severity), r.place.line if r.place else -1, r.message) for r in file.remarks]


NO_NAME = "The mark at 00:00:{} has no name, and is no chapter."


@pytest.mark.parametrize(
    ("name", "expected", "told"),
    [
        ("21b-audacity-empty-label.txt", [ANFANG, (20000, "Schluß", None)], [("warning", 2, NO_NAME.format("08"))]),
        (
            "21d-audacity-negative.txt",
            [(8250, "B", None)],
            [("warning", 1, '"Anfang" is at -0.500000, before the start of the recording, and was left out.')],
        ),
        ("22d-reaper-unnamed-marker.csv", [ANFANG, ANTWORT], [("warning", 3, NO_NAME.format("05"))]),
        (
            "24b-json-toc-false-no-title.json",
            [ANFANG, (20000, "Schluß", None)],
            [
                ("warning", 1, NO_NAME.format("08").removesuffix(".") + ", nor is its picture shown."),
                ("warning", 1, "The mark at 00:00:05 has toc: false, and is no chapter, nor is its picture shown."),
            ],
        ),
        ("25b-youtube-dash.txt", [ANFANG, ANTWORT, (20000, "Schluß", None)], []),
        ("25d-parens.txt", [ANFANG, ANTWORT], []),
        ("26a-auphonic-api.json", [ANFANG, (8250, "Antwort", "https://e.example/x")], []),
    ],
)
def test_every_case_is_read_as_what_it_is(
    name: str, expected: list[tuple[int, str, str | None]], told: list[tuple[str, int, str]]
) -> None:
    file = read_file(CASES / name)
    assert marks(file) == expected
    assert remarks(file) == told


TEXTS = {
    "bullets and brackets": ("a.txt", "- [0:00] Anfang\n- [0:08] Antwort\n"),
    "numbers": ("a.txt", "1. 0:00 Anfang\n2. 0:08 Antwort\n"),
    "bold": ("a.md", "**0:00** Anfang\n**0:08** – Antwort\n"),
    "spans": ("a.txt", "00:00:00 - 00:00:08 Anfang\n00:00:08 --> 00:00:20 Antwort\n"),
    "a colon": ("a.txt", "0:00: Anfang\n0:08 | Antwort\n"),
    "the title first": ("a.txt", "Anfang 0:00\nAntwort (0:08)\n"),
    "WebVTT": ("a.vtt", "WEBVTT\n\n1\n00:00.000 --> 00:08.000\nAnfang\n\n00:08.000 --> 00:20.000\n<b>Antwort</b>\n"),
    "ffmpeg's metadata": (
        "a.txt",
        ";FFMETADATA1\ntitle=Folge\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=8000\ntitle=Anfang\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=8000\nEND=20000\ntitle=Ant\\wort\n",
    ),
    "ffprobe": (
        "a.json",
        '{"chapters": [{"id": 0, "start": 0, "start_time": "0.000000", "tags": {"title": "Anfang"}}, '
        '{"id": 1, "start": 8000, "start_time": "8.000000", "tags": {"title": "Antwort"}}]}',
    ),
    "Matroska": (
        "a.xml",
        "<Chapters><EditionEntry><ChapterAtom><ChapterTimeStart>00:00:00.000000000</ChapterTimeStart>"
        "<ChapterDisplay><ChapterString>Anfang</ChapterString></ChapterDisplay></ChapterAtom><ChapterAtom>"
        "<ChapterTimeStart>00:00:08.000000000</ChapterTimeStart>"
        "<ChapterDisplay><ChapterString>Antwort</ChapterString></ChapterDisplay></ChapterAtom></EditionEntry></Chapters>",
    ),
    "a cue sheet": (
        "a.cue",
        'PERFORMER "Wir"\nTITLE "Folge"\nFILE "a.wav" WAVE\n  TRACK 01 AUDIO\n    TITLE "Anfang"\n'
        '    INDEX 01 00:00:00\n  TRACK 02 AUDIO\n    TITLE "Antwort"\n    INDEX 00 00:07:50\n    INDEX 01 00:08:00\n',
    ),
    "Audition": (
        "a.csv",
        "Name\tStart\tDuration\tTime Format\tType\tDescription\nAnfang\t0:00.000\t0:00.000\tdecimal\tCue\t\n"
        "Antwort\t0:08.000\t0:00.000\tdecimal\tCue\t\n",
    ),
    "a spreadsheet": ("a.csv", "Time;Title\n0:00;Anfang\n0:08;Antwort\n"),
    "an export with lines of their own": (
        "a.json",
        '[\n {"start": "00:00:00", "title": "Anfang"},\n {"start": "00:00:08", "title": "Antwort"}\n]',
    ),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_its_neighbours_are_read_too(write: Write, kind: str) -> None:
    name, content = TEXTS[kind]
    file = read_file(write(name, content))
    assert marks(file) == [ANFANG, ANTWORT]
    assert file.remarks == ()


def test_marks_without_a_name_are_told_once(write: Write) -> None:
    file = read_file(write("a.txt", "0:00 Anfang\n0:05\n0:06\n0:08 Antwort\n"))
    assert remarks(file) == [("warning", 2, "The mark at 00:00:05 has no name, and is no chapter (1 more, too).")]


def test_a_file_of_marks_without_names_says_why_it_has_no_chapters(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"a\.txt has no chapters\. The mark at 00:00:00 has no name"):
        read_file(write("a.txt", "0.0\t0.0\t\n5.0\t5.0\t\n"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"PK\x03\x04\x14\0", "a Word document or an archive"), ("\n<!DOCTYPE html><html>404", "a web page")],
)
def test_what_is_no_file_of_chapters_is_refused_with_what_to_export(
    write: Write, content: str | bytes, kind: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read_file(write("a.txt", content))
    [problem] = caught.value.problems
    assert problem.message == f"a.txt is {kind}, which is not read."
    assert "00:01:30 Title" in problem.hint


def test_a_dash_within_a_title_stays(write: Write) -> None:
    file = read_file(write("a.txt", "0:00 Anfang - und Ende\n0:08 A-Z\n"))
    assert [title for _, title, _ in marks(file)] == ["Anfang - und Ende", "A-Z"]


def test_entries_of_json_know_their_lines(write: Write) -> None:
    name, content = TEXTS["an export with lines of their own"]
    assert [mark.line for mark in read_file(write(name, content)).chapters] == [2, 3]


def test_a_heading_is_said_to_be_left_out_and_marks_of_the_editor_are_a_note(write: Write) -> None:
    file = read_file(write("a.txt", "Kapitel:\n\n0:00 Anfang\n0:05 _Schnitt\n0:08 Antwort\n"))
    assert marks(file) == [ANFANG, ANTWORT]
    assert remarks(file) == [
        ("warning", 1, '"Kapitel:" stands above the first chapter, and was left out.'),
        ("note", 4, '1 marks whose names start with "_" are the editor\'s own, and no chapters.'),
    ]
