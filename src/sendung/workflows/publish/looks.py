"""The show's own page templates: published with it, so that every machine renders the same pages."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from sendung.config.show import ShowConfig
from sendung.core.atomic_write import write_whole
from sendung.core.errors import Damaged, UsageError
from sendung.core.file_digests import file_digest
from sendung.core.model import Asset
from sendung.core.templates import ENDING, template_files
from sendung.core.words import say
from sendung.records import ShowRecord
from sendung.store.interface import Store
from sendung.workflows.context import RunContext

_STORED = ".txt"
"""How templates end in the store: they are no pages, and browsers are not to take them for any."""
_HINT = "Publish the show again from a machine that has its templates."


def take_templates(config: ShowConfig, add: Callable[[bytes, str], Asset], cache: Path) -> dict[str, Asset]:
    """The show's own templates as assets, by name, and in this machine's cache; `add` makes an asset of bytes."""
    files = template_files(config.templates) if config.templates else {}
    texts = {name: path.read_bytes() for name, path in files.items()}
    assets = {name: add(text, _STORED) for name, text in texts.items()}
    for name, text in texts.items():
        _keep(_folder(assets, cache) / name, text)
    return assets


def published_templates(record: ShowRecord, run: RunContext) -> Path | None:
    """A folder with the templates that the published show has; None if it has none of its own.

    Where its record was written before records kept them, this machine's, if it has any. Raises StoreError, UsageError.
    """
    if record.templates is None:
        return run.templates
    if not record.templates:
        return None
    folder = _folder(record.templates, run.cache)
    for name, asset in record.templates.items():
        _fetch(_inside(folder, name), asset, run.store)
    return folder


def _folder(templates: Mapping[str, Asset], cache: Path) -> Path:
    """Where this machine keeps some templates: elsewhere than any others."""
    facts = "\n".join(f"{name} {asset.sha256}" for name, asset in sorted(templates.items()))
    return cache / "templates" / hashlib.sha256(facts.encode()).hexdigest()[:32]


def _inside(folder: Path, name: str) -> Path:
    """The file of a template. Raises Damaged for a name that would lead elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not name.endswith(ENDING):
        raise Damaged(say("The published show has a template with an impossible name: {name!r}.", name=name), _HINT)
    return folder / path


def _fetch(path: Path, asset: Asset, store: Store) -> None:
    """Have a template on this machine, as it was published."""
    with contextlib.suppress(OSError):
        if file_digest(path) == asset.sha256:
            return
    data = store.read(asset.key).data
    if hashlib.sha256(data).hexdigest() != asset.sha256:
        raise Damaged(say("{key} is not the template that was published.", key=asset.key), _HINT)
    _keep(path, data)


def _keep(path: Path, text: bytes) -> None:
    try:
        write_whole(path, text)
    except OSError as error:
        message = say(
            "The show's templates cannot be kept in {parent}: {strerror}.", parent=path.parent, strerror=error.strerror
        )
        raise UsageError(message, "Let SENDUNG_CACHE name a folder that can be written to.") from None
