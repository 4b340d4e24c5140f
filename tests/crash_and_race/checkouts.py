"""What three hosts do with their checkouts, and what a story, a folder and a text in them mean."""

from __future__ import annotations

import hashlib
import itertools
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import rule
from PIL import Image

from sendung.config.show import load_show
from sendung.workflows.context import RunContext
from sendung.workflows.publish import flow
from tests.crash_and_race.steps import Counted
from tests.crash_and_race.world import Heard, make_world
from tests.end_to_end.conftest import make_tone
from tests.servers.fixtures import Target

HOSTS = ["sven", "sebastian", "gast"]
NAMES = ["eins", "zwei", "drei"]
STORIES = 4
hosts, names, stories = st.sampled_from(HOSTS), st.sampled_from(NAMES), st.integers(0, STORIES - 1)
places = st.integers(0, 3)
"""Which of the folders that a host has, or of the episodes that are published."""
rarely = st.sampled_from([False, False, False, False, True])
FACES = {"title": "Folge", "notes": "Notiz"}
"""The texts of an episode, and how each begins; each is written once in a history."""
SHOW_TEXT = "Eine Schau für die Prüfung & mehr."
ZONES = ["Europe/Berlin", "Europe/Lisbon", "Asia/Tokyo"]
COVERS = ["navy", "maroon", "olive"]
SHOW_FACES = ["description", "timezone", "cover", "template"]
TEMPLATE = '{{% extends "sendung/listen.html" %}}{{% block title %}}{text}{{% endblock %}}\n'
LONG_AGO = "2026-11-01 06:00"


@dataclass(frozen=True)
class Telling:
    """What a folder tells: a story in some texts, and when it is to be heard."""

    story: int
    texts: Mapping[str, str]
    guid: bool = False


@dataclass
class World:
    """Each host's folders, and what is known of every GUID."""

    folders: dict[tuple[str, str], Telling] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)
    """The story of each GUID."""
    shows: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each host's show.yaml says, and the files beside it."""
    seen: dict[str, set[str]] = field(default_factory=lambda: {host: set() for host in HOSTS})
    """The texts that each host ever had in his checkout."""


