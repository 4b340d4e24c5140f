"""Bringing what is published into the drafts' folders and show.yaml: keys, notes, transcript, chapters, pictures."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
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
from sendung.core.errors import ConflictError, Problem, SendungError, UsageError
from sendung.core.words import say
from sendung.records import EpisodeRecord, ShowRecord, Status, assets_of
from sendung.records.reader import Archive, find
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.as_published import published_file, texts_of
from sendung.workflows.drafts.compare import state_of_show
from sendung.workflows.history.status import StatusRow, status_in

_HEAD = "# yaml-language-server: $schema=../../schema/episode.schema.json\n"
_SHOW_HEAD = "# yaml-language-server: $schema=schema/show.schema.json\n"
_YAML = "episode.yaml"
_SHOW = "show.yaml"
SHOW_NAMES = ("show", _SHOW)
"""What names the show beside episodes."""
_LOCAL = ("url", "endpoint_url", "region")
"""Keys below store: that are of this machine."""
_JPEGS = (".jpg", ".jpeg")
"""As which covers are published, whatever they were."""
_OLDER = (Status.STALE, Status.NO_DRAFT)


@dataclass(frozen=True)
class Pull:
    """What bringing the newest revision of an episode into its folder would write."""

    folder: Path
    record: EpisodeRecord | ShowRecord
    before: Mapping[str, bytes]
    """What stands there now of what would change, by the file's name."""
    after: Mapping[str, bytes]
    """What would stand there, the YAML file last; empty if the draft is as published."""
    missing: tuple[str, ...] = ()
    """Files of it that neither this folder nor the store has: recordings, which are published mastered only."""

    @property
    def guid(self) -> str:
        """Of the episode or the show."""
        return self.record.episode.guid if isinstance(self.record, EpisodeRecord) else self.record.show.guid

    @property
    def name(self) -> str:
        """What it is called: the episode's folder, or show.yaml."""
        return self.folder.name if isinstance(self.record, EpisodeRecord) else _SHOW

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


def find_pulls(names: Collection[str], config: ShowConfig, run: RunContext) -> list[Pull]:
    """What would be written of the episodes and the show that are named, the show first.

    Without names, of all that is older here or has no draft; a show with an edit that is not published is left out.
    Raises UsageError for a name that nobody has; ConflictError for each draft, and for show.yaml, with such an edit.
    """
    archive = run.reader.archive()
    episodes = [name for name in names if name not in SHOW_NAMES]
    pulls = [_show_pull(archive, config, run)] if len(episodes) < len(names) else []
    if not names:
        with contextlib.suppress(ConflictError, UsageError):
            pulls = [pull for pull in (_show_pull(archive, config, run),) if pull.after]
    return pulls + (_episode_pulls(archive, episodes, config, run) if episodes or not names else [])


def _episode_pulls(archive: Archive, names: Iterable[str], config: ShowConfig, run: RunContext) -> list[Pull]:
    rows = status_in(archive, config, run)
    by_guid = {row.published.episode.guid: row for row in rows if row.published}
    guids = [find(archive, name, guess=True).episode.guid for name in names]
    if problems := [problem for guid in guids if (problem := _edit(by_guid[guid], config))]:
        raise ConflictError.of(problems)
    chosen = [by_guid[guid] for guid in dict.fromkeys(guids)] if guids else [row for row in rows if row.state in _OLDER]
    return [_pull(row, row.published, config, run) for row in chosen if row.published]


def _show_pull(archive: Archive, config: ShowConfig, run: RunContext) -> Pull:
    """The published show's. Raises ConflictError for an edit that is not published, UsageError where none is."""
    show, state = _show_in(archive, run), state_of_show(config, archive, run)
    if state.status is Status.UNCHANGED:
        return Pull(config.folder, show, {}, {})
    if state.status is not Status.STALE:
        hint = say("Publish it, or undo it; sendung diff {slug} shows it.", slug=records.SHOW)
        raise ConflictError(say("{slug} has an edit that is not published, and was left alone.", slug=_SHOW), hint)
    return _pull_show(config.folder, show, config.file.model_dump(mode="json", exclude_defaults=True), run)


