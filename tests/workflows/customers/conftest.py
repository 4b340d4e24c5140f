"""A show with customers, in this process: one host's folder and a store, and another host's beside it."""

from __future__ import annotations

import io
import logging
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import mutagen.id3
import pytest
from PIL import Image

from sendung.cli import main
from sendung.config.show import load_show
from sendung.records.customers_key import CustomersKey
from sendung.store.directory import DirectoryStore
from sendung.store.interface import Store
from sendung.workflows.context import RunContext
from sendung.workflows.customers.members import Register
from sendung.workflows.publish.flow import publish
from sendung.workflows.publish.result import Outcome
from tests.crash_and_race.world import Heard
from tests.end_to_end.conftest import EPISODE, FIRST, SHOW, make_tone
from tests.servers.fixtures import Target

CUSTOMERS = """\
customers:
  title: Zwei Töne für Kunden
  join: https://www.example.org/anmelden
"""
NOTES = "Mehr Geheimwissen für Zahlende."
BASE = "https://cdn.example.org/show/"
KEY = CustomersKey(bytes(range(32)))
BEHIND = ("Kundenkapitel", "Siebenschläfer", "Quittengelee", "Geheimwissen")
"""Words that stand behind the cut only: of a chapter, of the transcript (one in a passage across it), of the notes."""
TRANSCRIPT = """\
WEBVTT

00:00:01.000 --> 00:00:03.000
<v Sven>Guten Tag an alle.

00:00:03.500 --> 00:00:06.000
<v Sebastian>Nun folgt gleich der Siebenschläfer.

00:00:06.500 --> 00:00:07.500
<v Sebastian>Darum nehme man Quittengelee.
"""
CUT = 'customers_from: "0:05"'


@dataclass(frozen=True)
class Studio:
    """A host's checkout, and the store that it publishes into."""

    folder: Path
    cache: Path
    store: Store
    by: str = "sven"
    heard: Heard = field(default_factory=Heard)
    options: dict[str, Any] = field(default_factory=dict)

    def edit(self, old: str, new: str, name: str = f"{FIRST}/episode.yaml") -> None:
        file = self.folder / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def write(self, name: str, text: str) -> None:
        """A file of the first episode's draft."""
        (self.folder / FIRST / name).write_text(text, "utf-8")

    def run(self, **more: Any) -> RunContext:
        options = {"progress": self.heard, **self.options, **more}
        return RunContext(self.store, self.by, lambda: datetime.now(UTC), self.cache, **options)

    def publish(self, *slugs: str, override: tuple[str, ...] = ()) -> Outcome:
        folders = [self.folder / "episodes" / slug for slug in slugs or ("erster-ton",)]
        return publish(folders, load_show(self.folder), self.run(overrides=frozenset(override)))

    def add_episode(self, slug: str, title: str) -> None:
        """Another episode, for all, of the same recording."""
        draft, first = self.folder / "episodes" / slug, self.folder / FIRST
        draft.mkdir()
        shutil.copy(first / "audio.flac", draft)
        (draft / "transcript.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nHallo.\n", "utf-8")
        text = EPISODE.replace("Der erste Ton", title).replace("erster-ton", slug).replace("first-tone", slug)
        (draft / "episode.yaml").write_text(text, "utf-8")

    def objects(self) -> dict[str, bytes]:
        """All that is in the store, by key."""
        return {stat.key: self.store.read(stat.key).data for stat in self.store.list("")}

    def public(self) -> dict[str, bytes]:
        """What everybody can find."""
        hidden = ("records/", "state/", "customers/")
        return {key: data for key, data in self.objects().items() if not key.startswith(hidden)}

    def other(self, store: Store | None = None) -> Studio:
        """The other host: a checkout of the same files as they are now, and a cache of their own."""
        folder = self.folder.parent / "other"
        shutil.copytree(self.folder, folder)
        cache = shutil.copytree(self.cache, self.folder.parent / "other-cache")
        return replace(self, folder=folder, cache=cache, store=store or self.store, by="sebastian", heard=Heard())


def texts_of(key: str, data: bytes) -> str:
    """All text in an object; of an MP3 its tags."""
    if key.endswith(".mp3"):
        return str(mutagen.id3.ID3(io.BytesIO(data)).pprint())
    return data.decode("utf-8", "replace")


