"""The steps of an import: read the feed, ask whether it may be moved, write the show, then every episode."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from sendung import net
from sendung.config.claims import claimed_guid
from sendung.config.document import load_yaml
from sendung.config.slugs import slug_of, unique
from sendung.core.errors import Problem, RulesError, SendungError, UsageError, merge
from sendung.core.file_digests import file_digest
from sendung.core.progress import Progress
from sendung.core.shared_progress import SharedBar
from sendung.core.words import say
from sendung.workflows.importer import html_text
from sendung.workflows.importer.audit import KeptValues, audit
from sendung.workflows.importer.channel import read_show
from sendung.workflows.importer.choices import ImportOptions
from sendung.workflows.importer.download import EpisodeDownloader, Gathered
from sendung.workflows.importer.items import Context, read_episodes, trailers
from sendung.workflows.importer.losses import Ledger, Loss
from sendung.workflows.importer.old_show import OldEpisode, OldShow
from sendung.workflows.importer.redirects import FOLDER, files_of, redirects_of
from sendung.workflows.importer.show import EXAMPLE, fetch_cover, settle_show, write_beside, write_moving
from sendung.workflows.importer.source import OldFeed, read_source

STAGING = ".import"
"""Where episodes are gathered until they are whole."""
_AT_ONCE = 4
_NO_ITEMS = "Look at the old feed: is it the right one, and does it list its episodes?"
_STEPS = ("Reading the feed", "Writing the show", "Fetching episodes")


class ImportStatus(StrEnum):
    """What became of an episode."""

    IMPORTED = "imported"
    PRESENT = "there"
    SKIPPED = "skipped"
    FAILED = "failed"


_HERE = (ImportStatus.IMPORTED, ImportStatus.PRESENT)


@dataclass(frozen=True)
class EpisodeImport:
    """What became of one episode."""

    slug: str
    title: str
    guid: str
    status: ImportStatus
    warnings: tuple[Problem, ...] = ()
    losses: tuple[Loss, ...] = ()
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
    losses: tuple[Loss, ...] = ()
    """What the old feed has and the result has not, value by value."""
    left_out: int = 0
    """Items that are no episodes, or cannot be."""
    hidden: int = 0
    """Episodes that nobody sees yet: they are dated in the future."""
    changed_guids: int = 0
    """Episodes that apps would take for new ones."""

    @property
    def moved(self) -> int:
        """Episodes that are here now."""
        return sum(episode.status in _HERE for episode in self.episodes)

    @property
    def missing(self) -> int:
        """Items that are not here: left out, skipped or failed."""
        return self.left_out + len(self.episodes) - self.moved

    @property
    def error(self) -> SendungError | None:
        """Everything that failed, as one error; None if nothing did."""
        if not self.episodes:
            return RulesError(
                say("No item of “{title}” became an episode.", title=self.show.title), "The warnings say why."
            )
        errors = [episode.error for episode in self.episodes if episode.error]
        return merge(errors) if errors else None


def import_show(
    source: str | Path, folder: Path, options: ImportOptions, now: datetime, progress: Progress
) -> Imported:
    """Write show.yaml and a folder for each episode of a feed (an address, or a file) into `folder`.

    Nothing that is there is changed or written over; a second run goes on where the first ended. Raises FetchError and
    RulesError where the feed cannot be had or read, UsageError where it is locked, ConfigError where another show is in
    the folder, NoSpace.
    """
    policy = net.NetPolicy(options.allow_private, credentials=_credentials(source, options))
    progress.step(1, len(_STEPS), _STEPS[0])
    old = read_source(source, options.feed_url, policy)
    show = read_show(old)
    _check_lock(show, options)
    if not old.items:
        raise RulesError(
            say("The feed of “{title}” has no items, so there is nothing to import.", title=show.title), _NO_ITEMS
        )

    progress.step(2, len(_STEPS), _STEPS[1])
    folder.mkdir(parents=True, exist_ok=True)
    cover, warnings = fetch_cover(show, folder, policy)
    new = not (folder / "show.yaml").exists()
    file, questions = settle_show(show, folder, options, cover)
    zone = ZoneInfo(file.timezone)
    items = read_episodes(old.items, _context(old, show, zone, now))

    progress.step(3, len(_STEPS), _STEPS[2])
    digest = file_digest(cover) if cover else ""
    downloader = EpisodeDownloader(show, zone, policy, digest, with_audio=options.audio, master=options.master)
    results = _import_all(items.episodes, downloader, folder, progress, options.skip)
    moving = write_moving(show, folder, file)
    write_beside(folder)
    _write_redirects(show, file.store.public_url, items.episodes, results, folder)
    hidden = sum(episode.date > now for episode in items.episodes)
    problems = (*old.problems, *warnings, *questions, *items.problems)
    losses = (
        *_audit_show(old, show, folder, cover if new else None, new=new),
        *items.losses,
        *(loss for result in results for loss in result.losses),
    )
    changed = _changed_guids(results, folder)
    return Imported(show, folder, results, problems, moving, losses, items.left_out, hidden, changed)


def _audit_show(old: OldFeed, show: OldShow, folder: Path, cover: Path | None, *, new: bool) -> list[Loss]:
    """What the channel has and show.yaml has not, if it was written now."""
    if not new:
        return []
    ledger = Ledger(losses=[*show.losses])
    truths = {
        "itunes:explicit": show.explicit,
        "itunes:block": show.block,
        "itunes:complete": show.complete,
        "podcast:locked": show.locked is not False,
    }
    data = load_yaml(folder / "show.yaml").data
    texts = {html_text.plain(old.channel.value("description")) and old.channel.value("description")}
    kept = KeptValues.of(
        data, [text for text in (show.image if cover else None, show.author) if text], texts=texts, truths=truths
    )
    audit(old.channel, kept, old.base, ledger)
    return ledger.losses


def _context(old: OldFeed, show: OldShow, zone: ZoneInfo, now: datetime) -> Context:
    names = frozenset({show.author, show.owner_name, show.title, *(person.name for person in show.persons)})
    calls_trailers = trailers(old.channel, old.base)
    return Context(zone, now, show.image, show.type, calls_trailers, names, show.website or "")


def _check_lock(show: OldShow, options: ImportOptions) -> None:
    """podcast:locked (docs/tags/locked.md): a locked feed is moved by its owner only. Raises UsageError."""
    if not show.locked or options.own or (options.owner and options.owner.strip().lower() in show.owners):
        return
    if options.owner:
        message = say("The feed is locked, and {owner} is not the owner's address that it names.", owner=options.owner)
    else:
        message = say(
            "The feed of “{title}” is locked: its owner does not want it to be imported elsewhere.", title=show.title
        )
    hint = "If the show is yours, unlock it at the old host, give the owner's address (--owner), or say --i-own-it."
    raise UsageError(message, hint)


def _credentials(source: str | Path, options: ImportOptions) -> dict[str, str]:
    """Name and password for the old feed's own server, and no other."""
    address = source if isinstance(source, str) else options.feed_url
    return {net.origin_of(address): options.user} if options.user and address else {}


