"""A dry run shows what would be written, over what is there, and writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.errors import Damaged, ObjectChanged, ObjectExists, ObjectMissing
from sendung.store import DryRunStore, Headers, Store, Write
from tests.servers.fixtures import Target

PAGE = Headers("text/html")


@pytest.fixture
def below(new_target: Callable[[str], Target]) -> Store:
    store = new_target("directory").open()
    store.create("e/old/index.html", b"old", PAGE)
    store.create("feed.xml", b"feed", PAGE)
    return store


def everything(store: Store) -> dict[str, bytes]:
    return {one.key: store.read(one.key).data for one in store.list("")}


def test_nothing_reaches_the_store_below(below: Store, tmp_path: Path) -> None:
    before, written = everything(below), below.writes
    store = DryRunStore(below)
    audio = tmp_path / "a.mp3"
    audio.write_bytes(b"sound")
    store.upload("audio/a.mp3", audio, hashlib.sha256(b"sound").hexdigest(), PAGE, lambda _: None)
    store.create("records/1.json", b"{}", PAGE)
    store.replace("feed.xml", b"new feed", PAGE, store.read("feed.xml").version)
    store.delete("e/old/index.html")
    assert everything(store) == {"audio/a.mp3": b"sound", "feed.xml": b"new feed", "records/1.json": b"{}"}
    assert store.writes == (Write("audio/a.mp3", 5), Write("records/1.json", 2), Write("feed.xml", 8))
    assert store.stat("e/old/index.html") is None
    assert everything(below) == before
    assert below.writes == written


def test_what_is_below_counts_for_conditions(below: Store, tmp_path: Path) -> None:
    store = DryRunStore(below)
    with pytest.raises(ObjectExists):
        store.create("feed.xml", b"other", PAGE)
    with pytest.raises(ObjectChanged):
        store.replace("feed.xml", b"other", PAGE, None)
    assert store.create("feed.xml", b"feed", PAGE) == below.read("feed.xml").version
    store.delete("feed.xml")
    with pytest.raises(ObjectMissing):
        store.read("feed.xml")
    store.create("feed.xml", b"other", PAGE)
    with pytest.raises(Damaged):
        store.upload("audio/a.mp3", Path(__file__), "0" * 64, PAGE, lambda _: None)
    assert [one.key for one in store.writes] == ["feed.xml"]


def test_an_upload_that_is_there_would_not_be_sent(below: Store, tmp_path: Path) -> None:
    audio = tmp_path / "a.mp3"
    audio.write_bytes(b"sound")
    digest = hashlib.sha256(b"sound").hexdigest()
    below.upload("audio/a.mp3", audio, digest, PAGE, lambda _: None)
    store = DryRunStore(below)
    store.upload("audio/a.mp3", audio, digest, PAGE, lambda _: None)
    assert store.writes == ()


@pytest.mark.parametrize(("kind", "content"), [("directory", b"longer"), ("rclone", b"other")])
def test_an_upload_over_something_else_would_be_sent(
    kind: str, content: bytes, new_target: Callable[[str], Target], tmp_path: Path
) -> None:
    """Told by its size, or by the digest that was recorded with it."""
    audio = tmp_path / "a.mp3"
    audio.write_bytes(content)
    below = new_target(kind).open()
    below.upload("audio/a.mp3", audio, hashlib.sha256(content).hexdigest(), PAGE, lambda _: None)
    audio.write_bytes(b"sound")
    store = DryRunStore(below)
    store.upload("audio/a.mp3", audio, hashlib.sha256(b"sound").hexdigest(), PAGE, lambda _: None)
    assert store.writes == (Write("audio/a.mp3", 5),)
    assert store.abilities() == below.abilities()
    assert store.read("audio/a.mp3").data == b"sound"
    assert below.read("audio/a.mp3").data == content
