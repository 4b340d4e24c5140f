"""Random sequences of what three hosts do, against a simple model of what the feed must show."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from sendung import Desk, Status, publish, publish_due, roll_back, withdraw
from sendung.config.show import load_show
from sendung.core.errors import SendungError, UsageError
from sendung.core.progress import Silent
from sendung.store import DryRunStore
from sendung.workflows.publish.due import DUE_KEY
from sendung.workflows.rename import rename
from tests.crash_and_race.crashing import Crashed, CrashingStore
from tests.crash_and_race.steps import Counted, take_many, take_some
from tests.crash_and_race.world import Watcher, feed_titles, make_world
from tests.servers.fixtures import Target

SLUGS = ["eins", "zwei"]
HOSTS = ["sven", "sebastian", "gast"]
hosts = st.sampled_from(HOSTS)
slugs = st.sampled_from(SLUGS)
crashes = st.none() | st.tuples(st.integers(0, 12), st.booleans())
T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """What an episode's folder says: its title, its own name, and whether `guid:` is there, which a rename writes."""

    title: str
    folder: str
    guid: bool = False


@dataclass(frozen=True)
class Revision:
    """What the model remembers of a revision."""

    draft: Draft
    withdrawn: bool = False
    repeats: bool = False
    """A rollback made it."""


@dataclass
class Model:
    """What is published, by the first name of each episode; each host's draft, and with which revision that agreed."""

    revisions: dict[str, list[Revision]] = field(default_factory=lambda: {slug: [] for slug in SLUGS})
    drafts: dict[tuple[str, str], Draft] = field(default_factory=dict)
    bases: dict[tuple[str, str], int] = field(default_factory=dict)

    def shown(self) -> list[str]:
        """The titles that the feed must show."""
        newest = [revisions[-1] for revisions in self.revisions.values() if revisions]
        return sorted(revision.draft.title for revision in newest if not revision.withdrawn)

    def expect(self, host: str, slug: str, *, override: bool = False) -> Status:
        """What a publish must answer, and what it records: the table in docs/design.md."""
        draft, revisions = self.drafts[host, slug], self.revisions[slug]
        equal = [number for number, revision in enumerate(revisions, 1) if revision.draft == draft]
        if equal:
            self.bases[host, slug] = equal[-1]
        status = self._status(host, slug, override=override)
        if status is Status.PUBLISHED:
            revisions.append(Revision(draft))
            self.bases[host, slug] = len(revisions)
        return status

    def _status(self, host: str, slug: str, *, override: bool) -> Status:
        draft, revisions = self.drafts[host, slug], self.revisions[slug]
        if not revisions:
            return Status.PUBLISHED
        newest, known = revisions[-1], any(revision.draft == draft for revision in revisions)
        if override:
            return Status.UNCHANGED if newest.draft == draft and not newest.withdrawn else Status.PUBLISHED
        if known and newest.draft != draft:
            return Status.STALE
        if newest.withdrawn:
            return Status.WITHDRAWN
        if known:
            return Status.UNCHANGED
        base = revisions[self.bases[host, slug] - 1] if (host, slug) in self.bases else None
        lost = any(self._lost(base, revisions, draft, key) for key in ("title", "folder", "guid"))
        return Status.STALE if lost else Status.PUBLISHED

    @staticmethod
    def _lost(base: Revision | None, revisions: list[Revision], draft: Draft, key: str) -> bool:
        """Whether others changed a key since the base, and the draft says something else: if no base is known, old."""
        mine, *values = (getattr(one, key) for one in (draft, *(revision.draft for revision in revisions)))
        old = getattr(base.draft, key) != values[-1] if base else mine in values
        return bool(mine != values[-1] and old)