def _write_redirects(
    show: OldShow, public_url: str, episodes: Sequence[OldEpisode], results: Sequence[EpisodeImport], folder: Path
) -> None:
    """Where old addresses lead, once it is known where the new feed will be; written anew by each run."""
    if public_url.startswith(EXAMPLE):
        return
    slugs = {result.guid: result.slug for result in results if result.status in _HERE}
    here = [episode for episode in episodes if episode.guid in slugs]
    drafts = [folder / "episodes" / slugs[episode.guid] for episode in here]
    (folder / FOLDER).mkdir(exist_ok=True)
    for name, text in files_of(redirects_of(show.url, public_url, here, drafts)).items():
        (folder / FOLDER / name).write_text(text, "utf-8")


def _changed_guids(results: Iterable[EpisodeImport], folder: Path) -> int:
    """How many drafts claim another GUID than the old feed has."""
    drafts = ((folder / "episodes" / result.slug, result.guid) for result in results if result.status in _HERE)
    return sum(not _claims(draft, guid) for draft, guid in drafts)


def _claims(draft: Path, guid: str) -> bool:
    plain = f"\nguid: {guid}\n" in (draft / "episode.yaml").read_text("utf-8")
    return plain or claimed_guid(draft) == guid


def _import_all(
    episodes: Sequence[OldEpisode],
    downloader: EpisodeDownloader,
    folder: Path,
    progress: Progress,
    skip: frozenset[str],
) -> tuple[EpisodeImport, ...]:
    """Every episode, oldest first, so that the first of two with one title gets the plain slug."""
    arrivals = _arrivals(sorted(episodes, key=lambda episode: (episode.date, episode.guid)), folder)
    weights = {arrival.folder.name: 1.0 for arrival in arrivals}
    with SharedBar.over(progress, "Episodes", weights, "items") as bar, ThreadPoolExecutor(_AT_ONCE) as pool:

        def run(arrival: _Arrival) -> EpisodeImport:
            bar.begin(arrival.folder.name)
            try:
                return arrival.skipped() if arrival.episode.guid in skip else arrival.fill(downloader)
            finally:
                bar.end(arrival.folder.name)

        try:
            results = tuple(pool.map(run, arrivals))
        except BaseException:
            downloader.stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    with contextlib.suppress(OSError):
        (folder / STAGING).rmdir()
    return results


