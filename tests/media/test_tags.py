from __future__ import annotations

import dataclasses
import hashlib
import re
import struct
import subprocess
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import mutagen
import pytest
from mutagen.flac import Picture
from mutagen.id3 import ID3, WXXX, PictureType
from mutagen.mp3 import MP3, BitrateMode
from mutagen.mp4 import MP4
from mutagen.mp4._atom import Atoms
from mutagen.oggopus import OggOpus
from PIL import Image

from sendung.audio import with_chapters
from sendung.core.errors import AudioError
from sendung.core.model import Chapter
from sendung.core.text import clean
from sendung.media import tags
from sendung.media.tags.languages import three_letters
from sendung.media.tags.values import ascii_url

from .conftest import FFMPEG, MakeAudio, ffmpeg

Write = Callable[[str, str | bytes], Path]

MARKS = (
    Chapter(start_ms=0, title="Start: »Äpfel« 🎙"),
    Chapter(
        start_ms=1000, title="Ein ausführlicher Titel, der länger ist als die anderen", url="https://example.org/ä"
    ),
    Chapter(start_ms=2200, title="Ende"),
)


def jpeg(colour: str) -> tags.Picture:
    buffer = BytesIO()
    Image.new("RGB", (32, 32), colour).save(buffer, "JPEG")
    return tags.Picture(buffer.getvalue(), "image/jpeg")


COVER, CHAPTER_PICTURE = jpeg("red"), jpeg("blue")

FACTS = tags.EpisodeTags(
    title="Realitätscheck\nAutoindustrie \0",
    show="Die Sendung",
    artists=("Sven Kramer", "Sebastian Karger"),
    date=datetime(2026, 11, 22, 9, 5, tzinfo=ZoneInfo("Europe/Berlin")),
    language="de-AT",
    guid="0b5c-1",
    feed_url="https://example.org/feed.xml",
    duration_ms=4000,
    summary="Worum es geht: 1 / 2 & <mehr>.",
    url="https://müller.example/artikel?a=1&b=ä",
    website="https://example.org/",
    number=7,
    season=2,
    copyright="© 2026 Die Sendung",
    category="Technology",
    keywords=("Auto", "Xiaomi"),
    cover=COVER,
    chapters=(tags.ChapterTag(MARKS[0]), tags.ChapterTag(MARKS[1], CHAPTER_PICTURE), tags.ChapterTag(MARKS[2])),
)


@pytest.fixture(scope="session")
def mp3(make_audio: MakeAudio) -> Path:
    return make_audio("talk.mp3", "-b:a", "64k", "-metadata", "title=old", "-write_id3v1", "1")


@pytest.fixture(scope="session")
def m4a(make_audio: MakeAudio) -> Path:
    return make_audio("talk.m4a", "-c:a", "aac", "-metadata", "title=old")


@pytest.fixture(scope="session")
def fast_m4a(make_audio: MakeAudio) -> Path:
    return make_audio("fast.m4a", "-c:a", "aac", "-movflags", "+faststart")


@pytest.fixture(scope="session")
def opus(make_audio: MakeAudio) -> Path:
    return make_audio("talk.opus", "-b:a", "64k", "-metadata", "title=old")


TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a", ".opus": "audio/ogg; codecs=opus"}


def tagged(audio: Path, folder: Path, facts: tags.EpisodeTags = FACTS) -> Path:
    into = folder / f"tagged{audio.suffix}"
    tags.write(audio, TYPES[audio.suffix], facts, into, with_chapters)
    return into


def id3v23(path: Path) -> ID3:
    return ID3(path, translate=False)


def packets(path: Path) -> list[str]:
    """Size and digest of every audio packet, as ffmpeg finds them."""
    lines = ffmpeg("-i", path, "-map", "0:a", "-c", "copy", "-f", "framemd5", "-").splitlines()
    return [line.split(",", 4)[4] for line in lines if not line.startswith("#")]


