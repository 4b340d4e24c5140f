"""A published show whose loudness is to change, and a cluster of two workers in this process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sendung.audio import Target
from sendung.audio.fingerprint import Fingerprint, fingerprint
from sendung.config.episode import find_drafts
from sendung.config.show import load_show
from sendung.core.file_digests import file_digest
from sendung.store import Store
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import publish
from sendung.workflows.publish.result import Outcome
from sendung.workflows.remaster import flow
from sendung.workflows.remaster.cluster import ClusterChoice
from sendung.workflows.remaster.flow import remaster, remaster_on_cluster
from sendung.workflows.remaster.job import FOLDER, StoreAddress
from sendung.workflows.remaster.plan import RemasterPlan, plan_remaster
from tests.crash_and_race.world import Heard, make_world
from tests.end_to_end.conftest import make_tone
from tests.servers.fixtures import Target as Place

SLUGS = ("drei", "eins", "zwei")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Machine:
    """A machine with the drafts, and its store."""

    folder: Path
    cache: Path
    url: str
    endpoint_url: str | None = None

    def run(self) -> RunContext:
        store = Place("", self.url, self.endpoint_url, {}).open()
        return RunContext(store, "sven", lambda: NOW, self.cache, Heard())

    def plan(self, run: RunContext) -> RemasterPlan:
        config = load_show(self.folder)
        return plan_remaster(find_drafts(config), config, run)

    def alone(self) -> Outcome:
        run = self.run()
        plan = self.plan(run)
        return remaster(plan.chosen(every=True, keep_public=False), plan.batch.config, run)

    def together(self, choice: ClusterChoice, run: RunContext | None = None, slugs: Sequence[str] = SLUGS) -> Outcome:
        run = run or self.run()
        plan = self.plan(run)
        chosen = [episode for episode in plan.chosen(every=True, keep_public=False) if episode.slug in slugs]
        return remaster_on_cluster(chosen, plan, run, choice, self.address)

    @property
    def address(self) -> StoreAddress:
        return StoreAddress(self.url, str(self.folder), self.endpoint_url, None)

    def in_bucket(self, place: Place) -> Machine:
        """The same machine with a bucket, which has all that its folder has."""
        bucket = place.open()
        for stat in self.run().store.list(""):
            path = Path(self.url) / stat.key
            bucket.upload(stat.key, path, file_digest(path), flow._PRIVATE, lambda size: None)
        return replace(self, url=place.url, endpoint_url=place.endpoint_url)

    def left(self) -> list[str]:
        """What a cluster has left in the store."""
        return [stat.key for stat in self.run().store.list(FOLDER)]


def words(run: RunContext) -> str:
    assert isinstance(run.progress, Heard)
    return "\n".join(run.progress.words)


def published(store: Store) -> dict[str, bytes]:
    """All that a store holds, but for what says so of files of that store itself."""
    return {stat.key: store.read(stat.key).data for stat in store.list("") if not stat.key.startswith("state/")}


@pytest.fixture(scope="session")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, host="tcp://127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="session")
def remaster_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three published episodes, mastered at −20 LUFS where −16 is asked for now."""
    folder = tmp_path_factory.mktemp("remaster")
    world = make_world(folder, Place("directory", "unused", None, {}), SLUGS)
    for number, slug in enumerate(SLUGS):
        make_tone(world.folder / "episodes" / slug / "audio.flac", seconds=8, pitch=150 + 20 * number)
    text = (world.folder / "show.yaml").read_text("utf-8")
    (world.folder / "show.yaml").write_text(text + "audio:\n  loudness: -20\n", "utf-8")
    machine = Machine(world.folder, folder / "cache", str(folder / "public"))
    config = load_show(machine.folder)
    assert publish(find_drafts(config), config, machine.run()).error is None
    (world.folder / "show.yaml").write_text(text + "audio:\n  loudness: -16\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def alone(remaster_pattern: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one machine publishes by itself."""
    machine = _copy(remaster_pattern, tmp_path_factory.mktemp("alone"))
    outcome = machine.alone()
    assert [str(result.status) for result in outcome.episodes] == ["published"] * len(SLUGS)
    return published(machine.run().store)


@pytest.fixture
def machine(remaster_pattern: Path, tmp_path: Path) -> Machine:
    """A machine with the drafts, and a store and a cache of its own."""
    return _copy(remaster_pattern, tmp_path)


def _copy(pattern: Path, folder: Path) -> Machine:
    for part in ("show", "public"):
        shutil.copytree(pattern / part, folder / part)
    return Machine(folder / "show", folder / "cache", str(folder / "public"))


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine stays as it is, so it looks at itself once."""
    monkeypatch.setattr(flow, "fingerprint", lambda targets, folder: _fingerprint(tuple(targets)))


@cache
def _fingerprint(targets: tuple[Target, ...]) -> Fingerprint:
    with TemporaryDirectory() as folder:
        return fingerprint(targets, Path(folder))


@pytest.fixture
def choice(scheduler: str) -> ClusterChoice:
    return ClusterChoice(scheduler, patience_s=5)
