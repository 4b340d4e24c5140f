"""A Dask cluster at work: jobs out, what became of them in. Lost workers and slow ones cost time, nothing else."""

from __future__ import annotations

import logging
import queue
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sendung.core.errors import AudioError, Damaged, Problem, SendungError, Unreachable, UsageError
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.workflows.remaster.job import JobDone, JobFault, JobFile, Landmark, MasteringJob
from sendung.workflows.remaster.worker import look, run_job

if TYPE_CHECKING:
    from distributed import Client, Future

_TRIES = 4
"""Workers that a recording may outlast; then it is given up by name."""
_USUAL = 2
"""Jobs that have to be done before it is known how long they take."""
_AHEAD = 2
"""Jobs for each thread of the workers that are under way at a time: one at work, one waiting."""


@dataclass(frozen=True)
class ClusterChoice:
    """Which machines master."""

    address: str = ""
    """A scheduler's; empty: workers are started on this machine."""
    workers: int = 0
    """How many of them."""
    patience_s: float = 20.0
    """How long a scheduler may be silent, or a cluster without workers."""
    slow_s: float = 120.0
    """What is under way for less than this is never taken for slow."""


@dataclass(frozen=True)
class Order:
    """A job, for whom it is, and how long its sound lasts."""

    slug: str
    job: MasteringJob
    duration_s: float


@dataclass
class _Flight:
    """An order under way."""

    order: Order
    began: float
    futures: list[Future[Any]]
    twice: bool = False


@dataclass(frozen=True)
class _Verdict:
    """What has become of an order for good."""

    error: SendungError | None


