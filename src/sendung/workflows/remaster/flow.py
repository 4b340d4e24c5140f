"""Mastering again and publishing it: the mastering on this machine or on others, the publishing always here."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sendung.audio.cache import Entry, adopt, look_up
from sendung.audio.fingerprint import fingerprint
from sendung.config.show import ShowConfig
from sendung.core.errors import Damaged, InvariantBroken, ObjectMissing, SendungError
from sendung.core.progress import Meter, Progress, Silent
from sendung.core.scratch import scratch_in
from sendung.core.words import say
from sendung.records import Status
from sendung.records.reader import PRIVATE
from sendung.store.interface import Headers
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import loaded
from sendung.workflows.drafts.compose import targets_of
from sendung.workflows.publish.flow import PublishOptions, publish
from sendung.workflows.publish.result import EpisodeResult, Outcome
from sendung.workflows.remaster.cluster import Cluster, ClusterChoice, Order, connected, is_open_to_all
from sendung.workflows.remaster.job import (
    FOLDER,
    HELLO,
    JobFile,
    Landmark,
    MasteringJob,
    StoreAddress,
    jobs_of,
    note_key,
    result_key,
)
from sendung.workflows.remaster.plan import PlannedEpisode, RemasterPlan

if TYPE_CHECKING:
    from distributed import Client

GROUP = 20
"""Episodes that are published together while others are mastered."""
_PRIVATE = Headers("application/octet-stream", PRIVATE.cache_control)
Names = tuple[str, ...]
"""What the results of one recording are kept under."""


def remaster(chosen: Sequence[PlannedEpisode], config: ShowConfig, run: RunContext) -> Outcome:
    """Master planned episodes again on this machine, and publish what comes out otherwise than it is published.

    Raises SendungError for what concerns the show or the store as a whole.
    """
    # The plan was agreed to, so what is ready is sent while others are mastered.
    options = PublishOptions(remaster=True, agree=lambda _batch: True)
    return publish([episode.folder for episode in chosen], config, run, options)


def remaster_on_cluster(
    chosen: Sequence[PlannedEpisode], plan: RemasterPlan, run: RunContext, choice: ClusterChoice, store: StoreAddress
) -> Outcome:
    """The same, with the mastering done by a cluster. What it made is published in groups while it makes the rest.

    An episode that cannot be mastered fails alone. Raises UsageError where the cluster is of no use, Unreachable where
    it ends: what was mastered until then is published, or kept in the store for the next run.
    """
    config, drafts = plan.batch.config, {candidate.folder: loaded(candidate) for candidate in plan.batch.candidates}
    harvest = _Harvest(config, run, choice)
    like = fingerprint(targets_of(config), run.cache) if chosen else None
    for episode in chosen:
        if like:
            harvest.want(episode, jobs_of(drafts[episode.folder], config, run.cache, store, like))
    return harvest.outcome()


@dataclass
class _Harvest:
    """What a cluster is asked for, and what has come of it."""

    config: ShowConfig
    run: RunContext
    choice: ClusterChoice
    _orders: dict[Names, Order] = field(default_factory=dict)
    """What is to be mastered; several episodes may want the same."""
    _missing: dict[Path, set[Names]] = field(default_factory=dict)
    """What each episode waits for that is not published."""
    _uses: Counter[str] = field(default_factory=Counter)
    """How many orders need a file that may be in the store for them."""
    _sent: set[str] = field(default_factory=set)
    _outcomes: list[Outcome] = field(default_factory=list)
    _failed: list[EpisodeResult] = field(default_factory=list)

    def want(self, episode: PlannedEpisode, jobs: Sequence[MasteringJob]) -> None:
        """Take up an episode, with what this machine does not have in its cache already."""
        missing = [job for job in jobs if not _is_kept(job, self.run.cache)]
        self._missing[episode.folder] = {job.names for job in missing}
        for job in missing:
            if job.names not in self._orders:
                self._orders[job.names] = Order(episode.slug, job, episode.audio.duration_s)
                self._uses.update(file.key for file in job.files)

    def outcome(self) -> Outcome:
        """Have all of it mastered, fetch it, and publish it."""
        try:
            with self.run.progress.meter("Mastering", max(1.0, self._seconds), "seconds") as meter:
                self._take_kept(meter)
                if self._orders:
                    self._have_mastered(meter)
        except SendungError:
            self._publish()
            raise
        self._publish()
        results = (*(result for outcome in self._outcomes for result in outcome.episodes), *self._failed)
        held = [problem for outcome in self._outcomes if outcome.held for problem in outcome.held.problems]
        shows = [outcome.show for outcome in self._outcomes if outcome.show]
        return Outcome(shows[-1] if shows else None, results, InvariantBroken.of(held) if held else None)

    @property
    def _seconds(self) -> float:
        return sum(order.duration_s for order in self._orders.values())

    def _take_kept(self, meter: Meter) -> None:
        """Take what an earlier run, that was cut short, has left in the store."""
        keys = {stat.key for stat in self.run.store.list(FOLDER)}
        for order in [*self._orders.values()]:
            if all(note_key(name) in keys for name in order.job.names) and fetch(order, self.run) is None:
                self._done(order, None, meter)

    def _have_mastered(self, meter: Meter) -> None:
        """Give what is left to the cluster."""
        orders = [*self._orders.values()]
        with connected(self.choice, self.run.cache) as client, self._landmark(orders[0].job) as landmark:
            self._introduce(client)
            cluster = Cluster(client, self.choice, self.run.progress, self._send)
            cluster.gather(landmark, orders[0].job)
            for order, error in cluster.results(orders):
                self._done(order, error or fetch(order, self.run), meter)
                if len(self._ready) >= GROUP:
                    self._publish()

    def _introduce(self, client: Client) -> None:
        """Say where the cluster can be watched, and who else can use it."""
        progress, address = self.run.progress, self.choice.address
        title = say("Mastering on a cluster; its dashboard: {link}", link=client.dashboard_link or "none")
        progress.step(1, 1, title)
        if is_open_to_all(address):
            message = say(
                "The cluster at {address} has no TLS: whoever reaches it can run programs there.", address=address
            )
            progress.warn(message, "docs/howto/cluster.md says how it gets certificates.")

    @contextmanager
    def _landmark(self, job: MasteringJob) -> Iterator[Landmark]:
        """Something in the store and in the show's folder for workers to look at."""
        document, store = self.config.folder / "show.yaml", self.run.store
        landmark = Landmark(JobFile(document, self.run.reader.digest(document)), job.store, secrets.token_hex(8))
        store.create(landmark.key, landmark.token.encode(), _PRIVATE)
        try:
            yield landmark
        finally:
            for stat in [*store.list(f"{HELLO}{landmark.token}")]:
                store.delete(stat.key)

    def _send(self, file: JobFile) -> None:
        """Put a recording into the store, for workers that do not see it."""
        self._sent.add(file.key)
        self.run.store.upload(file.key, file.path, file.sha256, _PRIVATE, lambda size: None)

    def _done(self, order: Order, error: SendungError | None, meter: Meter) -> None:
        """Note what has become of an order, and drop what was in the store for it."""
        meter.advance(order.duration_s)
        del self._orders[order.job.names]
        for folder, names in [*self._missing.items()]:
            if order.job.names in names:
                names.remove(order.job.names)
                if error:
                    del self._missing[folder]
                    self._failed.append(EpisodeResult(folder, Status.FAILED, error=error))
        self._uses.subtract(file.key for file in order.job.files)
        for key in [key for key in self._sent if self._uses[key] <= 0]:
            self.run.store.delete(key)
            self._sent.remove(key)

    @property
    def _ready(self) -> list[Path]:
        return [folder for folder, names in self._missing.items() if not names]

    def _publish(self) -> None:
        """Publish the episodes of which nothing is missing."""
        if folders := self._ready:
            quiet = replace(self.run, progress=_Hushed(self.run.progress))
            self._outcomes.append(publish(folders, self.config, quiet, PublishOptions(remaster=True)))
            for folder in folders:
                del self._missing[folder]


