"""Making feed and pages what the records say (DESIGN, write order, steps 3 and 4)."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sendung import feed, website
from sendung.core.concurrency import each
from sendung.core.episode_digest import facts_digest
from sendung.core.errors import ConflictError, InvariantBroken, ObjectChanged, Problem
from sendung.core.model import Episode, Show
from sendung.core.progress import Progress
from sendung.core.teaser import Teaser
from sendung.core.translation import feed_key, feed_language, spoken_languages
from sendung.core.words import say
from sendung.feed import FEED_KEY
from sendung.records import SHOW, EpisodeRecord, ShowRecord, owner_of
from sendung.records.reader import Archive
from sendung.store.interface import Headers, Store, Stored, Version
from sendung.store.reading import read_or_none
from sendung.website import PagePlan
from sendung.website.keys import EPISODES
from sendung.workflows.context import RunContext
from sendung.workflows.publish import manifest as manifests
from sendung.workflows.publish.customers import serve_customers
from sendung.workflows.publish.guard import FeedFacts, find_breaks, moment_of, read_feed
from sendung.workflows.publish.hubs import announce, expect_announcement
from sendung.workflows.publish.looks import published_templates
from sendung.workflows.publish.manifest import Manifest
from sendung.workflows.publish.settled import Settled

MANIFEST_KEY = "state/pages.json"


BRIEFLY = "public, max-age=300"
"""Cache-Control of what is replaced: feed and pages."""


_ATTEMPTS = 200
"""How often others may publish in between before this gives up. Each attempt that fails is another's success."""


_SENDERS = 24
"""Requests under way at once; a page is small, so it is the latency that counts."""


@dataclass(frozen=True)
class Refreshed:
    """What became of making feed and pages what the records say."""

    archive: Archive
    held: Mapping[str, Problem]
    """Why an episode, by its GUID (or the show), is not as its newest record says; all else is public."""

    @property
    def error(self) -> InvariantBroken | None:
        """All that is held, as one error; None if nothing is."""
        return InvariantBroken.of(self.held.values()) if self.held else None


def refresh(run: RunContext, *, anew: bool = False) -> Archive:
    """What `make_public` does. Raises InvariantBroken, once all else is public, for what the guard holds, too."""
    refreshed = make_public(run, anew=anew)
    if refreshed.error:
        raise refreshed.error
    return refreshed.archive


def make_public(run: RunContext, *, anew: bool = False) -> Refreshed:
    """Render what the records say, and send what differs; until the records stand still.

    What is in the store is looked at before the records are listed, and the records are listed again after anything was
    written: whoever writes last has seen every record that was committed before. Nothing is written where the
    store already holds the right bytes. What the run overrides, the guard lets pass; `anew` renders every page,
    whatever the manifest says. Raises StoreError; InvariantBroken if the guard holds the feed; ConflictError if others
    never stop.
    """
    for _ in range(_ATTEMPTS):
        before = read_or_none(run.store, FEED_KEY)
        stored = _look(run.store, anew=anew)
        archive = run.reader.archive()
        if archive.show is None:
            return Refreshed(archive, {})
        settled = Settled([before, stored.stored], stored.versions, archive, run)
        if not anew and settled.holds():
            return _announced(Refreshed(archive, {}), run)
        passed = _let_pass(before, archive, run)
        templates = published_templates(passed.show, run)
        plans = passed.site.plan(templates, _heard(run.store, archive, passed.site.withdrawn, stored.known))
        left = sorted(stored.keys - {plan.key for plan in plans})
        plans = (*plans, *website.plan_gone(passed.site.show, left, templates))
        try:
            wrote = _send_pages(run.store, plans, stored, run.progress, compress=passed.site.show.compress)
            wrote |= _send_feed(before, passed, run)
            wrote |= _delete(run.store, [key for key in left if not website.is_page(key)])
            wrote |= serve_customers(run, replace(archive, show=passed.show), templates, anew=anew)
        except ObjectChanged:
            continue
        if not wrote or run.reader.listing().keys() == archive.listing.keys():
            if not (wrote or passed.held):
                settled.keep(archive)
            return _announced(Refreshed(archive, _worded(passed.held, "All else is published.")), run)
    raise ConflictError("Others keep publishing into this store.", "Run the same command again.")


