"""Random histories of three hosts who do as hosts do, held to what no history may end with.

Where `test_model.py` knows each answer, this knows what every folder *means*: which story a host tells in it, and
which texts of the others whoever wrote it had before them. From that it judges what became public. Folders are moved by
hand, names are used again, checkouts are stale, clocks are wrong, runs are cut short.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from lxml import etree

from sendung.config.show import load_show
from sendung.core.errors import ConflictError, InvariantBroken, Outdated, SendungError
from sendung.core.version import __version__
from sendung.records import SHOW, Status, revision
from sendung.store import Store
from sendung.workflows.context import RunContext
from sendung.workflows.history import prune, rollback, status
from sendung.workflows.publish import flow, record, site
from sendung.workflows.publish.overrides import resolve_overrides
from sendung.workflows.publish.result import Outcome
from sendung.workflows.rename import rename
from tests.crash_and_race.crashing import Crashed, CrashingStore
from tests.crash_and_race.steps import Counted, take_many, take_some
from tests.crash_and_race.world import Heard, Watcher, make_world
from tests.end_to_end.conftest import make_tone
from tests.servers.fixtures import Target

HOSTS = ["sven", "sebastian", "gast"]
NAMES = ["eins", "zwei", "drei"]
STORIES = 3
hosts, names, stories = st.sampled_from(HOSTS), st.sampled_from(NAMES), st.integers(0, STORIES - 1)
places = st.integers(0, 2)
"""Which of the folders that a host has, or of the episodes that are published."""
rarely = st.sampled_from([False, False, False, False, True])
crashes = st.none() | st.tuples(st.integers(0, 12), st.booleans())
late = st.sampled_from([0, 0, 0, 120, -86_400])
NEWER = "99.0.0"
SHOW_TEXT = "Eine Schau für die Prüfung & mehr."
PRIVATE = ("records/", "state/", "audio/", "assets/")
FACES = {"title": "Folge", "notes": "Notiz"}
"""What a host edits, and how such a text begins; each is written once in a history."""


@dataclass(frozen=True)
class Telling:
    """What a folder tells: a story in some texts."""

    story: int
    texts: dict[str, str]
    guid: bool = False


@dataclass(frozen=True)
class Published:
    """What the newest record of an episode says, read without this program."""

    number: int
    slug: str
    withdrawn: bool
    texts: dict[str, str]


@dataclass
class World:
    """Each host's folders, and what is known of every GUID."""

    folders: dict[tuple[str, str], Telling] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)
    """The story of each GUID."""
    told: dict[str, set[str]] = field(default_factory=dict)
    """All texts that were ever published under a GUID."""
    shows: dict[str, str] = field(default_factory=dict)
    """What each host's show.yaml says."""
    seen: dict[str, set[str]] = field(default_factory=lambda: {host: {SHOW_TEXT} for host in HOSTS})
    """The texts that each host ever had in his checkout."""


def read_records(store: Store) -> dict[str, Published]:
    """The newest record of each episode, by GUID."""
    newest = {stat.key.split("/")[1]: stat.key for stat in sorted(store.list("records/"), key=lambda stat: stat.key)}
    published = {}
    for key in newest.values():
        record = json.loads(store.read(key).data)
        if record["kind"] == "episode":
            episode = record["episode"]
            texts = {"title": episode["title"], "notes": episode["notes"].strip()}
            published[episode["guid"]] = Published(record["number"], episode["slug"], record["withdrawn"], texts)
    return published


def read_show(store: Store) -> str:
    """The description in the newest record of the show; empty where there is none."""
    keys = sorted(stat.key for stat in store.list("records/show/"))
    return str(json.loads(store.read(keys[-1]).data)["show"]["description"]) if keys else ""


def newer_wrote(store: Store) -> bool:
    """Whether the newest record of anything is of the newer version."""
    newest = {stat.key.split("/")[1]: stat.key for stat in sorted(store.list("records/"), key=lambda stat: stat.key)}
    return any(json.loads(store.read(key).data)["tool"] == NEWER for key in newest.values())


@contextmanager
def of_version(version: str) -> Iterator[None]:
    """This program, as if it were of a version."""
    with ExitStack() as patches:
        for module in (revision, record, rollback):
            patches.enter_context(patch.object(module, "__version__", version))
        yield


