"""A second format, Opus, as show.yaml asks for it: made, kept, listed, held and taken back like the first."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from base64 import b64encode
from pathlib import Path

import pytest
from lxml import etree
from mutagen.oggopus import OggOpus

from tests.audio.conftest import hear

from .conftest import FIRST, Workshop, run_ffmpeg

SLUG = "erster-ton"
KEY = "audio:\n  also: opus\n"
P = "{https://podcastindex.org/namespace/1.0}"


@pytest.fixture(scope="module")
def first(pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The show, published with both; for looking at."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("also") / "show"), cache)
    workshop.edit("show.yaml", "https://cdn.example.org/show\n", f"https://cdn.example.org/show\n{KEY}")
    result = workshop.run("publish", SLUG)
    assert result.code == 0, result.err
    assert re.search(r"MP3 \d+ kbit/s mono; \S+ kB, Opus \d+ kbit/s mono", result.out)
    return workshop


@pytest.fixture
def both(first: Workshop, tmp_path: Path) -> Workshop:
    """The same, to be changed."""
    return Workshop(shutil.copytree(first.folder, tmp_path / "show"), first.cache)


def key_of(workshop: Workshop, suffix: str) -> str:
    (key,) = [key for key in workshop.store_files() if key.startswith(f"audio/{SLUG}-") and key.endswith(suffix)]
    return key


def test_both_files_are_listed_with_length_type_and_digest(first: Workshop) -> None:
    files = first.store_files()
    item = etree.fromstring(files["feed.xml"]).find(".//item")
    assert item is not None
    plain, other = item.findall(f"{P}alternateEnclosure")
    mp3, opus = files[key_of(first, ".mp3")], files[key_of(first, ".opus")]
    assert (plain.get("default"), plain.get("type"), plain.get("length")) == ("true", "audio/mpeg", str(len(mp3)))
    assert (other.get("default"), other.get("type"), other.get("codecs")) == (None, "audio/ogg", "opus")
    assert other.get("length") == str(len(opus))
    bitrate = int(other.get("bitrate", ""))
    assert 20_000 < bitrate < 60_000
    assert other.get("title") == f"Opus, {round(bitrate / 1000)} kbit/s"
    assert plain.get("title") == "MP3, 96 kbit/s"
    source, integrity = other.find(f"{P}source"), other.find(f"{P}integrity")
    assert source is not None
    assert integrity is not None
    assert source.get("uri") == f"https://cdn.example.org/show/{key_of(first, '.opus')}"
    assert integrity.get("value") == "sha256-" + b64encode(hashlib.sha256(opus).digest()).decode()
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert enclosure.get("url", "").endswith(".mp3")
    page = files[f"e/{SLUG}/index.html"].decode()
    assert f'href="../../{key_of(first, ".opus")}" type="audio/ogg; codecs=opus" download' in page
    assert page.count("<audio") == 1


def test_the_published_opus_file_is_as_loud_as_reported_and_tagged(first: Workshop) -> None:
    path = first.path(f"public/{key_of(first, '.opus')}")
    heard = hear(path)
    (record,) = (
        json.loads(data)
        for key, data in first.store_files().items()
        if "audio/ogg" in data.decode("latin-1") and key.startswith("records/")
    )
    (also,) = record["episode"]["audio"]["also"]
    assert heard.lufs == pytest.approx(-19, abs=0.3)
    assert heard.dbtp <= -1.0
    assert also["lufs"] == pytest.approx(heard.lufs, abs=0.06)
    assert also["asset"]["media_type"] == "audio/ogg; codecs=opus"
    said = OggOpus(path)
    assert said["title"] == ["Der erste Ton"]
    assert [said[name] for name in ("chapter001name", "chapter002name")] == [["Anfang"], ["Mitte"]]


def test_publishing_again_sends_nothing_and_names_both(first: Workshop) -> None:
    done = first.run("publish", SLUG, "--json").json
    assert done["sent"]["objects"] == 0
    (also,) = done["episodes"][0]["audio"]["also"]
    assert also["url"] == f"https://cdn.example.org/show/{key_of(first, '.opus')}"
    assert also["type"] == "audio/ogg; codecs=opus"


def test_what_a_revision_names_is_not_pruned(both: Workshop) -> None:
    for file in both.path("public/audio").iterdir():
        os.utime(file, (0, 0))
    both.write("public/audio/nobody-0123456789abcdef.opus", b"nobody")
    os.utime(both.path("public/audio/nobody-0123456789abcdef.opus"), (0, 0))
    both.run("prune", "--yes")
    assert {Path(key).suffix for key in both.store_files() if key.startswith("audio/")} == {".mp3", ".opus"}
    assert key_of(both, ".opus")


def test_a_second_file_that_is_gone_or_cut_holds_the_feed(both: Workshop) -> None:
    both.path("public/feed.xml").unlink()
    opus = both.path(f"public/{key_of(both, '.opus')}")
    whole = opus.read_bytes()
    opus.write_bytes(whole[:100])
    result = both.run("rebuild")
    assert result.code == 7
    assert f'The audio of the episode "Der erste Ton" has 100 bytes, not {len(whole)}' in result.err
    opus.unlink()
    assert "is not in the store" in both.run("rebuild").err
    assert not both.path("public/feed.xml").exists()


def test_deleted_audio_is_deleted_in_every_format(both: Workshop) -> None:
    assert both.run("withdraw", SLUG, "--delete-audio", "--yes").code == 0
    assert not [key for key in both.store_files() if key.startswith("audio/")]


def test_without_the_key_nothing_tells_of_it(both: Workshop) -> None:
    before = key_of(both, ".mp3")
    both.edit("show.yaml", KEY, "")
    result = both.run("publish", "--all", "--remaster")
    assert result.code == 0, result.err
    files = both.store_files()
    feed = files["feed.xml"].decode()
    assert f'{before}"' in feed
    assert re.search(r'<podcast:alternateEnclosure type="audio/mpeg" length="\d+" bitrate="\d+" default="true">', feed)
    for key, data in files.items():
        if not key.endswith(("000001.json", ".opus")):
            assert b"opus" not in data, key
            assert b'"also' not in data, key


def test_finished_audio_goes_out_as_it_is_and_alone(workshop: Workshop) -> None:
    workshop.write("show.yaml", workshop.path("show.yaml").read_text("utf-8") + KEY)
    run_ffmpeg("-i", str(workshop.path(f"{FIRST}/audio.flac")), "-b:a", "64k", str(workshop.path(f"{FIRST}/a.mp3")))
    workshop.edit(f"{FIRST}/episode.yaml", "audio: audio.flac", "audio: a.mp3\nmaster: false")
    result = workshop.run("publish", SLUG)
    assert result.code == 0, result.err
    files = workshop.store_files()
    assert b"audio/ogg" not in files["feed.xml"]
    page = files[f"e/{SLUG}/index.html"]
    assert b'd="M0 50h240"' not in page, "it has its waveform all the same"
