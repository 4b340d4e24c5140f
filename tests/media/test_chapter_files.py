from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import ConfigError
from sendung.core.model import Chapter
from sendung.media import chapters

Write = Callable[[str, str | bytes], Path]

START = Chapter(start_ms=0, title="Start")
XIAOMI = Chapter(start_ms=83_500, title="Xiaomi liefert", url="https://example.org/xiaomi")
BARE = [START, XIAOMI.model_copy(update={"url": None})]

PSC = """<?xml version="1.0" encoding="UTF-8"?>
<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">
  <psc:chapter start="00:00:00.000" title="Start" />
  <psc:chapter start="00:01:23.500" title="Xiaomi liefert" href="https://example.org/xiaomi" />
</psc:chapters>
"""
JSON = """{"version": "1.2.0", "chapters": [
 {"startTime": 83.5, "title": "Xiaomi liefert", "url": "https://example.org/xiaomi"},
 {"startTime": 40, "title": "Bild", "toc": false, "img": "https://example.org/b.jpg"},
 {"startTime": 0, "title": "Start"}]}
"""
PODLOVE_JSON = """[{"start": "00:00:00", "title": "Start", "href": "", "image": ""},
 {"start": "00:01:23.500", "title": "Xiaomi liefert", "href": "https://example.org/xiaomi"}]
"""
OGM = """CHAPTER01=00:00:00.000
CHAPTER01NAME=Start
CHAPTER02=00:01:23.500
CHAPTER02NAME=Xiaomi liefert
CHAPTER02URL=https://example.org/xiaomi
"""
REAPER = """#,Name,Start,End,Length,Color
M1,Start,0:00.000,,
M2,_Edit,0:10.000,,
R1,Werbung,0:20.000,0:30.000,0:10.000
M3,"Xiaomi liefert",1:23.500,,
"""
REGIONS = """#,Name,Start,End,Length
R1,Start,0:00.000,0:30.000,0:30.000
R2,Xiaomi liefert,1:23.500,2:00.000,0:36.500
"""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.psc", PSC, [START, XIAOMI]),
        ("chapters.json", JSON, [START, XIAOMI]),
        ("podlove.json", PODLOVE_JSON, [START, XIAOMI]),
        (
            "chapters.txt",
            "00:00:00.000 Start\n\n00:01:23.500 Xiaomi liefert <https://example.org/xiaomi>\n",
            [START, XIAOMI],
        ),
        ("windows.txt", b"\xef\xbb\xbf00:00:00 Start\r\n00:01:23.500 Xiaomi liefert\r\n", BARE),
        ("old-windows.txt", "00:00:00 Start\r\n00:01:23.500 Xiaomi liefert\r\n".encode("utf-16"), BARE),
        ("labels.txt", "83.500000\t83.500000\tXiaomi liefert\n\\\t100\t200\n0.000000\t10.5\tStart\n", BARE),
        ("german.txt", "0,000000\t0,000000\tStart\n83,500000\t83,500000\tXiaomi liefert\n", BARE),
        ("a.ogm", OGM, [START, XIAOMI]),
        ("markers.csv", REAPER, BARE),
        ("regions.csv", REGIONS, BARE),
    ],
)
def test_chapters_are_read_from_what_tools_write(
    write: Write, name: str, content: str | bytes, expected: list[Chapter]
) -> None:
    assert [located.chapter for located in chapters.read_file(write(name, content)).chapters] == expected


def test_chapters_of_a_file_know_their_lines(write: Write) -> None:
    found = chapters.read_file(write("labels.txt", "83.5\t83.5\tXiaomi\n\\\t100\t200\n0.0\t10.5\tStart\n")).chapters
    assert [(located.chapter.title, located.line) for located in found] == [("Start", 3), ("Xiaomi", 1)]


def test_only_chapters_of_json_that_say_false_are_out_of_the_list(write: Write) -> None:
    """JSON Chapters 1.2: `toc`, "If this property is present and set to false"; tools also write null."""
    entries = [{"startTime": n, "title": str(toc), "toc": toc} for n, toc in enumerate((True, None, False))]
    found = chapters.read_file(write("a.json", json.dumps({"chapters": entries}))).chapters
    assert [located.chapter.title for located in found] == ["True", "None"]


