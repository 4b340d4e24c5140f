"""Random sequences of what two hosts do, against a simple model of what the feed must show."""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sendung import Desk, Status, publish, publish_due, roll_back, withdraw
from sendung.config.show import load_show
from sendung.core.errors import SendungError, UsageError
from sendung.core.progress import Silent
from sendung.store import DryRunStore, open_store
from sendung.workflows.rename import rename
from tests.crash_and_race.world import Watcher, feed_titles, make_world
from tests.servers.fixtures import Target

SLUGS = ["eins", "zwei"]
HOSTS = ["sven", "sebastian"]
hosts = st.sampled_from(HOSTS)
slugs = st.sampled_from(SLUGS)
crashes = st.none() | st.integers(0, 12)
T = TypeVar("T")


class Crashed(Exception):
    """The process of a host ended in the middle."""


class CrashingStore:
    """A store at whose nth write the process ends, after it was done."""

    def __init__(self, below: Any, at: int | None) -> None:
        self._below = below
        self._left = at

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._below, name)
        if name not in {"create", "replace", "upload", "delete"}:
            return value

        def call(*arguments: Any, **keywords: Any) -> Any:
            result = value(*arguments, **keywords)
            if self._left is not None:
                self._left -= 1
                if self._left < 0:
                    raise Crashed
            return result

        return call


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
    meant: bool = False


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

    def expect(self, host: str, slug: str, *, remaster: bool = False, override: bool = False) -> Status:
        """What a publish must answer, and what it records: the table in docs/design.md."""
        draft, revisions = self.drafts[host, slug], self.revisions[slug]
        equal = [number for number, revision in enumerate(revisions, 1) if revision.draft == draft]
        if equal:
            self.bases[host, slug] = equal[-1]
        status = self._status(host, slug, override=override)
        if remaster and status is Status.UNCHANGED:
            status = Status.PUBLISHED
        if status is Status.PUBLISHED:
            revisions.append(Revision(draft, meant=override))
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


class TwoHosts(RuleBasedStateMachine):
    """Two checkouts and a cron, one store."""

    pattern: Path

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sendung-model-"))
        self.model = Model()
        self.numbers = itertools.count()
        for host in HOSTS:
            shutil.copytree(self.pattern / "show", self.folder / host)
            for slug in SLUGS:
                self.model.drafts[host, slug] = Draft(f"Folge {slug}", slug)
        self.store = open_store(str(self.folder / "public"), self.folder, None, None)
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

    def twice(self, crash: int | None, work: Callable[[Any], T]) -> T:
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

    @rule(slug=slugs, giver=hosts)
    def pull(self, slug: str, giver: str) -> None:
        """The other host gets this one's folder."""
        for host in set(HOSTS) - {giver}:
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
    def publish(self, host: str, slug: str, crash: int | None, late_s: int) -> None:
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
        expected = self.model.expect(host, slug, remaster=True)
        outcome = publish([self.draft(host, slug)], show, self.store, self.desk(host), Silent(), remaster=True)
        assert outcome.error is None
        assert outcome.episodes[0].status is expected

    @rule(host=hosts, late_s=st.sampled_from([0, 3600]))
    def cron(self, host: str, late_s: int) -> None:
        """What comes by itself changes nothing, whatever its clock says."""
        before = len(self.store.writes)
        publish_due(self.store, self.desk(host, late_s), Silent())
        assert len(self.store.writes) == before, self.store.writes[before:]

    @rule(host=hosts, slug=slugs, crash=crashes)
    def withdraw(self, host: str, slug: str, crash: int | None) -> None:
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
            revisions.append(replace(revisions[-1], withdrawn=True, meant=True))
        self.forget_vanished()

    @rule(host=hosts, slug=slugs, back=st.none() | st.integers(1, 4), crash=crashes)
    def roll_back(self, host: str, slug: str, back: int | None, crash: int | None) -> None:
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
            revisions.append(replace(chosen, meant=True))
        self.forget_vanished()

    def before(self, revisions: list[Revision]) -> Revision:
        """The revision that a rollback without a number brings back."""
        newest = revisions[-1]
        same = [(revision.draft, revision.withdrawn) for revision in revisions[:-2]]
        returned = newest.meant and not newest.withdrawn and (newest.draft, newest.withdrawn) in same
        return newest if returned else revisions[-2]

    def forget_vanished(self) -> None:
        """The watcher need not see again what went by intent."""
        self.watcher.titles &= set(self.model.shown())

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

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


def run_model(tmp_path: Path, examples: int, steps: int) -> None:
    make_world(tmp_path, Target("directory", "unused", None, {}), SLUGS)
    (tmp_path / "show" / "episodes").mkdir(exist_ok=True)
    TwoHosts.pattern = tmp_path
    quick = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(TwoHosts, settings=quick)


def test_two_hosts_against_the_model(tmp_path: Path) -> None:
    run_model(tmp_path, examples=4, steps=12)


@pytest.mark.soak
def test_two_hosts_against_the_model_for_long(tmp_path: Path) -> None:
    run_model(tmp_path, examples=150, steps=30)