def _announced(refreshed: Refreshed, run: RunContext) -> Refreshed:
    if run.announces and refreshed.archive.show:
        announce(run.store, refreshed.archive.show.show, run.progress)
    return refreshed


@dataclass(frozen=True)
class Site:
    """All that the public may see at a time."""

    show: Show
    episodes: Sequence[Episode]
    withdrawn: Sequence[Episode]
    moment: datetime
    """At or after every episode's date."""
    built: datetime
    """When any of it changed last (RSS 2.0, lastBuildDate): a revision, or the hour of a scheduled episode."""
    digest: Callable[[Episode], str] = facts_digest
    teasers: Sequence[Teaser] = ()
    """What is told of episodes for customers alone."""

    def plan(self, templates: Path | None, heard: Collection[str] = ()) -> tuple[PagePlan, ...]:
        """Every page, and every page of the feed but the newest, not yet rendered. Raises ConfigError for templates.

        `heard` are languages that had a feed before.
        """
        gone, told = self.withdrawn, self.teasers
        pages = website.plan(self.show, self.episodes, self.moment, templates, gone, self.digest, told)
        return (*pages, *self.further_pages(heard))

    def further_pages(self, heard: Collection[str] = ()) -> tuple[PagePlan, ...]:
        """Every page of the feed but the newest, and the feeds in other languages."""
        facts = (self.show, self.episodes, self.moment, self.digest)
        pages = (*feed.archive(*facts), *feed.editions(*facts, heard))
        return tuple(PagePlan(page.key, page.content_type, page.inputs, page.render) for page in pages)

    @property
    def older(self) -> int:
        """How many episodes are on further pages of the feed, and not in feed.xml."""
        return feed.older(self.show, self.episodes, self.moment)

    def feed(self) -> bytes:
        """The feed."""
        return feed.render(self.show, self.episodes, self.moment, self.built)


def public_site(
    archive: Archive,
    now: datetime,
    digest: Callable[[Episode], str] = facts_digest,
    listed: Collection[str] = (),
) -> Site:
    """What the records of an archive (with a show) make public at a time; those with GUIDs that are `listed` are so."""
    if archive.show is None:
        raise AssertionError("a site needs a show")
    shown = [
        record
        for guid, record in archive.episodes.items()
        if record.public(now) or (guid in listed and not (record.withdrawn or record.audience))
    ]
    gone = [record for record in archive.episodes.values() if record.withdrawn and not record.audience]
    dates = [record.episode.date for record in shown]
    built = max([archive.show.at, *(record.at for record in [*gone, *shown]), *dates])
    episodes, withdrawn = ([record.episode for record in group] for group in (shown, gone))
    told = [Teaser.of(record.episode) for record in archive.episodes.values() if record.teaser and record.released(now)]
    return Site(archive.show.show, episodes, withdrawn, max([now, *dates]), built, digest, told)


def _send_feed(before: Stored | None, passed: _Passed, run: RunContext) -> bool:
    """Send the feed if it differs from the stored one; whether it does."""
    if before and before.data == passed.feed:
        return False
    expect_announcement(run.store, passed.site.show, before)
    run.store.replace(FEED_KEY, passed.feed, Headers(feed.CONTENT_TYPE, BRIEFLY), before.version if before else None)
    if older := passed.site.older:
        count = len(passed.site.episodes)
        message = say(
            "feed.xml lists the newest {count} of {count2} episodes; {older} are on further pages.",
            count=count - older,
            count2=count,
            older=older,
        )
        run.progress.warn(message, "Apple Podcasts, Spotify and YouTube read feed.xml only (docs/decisions/paging.md).")
    return True


@dataclass(frozen=True)
class _Passed:
    """What the guard lets pass, and what is wrong with the episodes that it holds, by GUID."""

    site: Site
    show: ShowRecord
    """The show's record that the site is of."""
    feed: bytes
    held: Mapping[str, Problem]


