"""Chapters from wherever a host has them, and the same chapters in every place where listeners see them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree, html
from mutagen.id3 import ID3

from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg

DRAFT = f"{FIRST}/episode.yaml"
LISTED = """\
chapters:
  - at: 0
    title: Anfang
  - at: "0:04"
    title: Mitte
"""
Chapters = list[tuple[int, str]]
"""Milliseconds and titles."""
ANFANG: Chapters = [(0, "Anfang"), (4000, "Mitte")]


def nothing_listed(workshop: Workshop) -> None:
    workshop.edit(DRAFT, LISTED, "")


def listed(workshop: Workshop) -> None:
    pass


def an_empty_list(workshop: Workshop) -> None:
    marks_and_notes(workshop)
    workshop.edit(DRAFT, "audio:", "chapters: []\naudio:")


def labels(workshop: Workshop) -> None:
    marks_and_notes(workshop)
    workshop.edit(DRAFT, "audio:", "chapters: labels.txt\naudio:")
    workshop.write(f"{FIRST}/labels.txt", "0.0\t0.0\tAnfang\n4.0\t4.0\tMitte\n")


def marks(workshop: Workshop) -> None:
    """The recording is an MP3 with ID3 chapters."""
    nothing_listed(workshop)
    chapters = [(0, 3000, "Marke"), (3000, 8000, "Noch eine Marke")]
    lines = [f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n" for start, end, title in chapters]
    workshop.write("marks.txt", ";FFMETADATA1\n" + "".join(lines))
    audio = workshop.path(FIRST)
    run_ffmpeg(
        "-i", f"{audio}/audio.flac", "-i", str(workshop.path("marks.txt")), "-map_metadata", "1", f"{audio}/audio.mp3"
    )
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.mp3")


def notes(workshop: Workshop) -> None:
    nothing_listed(workshop)
    workshop.write(f"{FIRST}/notes.md", "Worum es geht.\n\n- 00:00 Aus den Notizen\n- 00:05 Noch etwas\n\nTschüss.\n")
    workshop.edit(DRAFT, "audio:", "notes: notes.md\naudio:")


def marks_and_notes(workshop: Workshop) -> None:
    marks(workshop)
    workshop.write(f"{FIRST}/notes.md", "00:00 Aus den Notizen\n00:05 Noch etwas\n")
    workshop.edit(DRAFT, "audio:", "notes: notes.md\naudio:")


@pytest.mark.parametrize(
    ("arrange", "expected", "note"),
    [
        (listed, ANFANG, None),
        (an_empty_list, [], None),
        (labels, ANFANG, rf"{FIRST}/labels\.txt:1: The chapters \(2\) come from labels\.txt\."),
        (
            marks_and_notes,
            [(0, "Marke"), (3000, "Noch eine Marke")],
            r"The chapters \(2\) come from the marks in audio\.mp3\.",
        ),
        (
            notes,
            [(0, "Aus den Notizen"), (5000, "Noch etwas")],
            rf"{FIRST}/notes\.md:3: The chapters \(2\) come from the times",
        ),
    ],
)
def test_chapters_come_from_the_draft_or_the_recording_or_the_notes(
    workshop: Workshop, arrange: Callable[[Workshop], None], expected: Chapters, note: str | None
) -> None:
    arrange(workshop)
    checked = workshop.run("check", "--notes")
    assert checked.code == 0, checked.err
    said = re.findall(r"^note: .*", checked.err, re.MULTILINE)
    assert len(said) == (1 if note else 0), checked.err
    assert note is None or re.search(note, said[0]), said
    assert workshop.run("publish", "erster-ton").code == 0
    files = workshop.store_files()
    assert json_chapters(files) == expected
    assert psc_chapters(files) == expected


def test_notes_that_become_chapters_lose_those_lines_only(workshop: Workshop) -> None:
    notes(workshop)
    workshop.run("publish", "erster-ton")
    files = workshop.store_files()
    for text in (files["e/erster-ton/index.html"].decode(), content(files)):
        assert text.count("Aus den Notizen") == 1 + text.count('title="Aus den Notizen"')
        assert "Worum es geht." in text
        assert "Tschüss." in text


def test_every_place_has_the_same_chapters_also_where_the_head_was_cut(workshop: Workshop) -> None:
    """Three seconds of silence before the first word: mastering cuts them, and all chapters move with the words."""
    audio = workshop.path(FIRST)
    run_ffmpeg("-i", f"{audio}/audio.flac", "-af", "adelay=3000", f"{audio}/audio.wav")
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.wav")
    workshop.edit(
        DRAFT, LISTED, LISTED + '  - at: "0:09.5"\n    title: Ende & aus\n    url: https://www.example.org/x\n'
    )
    assert workshop.run("publish", "erster-ton").code == 0
    files = workshop.store_files()
    found = json_chapters(files)
    assert [title for _, title in found] == ["Anfang", "Mitte", "Ende & aus"]
    assert found[0][0] == 0
    assert 500 < found[1][0] < 3000, "the cut is nearly as long as the silence"
    assert found[2][0] - found[1][0] == 5500
    assert id3_chapters(files) == found
    assert psc_chapters(files) == found
    assert page_chapters(files) == found
    in_seconds = [(start // 1000 * 1000, title) for start, title in found]
    assert timestamps(files) == in_seconds


@pytest.mark.parametrize(
    ("arrange", "edit", "place"),
    [
        (labels, ("labels.txt", "4.0\t4.0", "44.0\t44.0"), rf"{FIRST}/labels\.txt:2: "),
        (labels, ("labels.txt", "4.0\t4.0", "vier\t4.0"), rf"{FIRST}/labels\.txt:2: "),
        (notes, ("notes.md", "00:05", "10:05"), rf"{FIRST}/notes\.md:4: "),
    ],
)
def test_a_mistake_in_chapters_is_where_they_are_written(
    workshop: Workshop, arrange: Callable[[Workshop], None], edit: tuple[str, str, str], place: str
) -> None:
    arrange(workshop)
    name, old, new = edit
    workshop.edit(f"{FIRST}/{name}", old, new)
    result = workshop.run("check")
    assert result.code == 3
    assert re.match(rf"error: {place}", result.err), result.err
    assert result.err.count("error: ") == 1


def test_a_missing_file_of_chapters_is_said_at_its_name(workshop: Workshop) -> None:
    nothing_listed(workshop)
    workshop.edit(DRAFT, "audio:", "chapters: kapitel.txt\naudio:")
    result = workshop.run("check")
    assert (result.code, bool(re.match(rf"error: {DRAFT}:\d+:1: kapitel\.txt is not there", result.err))) == (3, True)


def the_one(files: dict[str, bytes], pattern: str) -> bytes:
    [data] = [data for key, data in files.items() if re.fullmatch(pattern, key)]
    return data


def json_chapters(files: dict[str, bytes]) -> Chapters:
    documents = [json.loads(data) for key, data in files.items() if key.endswith(".chapters.json")]
    return [(round(one["startTime"] * 1000), one["title"]) for document in documents for one in document["chapters"]]


def psc_chapters(files: dict[str, bytes]) -> Chapters:
    root = etree.fromstring(files["feed.xml"])
    return [(milliseconds(one.get("start", "")), one.get("title", "")) for one in root.iter("{*}chapter")]


def id3_chapters(files: dict[str, bytes]) -> Chapters:
    import io

    tags: Any = ID3(io.BytesIO(the_one(files, r"audio/.*\.mp3")))
    [contents] = tags.getall("CTOC")
    frames = {frame.element_id: frame for frame in tags.getall("CHAP")}
    return [(frames[name].start_time, str(frames[name].sub_frames["TIT2"])) for name in contents.child_element_ids]


def page_chapters(files: dict[str, bytes]) -> Chapters:
    page: Any = html.fromstring(files["e/erster-ton/index.html"])
    links = page.xpath("//nav[@class='chapters']//a[@data-t]")
    return [(round(float(link.get("data-t")) * 1000), link.findtext("b")) for link in links]


def content(files: dict[str, bytes]) -> str:
    root: Any = etree.fromstring(files["feed.xml"])
    [text] = root.xpath(
        "//item/content:encoded/text()", namespaces={"content": "http://purl.org/rss/1.0/modules/content/"}
    )
    return str(text)


def timestamps(files: dict[str, bytes]) -> Chapters:
    lines: Any = html.fragments_fromstring(content(files))
    found = (re.fullmatch(r"(\d\d:\d\d:\d\d) (.*)", line.text_content()) for line in lines)
    return [(milliseconds(match[1]), match[2]) for match in found if match]


def milliseconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
