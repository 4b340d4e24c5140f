"""The steps of an import: read the feed, ask whether it may be moved, write the show, then every episode."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from sendung import feed, net
from sendung.config.document import load_yaml
from sendung.config.episode import claimed_guid
from sendung.config.slugs import slug_of, unique
from sendung.core.errors import ConfigError, Problem, RulesError, SendungError, Severity, UsageError, merge
from sendung.core.file_digests import file_digest
from sendung.core.progress import Progress
from sendung.feed.document import Feed
from sendung.net.feeds import fetch_feed
from sendung.workflows.importer.channel import read_show
from sendung.workflows.importer.choices import Wishes
from sendung.workflows.importer.download import Gatherer
from sendung.workflows.importer.items import Context, read_episodes, trailers
from sendung.workflows.importer.old_show import OldEpisode, OldShow
from sendung.workflows.importer.show import fetch_cover, settle_show, write_moving

STAGING = ".import"
"""Where episodes are gathered until they are whole."""
_AT_ONCE = 4
_NO_ITEMS = "Look at the old feed: is it the right one, and does it list its episodes?"
_STEPS = ("Reading the feed", "Writing the show", "Fetching episodes")


class Status(StrEnum):
    """What became of an episode."""

    IMPORTED = "imported"
    THERE = "there"
    FAILED = "failed"


@dataclass(frozen=True)
class EpisodeImport:
    """What became of one episode."""

    slug: str
    title: str
    guid: str
    status: Status
    warnings: tuple[Problem, ...] = ()
    error: SendungError | None = None


@dataclass(frozen=True)
class Imported:
    """What became of an import."""

    show: OldShow
    folder: Path
    episodes: tuple[EpisodeImport, ...]
    """Oldest first."""
    warnings: tuple[Problem, ...]
    """What concerns the show, and items that are no episodes."""
    moving: Path | None
    """The note for the old host; None until the new feed's address is known."""

    @property
    def error(self) -> SendungError | None:
        """Everything that failed, as one error; None if nothing did."""
        errors = [one.error for one in self.episodes if one.error]
        return merge(errors) if errors else None


def import_show(source: str | Path, folder: Path, wishes: Wishes, now: datetime, progress: Progress) -> Imported:
    """Write show.yaml and a folder for each episode of a feed (an address, or a file) into `folder`.

    Nothing that is there is changed or written over; a second run goes on where the first ended. Raises FetchError and
    RulesError where the feed cannot be had or read, UsageError where it is locked, ConfigError where another show is in
    the folder, NoSpace.
    """
    policy = net.NetPolicy(allow_private=wishes.allow_private)
    progress.step(1, len(_STEPS), _STEPS[0])
    pages, address = _fetch(source, policy)
    show = read_show(pages, address)
    _check_lock(show, wishes)
    if not any(page.items for page in pages):
        raise RulesError(f"The feed of “{show.title}” has no items, so there is nothing to import.", _NO_ITEMS)

    progress.step(2, len(_STEPS), _STEPS[1])
    folder.mkdir(parents=True, exist_ok=True)
    cover, warnings = fetch_cover(show, folder, policy)
    said, more = settle_show(show, folder, wishes, cover)
    zone = ZoneInfo(said.timezone)
    items = [item for page in pages for item in page.items]
    context = Context(show.url, zone, now, show.image, trailers(pages[0].channel, show.url))
    episodes, skipped = read_episodes(items, context)

    progress.step(3, len(_STEPS), _STEPS[2])
    digest = file_digest(cover) if cover else ""
    gatherer = Gatherer(show, zone, policy, digest, with_audio=wishes.audio, master=wishes.master)
    results = _import_all(episodes, gatherer, folder, progress)
    moving = write_moving(show, folder, said)
    return Imported(show, folder, results, (*_mended(pages), *warnings, *more, *skipped), moving)


def _fetch(source: str | Path, policy: net.NetPolicy) -> tuple[tuple[Feed, ...], str]:
    """The feed's pages, and its address. Raises FetchError, RulesError, ConfigError."""
    if isinstance(source, str):
        live = fetch_feed(source, policy, forgiving=True)
        return live.pages, live.answer.url
    try:
        return (feed.read(source.read_bytes(), forgiving=True),), ""
    except OSError as error:
        message = f"{source.name} cannot be read: {error.strerror}."
        raise ConfigError(message, "Name the feed's file, or its address.") from None


