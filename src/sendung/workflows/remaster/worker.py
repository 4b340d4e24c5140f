"""What runs on a worker: a job in, its results into the store, a few numbers back. It writes no record and no page."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import gettempdir

from sendung import audio
from sendung.audio.cache import key_of
from sendung.audio.fingerprint import Fingerprint, fingerprint
from sendung.core.errors import AudioError, Damaged, NoRoom, ObjectMissing, Problem, SendungError, UsageError
from sendung.core.file_digests import file_digest
from sendung.core.progress import Silent
from sendung.core.scratch import scratch_in
from sendung.core.words import join, say
from sendung.records.reader import PRIVATE
from sendung.store.interface import Headers, Store
from sendung.workflows.remaster.job import (
    JobDone,
    JobFault,
    JobFile,
    Landmark,
    MasteringJob,
    StoreAddress,
    moved,
    note_key,
    result_key,
)

_LOOKED: dict[tuple[str, tuple[audio.Target, ...]], Fingerprint] = {}
"""What this process is like, for each of its workers: that does not change while it runs."""
_LOOKING = threading.Lock()


def look(like: Fingerprint, targets: Sequence[audio.Target], landmark: Landmark) -> JobFault | bool:
    """Whether this worker sees a file of the show where whoever planned has it; or why the worker is of no use."""
    name, folder = here()
    try:
        _hold_to(like, targets, name, folder)
        _meet(landmark, name)
        return _sees(landmark.file)
    except SendungError as error:
        return JobFault(name, "worker", error.problems)
    except OSError as error:
        return _broken(name, error)


def _meet(landmark: Landmark, name: str) -> None:
    """Read from the store what whoever planned put there, and put something beside it. Raises SendungError."""
    store = _store(landmark.store)
    try:
        same = store.read(landmark.key).data == landmark.token.encode()
    except ObjectMissing:
        same = False
    if not same:
        message = say("Its store {store} is not that of the machine that planned.", store=store.name)
        raise UsageError(message, "All machines need the same bucket, or the same folder under the same path.")
    own = hashlib.sha256(name.encode()).hexdigest()[:16]
    store.create(f"{landmark.key}-{own}", b"", Headers("text/plain", PRIVATE.cache_control))


def run_job(job: MasteringJob) -> JobDone | JobFault:
    """Master a recording in a scratch folder, and put the results into the store. Errors are values.

    A job that another worker has done already, or is doing, does no harm: both make the same objects.
    """
    name, folder = here()
    began = time.monotonic()
    try:
        _hold_to(job.like, job.targets, name, folder)
        with scratch_in(folder) as scratch:
            _do(job, scratch, _store(job.store))
    except _Unseen as error:
        return JobFault(name, "files", error.problems)
    except NoRoom as error:
        return JobFault(name, "worker", error.problems)
    except AudioError as error:
        return JobFault(name, "recording", error.problems)
    except SendungError as error:
        return JobFault(name, "worker", error.problems)
    except OSError as error:
        return _broken(name, error)
    return JobDone(name, time.monotonic() - began)


@cache
def _store(address: StoreAddress) -> Store:
    """The store, opened once a process. Raises ConfigError."""
    return address.open()


class _Unseen(SendungError):
    """A file of the recording is not where the worker looks."""


def here() -> tuple[str, Path]:
    """The name of the worker that this runs on, as its scheduler has it, and its folder for files that may go."""
    from distributed import get_worker  # noqa: PLC0415 - an extra

    try:
        worker = get_worker()
    except ValueError:
        return "this machine", Path(gettempdir())
    return worker.address, Path(worker.local_directory) / "sendung"


def _hold_to(like: Fingerprint, targets: Sequence[audio.Target], name: str, folder: Path) -> None:
    """Raise UsageError if this worker would master otherwise than whoever planned."""
    key = (name, tuple(targets))
    with _LOOKING:
        if key not in _LOOKED:
            _LOOKED[key] = fingerprint(targets, folder)
        differences = like.differences(_LOOKED[key])
    if differences:
        parts = [say("{part} {there} (here {here})", part=part, there=there, here=h) for part, there, h in differences]
        message = say("It masters otherwise than the machine that planned: {parts}.", parts=join(", ", parts))
        raise UsageError(message, "Install the same Sendung and the same ffmpeg on all machines.")


def _do(job: MasteringJob, scratch: Path, store: Store) -> None:
    """Fetch, master, and store. Raises SendungError, OSError."""
    at = {file.path: _fetched(file, job, scratch / str(number), store) for number, file in enumerate(job.files)}
    recording, targets = moved(job, at)
    results = scratch / "results"
    if tuple(key_of(recording, target, results) for target in targets) != job.names:
        files = ", ".join(file.path.name for file in job.files)
        raise _Unseen(say("{files} has other bytes there than where it was planned.", files=files))
    for name, result in zip(job.names, audio.master_all(recording, targets, results, Silent()), strict=True):
        sha256 = file_digest(result.path)
        headers = Headers(result.media_type, PRIVATE.cache_control)
        store.upload(result_key(sha256, result.path.suffix), result.path, sha256, headers, lambda size: None)
        note = (results / f"{name}.json").read_bytes()
        store.create(note_key(name), note, PRIVATE)


def _fetched(file: JobFile, job: MasteringJob, folder: Path, store: Store) -> Path:
    """Where a file is on this machine: in the shared folder, or here, out of the store. Raises _Unseen."""
    if not job.sent and os.access(file.path, os.R_OK):
        return file.path  # whether it is the same file, its result's name tells: it is read once
    if job.sent and _sees(file):
        return file.path
    copy = folder / file.path.name
    try:
        store.download(file.key, copy)
    except ObjectMissing:
        raise _Unseen(say("It does not see {path}.", path=file.path)) from None
    if file_digest(copy) != file.sha256:
        raise Damaged(say("{key} is not what was put there.", key=file.key))
    return copy


def _sees(file: JobFile) -> bool:
    """Whether a file is where whoever planned has it, and the same, and this worker's user may read it."""
    try:
        return file_digest(file.path) == file.sha256
    except OSError:
        return False


def _broken(name: str, error: OSError) -> JobFault:
    problem = Problem(say("{file}: {why}", file=error.filename or name, why=error.strerror or type(error).__name__))
    return JobFault(name, "worker", (problem,))