def _let_pass(before: Stored | None, archive: Archive, run: RunContext) -> _Passed:
    """What can be shown, before anything of it is written.

    What the stored feed shows under the same date is public, whatever this machine's clock says. An episode that would
    break the feed is shown by the revision before, or the one before that; without any it is left out, if the stored
    feed does not have it. So it holds no other. Raises InvariantBroken if it cannot be kept so.
    """
    shown, listed = archive, set[str]()
    held: dict[str, Problem] = {}
    old: FeedFacts | None = None
    while True:
        if (show := shown.show) is None:
            raise AssertionError("a site needs a show")
        site = public_site(shown, run.clock(), run.reader.digests.of, listed)
        data = site.feed()
        if before is not None and before.data == data:
            return _Passed(site, show, data, held)
        old = old or read_feed(before.data if before else b"")
        if hidden := _hidden(old, shown, site) - listed:
            listed |= hidden
            continue
        breaks = find_breaks(old, read_feed(data), shown, site.episodes, run)
        if not breaks:
            return _Passed(site, show, data, held)
        for guid, problem in breaks:
            held.setdefault(guid, problem)
            earlier = _show_before(shown, run) if guid == SHOW else _stepped_back(guid, shown, old.items, run)
            if earlier is None:
                raise InvariantBroken.of(_worded(held, "The feed was not written.").values())
            shown = earlier


def _hidden(old: FeedFacts, archive: Archive, site: Site) -> set[str]:
    """What the stored feed shows under the date of its record, and this site does not: another's clock is ahead.

    Also where a host moved it to that date by `--override`: what is meant was that date, not this clock.
    """
    shown = {episode.guid for episode in site.episodes}
    known = {guid: archive.episodes.get(guid) for guid in old.items.keys() - shown}
    return {
        guid
        for guid, record in known.items()
        if record and not record.withdrawn and moment_of(old.items[guid].date) == record.episode.date
    }


def _show_before(archive: Archive, run: RunContext) -> Archive | None:
    """The archive with the show's revision before; None if there is none."""
    if archive.show is None:
        return None
    revisions = run.reader.revisions(SHOW, archive.listing, ShowRecord)
    earlier = [revision for revision in revisions if revision.number < archive.show.number]
    return replace(archive, show=earlier[-1]) if earlier else None


def _stepped_back(guid: str, archive: Archive, old: Collection[str], run: RunContext) -> Archive | None:
    """The archive with an earlier revision of an episode, or without it if the feed has others and never had it."""
    record = archive.episodes.get(guid)
    if record is None:
        return None
    revisions = run.reader.revisions(owner_of(guid), archive.listing, EpisodeRecord)
    earlier = [revision for revision in revisions if revision.number < record.number]
    if earlier:
        return replace(archive, episodes={**archive.episodes, guid: earlier[-1]})
    rest = {key: kept for key, kept in archive.episodes.items() if key != guid}
    return replace(archive, episodes=rest) if rest and guid not in old else None


def _worded(problems: Mapping[str, Problem], what: str) -> dict[str, Problem]:
    return {guid: replace(problem, hint=f"{what} {problem.hint}") for guid, problem in problems.items()}


@dataclass(frozen=True)
class StoredPages:
    """The pages in the store."""

    stored: Stored | None
    """The manifest, as it is."""
    manifest: Manifest
    """What is believed of it."""
    known: Manifest
    """What it says, also where nothing of it is believed."""
    versions: Mapping[str, Version]
    """Of everything beside the pages that the manifest names, too."""

    @property
    def keys(self) -> set[str]:
        """Every page that an earlier state of the show may have left."""
        return {key for key in (*self.known, *self.versions) if website.is_page(key) or feed.is_further_page(key)}


def _look(store: Store, *, anew: bool) -> StoredPages:
    stored = read_or_none(store, MANIFEST_KEY)
    known = manifests.parse(stored)
    return StoredPages(stored, {} if anew else known, known, _versions(store, [*known, EPISODES]))


