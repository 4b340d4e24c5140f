"""Giving an episode's folder another name, so that it stays the episode that it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.config.slugs import SLUG, slug_of
from sendung.core.atomic_write import write_whole
from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.compare import Comparison, state_of_show


@dataclass(frozen=True)
class Renamed:
    """What a renaming did."""

    folder: Path
    guid: str
    written: bool
    """Whether the GUID was written into episode.yaml; else it stood there already, or nothing is published yet."""
    published: bool
    """Whether the episode is published: then its old address leads to the new one from the next publish on."""


def rename(folder: Path, slug: str, config: ShowConfig, run: RunContext) -> Renamed:
    """Rename the folder of a draft, and write the GUID of the published episode into it, if it has none.

    Nothing is sent. Raises UsageError if the new name cannot be one, or is somebody's; ConfigError for a broken draft.
    """
    if not SLUG.fullmatch(slug):
        message = say('"{slug}" becomes part of web addresses and cannot stand there.', slug=slug)
        raise UsageError(message, say("Name it {slug_of}.", slug_of=slug_of(slug, "episode-1")))
    target = folder.with_name(slug)
    if target.exists() or target in find_drafts(config):
        raise UsageError(say("There is a folder {slug} already.", slug=slug), "Choose another name.")
    draft, archive = load_draft(folder, config), run.reader.archive()
    comparison = Comparison(config, state_of_show(config, archive, run).guid, archive, run)
    identity = comparison.identify(draft)
    here = archive.by_slug.get(slug)
    # What stands under its name is another episode's where that name is taken: its GUID is not this draft's.
    published = None if identity.clash else archive.episodes.get(identity.guid)
    if here and here.episode.guid != identity.guid:
        raise UsageError(
            say("The episode “{title}” is published as {slug}.", title=here.episode.title, slug=slug),
            "Choose another name.",
        )
    written = published is not None and draft.file.guid is None
    if written:
        file = folder / "episode.yaml"
        write_whole(file, _with_guid(file.read_text("utf-8"), identity.guid).encode())
    folder.rename(target)
    return Renamed(target, identity.guid, written, published is not None)


def _with_guid(text: str, guid: str) -> str:
    """episode.yaml with a line for the GUID, below the comments and the mark at its head."""
    lines = text.splitlines(keepends=True)
    head = next(
        (number for number, line in enumerate(lines) if line.strip() and line[0] not in "#-%\ufeff"), len(lines)
    )
    return "".join([*lines[:head], f"guid: {guid}\n", *lines[head:]])
