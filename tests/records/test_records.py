"""Records: bytes in, values out."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sendung import records
from sendung.core.errors import Damaged, Outdated
from sendung.core.field_types import from_host
from sendung.core.model import Asset, Audio, Episode
from sendung.core.podcasting20 import Location, Supplements, Txt
from sendung.records import EpisodeRecord, ShowRecord, Status, revision

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def make(number: int = 1, source: str = "a", title: str = "Titel", at: datetime = AT) -> EpisodeRecord:
    asset = Asset(key="audio/x.mp3", media_type="audio/mpeg", size=1, sha256="0" * 64)
    audio = Audio(asset=asset, duration_s=1, lufs=-16, dbtp=-1, channels=1, sample_rate=44100, bitrate=96000)
    episode = Episode(guid="g", slug="x", title=title, date=AT, summary="", audio=audio)
    return EpisodeRecord(number=number, source={"title": source}, by="sven", at=at, tool="1", episode=episode)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encoded_is_decoded(title: str) -> None:
    record = make(title=title)
    assert records.decode(records.encode(record), "k", EpisodeRecord) == record


def test_equal_records_have_equal_bytes() -> None:
    assert records.encode(make()) == records.encode(make())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        records.encode(make()).replace(b"Titel", b"Title"),
        records.encode(make())[:-20],
        records.encode(make()).replace(b'"number": 1', b'"number": 2'),
    ],
)
def test_a_record_that_was_tampered_with_is_noticed(data: bytes) -> None:
    with pytest.raises(Damaged, match=r"records/g/000001\.json"):
        records.decode(data, "records/g/000001.json", EpisodeRecord)


def test_a_record_that_was_only_typed_anew_is_itself() -> None:
    said = json.loads(records.encode(make(title="Töne")))
    assert records.decode(json.dumps(said).encode(), "k", EpisodeRecord) == make(title="Töne")


def test_a_record_of_another_kind_is_noticed() -> None:
    with pytest.raises(Damaged):
        records.decode(records.encode(make()), "k", ShowRecord)


def test_a_record_of_a_newer_version_says_what_to_do() -> None:
    said = json.loads(records.encode(make()))
    said.pop("digest")
    said["format"] = 4
    said["digest"] = revision._digest(said)
    with pytest.raises(Outdated, match="newer Sendung") as caught:
        records.decode(json.dumps(said).encode(), "k", EpisodeRecord)
    assert "update" in caught.value.problems[0].hint.lower()


def edited(**facts: object) -> EpisodeRecord:
    """A record as a version with other facts or other rules would have written it."""
    said = json.loads(records.encode(make()))
    said.pop("digest")
    said["episode"] |= facts
    said["digest"] = revision._digest(said)
    return records.decode(json.dumps(said).encode(), "k", EpisodeRecord)


def test_a_field_that_a_later_version_added_is_ignored() -> None:
    assert edited(mood="fine") == make()
    assert edited(txt=[{"text": "hallo", "mood": "fine"}]).episode.txt == (Txt(text="hallo"),)


def test_a_record_is_read_although_its_values_may_not_be_written_any_more() -> None:
    locations = [{"name": "two\nlines", "country": "de"}]
    assert edited(locations=locations).episode.locations == (Location(name="two\nlines", country="de"),)
    with pytest.raises(ValidationError) as caught:
        from_host(Supplements, {"locations": locations})
    assert {error["loc"][-1] for error in caught.value.errors()} == {"name", "country"}
    with pytest.raises(Damaged, match=r"locations\.0\.name"):
        edited(locations=[{"name": 7}])


@pytest.mark.parametrize(
    ("source", "revisions", "status"),
    [
        ("a", [], Status.NEW),
        ("a", ["a"], Status.UNCHANGED),
        ("b", ["a"], Status.EDITED),
        ("a", ["a", "b"], Status.STALE),
        ("b", ["a", "b"], Status.UNCHANGED),
        ("c", ["a", "b"], Status.EDITED),
        ("a", ["a", "b", "a"], Status.UNCHANGED),
        ("b", ["a", "b", "a"], Status.STALE),
    ],
)
def test_status(source: str, revisions: list[str], status: Status) -> None:
    published = [make(number, digest) for number, digest in enumerate(revisions, start=1)]
    stated = records.stated({"title": source}, make().episode.slug)
    assert records.status_of(stated, published) is status


@pytest.mark.parametrize("guid", ["show", "", ".", "..", "a/b", "https://x.example/?p=1", "ä", "x" * 300, "a b"])
def test_any_guid_has_a_key(guid: str) -> None:
    key = records.key_of(records.owner_of(guid), 7)
    assert records.parse_key(key) == (records.owner_of(guid), 7)
    assert records.owner_of(guid) != records.SHOW


@given(st.lists(st.text(), unique=True, min_size=2, max_size=2))
def test_two_guids_have_two_keys(guids: list[str]) -> None:
    assert records.owner_of(guids[0]) != records.owner_of(guids[1])


def test_newest_is_by_number_not_by_text() -> None:
    keys = ["records/g/000002.json", "records/g/1000000.json", "records/g/000010.json", "records/show/000001.json", "x"]
    assert records.newest(keys) == {"g": 1000000, "show": 1}


def test_an_episode_is_public_when_its_date_came_here_or_where_it_was_published() -> None:
    later = AT + timedelta(hours=1)
    assert make(at=AT - timedelta(hours=1)).public(AT)
    assert not make(at=AT - timedelta(hours=1)).public(AT - timedelta(seconds=1))
    assert make(at=later).public(AT - timedelta(hours=9)), "a late clock must not take it back"
    assert not make(at=later).model_copy(update={"withdrawn": True}).public(later)
