"""A show with many drafts that publish quickly, and somebody who watches the feed all the while."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree
from PIL import Image

from sendung.core.errors import ObjectMissing
from sendung.core.progress import Silent
from sendung.store import Store
from tests.end_to_end.conftest import EPISODE, SHOW, TRANSCRIPT, make_tone
from tests.servers.fixtures import Target
from tests.warm import answer, warm_program

BASE = "https://cdn.example.org/show/"


@dataclass(frozen=True)
class World:
    """A show's folder, a cache that holds its mastered recording, and the place where it is published."""

    folder: Path
    cache: Path
    target: Target

    def store(self) -> Store:
        return self.target.open()

    def host(self, name: str, slugs: Sequence[str], **more: object) -> Host:
        """A process that publishes some episodes, one after the other (tests.crash_and_race.host)."""
        order = {
            "folder": str(self.folder),
            "cache": str(self.cache),
            "url": self.target.url,
            "endpoint_url": self.target.endpoint_url,
            "by": name,
            "slugs": list(slugs),
            **more,
        }
        return Host(order, os.environ | self.target.environment)


class Host:
    """A running host: forked from the warm program, since starting Python takes longer than a publish here."""

    def __init__(self, order: Mapping[str, object], environment: Mapping[str, str]) -> None:
        self._err = tempfile.TemporaryFile("w+")  # noqa: SIM115 - it ends with the host
        theirs, writing = os.pipe()
        reading, ours = os.pipe()
        self.stdin, self.stdout = open(writing, "w"), open(reading)  # noqa: SIM115, PTH123 - they end with the host
        streams = [theirs, ours, self._err.fileno()]
        arguments = [json.dumps(order)]
        self._answer = warm_program().start(arguments, Path.cwd(), environment, streams, "tests.crash_and_race.host")
        os.close(theirs)
        os.close(ours)

    def end(self, seconds: float = 300) -> tuple[int, str, str]:
        """Exit code, and what is left of stdout, and stderr, once it has ended."""
        code = answer(self._answer, "a host", seconds)
        with self.stdin, self.stdout, self._err:
            self._err.seek(0)
            return code, self.stdout.read(), self._err.read()


def finish(host: Host, seconds: float = 300, code: int = 0) -> list[dict[str, Any]]:
    """Wait for a host; what it reports of each slug. A host that was killed reports what it finished before."""
    ended, out, err = host.end(seconds)
    assert ended == code, err
    return [report for report in map(json.loads, out.splitlines()) if "slug" in report]


def make_world(folder: Path, target: Target, slugs: Sequence[str]) -> World:
    """Drafts that share one recording, so that it is mastered once, and the smallest cover: every publish is quick."""
    show = folder / "show"
    show.mkdir()
    (show / "show.yaml").write_text(SHOW, "utf-8")
    Image.new("RGB", (1400, 1400), "navy").save(show / "cover.jpg")
    tone = folder / "tone.flac"
    make_tone(tone)
    for slug in slugs:
        add_draft(show, slug, tone)
    return World(show, folder / "cache", target)


def add_draft(show: Path, slug: str, tone: Path) -> None:
    draft = show / "episodes" / slug
    draft.mkdir(parents=True)
    text = EPISODE.replace("Der erste Ton", f"Folge {slug}").replace("erster-ton", slug)
    (draft / "episode.yaml").write_text(text, "utf-8")
    (draft / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
    shutil.copy(tone, draft / "audio.flac")


class Heard(Silent):
    """Keeps what a host is told."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def warn(self, message: str, hint: str = "") -> None:
        self.words.append(f"{message} {hint}")


@dataclass
class Watcher:
    """Reads the feed again and again as an app would, and follows every address in it that it has not seen yet."""

    store: Store
    faults: list[str] = field(default_factory=list)
    looks: int = 0
    titles: set[str] = field(default_factory=set)
    _found: set[str] = field(default_factory=set)
    _stop: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """One look; what is wrong is added to `faults`."""
        self.looks += 1
        try:
            data = self.store.read("feed.xml").data
        except ObjectMissing:
            if self.titles:
                self.faults.append("the feed vanished")
            return
        try:
            root = etree.fromstring(data)
        except etree.XMLSyntaxError as error:
            self.faults.append(f"the feed is broken: {error}")
            return
        self._check_items(root)
        for key in sorted(set(re.findall(rf"{BASE}([\w./-]+)", data.decode())) - self._found - {"feed.xml"}):
            self._follow(key)

    def _check_items(self, root: Any) -> None:
        guids = [item.findtext("guid") for item in root.iter("item")]
        titles = {item.findtext("title") for item in root.iter("item")}
        if len(guids) != len(set(guids)):
            self.faults.append("a GUID twice")
        if gone := self.titles - titles:
            self.faults.append(f"vanished: {sorted(gone)}")
        self.titles |= titles
        for item in root.iter("item"):
            enclosure = item.find("enclosure")
            key = enclosure.get("url").removeprefix(BASE)
            if key not in self._found:
                stat = self.store.stat(key)
                if stat is None or stat.size != int(enclosure.get("length")):
                    self.faults.append(f"{key} is not as the feed says")

    def _follow(self, key: str) -> None:
        if self.store.stat(key) is None:
            self.faults.append(f"{key} is named and not there")
        self._found.add(key)

    def __enter__(self) -> Watcher:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def feed_titles(store: Store) -> list[str]:
    root = etree.fromstring(store.read("feed.xml").data)
    return [item.findtext("title") or "" for item in root.iter("item")]


def public_objects(store: Store) -> dict[str, bytes]:
    """All that the public can read, but for the moment of the last change."""
    found = {stat.key: store.read(stat.key).data for stat in store.list("")}
    return {
        key: re.sub(rb"<lastBuildDate>[^<]+", b"", data)
        for key, data in found.items()
        if not key.startswith(("records/", "state/"))
    }