def _heard(store: Store, archive: Archive, withdrawn: Sequence[Episode], known: Collection[str]) -> set[str]:
    """The languages that had a feed, whatever is still to be heard in them: by the store, and by what was withdrawn."""
    episodes = [record.episode for record in archive.episodes.values()]
    languages = {translation.language for episode in episodes for translation in episode.translations}
    languages |= {language for episode in episodes for language in episode.former_languages}
    named = {*spoken_languages(withdrawn), *filter(None, map(feed_language, known))}
    unnamed = sorted(languages - named)
    stats = each(lambda language: store.stat(feed_key(language)), unnamed, _SENDERS)
    return named | {language for language, stat in zip(unnamed, stats, strict=True) if stat}


def _delete(store: Store, keys: Sequence[str]) -> bool:
    """Delete what is no page and stands for nothing any more; whether there is any."""
    present = [stat.key for stat in each(store.stat, keys, _SENDERS) if stat]
    each(store.delete, present, _SENDERS)
    return bool(present)


def _send_pages(
    store: Store, plans: Sequence[PagePlan], pages: StoredPages, progress: Progress, *, compress: bool = False
) -> bool:
    """Send the pages that differ from those in the store, by its manifest; whether there are any."""
    stored, manifest = pages.stored, pages.manifest
    versions = {**pages.versions, **_versions(store, [plan.key for plan in plans], but=[*pages.known, EPISODES])}
    due = [
        plan for plan in plans if manifest.get(plan.key) != {"inputs": plan.inputs, "version": versions.get(plan.key)}
    ]
    if not due:
        return False
    with progress.meter("Pages", len(due), "items") as meter:

        def send(page: tuple[PagePlan, bytes]) -> dict[str, str]:
            plan, data = page
            version = _send_page(store, plan, data, versions.get(plan.key), compress=compress)
            meter.advance(1)
            return {"inputs": plan.inputs, "version": version}

        # Rendered in one thread: several would only wait for each other, and each make the same templates.
        rendered = ((plan, plan.render()) for plan in due)
        sent = dict(zip((plan.key for plan in due), each(send, rendered, _SENDERS, ahead=_SENDERS), strict=True))
    kept = {plan.key: manifest[plan.key] for plan in plans if plan.key not in sent}
    data = manifests.encode({**kept, **sent}, indent=1)
    if stored is None or stored.data != data:
        store.replace(MANIFEST_KEY, data, Headers("application/json", "no-cache"), stored.version if stored else None)
    return True


def _versions(store: Store, keys: Collection[str], but: Collection[str] = ()) -> dict[str, Version]:
    """The versions of all pages that are in the store: one listing a folder, one look a file at the top.

    Not of those folders and files that it was asked for before, when the pages were `but`.
    """
    parents = sorted({_parent(key) for key in keys} - {_parent(key) for key in but})
    listed = {stat.key: stat.version for folder in parents if folder.endswith("/") for stat in store.list(folder, keys)}
    stats = each(store.stat, [key for key in parents if not key.endswith("/")], _SENDERS)
    return listed | {stat.key: stat.version for stat in stats if stat}


def _parent(key: str) -> str:
    """Where a page is looked for: in its folder, or by itself."""
    folder, slash, _ = key.partition("/")
    return folder + slash


_READ_BY_BROWSERS = ("text/", "application/json")
"""Content types of pages that may be stored gzip-encoded. Not the feed's: not every app that fetches one decodes."""


def _send_page(store: Store, plan: PagePlan, data: bytes, version: Version | None, *, compress: bool) -> Version:
    encoding = "gzip" if compress and plan.content_type.startswith(_READ_BY_BROWSERS) else ""
    headers = Headers(plan.content_type, BRIEFLY, content_encoding=encoding)
    data = gzip.compress(data, mtime=0) if encoding else data
    try:
        return store.replace(plan.key, data, headers, version)
    except ObjectChanged:
        present = read_or_none(store, plan.key)
        if present and present.data == data:  # the other host has rendered the same
            return present.version
        raise
