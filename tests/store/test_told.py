"""`--verbose` tells of each request what it was, how long it took, and what it came to; and changes nothing."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path

import pytest

from sendung.core.errors import ObjectMissing
from sendung.store import Headers
from sendung.store.directory import DirectoryStore
from sendung.store.logged import LoggedStore

PAGE = Headers("text/html")


def test_every_request_is_told_in_a_line_of_its_own_and_passed_on(tmp_path: Path) -> None:
    lines: list[str] = []
    ticks = itertools.count()
    below = DirectoryStore(tmp_path / "public", "public")
    store = LoggedStore(below, lines.append, lambda: next(ticks) / 4)
    source = tmp_path / "source"
    source.write_bytes(b"sound")
    version = store.create("e/a.html", b"one", PAGE)
    assert store.replace("e/a.html", b"three", PAGE, version) == below.read("e/a.html").version
    store.upload("audio/a.mp3", source, hashlib.sha256(b"sound").hexdigest(), PAGE, lambda _: None)
    assert store.read("audio/a.mp3").data == b"sound"
    assert store.stat("audio/a.mp3") == below.stat("audio/a.mp3")
    assert [stat.key for stat in store.list("e/", hints=["e/a.html"])] == ["e/a.html"]
    store.delete("e/a.html")
    with pytest.raises(ObjectMissing):
        store.read("e/a.html")
    assert store.abilities() == below.abilities()
    assert (store.name, store.writes) == (below.name, below.writes)
    assert lines == [
        "create e/a.html (3 bytes): 0.250 s",
        "replace e/a.html (5 bytes): 0.250 s",
        "upload audio/a.mp3 (5 bytes): 0.250 s",
        "read audio/a.mp3: 0.250 s",
        "stat audio/a.mp3: 0.250 s",
        "list e/: 0.250 s",
        "delete e/a.html: 0.250 s",
        "read e/a.html: 0.250 s: ObjectMissing",
        "try what the store can do: 0.250 s",
    ]