class Histories(Counted):
    """Three checkouts and a cron, one store."""

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sendung-histories-"))
        self.numbers = itertools.count()
        self.world = World()
        for host in HOSTS:
            shutil.copytree(self.pattern / "show", self.folder / host, ignore=shutil.ignore_patterns("story-*"))
            (self.folder / host / "episodes").mkdir(exist_ok=True)
        self.store = self.open_store()
        self.watcher = Watcher(self.store)
        self.updated: set[str] = set()
        for host in HOSTS:
            self.world.shows[host] = SHOW_TEXT
        for story, name in enumerate(NAMES[:2]):
            self.write("sven", name, story)
        self.publish("sven", None, 0, None, "", remaster=False, new=False)
        for host in HOSTS[1:]:
            self.pull(host, "sven")

    def path(self, host: str, name: str) -> Path:
        return self.folder / host / "episodes" / name

    def told(self, host: str, name: str) -> Telling | None:
        return self.world.folders.get((host, name))

    def run(self, host: str, late_s: int = 0) -> RunContext:
        def clock() -> datetime:
            return datetime.now(UTC) - timedelta(seconds=late_s)

        return RunContext(self.store, host, clock, self.pattern / "cache" / host, Heard())

    def text(self, key: str) -> str:
        return f"{FACES[key]} {next(self.numbers)} Ende"

    # What hosts do with their folders.

    @rule(host=hosts, name=names, story=stories)
    def write(self, host: str, name: str, story: int) -> None:
        """A new folder, unless the host tells this story already."""
        mine = [telling.story for (owner, _), telling in self.world.folders.items() if owner == host]
        if self.told(host, name) or story in mine:
            return
        shutil.copytree(self.pattern / "show" / "episodes" / f"story-{story}", self.path(host, name))
        self.world.folders[host, name] = Telling(story, {})
        for key in FACES:
            self.edit(host, name, key)

    def have(self, host: str, place: int) -> str:
        """The name of one of a host's folders; of none, where there is none."""
        mine = sorted(name for owner, name in self.world.folders if owner == host)
        return mine[place % len(mine)] if mine else NAMES[0]

    @rule(host=hosts, place=places, key=st.sampled_from(sorted(FACES)))
    def edit_one(self, host: str, place: int, key: str) -> None:
        self.edit(host, self.have(host, place), key)

    def edit(self, host: str, name: str, key: str) -> None:
        if telling := self.told(host, name):
            text, file = self.text(key), self.path(host, name) / "episode.yaml"
            if key == "notes":
                (self.path(host, name) / "notes.md").write_text(f"{text}\n", "utf-8")
            else:
                lines = re.sub(r"^title: .*$", f"title: {text}", file.read_text("utf-8"), count=1, flags=re.MULTILINE)
                file.write_text(lines, "utf-8")
            self.world.folders[host, name] = replace(telling, texts=telling.texts | {key: text})
            self.world.seen[host].add(text)

    @rule(host=hosts)
    def edit_show(self, host: str) -> None:
        file, text = self.folder / host / "show.yaml", f"Beschreibung {next(self.numbers)} Ende"
        file.write_text(file.read_text("utf-8").replace(self.world.shows[host], text), "utf-8")
        self.world.shows[host] = text
        self.world.seen[host].add(text)

    @rule(host=hosts, place=places, new=names, by_hand=st.booleans())
    def move(self, host: str, place: int, new: str, by_hand: bool) -> None:
        name = self.have(host, place)
        telling = self.told(host, name)
        if telling is None:
            return
        if by_hand:
            if not self.told(host, new):
                self.path(host, name).rename(self.path(host, new))
                self.world.folders[host, new] = self.world.folders.pop((host, name))
            return
        try:
            with self.version_of(host):
                renamed = rename(self.path(host, name), new, load_show(self.folder / host), self.run(host))
        except SendungError:
            return
        del self.world.folders[host, name]
        self.world.folders[host, new] = replace(telling, guid=telling.guid or renamed.written)
        if renamed.published:
            assert self.world.stories[renamed.guid] == telling.story, "renamed as another episode"

    @rule(host=hosts, place=places, story=stories, name=names)
    def tell_another(self, host: str, place: int, story: int, name: str) -> None:
        """A folder goes; and a new one comes, perhaps with its name."""
        self.remove(host, self.have(host, place))
        self.write(host, name, story)

    @rule(host=hosts, place=places, new=names, story=stories)
    def reuse_a_name(self, host: str, place: int, new: str, story: int) -> None:
        """An episode gets another name, and its old one goes to a new episode: both are published."""
        old = self.have(host, place)
        self.move(host, place, new, by_hand=False)
        for name in (new, old):
            if name == old and not self.told(host, old):
                self.write(host, old, story)
            self.publish(host, name, 0, None, "", remaster=False, new=name == old)

    def remove(self, host: str, name: str) -> None:
        if self.world.folders.pop((host, name), None):
            shutil.rmtree(self.path(host, name))

    @rule(host=hosts, giver=hosts)
    def pull(self, host: str, giver: str) -> None:
        """A host gets another's checkout, and has a look."""
        if host == giver:
            return
        for name in NAMES:
            self.remove(host, name)
            if telling := self.told(giver, name):
                shutil.copytree(self.path(giver, name), self.path(host, name))
                self.world.folders[host, name] = telling
                self.world.seen[host] |= {*telling.texts.values()}
        shutil.copy(self.folder / giver / "show.yaml", self.folder / host / "show.yaml")
        self.world.shows[host] = self.world.shows[giver]
        self.world.seen[host].add(self.world.shows[giver])
        self.look(host)

    @rule(host=hosts, certain=rarely)
    def update(self, host: str, certain: bool) -> None:
        """A host gets a newer version of this program, which the others have not yet."""
        if certain:
            self.updated.add(host)

    def version_of(self, host: str) -> AbstractContextManager[None]:
        return of_version(NEWER if host in self.updated else __version__)

    def look(self, host: str) -> None:
        with suppress(Outdated, ConflictError), self.version_of(host):
            status.read_status(load_show(self.folder / host), self.run(host))

    # What they do with the store.

    def attempt(self, host: str, late_s: int, crash: tuple[int, bool] | None, work: Work) -> Attempt:
        """Some work, begun again after a crash; and once more, which must write nothing and say no other thing."""
        store, before = CrashingStore(self.store, crash), len(self.store.writes)
        run = self.run(host, late_s)
        outdated = host not in self.updated and newer_wrote(self.store)
        with self.version_of(host):
            try:
                attempt = tried(replace(run, store=store), work)
            except Crashed:
                attempt = replace(tried(run, work), crashed=True)
            if outdated:
                assert isinstance(attempt.error, Outdated), attempt
                assert len(self.store.writes) == before, "an older version wrote"
                return attempt
            assert not isinstance(attempt.error, InvariantBroken), attempt.error
            before = len(self.store.writes)
            again = tried(self.run(host, late_s), work)
        assert len(self.store.writes) == before, self.store.writes[before:]
        assert bool(again.error) == bool(attempt.error), (attempt.error, again.error)
        return attempt

    @rule(
        host=hosts,
        place=places | st.none(),
        late_s=late,
        crash=crashes,
        override=st.sampled_from(["", "", "", "episodes", "show"]),
        remaster=rarely,
        new=rarely,
        first=st.sampled_from(["", "title", "notes"]),
    )
    def publish_some(
        self,
        host: str,
        place: int | None,
        late_s: int,
        crash: tuple[int, bool] | None,
        override: str,
        remaster: bool,
        new: bool,
        first: str,
    ) -> None:
        """One folder or all of them, often after an edit."""
        name = None if place is None else self.have(host, place)
        if first:
            self.edit(host, name or self.have(host, 0), first)
        self.publish(host, name, late_s, crash, override, remaster=remaster, new=new)

    def publish(
        self,
        host: str,
        name: str | None,
        late_s: int,
        crash: tuple[int, bool] | None,
        override: str,
        *,
        remaster: bool,
        new: bool,
    ) -> None:
        chosen = [name] if name else NAMES
        tellings = {each: telling for each in chosen if (telling := self.told(host, each))}
        if not tellings:
            return
        published = {*self.world.stories.values()}
        meant = frozenset([SHOW] if override == "show" else tellings if override else [])
        newly = frozenset(each for each, telling in tellings.items() if new and telling.story not in published)

        def work(run: RunContext) -> Outcome:
            own = resolve_overrides(replace(run, overrides=meant, new=newly), tellings)
            options = flow.PublishOptions(remaster=remaster)
            return flow.publish(
                [self.path(host, each) for each in tellings], load_show(self.folder / host), own, options
            )

        before, shown = read_records(self.store), read_show(self.store)
        attempt = self.attempt(host, late_s, crash, work)
        after = read_records(self.store)
        self.judge(host, tellings, before, after, attempt, override=override == "episodes")
        self.judge_show(host, shown, attempt, override=override == "show")

    def judge_show(self, host: str, before: str, attempt: Attempt, *, override: bool) -> None:
        """What the show says is what this host's show.yaml says, or what it was; and nobody's words went unseen."""
        after = read_show(self.store)
        if after == before:
            return
        assert after == self.world.shows[host]
        if before and not override and before not in self.world.seen[host]:
            assert any(before in words for words in attempt.words), f"lost unseen: {before}"

    def judge(self, host, tellings, before, after, attempt, *, override) -> None:  # type: ignore[no-untyped-def]
        """Whether what a publish recorded is what the folders mean, and nobody's text went unseen."""
        changed = {guid for guid in after if guid not in before or after[guid].number != before[guid].number}
        for guid in changed:
            new = after[guid]
            meant = [telling for telling in tellings.values() if telling.texts == new.texts]
            assert len(meant) == 1, f"{guid} was changed by nobody's folder"
            [telling] = meant
            self.judge_identity(guid, telling)
            old = before.get(guid)
            if old:
                assert override or not old.withdrawn, "what is withdrawn came back"
                lost = {text for key, text in old.texts.items() if text not in (new.texts[key], *self.world.seen[host])}
                unseen = [text for text in lost if not any(text in words for words in attempt.words)]
                assert override or not unseen, f"lost unseen: {unseen}"
            self.world.told.setdefault(guid, set()).update(new.texts.values())
        for result in attempt.value.episodes if attempt.value else ():
            if result.status is Status.UNCHANGED:
                assert after[result.guid].texts == tellings[result.folder.name].texts, "unchanged, and other texts"

    def judge_identity(self, guid: str, telling: Telling) -> None:
        """A GUID is one story, and a story one GUID."""
        known = {story: key for key, story in self.world.stories.items()}
        if guid in self.world.stories:
            assert self.world.stories[guid] == telling.story, "another episode was replaced"
        else:
            assert telling.story not in known, "published twice, under two GUIDs"
        self.world.stories[guid] = telling.story

    def on_history(self, host: str, crash: tuple[int, bool] | None, name: str, work: Work) -> None:
        """A command that goes by a name: of what stands under another name, nothing changes."""
        before = read_records(self.store)
        self.attempt(host, 0, crash, work)
        after = read_records(self.store)
        changed = [guid for guid in after if after[guid].number != before[guid].number]
        assert len(changed) <= 1
        here = [guid for guid, record in before.items() if name in (record.slug, guid)]
        assert not here or set(changed) <= set(here), "the command hit an episode that was called so before"

    def published_name(self, place: int, name: str) -> str:
        """The name that one of the published episodes has; or any, where there is none."""
        slugs = sorted(record.slug for record in read_records(self.store).values())
        return slugs[place] if place < len(slugs) else name

    @rule(host=hosts, place=places, name=names, delete_audio=st.booleans(), crash=crashes)
    def withdraw(self, host: str, place: int, name: str, delete_audio: bool, crash: tuple[int, bool] | None) -> None:
        chosen = self.published_name(place, name)
        self.on_history(host, crash, chosen, lambda run: rollback.withdraw(chosen, run, delete_audio=delete_audio))

    @rule(host=hosts, place=places, name=names, number=st.none() | st.integers(1, 3), crash=crashes)
    def roll_back(self, host: str, place: int, name: str, number: int | None, crash: tuple[int, bool] | None) -> None:
        chosen = self.published_name(place, name)
        self.on_history(host, crash, chosen, lambda run: rollback.roll_back(chosen, number, run))

    @rule(host=hosts, late_s=late, anew=st.booleans())
    def cron(self, host: str, late_s: int, anew: bool) -> None:
        """What comes by itself, or is rebuilt, changes nothing, whatever its clock says."""
        before = len(self.store.writes)
        attempt = self.attempt(host, late_s, None, lambda run: site.refresh(run, anew=anew))
        assert attempt.error is None or isinstance(attempt.error, Outdated)
        assert len(self.store.writes) == before, self.store.writes[before:]

    @rule(host=hosts, old=st.booleans(), crash=crashes)
    def prune(self, host: str, old: bool, crash: tuple[int, bool] | None) -> None:
        def work(run: RunContext) -> object:
            unnamed = prune.find_unnamed(run, timedelta(seconds=-600), old_revisions=old)
            return list(prune.delete_unnamed(run, unnamed, old_revisions=old))

        self.attempt(host, 0, crash, work)

    # What no history may end with.

    @invariant()
    def what_is_public_is_in_the_feed_once(self) -> None:
        if not hasattr(self, "store"):
            return
        type(self).steps += 1
        public = {guid: record for guid, record in read_records(self.store).items() if not record.withdrawn}
        if self.store.stat("feed.xml") is None:
            assert not public
            return
        root = etree.fromstring(self.store.read("feed.xml").data)
        items = [(item.findtext("guid"), item.findtext("title")) for item in root.iter("item")]
        assert sorted(items) == sorted((guid, record.texts["title"]) for guid, record in public.items())
        links = [item.findtext("link") for item in root.iter("item")]
        assert len(links) == len(set(links)) or None in links
        self.watcher.titles = {record.texts["title"] for record in public.values()}
        self.watcher.look()
        assert self.watcher.faults == []

    @invariant()
    def what_is_withdrawn_is_nowhere_readable(self) -> None:
        if not hasattr(self, "store"):
            return
        records = read_records(self.store)
        gone = {text for guid, record in records.items() if record.withdrawn for text in self.world.told.get(guid, ())}
        for stat in self.store.list("") if gone else ():
            if not stat.key.startswith(PRIVATE):
                data = self.store.read(stat.key).data.decode(errors="replace")
                assert not [text for text in gone if text in data], stat.key

    def teardown(self) -> None:
        super().teardown()
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