def prepare(folder: Path) -> None:
    """A show with customers, whose episode ends for the public after 5 of 8 seconds."""
    episode = folder / FIRST
    episode.mkdir(parents=True)
    (folder / "show.yaml").write_text(SHOW.replace("store:\n", f"{CUSTOMERS}store:\n"), "utf-8")
    chapter = '  - at: "0:06"\n    title: Kundenkapitel\ntranscript:'
    text = EPISODE.replace("transcript:", chapter)
    text = text.replace("audio:", f"{CUT}\ncustomers_notes: kunden.md\naudio:")
    (episode / "episode.yaml").write_text(text, "utf-8")
    (episode / "transcript.vtt").write_text(TRANSCRIPT, "utf-8")
    (episode / "kunden.md").write_text(NOTES, "utf-8")


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with such a show, published once, and the cache and the store that this left."""
    folder = tmp_path_factory.mktemp("customers")
    prepare(folder / "show")
    Image.linear_gradient("L").resize((1400, 1400)).convert("RGB").save(folder / "show/cover.jpg", quality=70)
    make_tone(folder / "show" / FIRST / "audio.flac")
    studio = Studio(folder / "show", folder / "cache", DirectoryStore(folder / "store"))
    outcome = studio.publish()
    assert outcome.error is None, outcome.error
    assert any("a passage begins that goes on behind the cut" in warning for warning in studio.heard.words)
    return folder


@pytest.fixture
def studio(pattern: Path, tmp_path: Path) -> Studio:
    """The same, published into a directory, for one test."""
    folder = shutil.copytree(pattern, tmp_path / "sven")
    return Studio(folder / "show", folder / "cache", DirectoryStore(folder / "store"))


@pytest.fixture
def unpublished(pattern: Path, tmp_path: Path) -> Callable[[Store], Studio]:
    """The same, before anything was published, on any store."""
    folder = shutil.copytree(pattern, tmp_path / "sven")
    return lambda store: Studio(folder / "show", folder / "cache", store)


@pytest.fixture
def keyed(studio: Studio) -> Studio:
    """The host with the key."""
    return replace(studio, options={"customers_key": KEY})


def key_of(url: str) -> str:
    assert url.startswith(BASE)
    return url.removeprefix(BASE)


def feed_of(register: Register, store: Store, name: str) -> bytes:
    customer = register.listed.by_number[register.key.number_of(name)]
    return store.read(key_of(register.feed_url(customer))).data


def addresses_in(data: bytes) -> set[str]:
    """The keys of all addresses of the store in some text."""
    return set(re.findall(rf"{BASE}([\w./-]+)", data.decode()))


def reachable(store: Store, data: bytes) -> set[str]:
    """The keys that are reached from a feed or page, and from what that leads to."""
    found: set[str] = set()
    new = addresses_in(data)
    while new:
        found |= new
        pages = [key for key in new if key.endswith((".html", ".json", ".xml"))]
        stats = [key for key in pages if store.stat(key)]
        new = set().union(*(addresses_in(store.read(key).data) for key in stats)) - found if stats else set()
    return found


def private_keys(store: Store, feed: bytes) -> set[str]:
    """What a feed leads to below customers/, but for itself."""
    return {key for key in reachable(store, feed) if key.startswith("customers/") and not key.endswith("feed.xml")}


@pytest.fixture
def placed(target: Target, unpublished: Callable[[Store], Studio]) -> Studio:
    """The host with the key, and an episode published into a store of each kind."""
    studio = replace(unpublished(target.open()), options={"customers_key": KEY})
    assert studio.publish().error is None
    return studio


Command = Callable[..., str]


@pytest.fixture
def command(studio: Studio, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in the show's folder; all that it prints, and its exit code behind that."""
    monkeypatch.chdir(studio.folder)
    monkeypatch.setenv("SENDUNG_CACHE", str(studio.cache))
    monkeypatch.setenv("SENDUNG_STORE", str(studio.folder.parent / "store"))
    monkeypatch.setenv("SENDUNG_CUSTOMERS_KEY", str(studio.folder.parent / "keys" / "customers.key"))

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["sendung", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        logging.getLogger("sendung").handlers.clear()  # --verbose is for this command, and this process goes on
        out, err = capfd.readouterr()
        return f"{out}{err}exit {ended.value.code or 0}"

    return run