def chapters_seen_by_ffmpeg(path: Path) -> list[tuple[int, int, str]]:
    """Start and end in milliseconds and the title of each chapter, in the order of the file."""
    shown = subprocess.run([FFMPEG, "-hide_banner", "-i", path], capture_output=True, text=True, check=False).stderr
    pattern = r"Chapter #\S+ start ([\d.]+), end ([\d.]+)\n(?:\s+Metadata:\n\s+title +: (.*))?"
    return [(round(float(a) * 1000), round(float(b) * 1000), title) for a, b, title in re.findall(pattern, shown)]


EXPECTED_CHAPTERS = [(0, 1000, MARKS[0].title), (1000, 2200, MARKS[1].title), (2200, 4000, MARKS[2].title)]


def test_an_mp3_gets_every_frame_in_id3_version_23(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    assert path.read_bytes()[:5] == b"ID3\x03\x00"
    tag = id3v23(path)
    texts = {frame.FrameID: frame.text[0] for frame in tag.values() if frame.FrameID[0] == "T"}
    assert texts == {
        "TIT2": "Realitätscheck Autoindustrie",
        "TALB": "Die Sendung",
        "TPE1": "Sven Kramer, Sebastian Karger",
        "TYER": "2026",
        "TDAT": "2211",
        "TIME": "0905",
        "TLAN": "deu",
        "TLEN": "4000",
        "TCON": "Podcast",
        "TRCK": "7",
        "TPOS": "2",
        "TCOP": "© 2026 Die Sendung",
        "TGID": "0b5c-1",
        "TDES": "Worum es geht: 1 / 2 & <mehr>.",
        "TCAT": "Technology",
        "TKWD": "Auto, Xiaomi",
    }
    assert tag.getall("COMM")[0].text == ["Worum es geht: 1 / 2 & <mehr>."]
    assert tag.getall("COMM")[0].lang == "deu"
    assert tag.getall("WOAF")[0].url == "https://xn--mller-kva.example/artikel?a=1&b=%C3%A4"
    assert tag.getall("WOAR")[0].url == "https://example.org/"
    assert "PCST" in tag
    assert tag.getall("APIC")[0].data == COVER.data


def test_the_feeds_address_is_a_text_frame_as_itunes_writes_it(mp3: Path, tmp_path: Path) -> None:
    assert b"WFED\0\0\0\x1e\0\0\0https://example.org/feed.xml\0" in tagged(mp3, tmp_path).read_bytes()


def test_an_mp3_has_chapters_with_links_and_pictures_in_a_table_of_contents(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    tag = id3v23(path)
    (toc,) = tag.getall("CTOC")
    assert toc.flags == 3
    marks = [tag[f"CHAP:{name}"] for name in toc.child_element_ids]
    assert [(m.start_time, m.end_time, m.sub_frames["TIT2"].text[0]) for m in marks] == EXPECTED_CHAPTERS
    assert [m.sub_frames.getall("WXXX")[0].url for m in marks[1:2]] == ["https://example.org/%C3%A4"]
    assert [[p.data for p in m.sub_frames.getall("APIC")] for m in marks] == [[], [CHAPTER_PICTURE.data], []]
    assert chapters_seen_by_ffmpeg(path) == EXPECTED_CHAPTERS


def test_the_audio_of_an_mp3_is_bit_for_bit_the_same_and_starts_with_its_info_frame(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    data, source = path.read_bytes(), mp3.read_bytes()
    audio = audio_of(data)
    assert source.endswith(b"TAG" + source[-125:])
    assert audio == audio_of(source[:-128])
    assert audio[:2] == b"\xff\xfb"
    assert b"Info" in audio[:200] or b"Xing" in audio[:200]
    assert packets(path) == packets(mp3)
    before, after = (cast(Any, MP3(file)).info for file in (mp3, path))
    assert (after.length, after.bitrate_mode) == (before.length, BitrateMode.CBR)


def audio_of(data: bytes) -> bytes:
    size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
    return data[10 + size :]


def test_an_mp3_without_old_tags_or_with_two_of_them_keeps_its_audio(mp3: Path, tmp_path: Path) -> None:
    audio = audio_of(mp3.read_bytes()[:-128])
    for name, data in (
        ("bare.mp3", audio),
        ("twice.mp3", tagged(mp3, tmp_path).read_bytes().replace(audio, b"") * 2 + audio),
    ):
        source = tmp_path / name
        source.write_bytes(data)
        assert audio_of(tagged(source, tmp_path).read_bytes()) == audio


def test_a_tag_with_a_footer_and_audio_shorter_than_an_old_tag_are_told_from_audio(
    mp3: Path, write: Write, tmp_path: Path
) -> None:
    """ID3v2.4, section 3.4: a footer of ten bytes, which the size does not count; ID3v1 has 128 bytes."""
    audio = audio_of(mp3.read_bytes()[:-128])
    footed = b"ID3\x04\0\x10\0\0\0\x02" + b"\0\0" + b"3DI\x04\0\x10\0\0\0\x02"
    assert audio_of(tagged(write("footed.mp3", footed + audio), tmp_path).read_bytes()) == audio
    short = write("short.mp3", b"ID3\x03\0\0\0\0\0\x46" + b"TAG".ljust(70, b"\0") + audio[:58])
    assert audio_of(tagged(short, tmp_path).read_bytes()) == audio[:58]


@pytest.mark.parametrize("kind", ["m4a", "fast_m4a"])
def test_an_mp4_gets_every_atom(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    tag: Any = MP4(tagged(request.getfixturevalue(kind), tmp_path)).tags
    assert tag["\xa9nam"] == ["Realitätscheck Autoindustrie"]
    assert tag["\xa9alb"] == ["Die Sendung"]
    assert tag["\xa9ART"] == ["Sven Kramer, Sebastian Karger"]
    assert tag["\xa9day"] == ["2026-11-22T09:05:00+01:00"]
    assert tag["\xa9cmt"] == tag["desc"] == ["Worum es geht: 1 / 2 & <mehr>."]
    assert (tag["pcst"], tag["stik"], tag["trkn"], tag["disk"]) == (True, [21], [(7, 0)], [(2, 0)])
    assert (tag["purl"], tag["egid"]) == (["https://example.org/feed.xml"], ["0b5c-1"])
    assert (tag["catg"], tag["keyw"], tag["cprt"]) == (["Technology"], ["Auto, Xiaomi"], ["© 2026 Die Sendung"])
    assert bytes(tag["covr"][0]) == COVER.data
    assert bytes(tag["----:com.apple.iTunes:LANGUAGE"][0]) == b"deu"


@pytest.mark.parametrize("kind", ["m4a", "fast_m4a"])
def test_an_mp4_has_chapters_that_other_readers_see_and_the_same_audio(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    source = request.getfixturevalue(kind)
    path = tagged(source, tmp_path)
    assert chapters_seen_by_ffmpeg(path) == EXPECTED_CHAPTERS
    assert [(c.start, c.title) for c in MP4(path).chapters or ()] == [(m.start_ms / 1000, m.title) for m in MARKS]
    assert packets(path) == packets(source)
    assert decoded(path) == decoded(source)


def decoded(path: Path) -> str:
    return ffmpeg("-i", path, "-map", "0:a", "-f", "md5", "-")


def test_an_mp4_whose_first_chapter_is_late_keeps_its_time(m4a: Path, tmp_path: Path) -> None:
    path = tagged(m4a, tmp_path, dataclasses.replace(FACTS, chapters=FACTS.chapters[1:]))
    assert [(start, title) for start, _, title in chapters_seen_by_ffmpeg(path) if title] == [
        (1000, MARKS[1].title),
        (2200, MARKS[2].title),
    ]
    assert [c.start_ms for c in tags.read_chapters(path)] == [1000, 2200]


TITLES = (
    "[CHAPTER]",
    ";=#\\",
    "Schluss \\\\",
    "title=Zwei\nSTART=0",
    "'einfach' \"doppelt\" %s {x} <b>",
    "\ufeff\u202eTitel\0",
    "ä" * 200,
    "a" + "🎙" * 100,
)


@pytest.mark.parametrize("title", TITLES)
def test_no_title_of_an_mp4s_chapter_is_taken_for_anything_else(m4a: Path, tmp_path: Path, title: str) -> None:
    """Nero's list holds 255 bytes of a title, and so does the text track; no character is cut."""
    chapters = (Chapter(start_ms=0, title=title), Chapter(start_ms=1000, title="Ende"))
    path = tagged(m4a, tmp_path, dataclasses.replace(FACTS, chapters=tuple(map(tags.ChapterTag, chapters))))
    seen = clean(title).encode()[:255].decode(errors="ignore")
    assert [(c.start_ms, c.title) for c in tags.read_chapters(path)] == [(0, seen), (1000, "Ende")]
    assert [clean(c.title) for c in MP4(path).chapters or ()] == [seen, "Ende"]
    assert [start for start, _, _ in chapters_seen_by_ffmpeg(path)] == [0, 1000]


def test_chapters_that_ffmpeg_wrote_otherwise_are_noticed(m4a: Path, tmp_path: Path) -> None:
    """An ffmpeg of the host's own (IMAGEIO_FFMPEG_EXE) may be another one."""

    def forgetful(source: Path, chapters: Sequence[tuple[int, int, str]], into: Path) -> None:
        with_chapters(source, chapters[:1], into)

    with pytest.raises(AudioError, match="cannot be tagged: ffmpeg gave it other chapters"):
        tags.write(m4a, "audio/m4a", FACTS, tmp_path / "out.m4a", forgetful)
    assert not list(tmp_path.iterdir())


def test_an_mp4_keeps_three_hundred_chapters_though_neros_list_ends_at_255(m4a: Path, tmp_path: Path) -> None:
    many = [Chapter(start_ms=number * 13, title=f"Kapitel {number}") for number in range(300)]
    path = tagged(m4a, tmp_path, dataclasses.replace(FACTS, chapters=tuple(map(tags.ChapterTag, many))))
    expected = [(chapter.start_ms, chapter.title) for chapter in many]
    assert [(start, title) for start, _, title in chapters_seen_by_ffmpeg(path)] == expected
    assert [(chapter.start_ms, chapter.title) for chapter in tags.read_chapters(path)] == expected
    assert [chapter.title for chapter in MP4(path).chapters or ()] == [title for _, title in expected[:255]]


@pytest.mark.parametrize("kind", ["m4a", "fast_m4a"])
def test_the_next_track_of_an_mp4_has_a_number_above_every_track(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """ISO 14496-12, section 8.2.2: editors number the track that they add by it."""
    path = tagged(request.getfixturevalue(kind), tmp_path)
    numbers = [struct.unpack(">12xI", body[:16])[0] for body in box_bodies(path, "moov", "trak", "tkhd")]
    (header,) = box_bodies(path, "moov", "mvhd")
    assert len(set(numbers)) == 2
    assert struct.unpack(">I", header[-4:])[0] > max(numbers)


@pytest.mark.parametrize("kind", ["m4a", "fast_m4a"])
def test_an_mp4_starts_with_its_index_and_its_chapters_are_no_track_to_play(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """QuickTime File Format, "Chapter lists": the text track is not enabled, and the audio's refers to it."""
    path = tagged(request.getfixturevalue(kind), tmp_path)
    with path.open("rb") as file:
        order = [box.name for box in Atoms(file).atoms if box.name in (b"moov", b"mdat")]
    assert order[0] == b"moov"
    audio, chapters = box_bodies(path, "moov", "trak", "tkhd")
    assert (audio[3] & 1, chapters[3] & 1) == (1, 0)
    assert box_bodies(path, "moov", "trak", "tref") == [struct.pack(">I4s", 12, b"chap") + chapters[12:16]]


def box_bodies(path: Path, *kinds: str) -> list[bytes]:
    """The bodies of all boxes at the end of a path of kinds, as mutagen finds them."""
    with path.open("rb") as file:
        boxes = [box for box in Atoms(file).atoms if box.name == kinds[0].encode()]
        for kind in kinds[1:]:
            boxes = [child for box in boxes for child in box.children if child.name == kind.encode()]
        return [box.read(file)[1] for box in boxes]


@pytest.mark.parametrize("kind", ["m4a", "fast_m4a"])
def test_chapters_that_an_mp4_had_before_are_replaced(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    first = tagged(request.getfixturevalue(kind), tmp_path)
    one = dataclasses.replace(FACTS, chapters=(tags.ChapterTag(Chapter(start_ms=0, title="Nur eins")),))
    again = tmp_path / "again.m4a"
    tags.write(first, "audio/m4a", one, again, with_chapters)
    assert [title for _, _, title in chapters_seen_by_ffmpeg(again)] == ["Nur eins"]
    tags.write(first, "audio/mp4", dataclasses.replace(FACTS, chapters=()), again, with_chapters)
    assert chapters_seen_by_ffmpeg(again) == []
    assert packets(again) == packets(request.getfixturevalue(kind))


def test_an_opus_file_gets_every_comment_and_keeps_its_audio(opus: Path, tmp_path: Path) -> None:
    path = tagged(opus, tmp_path)
    said: dict[str, list[str]] = dict(cast("Any", OggOpus(path).tags))
    picture = Picture(b64decode(said.pop("metadata_block_picture")[0]))
    assert (picture.type, picture.mime, picture.data) == (PictureType.COVER_FRONT, "image/jpeg", COVER.data)
    assert {name: value for name, (value,) in said.items() if not name.startswith("chapter")} == {
        "title": "Realitätscheck Autoindustrie",
        "album": "Die Sendung",
        "artist": "Sven Kramer, Sebastian Karger",
        "date": "2026-11-22T09:05:00+01:00",
        "genre": "Podcast",
        "language": "deu",
        "tracknumber": "7",
        "discnumber": "2",
        "copyright": "© 2026 Die Sendung",
        "description": "Worum es geht: 1 / 2 & <mehr>.",
        "wwwaudiofile": "https://xn--mller-kva.example/artikel?a=1&b=%C3%A4",
        "wwwartist": "https://example.org/",
        "podcast": "1",
        "podcasturl": "https://example.org/feed.xml",
        "podcastid": "0b5c-1",
        "podcastcategory": "Technology",
        "podcastkeywords": "Auto, Xiaomi",
    }
    assert said["chapter002"] == ["00:00:01.000"]
    assert packets(path) == packets(opus)
    # A chapter starts a little earlier for ffmpeg: it takes the encoder's run-up for audio.
    assert [title for _, _, title in chapters_seen_by_ffmpeg(path)] == [mark.title for mark in MARKS]


@pytest.mark.parametrize("kind", ["mp3", "m4a", "fast_m4a", "opus"])
def test_the_same_audio_and_facts_give_the_same_bytes(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    source = request.getfixturevalue(kind)
    digests = {hashlib.sha256(tagged(source, tmp_path).read_bytes()).hexdigest() for _ in range(2)}
    assert len(digests) == 1
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("kind", ["mp3", "m4a", "opus"])
def test_facts_that_are_missing_leave_no_tags(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    bare = tags.EpisodeTags("T", "S", ("A",), FACTS.date, "de", "g", "https://example.org/f", 4000)
    found = set(mutagen.File(tagged(request.getfixturevalue(kind), tmp_path, bare)).tags)
    assert not found & {
        "TRCK",
        "TPOS",
        "TCOP",
        "WOAF",
        "TDES",
        "TKWD",
        "CTOC:toc",
        "APIC:",
        "trkn",
        "disk",
        "covr",
        "desc",
        "tracknumber",
        "wwwaudiofile",
        "description",
        "podcastkeywords",
        "metadata_block_picture",
    }


def test_a_file_that_is_no_mp4_is_an_audio_error_and_leaves_nothing(mp3: Path, m4a: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(m4a.read_bytes()[:-400])
    for wrong in (mp3, cut):
        with pytest.raises(AudioError, match="cannot be tagged"):
            tags.write(wrong, "audio/x-m4a", FACTS, tmp_path / "out.m4a", with_chapters)
    with pytest.raises(AudioError, match="cannot be tagged"):
        tags.write(mp3, "audio/ogg; codecs=opus", FACTS, tmp_path / "out.opus", with_chapters)
    assert {path.name for path in tmp_path.iterdir()} == {"cut.m4a"}


@pytest.mark.parametrize(
    ("language", "code"),
    [("de", "deu"), ("de-AT", "deu"), ("EN", "eng"), ("gsw", "gsw"), ("zh-Hant", "zho"), ("q", "und")],
)
def test_languages_become_three_letters(language: str, code: str) -> None:
    assert three_letters(language) == code


def wav(*chunks: tuple[bytes, bytes], form: bytes = b"RIFF") -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return form + struct.pack("<I", len(body) + 4) + b"WAVE" + body


FORMAT = (b"fmt ", struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16))
AUDIO = (b"data", bytes(96_001))
CUES = (
    b"cue ",
    struct.pack("<I", 4)
    + b"".join(
        struct.pack("<II4sIII", n, 0, b"data", 0, 0, at) for n, at in ((2, 36_000), (1, 0), (3, 50_000), (4, 9))
    ),
)


def label(number: int, text: bytes) -> bytes:
    body = struct.pack("<I", number) + text + b"\0"
    return b"labl" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


LABELS = (b"LIST", b"adtl" + label(1, b"Start") + label(2, "Über".encode("cp1252")) + label(3, b"_Edit"))
FROM_CUES = (Chapter(start_ms=0, title="Start"), Chapter(start_ms=750, title="Über"))


def test_labelled_cue_points_of_a_wav_file_are_chapters(write: Write) -> None:
    assert tags.read_chapters(write("a.wav", wav(FORMAT, AUDIO, CUES, LABELS))) == FROM_CUES
    assert tags.read_chapters(write("b.wav", wav((b"bext", bytes(602)), CUES, LABELS, FORMAT, AUDIO))) == FROM_CUES


def test_cue_points_are_those_that_are_there_whatever_their_number_says(write: Write) -> None:
    """A count that is too high, or bytes behind the last point, are a slip of the editor."""
    for count in (4, 9):
        points = (b"cue ", struct.pack("<I", count) + CUES[1][4:] + b"\0\0")
        assert tags.read_chapters(write("a.wav", wav(FORMAT, AUDIO, points, LABELS))) == FROM_CUES


def test_cue_points_of_an_rf64_file_are_found_behind_its_audio(write: Write) -> None:
    sizes = (b"ds64", struct.pack("<QQQI", 0, len(AUDIO[1]), 0, 0))
    data = wav(sizes, FORMAT, AUDIO, CUES, LABELS, form=b"RF64")
    data = data.replace(b"data" + struct.pack("<I", len(AUDIO[1])), b"data" + b"\xff" * 4, 1)
    assert tags.read_chapters(write("a.wav", data)) == FROM_CUES


def test_marks_of_a_wav_file_without_names_are_no_chapters(write: Write) -> None:
    assert tags.read_chapters(write("a.wav", wav(FORMAT, AUDIO, CUES))) == ()


@pytest.mark.parametrize("kind", ["mp3", "m4a", "fast_m4a", "opus"])
def test_chapters_of_a_tagged_file_read_back(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    found = tags.read_chapters(tagged(request.getfixturevalue(kind), tmp_path))
    assert [(c.start_ms, c.title) for c in found] == [(m.start_ms, m.title) for m in MARKS]
    assert [c.url for c in found] == [None, "https://example.org/%C3%A4" if kind in {"mp3", "opus"} else None, None]


@pytest.mark.parametrize("name", ["made.m4a", "made.mp3", "made.opus", "made.mkv"])
def test_chapters_that_ffmpeg_wrote_are_read(make_audio: MakeAudio, write: Write, name: str) -> None:
    marks = ";FFMETADATA1\n" + "".join(
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n"
        for start, end, title in EXPECTED_CHAPTERS
    )
    path = make_audio(
        name, "-i", str(write("marks.txt", marks)), "-map_metadata", "1", "-map_chapters", "1", "-map", "0:a"
    )
    expected = [] if name == "made.mkv" else [(start, title) for start, _, title in EXPECTED_CHAPTERS]
    assert [(c.start_ms, c.title) for c in tags.read_chapters(path)] == expected


def test_hidden_chapters_of_an_mp3_are_left_out(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    tag = ID3(path)
    tag["CTOC:toc"].child_element_ids = ["chp0", "chp2"]
    tag.save(path)
    assert [c.title for c in tags.read_chapters(path)] == [MARKS[0].title, MARKS[2].title]


def test_chapters_of_an_mp3_without_a_table_of_contents_all_count(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    tag = ID3(path)
    tag.delall("CTOC")
    for link in ("https://example.org/zwei", "notiz"):
        tag["CHAP:chp1"].sub_frames.add(WXXX(desc=link, url=link))
    tag.save(path)
    found = tags.read_chapters(path)
    assert [c.title for c in found] == [mark.title for mark in MARKS]
    assert found[1].url == "https://example.org/%C3%A4"


def test_damaged_files_have_no_chapters(write: Write, mp3: Path, m4a: Path, tmp_path: Path) -> None:
    good = [wav(FORMAT, CUES, LABELS), tagged(mp3, tmp_path).read_bytes(), tagged(m4a, tmp_path).read_bytes()]
    for data in good:
        for size in (0, 3, 13, 50, 300, len(data) - 70, len(data) - 1):
            tags.read_chapters(write("cut.bin", data[:size]))
        for at in range(4, min(len(data), 2000), 7):
            tags.read_chapters(write("bad.bin", data[:at] + b"\xff\x7f" + data[at + 2 :]))
    assert tags.read_chapters(write("text.wav", "RIFF nothing")) == ()


@pytest.mark.parametrize(
    ("url", "ascii_only"),
    [
        ("https://example.org/a?b=%20&c=d#e", "https://example.org/a?b=%20&c=d#e"),
        ("https://müller.example:81/ä b", "https://xn--mller-kva.example:81/%C3%A4%20b"),
        ("https://[kaputt/ä", "https://[kaputt/%C3%A4"),
        ("https://ä..de/", "https://%C3%A4..de/"),
    ],
)
def test_addresses_in_tags_are_ascii_whatever_they_were(url: str, ascii_only: str) -> None:
    assert ascii_url(url) == ascii_only


def test_a_place_that_cannot_be_written_is_a_clear_error(mp3: Path, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        tags.write(mp3, "audio/mpeg", FACTS, tmp_path / "missing" / "a.mp3", with_chapters)


def test_pictures_of_an_mp3s_chapters_and_marks_without_names_are_read(mp3: Path, tmp_path: Path) -> None:
    path = tagged(mp3, tmp_path)
    tag = ID3(path)
    tag["CTOC:toc"].child_element_ids = ["chp0", "chp1"]
    tag.save(path)
    marks = tags.read_marks(path)
    pictures = [mark.picture.data if mark.picture else None for mark in marks.chapters]
    assert pictures == [chapter.picture.data if chapter.picture else None for chapter in FACTS.chapters[:2]]
    assert any(pictures)
    assert marks.unnamed == 1