@dataclass(frozen=True)
class Attempt:
    """What became of a command."""

    value: Outcome | None = None
    error: SendungError | None = None
    words: tuple[str, ...] = ()
    crashed: bool = False


Work = Callable[[RunContext], object]


def tried(run: RunContext, work: Work) -> Attempt:
    """What became of some work: its error may be raised, or be in its outcome."""
    heard = run.progress
    assert isinstance(heard, Heard)
    try:
        value = work(run)
    except SendungError as error:
        return Attempt(None, error, tuple(heard.words))
    if isinstance(value, Outcome):
        return Attempt(value, value.error, tuple(heard.words))
    return Attempt(None, None, tuple(heard.words))


def prepare(target: Target, folder: Path) -> None:
    """The pattern: a folder for each story, with a recording of its own that every host has mastered already."""
    make_world(folder, Target("directory", "unused", None, {}), [f"story-{number}" for number in range(STORIES)])
    for number in range(STORIES):
        draft = folder / "show" / "episodes" / f"story-{number}"
        make_tone(draft / "audio.flac", pitch=180 + 20 * number)
        text = (draft / "episode.yaml").read_text("utf-8")
        (draft / "episode.yaml").write_text(re.sub(r"article:\n(  .*\n)+", "", text) + "notes: notes.md\n", "utf-8")
        (draft / "notes.md").write_text("Notiz\n", "utf-8")
    run = RunContext(
        Target("directory", str(folder / "warm"), None, {}).open(),
        "warm",
        lambda: datetime.now(UTC),
        folder / "cache/sven",
    )
    drafts = sorted((folder / "show" / "episodes").iterdir())
    assert flow.publish(drafts, load_show(folder / "show"), run).error is None
    for host in HOSTS[1:]:
        shutil.copytree(folder / "cache" / "sven", folder / "cache" / host)
    Histories.begin(folder, target)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_histories(target: Target, tmp_path: Path) -> None:
    prepare(target, tmp_path)
    take_some(Histories, examples=3, each=20)


@pytest.mark.soak
def test_histories_for_long(target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(target, tmp_path)
    take_many(Histories, 40, capsys)