def _mended(pages: Iterable[Feed]) -> Iterator[Problem]:
    """What was wrong with the feed itself, and how it was read."""
    for page in pages:
        for remark in page.remarks:
            yield Problem(remark, "Look at what became of it.", severity=Severity.WARNING)
        for item in page.misplaced:
            name = item.value("title") or "An item"
            yield Problem(
                f"Line {item.line}: “{name}” stands outside of the channel; it was read.", "", None, Severity.WARNING
            )
        for channel in page.channels:
            message = (
                f"Line {channel.line}: a second channel, “{channel.value('title')}”, with "
                f"{len(list(channel.every('item')))} items, was left out."
            )
            yield Problem(message, "Save it as a feed of its own, and import that.", severity=Severity.WARNING)


def _check_lock(show: OldShow, wishes: Wishes) -> None:
    """podcast:locked (docs/tags/locked.md): a locked feed is moved by its owner only. Raises UsageError."""
    if not show.locked or wishes.own or (wishes.owner and wishes.owner.strip().lower() in show.owners):
        return
    if wishes.owner:
        message = f"The feed is locked, and {wishes.owner} is not the owner's address that it names."
    else:
        message = f"The feed of “{show.title}” is locked: its owner does not want it to be imported elsewhere."
    hint = "If the show is yours, unlock it at the old host, give the owner's address (--owner), or say --i-own-it."
    raise UsageError(message, hint)


def _import_all(
    episodes: Sequence[OldEpisode], gatherer: Gatherer, folder: Path, progress: Progress
) -> tuple[EpisodeImport, ...]:
    """Every episode, oldest first, so that the first of two with one title gets the plain slug."""
    places = _places(sorted(episodes, key=lambda one: (one.date, one.guid)), folder)
    with progress.meter("Episodes", len(places), "items") as meter, ThreadPoolExecutor(_AT_ONCE) as pool:

        def run(place: _Place) -> EpisodeImport:
            done = place.fill(gatherer)
            meter.advance(1)
            return done

        try:
            results = tuple(pool.map(run, places))
        except BaseException:
            gatherer.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    with contextlib.suppress(OSError):
        (folder / STAGING).rmdir()
    return results


def _places(episodes: Iterable[OldEpisode], folder: Path) -> list[_Place]:
    """Where each episode goes: where its GUID is already, else a folder with a name of its own."""
    drafts = [file.parent for file in sorted((folder / "episodes").glob("*/episode.yaml"))]
    known = {guid: draft for draft in drafts if (guid := claimed_guid(draft))}
    taken = {path.name for path in (folder / "episodes").glob("*")}
    places = []
    for episode in episodes:
        there = known.get(episode.guid)
        fallback = f"episode-{episode.number}" if episode.number else f"episode-{episode.date:%Y-%m-%d}"
        slug = there.name if there else unique(slug_of(episode.title, fallback), taken)
        taken.add(slug)
        staging = folder / STAGING / hashlib.sha256(episode.guid.encode()).hexdigest()[:16]
        places.append(_Place(episode, folder / "episodes" / slug, staging, there is not None))
    return places


@dataclass(frozen=True)
class _Place:
    """Where one episode goes."""

    episode: OldEpisode
    folder: Path
    staging: Path
    """Where it is gathered before: the folder appears whole or not at all."""
    there: bool
    """Whether the folder is there already."""

    def fill(self, gatherer: Gatherer) -> EpisodeImport:
        """Import the episode, or only its audio where that was left out before."""
        try:
            warnings = self._complete(gatherer) if self.there else self._gather(gatherer)
        except SendungError as error:
            named = (replace(problem, message=f"“{self.episode.title[:60]}”: {problem.message}")
                     for problem in error.problems)  # fmt: skip
            return self._result(Status.FAILED, (), type(error).of(named))
        return self._result(Status.THERE if warnings is None else Status.IMPORTED, tuple(warnings or ()), None)

    def _gather(self, gatherer: Gatherer) -> list[Problem]:
        self.staging.mkdir(parents=True, exist_ok=True)
        warnings = gatherer.gather(self.episode, self.staging)
        for rest in self.staging.glob("*.part*"):
            rest.unlink()
        self.folder.parent.mkdir(exist_ok=True)
        self.staging.rename(self.folder)
        return warnings

    def _complete(self, gatherer: Gatherer) -> list[Problem] | None:
        """The audio, if episode.yaml names a file that is not there; None if nothing is missing."""
        name = load_yaml(self.folder / "episode.yaml").data.get("audio")
        target = self.folder / str(name)
        if not gatherer.with_audio or not isinstance(name, str) or target.exists() or target.parent != self.folder:
            return None
        self.staging.mkdir(parents=True, exist_ok=True)
        gatherer.fetch_audio(self.episode, self.staging / "audio")
        (self.staging / "audio").rename(target)
        self.staging.rmdir()
        return []

    def _result(self, status: Status, warnings: tuple[Problem, ...], error: SendungError | None) -> EpisodeImport:
        return EpisodeImport(self.folder.name, self.episode.title, self.episode.guid, status, warnings, error)
