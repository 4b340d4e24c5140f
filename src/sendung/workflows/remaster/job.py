"""A recording to be mastered by another machine, and what it answers: values that a scheduler may carry and show.

Nothing in them is secret: paths, digests and settings. Whoever reads from or writes to the store does so with
credentials of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from sendung import audio
from sendung.audio.cache import key_of
from sendung.audio.fingerprint import Fingerprint
from sendung.audio.values import files_of
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.errors import Problem
from sendung.core.file_digests import Memory
from sendung.store import open_store
from sendung.store.interface import Store
from sendung.workflows.drafts.compose import recording_of, targets_of, translated_draft

FOLDER = "state/remaster/"
"""Where recordings and results lie while a cluster works; below state/, which the public must not read."""


HELLO = f"{FOLDER}hello/"
"""What workers and whoever planned leave for each other, to see whether it is one store."""


@dataclass(frozen=True)
class StoreAddress:
    """How a worker finds the store; credentials are its own."""

    url: str
    base: str
    """The folder that a directory's path is relative to."""
    endpoint_url: str | None
    region: str | None

    def open(self) -> Store:
        """The store. Raises ConfigError."""
        return open_store(self.url, Path(self.base), self.endpoint_url, self.region)


@dataclass(frozen=True)
class JobFile:
    """A file that a recording is made of."""

    path: Path
    """Where whoever planned has it; a shared folder is the same path everywhere."""
    sha256: str

    @property
    def key(self) -> str:
        """Its key in the store, if it was put there."""
        return f"{FOLDER}{self.sha256}{self.path.suffix.lower()}"


@dataclass(frozen=True)
class Landmark:
    """What a worker is shown, so that it is known whether it sees the same folders and the same store."""

    file: JobFile
    """A file of the show."""
    store: StoreAddress
    token: str
    """What lies in the store under this name, and says so."""

    @property
    def key(self) -> str:
        """Where that lies."""
        return f"{HELLO}{self.token}"


@dataclass(frozen=True)
class MasteringJob:
    """A recording, and all that its result depends on."""

    recording: audio.Recording
    targets: tuple[audio.Target, ...]
    names: tuple[str, ...]
    """What each target's result is kept under: a digest of the recording, the settings and the version."""
    files: tuple[JobFile, ...]
    store: StoreAddress
    like: Fingerprint
    """How the machine masters that planned."""
    sent: bool = False
    """Whether the files are in the store, too."""

    @property
    def label(self) -> str:
        """What the scheduler calls it: no name of an episode, whose date may not have come."""
        return f"sendung-master-{self.names[0][:12]}"


@dataclass(frozen=True)
class JobDone:
    """A job's results are in the store, each under its own SHA-256, with a note under each name."""

    worker: str
    seconds: float


@dataclass(frozen=True)
class JobFault:
    """Why a worker did not do a job."""

    worker: str
    kind: Literal["worker", "files", "recording"]
    """The worker is of no use; or it cannot see the files; or the recording cannot be mastered anywhere."""
    problems: tuple[Problem, ...]


def note_key(name: str) -> str:
    """The key of the note that says which object is the result of that name."""
    return f"{FOLDER}{name}.json"


def result_key(sha256: str, suffix: str) -> str:
    """The key of a result."""
    return f"{FOLDER}{sha256}{suffix}"


def recordings_of(draft: Draft, config: ShowConfig) -> Iterator[audio.Recording]:
    """All that publishing a draft masters: its recording, and those of its translations."""
    if draft.file.master:
        yield recording_of(draft, config)
        for words in draft.translations:
            if words.audio:
                yield recording_of(translated_draft(draft, words), config)


def jobs_of(
    draft: Draft, config: ShowConfig, cache: Path, store: StoreAddress, like: Fingerprint
) -> list[MasteringJob]:
    """What another machine has to do for a draft. Raises OSError for a file that cannot be read."""
    targets, memory = targets_of(config), Memory(cache)
    job = partial(MasteringJob, targets=targets, store=store, like=like)
    jobs = []
    for recording in recordings_of(draft, config):
        stings = (targets[0].intro, targets[0].outro)
        paths = dict.fromkeys(path for path in (*files_of(recording), *stings) if path)
        names = tuple(key_of(recording, target, cache) for target in targets)
        files = tuple(JobFile(path, memory.digest(path)) for path in paths)
        jobs.append(job(recording=recording, names=names, files=files))
    return jobs


def moved(job: MasteringJob, at: Mapping[Path, Path]) -> tuple[audio.Recording, list[audio.Target]]:
    """The recording and the targets, with the files where this machine has them."""
    return _moved_recording(job.recording, at), _moved_targets(job.targets, at)


def _moved_recording(recording: audio.Recording, at: Mapping[Path, Path]) -> audio.Recording:
    if isinstance(recording, Path):
        return at[recording]
    return replace(recording, tracks=tuple(replace(track, path=at[track.path]) for track in recording.tracks))


def _moved_targets(targets: Sequence[audio.Target], at: Mapping[Path, Path]) -> list[audio.Target]:
    return [
        replace(
            target,
            intro=at[target.intro] if target.intro else None,
            outro=at[target.outro] if target.outro else None,
        )
        for target in targets
    ]
