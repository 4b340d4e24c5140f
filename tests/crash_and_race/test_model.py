"""Random sequences of what two hosts do, against a simple model of what the feed must show."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sendung import Desk, Status, publish, roll_back, withdraw
from sendung.config.show import load_show
from sendung.core.errors import SendungError, UsageError
from sendung.core.progress import Silent
from sendung.store import open_store
from tests.crash_and_race.world import Watcher, feed_titles, make_world
from tests.servers.fixtures import Target

SLUGS = ["eins", "zwei"]
HOSTS = ["sven", "sebastian"]
hosts = st.sampled_from(HOSTS)
slugs = st.sampled_from(SLUGS)


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


@dataclass
class Revision:
    """What the model remembers of a revision."""

    title: str
    withdrawn: bool = False


@dataclass
class Model:
    """What is published: each slug's revisions, and each host's title in the draft."""

    revisions: dict[str, list[Revision]] = field(default_factory=lambda: {slug: [] for slug in SLUGS})
    drafts: dict[tuple[str, str], str] = field(default_factory=dict)

    def shown(self) -> list[str]:
        """The titles that the feed must show."""
        newest = [revisions[-1] for revisions in self.revisions.values() if revisions]
        return sorted(revision.title for revision in newest if not revision.withdrawn)


class TwoHosts(RuleBasedStateMachine):
    """Two checkouts, one store."""

    pattern: Path

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sendung-model-"))
        self.model = Model()
        self.numbers = itertools.count()
        for host in HOSTS:
            shutil.copytree(self.pattern / "show", self.folder / host)
            for slug in SLUGS:
                self.model.drafts[host, slug] = f"Folge {slug}"
        self.store = open_store(str(self.folder / "public"), self.folder, None, None)
        self.watcher = Watcher(self.store)

    def desk(self, host: str) -> Desk:
        return Desk(host, lambda: datetime.now(UTC), self.pattern / "cache")

    def draft(self, host: str, slug: str) -> Path:
        return self.folder / host / "episodes" / slug

    def write_title(self, host: str, slug: str, title: str) -> None:
        file = self.draft(host, slug) / "episode.yaml"
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join([f"title: {title}\n", *lines[1:]]), "utf-8")
        self.model.drafts[host, slug] = title

    @rule(host=hosts, slug=slugs)
    def edit(self, host: str, slug: str) -> None:
        self.write_title(host, slug, f"{slug} {next(self.numbers)} {host}")

    @rule(slug=slugs, giver=hosts)
    def pull(self, slug: str, giver: str) -> None:
        """The other host gets this one's draft."""
        for host in HOSTS:
            self.write_title(host, slug, self.model.drafts[giver, slug])

    @rule(host=hosts, slug=slugs, crash=st.none() | st.integers(0, 12))
    def publish(self, host: str, slug: str, crash: int | None) -> None:
        title = self.model.drafts[host, slug]
        revisions = self.model.revisions[slug]
        show = load_show(self.folder / host)
        store = CrashingStore(self.store, crash)
        try:
            outcome = publish([self.draft(host, slug)], show, store, self.desk(host), Silent())
        except Crashed:
            outcome = publish([self.draft(host, slug)], show, self.store, self.desk(host), Silent())
        assert outcome.error is None
        status = outcome.episodes[0].status
        known = [revision.title for revision in revisions]
        if not known or title not in known:
            assert status in (Status.PUBLISHED, Status.UNCHANGED)
            assert status is Status.PUBLISHED or crash is not None
            revisions.append(Revision(title))
        elif known[-1] == title:
            assert status is Status.UNCHANGED
        else:
            assert status is Status.STALE

    @rule(host=hosts, slug=slugs)
    def withdraw(self, host: str, slug: str) -> None:
        revisions = self.model.revisions[slug]
        try:
            withdraw(slug, self.store, self.desk(host), Silent(), delete_audio=False)
        except UsageError:
            assert not revisions
            return
        if not revisions[-1].withdrawn:
            revisions.append(Revision(revisions[-1].title, withdrawn=True))
        self.forget_vanished()

    @rule(host=hosts, slug=slugs, back=st.integers(1, 4))
    def roll_back(self, host: str, slug: str, back: int) -> None:
        revisions = self.model.revisions[slug]
        number = len(revisions) - back
        try:
            roll_back(slug, number, self.store, self.desk(host), Silent())
        except SendungError:
            assert number < 1
            return
        revisions.append(Revision(revisions[number - 1].title, revisions[number - 1].withdrawn))
        self.forget_vanished()

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