def fetch(order: Order, run: RunContext) -> SendungError | None:
    """Take results out of the store to where a publish looks for them; why that cannot be."""
    store, cache = run.store, run.cache
    try:
        with scratch_in(cache) as scratch:
            for name, target in zip(order.job.names, order.job.targets, strict=True):
                note, suffix = store.read(note_key(name)).data, f".{target.format}"
                key = result_key(Entry.model_validate_json(note).sha256, suffix)
                store.download(key, scratch / f"result{suffix}")
                if not adopt(cache, name, note, scratch / f"result{suffix}"):
                    raise Damaged(say("{key} is not what a worker put there.", key=key))
                store.delete(note_key(name))
                store.delete(key)
    except (ObjectMissing, Damaged, ValueError) as error:
        message = say("{slug} did not come back whole: {why}", slug=order.slug, why=error)
        return Damaged(message, "Run the same command again.")
    return None


class _Hushed(Silent):
    """Passes warnings on, and nothing else: one bar is enough."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def warn(self, message: str, hint: str = "") -> None:
        """As the progress behind does."""
        self._progress.warn(message, hint)


def _is_kept(job: MasteringJob, cache: Path) -> bool:
    """Whether this machine has all results of a job already."""
    return all(look_up(cache, name, target) for name, target in zip(job.names, job.targets, strict=True))
