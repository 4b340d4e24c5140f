"""Pictures of chapters, from a chapter file or the recording's own marks, in every place that can show them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, CTOCFlags
from PIL import Image

from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg
from tests.end_to_end.test_check_chapters import DRAFT, LISTED

CDN = "https://cdn.example.org/show/"
COLOURS = ((255, 0, 0), (0, 0, 255))


def picture(colour: tuple[int, int, int], kind: str = "PNG") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 64), colour).save(buffer, kind)
    return buffer.getvalue()


def of_a_chapter_file(workshop: Workshop) -> None:
    workshop.edit(DRAFT, LISTED, "chapters: kapitel/chapters.json\n")
    marks = [
        {"startTime": 0, "title": "Rot", "img": "rot.png"},
        {"startTime": 4, "title": "Blau", "img": "../blau.png"},
    ]
    workshop.write(f"{FIRST}/kapitel/chapters.json", json.dumps({"chapters": marks}))
    workshop.write(f"{FIRST}/kapitel/rot.png", picture(COLOURS[0]))
    workshop.write(f"{FIRST}/blau.png", picture(COLOURS[1]))


def of_a_recording(workshop: Workshop) -> None:
    """The recording is an MP3 whose CHAP frames have pictures."""
    folder = workshop.path(FIRST)
    run_ffmpeg("-i", f"{folder}/audio.flac", f"{folder}/audio.mp3")
    workshop.edit(DRAFT, LISTED, "")
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.mp3")
    tag = ID3(folder / "audio.mp3")
    names = ["a", "b"]
    tag.add(CTOC(element_id="toc", flags=CTOCFlags.TOP_LEVEL, child_element_ids=names, sub_frames=[]))
    for name, start, title, colour in zip(names, (0, 4000), ("Rot", "Blau"), COLOURS, strict=True):
        frames = [TIT2(text=title), APIC(mime="image/png", type=0, desc="", data=picture(colour))]
        tag.add(CHAP(element_id=name, start_time=start, end_time=start + 4000, sub_frames=frames))
    tag.save(folder / "audio.mp3")


def colour_of(data: bytes) -> tuple[int, ...]:
    """The colour in the middle, rounded."""
    with Image.open(BytesIO(data)) as image:
        pixel = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(pixel, tuple)
    return tuple(255 if part > 127 else 0 for part in pixel)


def json_pictures(files: dict[str, bytes]) -> list[str]:
    (data,) = [data for key, data in files.items() if key.endswith(".chapters.json")]
    return [chapter["img"] for chapter in json.loads(data)["chapters"]]


def psc_pictures(files: dict[str, bytes]) -> list[str]:
    root: Any = etree.fromstring(files["feed.xml"])
    return [mark.get("image") for mark in root.iter("{http://podlove.org/simple-chapters}chapter")]


def id3_pictures(files: dict[str, bytes]) -> list[bytes]:
    (data,) = [data for key, data in files.items() if key.startswith("audio/")]
    frames = sorted(ID3(BytesIO(data)).getall("CHAP"), key=lambda frame: frame.start_time)
    return [frame.sub_frames.getall("APIC")[0].data for frame in frames]


@pytest.mark.parametrize("arrange", [of_a_chapter_file, of_a_recording])
def test_pictures_of_chapters_reach_every_output(workshop: Workshop, arrange: Callable[[Workshop], None]) -> None:
    arrange(workshop)
    published = workshop.run("publish", "erster-ton")
    assert published.code == 0, published.err
    files = workshop.store_files()
    for urls in (json_pictures(files), psc_pictures(files)):
        assert [colour_of(files[url.removeprefix(CDN)]) for url in urls] == list(COLOURS)
    assert [colour_of(data) for data in id3_pictures(files)] == list(COLOURS)


def test_a_picture_that_cannot_be_had_is_said_and_costs_nothing_else(workshop: Workshop) -> None:
    workshop.edit(DRAFT, LISTED, "chapters: chapters.json\n")
    names = ["https://e.example/zu Hause.jpg", "fehlt.png", "data:image/png;base64," + "A" * 200]
    marks = [f'{{"startTime": {n}, "title": "K{n}", "img": "{name}"}}' for n, name in enumerate(names)]
    workshop.write(f"{FIRST}/chapters.json", '{"chapters": [\n' + ",\n".join(marks) + "]}")
    checked = workshop.run("check")
    assert checked.code == 0, checked.err
    for line, words in (
        (2, '"K0" was left out: https://e.example/zu Hause.jpg is no file'),
        (3, '"K1" was left out: fehlt.png is not there'),
        (4, '"K2" was left out: data:image/png'),
    ):
        assert f"{FIRST}/chapters.json:{line}: The picture of {words}" in checked.err
    assert "A" * 100 not in checked.err


def test_a_broken_picture_of_a_recording_is_said_and_costs_nothing_else(workshop: Workshop) -> None:
    of_a_recording(workshop)
    path = workshop.path(f"{FIRST}/audio.mp3")
    tag = ID3(path)
    tag["CHAP:b"].sub_frames.getall("APIC")[0].data = b"no picture"
    tag.save(path)
    checked = workshop.run("check")
    assert checked.code == 0, checked.err
    assert 'audio.mp3: The picture of "Blau" in audio.mp3 is not a picture. It was left out.' in checked.err


def test_a_new_draft_leaves_pictures_to_the_recording(workshop: Workshop) -> None:
    of_a_recording(workshop)
    made = workshop.run("new", "zweiter-ton", "--audio", str(workshop.path(f"{FIRST}/audio.mp3")))
    assert made.code == 0, made.err
    draft = workshop.path("episodes/zweiter-ton/episode.yaml").read_text("utf-8")
    assert "\nchapters:" not in draft
