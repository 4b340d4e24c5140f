"""Several episodes at once: as many are mastered as cores and memory allow, and what is ready is sent meanwhile.

What is sent so are assets, which nobody is told of before the records are written. So a run that ends anywhere leaves
what the next one finds: mastered files in this machine's cache, and assets in the store under their content's keys.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sendung import audio
from sendung.core.concurrency import each, wait_awake
from sendung.core.errors import NoRoom, SendungError
from sendung.core.shared_progress import BarPart, SharedBar
from sendung.store import DryRunStore
from sendung.store.interface import Store
from sendung.workflows.check.lint import fail_broken, lint
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.publish.build import build_episode
from sendung.workflows.publish.record import missing_files, send_files

_SECONDS = 60.0
"""Taken for the length of a recording that is not known."""
_BUILDING = 0.9
"""The part of an episode's bar that it takes until it can be sent."""
_AHEAD = 4
"""Episodes that are ready and wait to be sent: each is a file beside the one that is kept."""
_AWAKE_S = 0.2


def build_each(batch: Batch, run: RunContext, work: Path, *, send: bool) -> Batch:
    """The step `build` of all episodes that are taken; with `send`, each is held to the rules, and sent, once it is.

    One that fails stays behind, and the others go on. Raises StoreError or NoRoom once nothing works any more, and
    RulesError if the show itself breaks a rule.
    """
    if len(batch.sound) < 2:
        return batch.each(lambda candidate: build_episode(candidate, batch, run, work))
    lengths = {candidate.slug: _length(candidate) for candidate in batch.sound}
    at_once = audio.at_once(max(lengths.values()), run.cache)
    with SharedBar.over(run.progress, "Mastering", lengths, "seconds") as bar, _Outbox.opened(run.store) as outbox:
        crew = _Crew(batch, run, work, bar, outbox if send else None)
        built = each(crew.build, batch.sound, at_once, stop=crew.stop)
        outbox.finish()
    by_folder = {candidate.folder: candidate for candidate in built}
    return batch.mapped(lambda candidate: by_folder.get(candidate.folder, candidate))


def _length(candidate: Candidate) -> float:
    return candidate.recording.duration_s if candidate.recording else _SECONDS


def _meters(candidate: Candidate) -> int:
    """How many meters building an episode shows, about."""
    draft = loaded(candidate)
    spoken = sum(words.audio is not None for words in draft.translations)
    return 1 + bool(draft.tracks) + spoken + (draft.file.customers_from is not None)


@dataclass(frozen=True)
class _Crew:
    """What all episodes of a run go through, each from a thread of the crew."""

    batch: Batch
    run: RunContext
    work: Path
    bar: SharedBar
    outbox: _Outbox | None
    """None: nothing is sent yet."""

    def build(self, candidate: Candidate) -> Candidate:
        """One episode built, and given to whoever sends it; what failed has its errors."""
        share = _BUILDING if self.outbox else 1.0
        part = self.bar.begin(candidate.slug, share, _meters(candidate))
        folder = self.work / "episodes" / candidate.slug  # of its own: several write the same picture
        folder.mkdir(parents=True)
        try:
            built = build_episode(candidate, self.batch, replace(self.run, progress=part), folder)
        except NoRoom:
            raise
        except SendungError as error:
            self.bar.end(candidate.slug)
            return candidate.failing(_placed(error, candidate))
        if self.outbox:
            built = self._judged(built)
            if built.sound:
                self.outbox.put(built, folder, part)
                return replace(built, files=())
        self.bar.end(candidate.slug)
        return built

    def stop(self) -> None:
        """End what is mastered, and send nothing more."""
        audio.stop_all()
        if self.outbox:
            self.outbox.cancel()

    def _judged(self, candidate: Candidate) -> Candidate:
        """An episode as the rules find it alone; what concerns several is judged before anything is recorded."""
        alone = lint(replace(self.batch, candidates=(candidate,)), self.run.clock())
        return fail_broken(alone).candidates[0]


def _placed(error: SendungError, candidate: Candidate) -> SendungError:
    """The same error, at the draft that it is about: of many, one is to be found."""
    place = loaded(candidate).place("tracks" if loaded(candidate).tracks else "audio")
    return type(error).of(replace(problem, place=problem.place or place) for problem in error.problems)


@dataclass
class _Outbox:
    """Sends episodes one after the other, in a thread of its own."""

    store: Store
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AHEAD))
    _sent: list[Future[None]] = field(default_factory=list)
    _fault: BaseException | None = None

    @classmethod
    @contextmanager
    def opened(cls, store: Store) -> Iterator[_Outbox]:
        """An outbox that is closed at the end: what is not being sent then is not sent. An error waits for what is."""
        outbox = cls(store)
        try:
            yield outbox
        except Exception:
            outbox.cancel()
            outbox._pool.shutdown(cancel_futures=True)
            raise
        finally:
            outbox.cancel()
            outbox._pool.shutdown(wait=False, cancel_futures=True)

    def put(self, candidate: Candidate, folder: Path, part: BarPart) -> None:
        """Have an episode's files sent, and their folder removed; wait where too many do. Raises what has failed."""
        while not self._free.acquire(timeout=_AWAKE_S):
            self._check()
        self._check()
        self._sent.append(self._pool.submit(self._send, candidate, folder, part))

    def finish(self) -> None:
        """Wait until all is sent. Raises what has failed."""
        wait_awake(self._sent)
        self._check()

    def cancel(self) -> None:
        """Take nothing more, and begin to send nothing more."""
        self._fault = self._fault or CancelledError()

    def _check(self) -> None:
        if self._fault:
            raise self._fault

    def _send(self, candidate: Candidate, folder: Path, part: BarPart) -> None:
        try:
            self._check()
            missing = missing_files(candidate.files, self.store)
            with part.rest().meter("Uploading", sum(file.asset.size for file in missing), "bytes") as meter:
                send_files(missing, self.store, meter.advance)
        except BaseException as error:
            self._fault = self._fault or error
            raise
        finally:
            self._free.release()
        if not isinstance(self.store, DryRunStore):  # whose objects are the files
            shutil.rmtree(folder, ignore_errors=True)
        part.bar.end(part.thing)