class Checkouts(Counted):
    """Three checkouts, and a clock that the histories move."""

    def begin_history(self) -> None:
        self.folder = self.fresh_folder()
        self.numbers = itertools.count()
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.world = World()
        cover = hashlib.sha256((self.pattern / "covers" / "0.jpg").read_bytes()).hexdigest()
        for host in HOSTS:
            (self.folder / host / "episodes").mkdir(parents=True)
            shutil.copy(self.pattern / "show" / "show.yaml", self.folder / host)
            shutil.copy(self.pattern / "covers" / "0.jpg", self.folder / host / "cover.jpg")
            faces = {"description": SHOW_TEXT, "timezone": ZONES[0], "cover": cover, "template": ""}
            self.world.shows[host] = faces
            self.world.seen[host] |= {*faces.values(), LONG_AGO}
        self.store = self.open_store()

    def path(self, host: str, name: str) -> Path:
        return self.folder / host / "episodes" / name

    def told(self, host: str, name: str) -> Telling | None:
        return self.world.folders.get((host, name))

    def run(self, host: str, late_s: int = 0) -> RunContext:
        now = self.now - timedelta(seconds=late_s)
        return RunContext(self.store, host, lambda: now, self.pattern / "cache" / host, Heard())

    def text(self, face: str) -> str:
        return f"{face} {next(self.numbers)} Ende"

    def have(self, host: str, place: int) -> str:
        """The name of one of a host's folders; of none, where there is none."""
        mine = sorted(name for owner, name in self.world.folders if owner == host)
        return mine[place % len(mine)] if mine else NAMES[0]

    @rule(host=hosts, name=names, story=stories)
    def write(self, host: str, name: str, story: int) -> None:
        """A new folder, unless the host tells this story already."""
        mine = [telling.story for (owner, _), telling in self.world.folders.items() if owner == host]
        if self.told(host, name) or story in mine:
            return
        shutil.copytree(self.pattern / "show" / "episodes" / f"story-{story}", self.path(host, name))
        self.world.folders[host, name] = Telling(story, {"date": LONG_AGO})
        for key in FACES:
            self.edit(host, name, key)

    @rule(host=hosts, place=places, key=st.sampled_from(sorted(FACES)))
    def edit_one(self, host: str, place: int, key: str) -> None:
        self.edit(host, self.have(host, place), key)

    def edit(self, host: str, name: str, key: str) -> None:
        if not self.told(host, name):
            return
        text = self.text(FACES[key])
        if key == "notes":
            (self.path(host, name) / "notes.md").write_text(f"{text}\n", "utf-8")
        else:
            substitute(self.path(host, name) / "episode.yaml", r"^title: .*$", f"title: {text}")
        self.means(host, name, key, text)

    def edit_date(self, host: str, name: str, days: int) -> None:
        """Give an episode a date of its own: so many days from now, by its show's zone."""
        if not self.told(host, name):
            return
        minutes = next(self.numbers) % 600
        date = f"{self.now + timedelta(days=days):%Y-%m-%d} {6 + minutes // 60:02}:{minutes % 60:02}"
        substitute(self.path(host, name) / "episode.yaml", r"^date: .*$", f"date: {date}")
        self.means(host, name, "date", date)

    def means(self, host: str, name: str, key: str, text: str) -> None:
        telling = self.world.folders[host, name]
        self.world.folders[host, name] = replace(telling, texts={**telling.texts, key: text})
        self.world.seen[host].add(text)

    @rule(host=hosts, face=st.sampled_from(SHOW_FACES), zone=st.sampled_from(ZONES), cover=st.integers(0, 2))
    def edit_show(self, host: str, face: str, zone: str, cover: int) -> None:
        folder = self.folder / host
        if face == "cover":
            data = (self.pattern / "covers" / f"{cover}.jpg").read_bytes()
            (folder / "cover.jpg").write_bytes(data)
            value = hashlib.sha256(data).hexdigest()
        elif face == "template":
            value = self.text("Vorlage")
            (folder / "templates").mkdir(exist_ok=True)
            (folder / "templates" / "listen.html").write_text(TEMPLATE.format(text=value), "utf-8")
        else:
            value = zone if face == "timezone" else self.text("Beschreibung")
            substitute(folder / "show.yaml", rf"^{face}: .*$", f"{face}: {value}")
        self.world.shows[host] = {**self.world.shows[host], face: value}
        self.world.seen[host].add(value)

    @rule(host=hosts, place=places, new=names)
    def move_by_hand(self, host: str, place: int, new: str) -> None:
        name = self.have(host, place)
        if self.told(host, name) and not self.told(host, new):
            self.path(host, name).rename(self.path(host, new))
            self.world.folders[host, new] = self.world.folders.pop((host, name))

    @rule(host=hosts, place=places, story=stories, name=names)
    def tell_another(self, host: str, place: int, story: int, name: str) -> None:
        """A folder goes; and a new one comes, perhaps with its name."""
        self.remove(host, self.have(host, place))
        self.write(host, name, story)

    def remove(self, host: str, name: str) -> None:
        if self.world.folders.pop((host, name), None):
            shutil.rmtree(self.path(host, name))

    def take_over(self, host: str, giver: str) -> None:
        """A host gets another's checkout."""
        for name in NAMES:
            self.remove(host, name)
            if telling := self.told(giver, name):
                shutil.copytree(self.path(giver, name), self.path(host, name))
                self.world.folders[host, name] = telling
                self.world.seen[host] |= {*telling.texts.values()}
        shutil.rmtree(self.folder / host / "templates", ignore_errors=True)
        ignored = shutil.ignore_patterns("episodes")
        shutil.copytree(self.folder / giver, self.folder / host, ignore=ignored, dirs_exist_ok=True)
        self.world.shows[host] = self.world.shows[giver]
        self.world.seen[host] |= {*self.world.shows[host].values()}


def substitute(file: Path, line: str, new: str) -> None:
    """Write a line of a file anew."""
    file.write_text(re.sub(line, lambda _: new, file.read_text("utf-8"), count=1, flags=re.MULTILINE), "utf-8")


def moment_of(date: str, zone: str) -> datetime:
    """The moment of a date as hosts write it."""
    return datetime.fromisoformat(date).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def make_pattern(folder: Path) -> None:
    """A folder for each story, with a recording of its own that every host has mastered already; and some covers."""
    make_world(folder, Target("directory", "unused", None, {}), [f"story-{number}" for number in range(STORIES)])
    (folder / "covers").mkdir()
    for number, colour in enumerate(COVERS):
        Image.new("RGB", (1400, 1400), colour).save(folder / "covers" / f"{number}.jpg")
    shutil.copy(folder / "covers" / "0.jpg", folder / "show" / "cover.jpg")
    for number in range(STORIES):
        draft = folder / "show" / "episodes" / f"story-{number}"
        make_tone(draft / "audio.flac", pitch=180 + 20 * number)
        text = (draft / "episode.yaml").read_text("utf-8")
        (draft / "episode.yaml").write_text(re.sub(r"article:\n(  .*\n)+", "", text) + "notes: notes.md\n", "utf-8")
        (draft / "notes.md").write_text("Notiz\n", "utf-8")
    store, cache = Target("directory", str(folder / "warm"), None, {}).open(), folder / "cache"
    run = RunContext(store, "warm", lambda: datetime.now(UTC), cache / HOSTS[0])
    drafts = sorted((folder / "show" / "episodes").iterdir())
    assert flow.publish(drafts, load_show(folder / "show"), run).error is None
    for host in HOSTS[1:]:
        shutil.copytree(cache / HOSTS[0], cache / host)
