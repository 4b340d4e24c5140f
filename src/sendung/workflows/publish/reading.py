"""The first steps of a publish: what drafts say, beside what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sendung.config.show import ShowConfig
from sendung.workflows.check.drafts import load
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.compare import compare
from sendung.workflows.drafts.seen import SeenDrafts


def read_and_compare(folders: Sequence[Path], config: ShowConfig, run: RunContext, *, every: bool = False) -> Batch:
    """Drafts, read and compared with the store; where any cannot be read, the store is not asked.

    Drafts that are as published, and have not changed since that was found, are not read, unless `every` one is to be.
    Raises StoreError; ConfigError, ConflictError for the show.
    """
    seen = SeenDrafts(config, run)
    same = {folder for folder in folders if seen.looks_same(folder) and not every}
    batch = load([folder for folder in folders if folder not in same], config)
    if batch.failed:
        return batch
    archive = run.reader.archive()
    states = {folder: state for folder in same if (state := seen.state_of(folder, archive))}
    if len(states) < len(same):
        batch = load([folder for folder in folders if folder not in states], config)
        if batch.failed:
            return batch
    batch = compare(batch, run, archive)
    for candidate in batch.sound:
        if candidate.state:
            seen.note(loaded(candidate), candidate.state, archive)
    seen.keep()
    read = {candidate.folder: candidate for candidate in batch.candidates}
    known = {folder: Candidate(folder, state=state, taken=False) for folder, state in states.items()}
    return replace(batch, candidates=tuple((known | read)[folder] for folder in folders))