@contextmanager
def connected(choice: ClusterChoice, folder: Path) -> Iterator[Client]:
    """A client of the cluster that is asked for; workers that are started here end with it. Raises UsageError.

    `folder` is where workers on this machine have their files.
    """
    try:
        import distributed  # noqa: PLC0415
    except ImportError:
        message = "Mastering on a cluster needs Dask, which is not installed."
        raise UsageError(message, "Install it with: pip install 'sendung[cluster]'") from None
    for name in ("distributed", "tornado.application"):  # they tell of every lost worker, and so does this program
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if not choice.address:
        with _started(choice.workers, folder) as client:
            yield client
        return
    try:
        with warnings.catch_warnings():  # of other versions, of which those that matter are told with a name
            warnings.simplefilter("ignore")
            client = distributed.Client(choice.address, timeout=choice.patience_s, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        message = say("No Dask scheduler answers at {address}.", address=choice.address)
        hint = "Name it as it tells itself, for example --dask tls://10.0.0.5:8786."
        if choice.address.startswith("tls:") and not isinstance(error, TimeoutError):
            hint = "TLS needs certificates on this machine, too: docs/howto/cluster.md says where they are named."
        raise UsageError(message, hint) from None
    try:
        yield client
    finally:
        client.close(timeout=2)  # type: ignore[no-untyped-call]


@contextmanager
def _started(workers: int, folder: Path) -> Iterator[Client]:
    """A client of workers on this machine, which are replaced as long as this lasts, and end with it."""
    import dask  # noqa: PLC0415
    import distributed  # noqa: PLC0415

    settings = {"distributed.worker.profile.enabled": False}  # it looks at each worker a hundred times a second
    with (
        dask.config.set(settings),
        distributed.LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=str(folder / "workers"),
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,  # type: ignore[no-untyped-call]
    ):
        # Dask gives a worker up for good that is not back within 15 s, and on a busy machine it may not be.
        cluster.adapt(minimum=workers, maximum=workers)
        yield client


def is_open_to_all(address: str) -> bool:
    """Whether a scheduler's address is of another machine, and has no TLS: whoever reaches it runs programs there."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "tls" or not address:
        return False
    try:
        return not ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname != "localhost"


@dataclass
class Cluster:
    """The workers of a cluster, and what each of them has under way."""

    client: Client
    choice: ClusterChoice
    progress: Progress
    send: Callable[[JobFile], None]
    """Puts a file into the store for workers that do not see it."""
    sending: bool = False
    """Whether recordings go through the store."""
    _refused: dict[str, str] = field(default_factory=dict)
    """Workers that are of no use, and why."""
    _flights: dict[str, _Flight] = field(default_factory=dict)
    """What is under way, by the job's name."""
    _lost: dict[str, int] = field(default_factory=dict)
    """How many workers ended over a job."""
    _paces: list[float] = field(default_factory=list)
    """Seconds that jobs took, for each second of sound."""
    _landed: queue.Queue[Future[Any]] = field(default_factory=queue.Queue)
    _silent_since: float | None = None
    _count: int = 0

    def gather(self, landmark: Landmark, first: MasteringJob) -> None:
        """Look at each worker once; those of no use are refused by name. Raises UsageError where none is left."""
        addresses = list(self._workers())
        if not addresses:
            address = self.choice.address
            message = say("The scheduler at {address} has no workers.", address=address)
            raise UsageError(message, say("Start some: dask worker {address}", address=address))
        tasks = [
            self.client.submit(
                look, first.like, first.targets, landmark, workers=[worker], pure=False, key=f"sendung-look-{number}"
            )
            for number, worker in enumerate(addresses)
        ]
        for worker, task in zip(addresses, tasks, strict=True):
            answer = self._answer_of(task)
            if isinstance(answer, JobFault):
                self._refuse(worker, answer.problems[0])
            elif answer is False:
                self.sending = True
        if len(self._refused) == len(addresses):
            raise self._nobody()

    def _answer_of(self, task: Future[Any]) -> JobFault | bool:
        try:
            answer: JobFault | bool = task.result(timeout=120)
        except Exception as error:  # noqa: BLE001 - whatever another version of this program, or none, makes of it
            problem = Problem(say("It cannot run this Sendung ({why}).", why=type(error).__name__))
            return JobFault("", "worker", (problem,))
        return answer

    def results(self, orders: Iterable[Order]) -> Iterator[tuple[Order, SendungError | None]]:
        """Have orders done, a few at a time; each comes back once, with what made it fail.

        Raises Unreachable where the scheduler or all workers are gone; UsageError where none of them is of use.
        """
        waiting = deque(orders)
        while waiting or self._flights:
            yield from self._fill(waiting)
            for order, answer in self._landings():
                verdict = self._judged(order, answer)
                if verdict is None:
                    waiting.appendleft(order)
                else:
                    yield order, verdict.error
            self._check_alive()
            self._help_slow_ones()

    def _fill(self, waiting: deque[Order]) -> Iterator[tuple[Order, SendungError]]:
        """Send out as many as the workers can have before them; orders whose files are not what they were come back."""
        if not waiting:
            return
        useful = {name: info for name, info in self._workers().items() if name not in self._refused}
        room = _AHEAD * sum(int(info["nthreads"]) for info in useful.values()) - len(self._flights)
        while waiting and room > 0:
            order = waiting.popleft()
            if self.sending and not order.job.sent:
                try:
                    order = self._sent(order)
                except (Damaged, OSError) as error:
                    message = say("{slug} was changed while it was mastered.", slug=order.slug)
                    yield order, error if isinstance(error, Damaged) else AudioError(message, "Run it again.")
                    continue
            flight = _Flight(order, time.monotonic(), [])
            self._flights[order.job.names[0]] = flight
            self._submit(flight, list(useful) if self._refused else ())
            room -= 1

    def _sent(self, order: Order) -> Order:
        """The order, with its files in the store. Raises Damaged or OSError where they are not what they were."""
        for file in order.job.files:
            self.send(file)
        return replace(order, job=replace(order.job, sent=True))

    def _submit(self, flight: _Flight, among: Sequence[str]) -> None:
        """Send an order to one of some workers; to any if none is named."""
        self._count += 1
        # Others only where none of these is left: a worker that is of no use says so again.
        where: dict[str, Any] = {"workers": list(among), "allow_other_workers": True} if among else {}
        key = f"{flight.order.job.label}-{self._count}"
        task = self.client.submit(run_job, flight.order.job, key=key, pure=False, **where)
        flight.futures.append(task)
        task.add_done_callback(self._landed.put)  # type: ignore[no-untyped-call]

    def _landings(self) -> Iterator[tuple[Order, JobDone | JobFault | Exception]]:
        """What has come back since; waits half a second at most."""
        try:
            task = self._landed.get(timeout=0.5)
        except queue.Empty:
            return
        flight = next((flight for flight in self._flights.values() if task in flight.futures), None)
        if flight is None:
            return  # the other one of two was faster
        answer: JobDone | JobFault | Exception
        try:
            answer = task.result(timeout=30)
        except TimeoutError:  # its worker ended with the answer, and another one makes it anew
            task.add_done_callback(self._landed.put)  # type: ignore[no-untyped-call]
            return
        except Exception as error:  # noqa: BLE001 - a worker that ended, a scheduler that is gone, a bug there
            answer = error
        flight.futures.remove(task)
        if isinstance(answer, JobDone) or not flight.futures:
            del self._flights[flight.order.job.names[0]]
            if isinstance(answer, JobDone):
                self._paces.append(answer.seconds / max(1.0, flight.order.duration_s))
            for other in flight.futures:
                other.cancel()  # type: ignore[no-untyped-call]
            yield flight.order, answer

    def _judged(self, order: Order, answer: JobDone | JobFault | Exception) -> _Verdict | None:
        """What has become of an order; None: it waits once more."""
        if isinstance(answer, JobDone):
            return _Verdict(None)
        if isinstance(answer, JobFault):
            if answer.kind == "recording":
                return _Verdict(AudioError.of(answer.problems))
            if answer.kind == "files" and not order.job.sent:
                self.sending = True
            else:
                self._refuse(answer.worker, answer.problems[0])
            return None
        if self.client.status != "running":
            return None  # the scheduler is gone: that is noticed elsewhere
        name = order.job.names[0]
        self._lost[name] = self._lost.get(name, 0) + 1
        if self._lost[name] < _TRIES:
            return None
        last = getattr(getattr(answer, "last_worker", None), "address", "") or type(answer).__name__
        message = say(
            "{slug} was not mastered: {count} times its workers ended over it, the last time {last}.",
            slug=order.slug,
            count=self._lost[name],
            last=last,
        )
        return _Verdict(
            AudioError(message, "Look at that worker's log; without --dask it is mastered on this machine.")
        )

    def _refuse(self, worker: str, problem: Problem) -> None:
        if worker not in self._refused:
            self._refused[worker] = problem.message
            message = say("The worker {worker} is not used: {why}", worker=worker, why=problem.message)
            self.progress.warn(message, problem.hint)

    def _workers(self) -> dict[str, Any]:
        """The workers that the scheduler has, by address; none where it does not answer."""
        try:
            workers: dict[str, Any] = self.client.scheduler_info(n_workers=-1).get("workers", {})
        except (OSError, TimeoutError, RuntimeError):
            return {}
        return workers

    def _check_alive(self) -> None:
        """Raise Unreachable where there is no scheduler, or no worker, for too long; UsageError if none is of use."""
        workers = self._workers() if self.client.status == "running" else {}
        if any(worker not in self._refused for worker in workers):
            self._silent_since = None
            return
        self._silent_since = self._silent_since or time.monotonic()
        if time.monotonic() - self._silent_since < self.choice.patience_s:
            return
        if workers:
            raise self._nobody()
        what = "All workers are gone" if self.client.status == "running" else "The scheduler is gone"
        hint = "Start it again, and run the same command: what is mastered already is taken out of the store."
        raise Unreachable(say("{what}, and not all recordings are mastered.", what=what), hint)

    def _nobody(self) -> UsageError:
        reasons = "; ".join(f"{worker}: {why}" for worker, why in sorted(self._refused.items()))
        return UsageError(say("No worker can be used. {reasons}", reasons=reasons))

    def _help_slow_ones(self) -> None:
        """Give to a second worker what takes eight times as long as usual; the first result counts."""
        if len(self._paces) < _USUAL:
            return
        pace = median(self._paces)
        for flight in self._flights.values():
            limit = max(self.choice.slow_s, 8 * pace * flight.order.duration_s)
            if not flight.twice and time.monotonic() - flight.began > limit:
                flight.twice = True
                busy = {worker for task in flight.futures for worker in self._working_on(task)}
                message = say(
                    "{slug} takes long on {worker}.", slug=flight.order.slug, worker=", ".join(busy) or "a worker"
                )
                self.progress.warn(message, "Another one masters it, too.")
                others = [worker for worker in self._workers() if worker not in self._refused and worker not in busy]
                self._submit(flight, others)

    def _working_on(self, task: Future[Any]) -> list[str]:
        processing = self.client.processing()  # type: ignore[no-untyped-call]
        return [worker for worker, keys in processing.items() if task.key in keys]