def test_links_that_are_not_web_addresses_are_left_out(write: Write) -> None:
    found = chapters.read_file(
        write("a.psc", PSC.replace("https://example.org/xiaomi", "javascript:alert(1)"))
    ).chapters
    assert found[1].chapter.url is None


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "00:00 Start\nnonsense\n00:61 X\n", ":2: "),
        ("a.txt", "00:00 Start\nnonsense\n00:61 X\n", ":3: "),
        ("labels.txt", "0.0\t0.0\tStart\nx\ty\tz\n", ":2: "),
        ("measures.csv", "#,Name,Start,End,Length\nM1,Start,1.1.00,,\n", ":2: "),
        ("a.psc", "<psc:chapters>\n<", "a.psc:"),
        ("a.json", '{"chapters": [\n {]}', ":2: "),
        ("a.json", '{"chapters": [{"title": "Ohne Zeit"}]}', "is not a time"),
        ("a.json", "[" * 100_000, "not right JSON"),
        ("frames.txt", "00:00:00:12 Start\n", ":1: "),
        ("a.json", '{"chapters": {}}', "has no chapters"),
        ("empty.txt", "", "has no chapters"),
        ("latin.txt", b"00:00 Start\n00:10 \xdcber\n", ":2: latin.txt is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(
    write: Write, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        chapters.read_file(write(name, content))
    assert message in str(caught.value)
    assert all(problem.hint and problem.place for problem in caught.value.problems)


def test_a_missing_file_and_a_folder_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        chapters.read_file(tmp_path / "no.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        chapters.read_file(tmp_path)


def test_an_xml_file_can_neither_explode_nor_read_other_files(write: Write) -> None:
    chapter = "<psc:chapter xmlns:psc='http://podlove.org/simple-chapters' start='{}' title='{}'/>"
    secret = write("secret.txt", chapter.format("0:10", "geheim"))
    hostile = (
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "{chapter.format("0:20", "bombe")}">]>'
        f"<chapters>{chapter.format('0:00', 'Start')}&a;&b;&b;</chapters>"
    )
    assert [located.chapter for located in chapters.read_file(write("a.psc", hostile)).chapters] == [START]


NOTES = """Willkommen!

- 00:00 Start
- **00:30** – [Xiaomi](https://example.org/xiaomi) liefert
* (1:02:03) Ende
[1:30:00] Nachklapp

```
02:00:00 Nur ein Beispiel
```
Um 12:30 Uhr geht es weiter.
"""


def test_chapters_are_read_from_lines_of_the_notes() -> None:
    assert [(one.chapter, one.line) for one in chapters.from_notes(NOTES)] == [
        (START, 3),
        (Chapter(start_ms=30_000, title="Xiaomi liefert", url="https://example.org/xiaomi"), 4),
        (Chapter(start_ms=3_723_000, title="Ende"), 5),
        (Chapter(start_ms=5_400_000, title="Nachklapp"), 6),
    ]


def test_notes_without_the_chapters_keep_everything_else() -> None:
    left = chapters.without_chapters(NOTES)
    assert chapters.from_notes(left) == ()
    assert "Willkommen!" in left
    assert "12:30 Uhr" in left
    assert "02:00:00 Nur ein Beispiel" in left
    assert "Xiaomi" not in left


@pytest.mark.parametrize(
    "notes", ["", "00:00 Nur eine Zeile", "12:30 Treffen\n14:00 Abreise", "Es begann um 00:00 Uhr.\nUnd 00:30 weiter"]
)
def test_times_in_the_notes_are_not_taken_for_chapters(notes: str) -> None:
    assert chapters.from_notes(notes) == ()
    assert chapters.without_chapters(notes) == notes


def test_notes_keep_the_order_of_their_lines_so_that_a_mistake_shows() -> None:
    found = [located.chapter for located in chapters.from_notes("00:00 A\n05:00 B\n03:00 C")]
    assert [flaw.position for flaw in chapters.flaws(found, 600_000)] == [2]


def test_the_pictures_that_a_file_names_are_told(write: Write) -> None:
    marks = '{"startTime": 0, "title": "A", "img": "a.jpg"}, {"startTime": 9, "title": "B", "image": "b.jpg"}'
    found = chapters.read_file(write("chapters.json", f'{{"chapters": [{marks}]}}')).chapters
    assert [one.image for one in found] == ["a.jpg", "b.jpg"]