def _arrivals(episodes: Iterable[OldEpisode], folder: Path) -> list[_Arrival]:
    """Where each episode goes: where its GUID is already, else a folder with a name of its own."""
    drafts = [file.parent for file in sorted((folder / "episodes").glob("*/episode.yaml"))]
    known = {guid: draft for draft in drafts if (guid := claimed_guid(draft))}
    taken = {path.name for path in (folder / "episodes").glob("*")}
    arrivals = []
    for episode in episodes:
        draft = known.get(episode.guid)
        fallback = f"episode-{episode.number}" if episode.number else f"episode-{episode.date:%Y-%m-%d}"
        slug = draft.name if draft else unique(slug_of(episode.title, fallback), taken)
        taken.add(slug)
        staging = folder / STAGING / hashlib.sha256(episode.guid.encode()).hexdigest()[:16]
        arrivals.append(_Arrival(episode, folder / "episodes" / slug, staging, draft is not None))
    return arrivals


@dataclass(frozen=True)
class _Arrival:
    """Where one episode goes."""

    episode: OldEpisode
    folder: Path
    staging: Path
    """Where it is gathered before: the folder appears whole or not at all."""
    present: bool
    """Whether the folder is there already."""

    def fill(self, downloader: EpisodeDownloader) -> EpisodeImport:
        """Import the episode, or only its audio where that was left out before."""
        try:
            gathered = self._complete(downloader) if self.present else self._gather(downloader)
        except SendungError as error:
            title = self.episode.title[:60]
            named = (
                replace(problem, message=say("“{title}”: {message}", title=title, message=problem.message))
                for problem in error.problems
            )
            return self._result(ImportStatus.FAILED, Gathered(), type(error).of(named))
        status = ImportStatus.PRESENT if gathered is None else ImportStatus.IMPORTED
        return self._result(status, gathered or Gathered(), None)

    def skipped(self) -> EpisodeImport:
        """Leave the episode out, because its host says so."""
        return self._result(ImportStatus.SKIPPED, Gathered(), None)

    def _gather(self, downloader: EpisodeDownloader) -> Gathered:
        self.staging.mkdir(parents=True, exist_ok=True)
        gathered = downloader.gather(self.episode, self.staging)
        for rest in self.staging.glob("*.part*"):
            rest.unlink()
        self.folder.parent.mkdir(exist_ok=True)
        self.staging.rename(self.folder)
        return gathered

    def _complete(self, downloader: EpisodeDownloader) -> Gathered | None:
        """The audio, if episode.yaml names a file that is not there; None if nothing is missing."""
        name = load_yaml(self.folder / "episode.yaml").data.get("audio")
        target = self.folder / str(name)
        if not downloader.with_audio or not isinstance(name, str) or target.exists() or target.parent != self.folder:
            return None
        self.staging.mkdir(parents=True, exist_ok=True)
        downloader.fetch_audio(self.episode, self.staging / "audio")
        (self.staging / "audio").rename(target)
        self.staging.rmdir()
        return Gathered()

    def _result(self, status: ImportStatus, gathered: Gathered, error: SendungError | None) -> EpisodeImport:
        episode = self.episode
        return EpisodeImport(
            self.folder.name, episode.title, episode.guid, status, gathered.warnings, gathered.losses, error
        )