def find_new_show(folder: Path, store: Mapping[str, str], run: RunContext) -> Pull:
    """What would be written of the published show where no show.yaml is; `store` is how this machine reaches it.

    Raises UsageError if nothing is published there.
    """
    return _pull_show(folder, _show_in(run.reader.archive(), run), {"store": dict(store)}, run)


def _show_in(archive: Archive, run: RunContext) -> ShowRecord:
    if archive.show is None:
        raise UsageError(say("No show is published in {store}.", store=run.store.name), "Look at --store.")
    return archive.show


def _pull_show(folder: Path, record: ShowRecord, present: Mapping[str, Any], run: RunContext) -> Pull:
    files, missing = _files(folder, record, run)
    wanted: dict[str, Any] = {key: value for key, value in record.source.items() if ":" not in key}
    local = {key: value for key, value in present.get("store", {}).items() if key in _LOCAL}
    wanted["store"] = {**local, **wanted["store"]}
    files[_SHOW] = _merged(folder / _SHOW, wanted, present, _SHOW_HEAD).encode()
    return _compared(folder, record, files, missing)


def _compared(
    folder: Path, record: EpisodeRecord | ShowRecord, files: Mapping[str, bytes], missing: tuple[str, ...]
) -> Pull:
    before = {name: data for name in files if (data := _read(folder / name)) is not None}
    return Pull(
        folder, record, before, {name: data for name, data in files.items() if before.get(name) != data}, missing
    )


def write(pull: Pull) -> None:
    """Write the files, each whole or not at all, the YAML file last. Raises OSError."""
    for name, data in pull.after.items():
        (pull.folder / name).parent.mkdir(parents=True, exist_ok=True)
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
    return _compared(folder, record, files, missing)


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def _files(
    folder: Path, record: EpisodeRecord | ShowRecord, run: RunContext
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The files beside the YAML file that differ, as the revision had them, and the names of those that nobody has."""
    named = {key.removeprefix("file:"): value for key, value in record.source.items() if key.startswith("file:")}
    assets = {asset.sha256: asset.key for asset in assets_of(record)}
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
    name: str, digest: str, record: EpisodeRecord | ShowRecord, assets: Mapping[str, str], run: RunContext
) -> bytes | None:
    """A file as the revision had it, or as it is published; None if the store has no such thing."""
    if digest in assets:
        return run.store.read(assets[digest]).data
    if isinstance(record, ShowRecord):
        is_cover = name == record.source["cover"] and PurePosixPath(name).suffix.lower() in _JPEGS
        return run.store.read(record.show.cover.asset.key).data if is_cover else None
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
    present: dict[str, Any] = {}
    with contextlib.suppress(SendungError, OSError):
        present = as_written(load_draft(folder, config).file.model_dump(mode="json", exclude_defaults=True))
    return _merged(folder / _YAML, wanted, present, _HEAD)


def _merged(file: Path, wanted: Mapping[str, Any], present: Mapping[str, Any], head: str) -> str:
    """The text of a file with the values that are wanted; `present` are those it has, `head` a new one's first line."""
    if not file.exists():
        return head + dump(dict(wanted))
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(file.read_text("utf-8-sig"))
    _merge(document, wanted, present)
    stream = StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def _merge(document: Any, wanted: Mapping[str, Any], present: Mapping[str, Any]) -> None:
    """Give a mapping of a YAML file the values that are wanted; what says the same stays as it is typed."""
    for key in [key for key in document if key in present and key not in wanted]:
        del document[key]
    for key, value in wanted.items():
        old = present.get(key)
        if isinstance(document.get(key), Mapping) and isinstance(value, Mapping) and isinstance(old, Mapping):
            _merge(document[key], value, old)
        elif old != value:
            document[key] = value