class ThreeHosts(Counted):
    """Three checkouts and a cron, one store."""

    @initialize()
    def start(self) -> None:
        self.folder = self.fresh_folder()
        self.model = Model()
        self.numbers = itertools.count()
        for host in HOSTS:
            shutil.copytree(self.pattern / "show", self.folder / host)
            for slug in SLUGS:
                self.model.drafts[host, slug] = Draft(f"Folge {slug}", slug)
        self.store = self.open_store()
        self.watcher = Watcher(self.store)

    def desk(self, host: str, late_s: int = 0) -> Desk:
        return Desk(host, lambda: datetime.now(UTC) - timedelta(seconds=late_s), self.pattern / "cache" / host)

    def draft(self, host: str, slug: str) -> Path:
        return self.folder / host / "episodes" / self.model.drafts[host, slug].folder

    def write_title(self, host: str, slug: str, title: str) -> None:
        file = self.draft(host, slug) / "episode.yaml"
        text = re.sub(r"^title: .*$", f"title: {title}", file.read_text("utf-8"), count=1, flags=re.MULTILINE)
        file.write_text(text, "utf-8")
        self.model.drafts[host, slug] = replace(self.model.drafts[host, slug], title=title)

    def twice(self, crash: tuple[int, bool] | None, work: Callable[[Any], T]) -> T:
        """The work on the store, begun again after a crash at some write; and once more, which must write nothing."""
        try:
            result = work(CrashingStore(self.store, crash))
        except Crashed:
            result = work(self.store)
        before = len(self.store.writes)
        work(self.store)
        assert len(self.store.writes) == before, self.store.writes[before:]
        return result

    @rule(host=hosts, slug=slugs)
    def edit(self, host: str, slug: str) -> None:
        self.write_title(host, slug, f"{slug} {next(self.numbers)} {host}")

    @rule(slug=slugs, host=hosts, giver=hosts)
    def pull(self, slug: str, host: str, giver: str) -> None:
        """One host gets another's folder."""
        if host != giver:
            shutil.rmtree(self.draft(host, slug))
            self.model.drafts[host, slug] = self.model.drafts[giver, slug]
            shutil.copytree(self.draft(giver, slug), self.draft(host, slug))

    @rule(host=hosts, slug=slugs)
    def rename(self, host: str, slug: str) -> None:
        """With the command, and only what is published: else nothing says that both hosts' folders are one episode."""
        draft = self.model.drafts[host, slug]
        if not self.model.revisions[slug]:
            return
        name = slug if draft.folder != slug else f"{slug}-neu"
        rename(self.draft(host, slug), name, load_show(self.folder / host), self.desk(host).run(self.store))
        self.model.drafts[host, slug] = replace(draft, folder=name, guid=True)

    @rule(host=hosts, slug=slugs, crash=crashes, late_s=st.sampled_from([0, 0, 120]))
    def publish(self, host: str, slug: str, crash: tuple[int, bool] | None, late_s: int) -> None:
        show, before = load_show(self.folder / host), len(self.model.revisions[slug])
        expected = self.model.expect(host, slug)
        statuses = []

        def work(store: Any) -> None:
            outcome = publish([self.draft(host, slug)], show, store, self.desk(host, late_s), Silent())
            assert outcome.error is None
            statuses.append(outcome.episodes[0].status)

        self.twice(crash, work)
        recorded = len(self.model.revisions[slug]) > before
        assert statuses[0] is expected or (recorded and crash is not None and statuses[0] is Status.UNCHANGED)
        assert statuses[-1] is (Status.UNCHANGED if recorded else expected)

    @rule(host=hosts, slug=slugs)
    def publish_in_a_trial(self, host: str, slug: str) -> None:
        """Says what a publish would do, and leaves nothing that this machine or the store remembers."""
        expected = deepcopy(self.model).expect(host, slug)
        before = len(self.store.writes)
        show, trial = load_show(self.folder / host), DryRunStore(self.store)
        outcome = publish([self.draft(host, slug)], show, trial, self.desk(host), Silent())
        assert outcome.error is None
        assert outcome.episodes[0].status is expected
        assert len(self.store.writes) == before

    @rule(host=hosts, slug=slugs)
    def publish_on_a_word(self, host: str, slug: str) -> None:
        show = load_show(self.folder / host)
        expected = self.model.expect(host, slug, override=True)
        name = self.draft(host, slug).name
        outcome = publish([self.draft(host, slug)], show, self.store, self.desk(host), Silent(), override=[name])
        assert outcome.error is None
        assert outcome.episodes[0].status is expected
        self.forget_vanished()

    @rule(host=hosts, slug=slugs)
    def remaster(self, host: str, slug: str) -> None:
        show = load_show(self.folder / host)
        expected = self.model.expect(host, slug)
        outcome = publish([self.draft(host, slug)], show, self.store, self.desk(host), Silent(), remaster=True)
        assert outcome.error is None
        assert outcome.episodes[0].status is expected

    @rule(host=hosts, late_s=st.sampled_from([0, 3600]))
    def cron(self, host: str, late_s: int) -> None:
        """What comes by itself changes nothing but the note that it ran, whatever its clock says."""
        before = len(self.store.writes)
        publish_due(self.store, self.desk(host, late_s), Silent())
        assert not [write for write in self.store.writes[before:] if write.key != DUE_KEY]

    @rule(host=hosts, slug=slugs, crash=crashes)
    def withdraw(self, host: str, slug: str, crash: tuple[int, bool] | None) -> None:
        revisions = self.model.revisions[slug]
        name = revisions[-1].draft.folder if revisions else slug

        def work(store: Any) -> None:
            withdraw(name, store, self.desk(host), Silent(), delete_audio=False)

        if not revisions:
            with pytest.raises(UsageError):
                work(self.store)
            return
        self.twice(crash, work)
        if not revisions[-1].withdrawn:
            revisions.append(replace(revisions[-1], withdrawn=True, repeats=False))
        self.forget_vanished()

    @rule(host=hosts, slug=slugs, back=st.none() | st.integers(1, 4), crash=crashes)
    def roll_back(self, host: str, slug: str, back: int | None, crash: tuple[int, bool] | None) -> None:
        revisions = self.model.revisions[slug]
        number = None if back is None else len(revisions) - back
        name = revisions[-1].draft.folder if revisions else slug

        def work(store: Any) -> None:
            roll_back(name, number, store, self.desk(host), Silent())

        if (number is None and len(revisions) < 2) or (number is not None and number < 1):
            with pytest.raises(SendungError):
                work(self.store)
            return
        chosen = revisions[number - 1] if number else self.before(revisions)
        self.twice(crash, work)
        if (chosen.draft, chosen.withdrawn) != (revisions[-1].draft, revisions[-1].withdrawn):
            revisions.append(replace(chosen, repeats=True))
        self.forget_vanished()

    def before(self, revisions: list[Revision]) -> Revision:
        """The revision that a rollback without a number brings back."""
        return revisions[-1] if revisions[-1].repeats else revisions[-2]

    def forget_vanished(self) -> None:
        """The watcher need not see again what went by intent."""
        self.watcher.titles &= set(self.model.shown())

    @invariant()
    def steps_are_counted(self) -> None:
        type(self).steps += hasattr(self, "store")

    @invariant()
    def the_feed_shows_what_the_model_says(self) -> None:
        if not hasattr(self, "store") or not any(self.model.revisions.values()):
            return
        assert sorted(feed_titles(self.store)) == self.model.shown()
        self.watcher.titles &= set(self.model.shown())
        self.watcher.look()
        assert self.watcher.faults == []

    @invariant()
    def what_is_withdrawn_is_nowhere_readable(self) -> None:
        if not hasattr(self, "store"):
            return
        gone = {
            revisions[-1].draft.title
            for revisions in self.model.revisions.values()
            if revisions and revisions[-1].withdrawn
        }
        shown = set(self.model.shown())
        for stat in self.store.list("e/"):
            page = self.store.read(stat.key).data.decode()
            assert not [title for title in gone - shown if f">{title}<" in page], stat.key


def prepare(target: Target, folder: Path) -> None:
    make_world(folder, Target("directory", "unused", None, {}), SLUGS)
    ThreeHosts.begin(folder, target)


@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_three_hosts_against_the_model(target: Target, tmp_path: Path) -> None:
    prepare(target, tmp_path)
    take_some(ThreeHosts, examples=4, each=12)


@pytest.mark.soak
def test_three_hosts_against_the_model_for_long(
    target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(target, tmp_path)
    take_many(ThreeHosts, 30, capsys)
