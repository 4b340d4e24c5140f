"""Bringing what is published into the drafts' folders: keys, notes, transcript, chapters, pictures."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any

from ruamel.yaml import YAML

from sendung import records
from sendung.config.episode import load_draft
from sendung.config.episode_entries import as_written
from sendung.config.show import ShowConfig
from sendung.config.yaml_writer import dump
from sendung.core.atomic_write import write_whole
from sendung.core.errors import ConflictError, Problem, SendungError
from sendung.core.words import say
from sendung.records import EpisodeRecord, Status, assets_of
from sendung.records.reader import find
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.as_published import published_file, texts_of
from sendung.workflows.history.status import StatusRow, status_in

_HEAD = "# yaml-language-server: $schema=../../schema/episode.schema.json\n"
_YAML = "episode.yaml"
_OLDER = (Status.STALE, Status.NO_DRAFT)


@dataclass(frozen=True)
class Pull:
    """What bringing the newest revision of an episode into its folder would write."""

    folder: Path
    record: EpisodeRecord
    before: Mapping[str, bytes]
    """What stands there now of what would change, by the file's name."""
    after: Mapping[str, bytes]
    """What would stand there, episode.yaml last; empty if the draft is as published."""
    missing: tuple[str, ...] = ()
    """Files of it that neither this folder nor the store has: recordings, which are published mastered only."""

    def diff(self) -> list[str]:
        """The lines that would change, as a unified diff; of files that are no text, that they change."""
        return [line for name in self.after for line in self._diff(name)]

    def _diff(self, name: str) -> Iterator[str]:
        try:
            old, new = (files.get(name, b"").decode().splitlines() for files in (self.before, self.after))
        except UnicodeDecodeError:
            yield say("{name}: {after_count} bytes", name=name, after_count=len(self.after[name]))
            return
        start = name if name in self.before else "/dev/null"
        yield from unified_diff(old, new, start, name, n=1, lineterm="")


def find_pulls(names: Iterable[str], config: ShowConfig, run: RunContext) -> list[Pull]:
    """What would be written of the episodes that are named; without names, of all that is older here or has no draft.

    Raises UsageError for a name that nobody has; ConflictError for each draft with an edit that is not published.
    """
    archive = run.reader.archive()
    rows = status_in(archive, config, run)
    by_guid = {row.published.episode.guid: row for row in rows if row.published}
    guids = [find(archive, name, guess=True).episode.guid for name in names]
    if problems := [problem for guid in guids if (problem := _edit(by_guid[guid], config))]:
        raise ConflictError.of(problems)
    chosen = [by_guid[guid] for guid in dict.fromkeys(guids)] if guids else [row for row in rows if row.state in _OLDER]
    return [_pull(row, row.published, config, run) for row in chosen if row.published]


def write(pull: Pull) -> None:
    """Write the files, each whole or not at all, episode.yaml last. Raises OSError."""
    pull.folder.mkdir(parents=True, exist_ok=True)
    for name, data in pull.after.items():
        write_whole(pull.folder / name, data)


def _edit(row: StatusRow, config: ShowConfig) -> Problem | None:
    """Why a draft must not be written over; None if it may."""
    folder = config.folder / "episodes" / row.slug
    if row.state is Status.BROKEN:
        hint = say("Mend it (sendung check {slug}), or move it away.", slug=row.slug)
        return Problem(
            say("{folder} cannot be read, so it may hold an edit that is not published.", folder=folder / _YAML), hint
        )
    if row.state in (Status.EDITED, Status.NEW, Status.RENAMED, Status.TAKEN):
        hint = say("Publish it, or undo it; sendung diff {slug} shows it.", slug=row.slug)
        return Problem(say("{slug} has an edit that is not published, and was left alone.", slug=row.slug), hint)
    return None


def _pull(row: StatusRow, record: EpisodeRecord, config: ShowConfig, run: RunContext) -> Pull:
    folder = config.folder / "episodes" / row.slug
    if row.state not in _OLDER:
        return Pull(folder, record, {}, {})
    files, missing = _files(folder, record, run)
    files[_YAML] = _yaml(folder, record, config).encode()
    before = {name: data for name in files if (data := _read(folder / name)) is not None}
    after = {name: data for name, data in files.items() if before.get(name) != data}
    return Pull(folder, record, before, after, missing)


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def _files(folder: Path, record: EpisodeRecord, run: RunContext) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files beside episode.yaml that differ, as the revision had them, and the names of those that nobody has."""
    named = {key.removeprefix("file:"): value for key, value in record.source.items() if key.startswith("file:")}
    facts = [record.episode, *([record.whole] if record.whole else [])]
    assets = {asset.sha256: asset.key for episode in facts for asset in assets_of(episode)}
    files, missing = dict[str, bytes](), list[str]()
    for name, digest in named.items():
        if not _inside(name):
            missing.append(name)
            continue
        present = _read(folder / name)
        if present is not None and _digest(present) == digest:
            continue
        data = _published(name, str(digest), record, assets, run)
        if data is None:
            missing.append(name)
        else:
            files[name] = data
    return files, tuple(missing)


def _inside(name: str) -> bool:
    """Whether a name leads to a file in the folder: another host wrote it."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _published(
    name: str, digest: str, record: EpisodeRecord, assets: Mapping[str, str], run: RunContext
) -> bytes | None:
    """A file as the revision had it, or as it is published; None if the store has no such thing."""
    if digest in assets:
        return run.store.read(assets[digest]).data
    if asset := published_file(name, record):
        return run.store.read(asset.key).data
    texts = texts_of(name, record)
    return next((text for text in texts if _digest(text) == digest), texts[-1] if texts else None)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _yaml(folder: Path, record: EpisodeRecord, config: ShowConfig) -> str:
    """episode.yaml with the revision's values; the comments, and keys that say the same, stay as they are."""
    wanted = as_written(
        {key: value for key, value in record.source.items() if ":" not in key and key != records.MOMENT}
    )
    file = folder / _YAML
    if not file.exists():
        return _HEAD + dump(wanted)
    present: dict[str, Any] = {}
    with contextlib.suppress(SendungError):
        present = as_written(load_draft(folder, config).file.model_dump(mode="json", exclude_defaults=True))
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(file.read_text("utf-8-sig"))
    for key in [key for key in document if key in present and key not in wanted]:
        del document[key]
    for key, value in wanted.items():
        if present.get(key) != value:
            document[key] = value
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
