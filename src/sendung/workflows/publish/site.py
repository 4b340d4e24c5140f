"""Flow: making feed and pages what the records say (DESIGN, write order, steps 3 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sendung import feed, website
from sendung.core.concurrency import beside, each
from sendung.core.episode_digest import facts_digest
from sendung.core.errors import ConflictError, ObjectChanged, ObjectMissing
from sendung.core.model import Episode, Show
from sendung.core.progress import Progress
from sendung.feed import FEED_KEY
from sendung.net import websub
from sendung.records.reader import Archive, Reader
from sendung.store.interface import Headers, Store, Stored, Version
from sendung.store.keys import is_key
from sendung.website import PagePlan
from sendung.workflows.context import Desk
from sendung.workflows.publish.guard import check_feed

MANIFEST_KEY = "state/pages.json"


BRIEFLY = "public, max-age=300"
"""Cache-Control of what is replaced: feed and pages."""


_ATTEMPTS = 200
"""How often others may publish in between before this gives up. Each attempt that fails is another's success."""


_SENDERS = 8


Manifest = dict[str, dict[str, str]]
"""Of each page by its key: the `inputs` that it was rendered from, and the `version` that the store gave it."""


_MANIFEST = TypeAdapter(Manifest)


def refresh(
    store: Store,
    reader: Reader,
    desk: Desk,
    progress: Progress,
    *,
    override: Collection[str] = (),
    anew: bool = False,
    there: Callable[[], There] | None = None,
) -> Archive:
    """Render what the records say, and send what differs; until the records stand still.

    The feed's version is read before the records are listed, and the records are listed again after anything was
    written: whoever writes last has seen every record that was committed before. Nothing is written where the
    store already holds the right bytes. `override` names GUIDs and slugs that the gate lets pass; `anew` renders every
    page, whatever the manifest says; `there` waits for what `look` has found a moment ago. Raises StoreError;
    InvariantBroken if the gate holds the feed; ConflictError if others never stop.
    """
    for _ in range(_ATTEMPTS):
        looking, there = nullcontext(there) if there else _looking(store, anew=anew), None
        with looking as found:
            archive = reader.archive()
            if archive.show is None:
                return archive
            site = public_site(archive, desk.clock(), reader.digests.of)
            plans = site.plan(desk.templates)
        try:
            wrote = _send_pages(store, plans, found(), progress)
            wrote |= _send_feed(store, found().feed, site, archive, override)
        except ObjectChanged:
            continue
        if not wrote or reader.listing().keys() == archive.listing.keys():
            if desk.announces:
                announce(store, archive.show.show, progress)
            return archive
    raise ConflictError("Others keep publishing into this store.", "Run the same command again.")


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

    def plan(self, templates: Path | None) -> tuple[PagePlan, ...]:
        """Every page, and every page of the feed but the newest, not yet rendered. Raises ConfigError for templates."""
        older = feed.archive(self.show, self.episodes, self.moment, self.digest)
        return (
            *website.plan(self.show, self.episodes, self.moment, templates, self.withdrawn, self.digest),
            *(PagePlan(page.key, page.content_type, page.inputs, page.render) for page in older),
        )

    def feed(self) -> bytes:
        """The feed."""
        return feed.render(self.show, self.episodes, self.moment, self.built)


def public_site(archive: Archive, now: datetime, digest: Callable[[Episode], str] = facts_digest) -> Site:
    """What the records of an archive (with a show) make public at a time."""
    if archive.show is None:
        raise AssertionError("a site needs a show")
    shown = [record for record in archive.episodes.values() if record.public(now)]
    gone = [record for record in archive.episodes.values() if record.withdrawn]
    dates = [record.episode.date for record in shown]
    built = max([archive.show.at, *(record.at for record in [*gone, *shown]), *dates])
    episodes, withdrawn = ([record.episode for record in some] for some in (shown, gone))
    return Site(archive.show.show, episodes, withdrawn, max([now, *dates]), built, digest)


def read_or_none(store: Store, key: str) -> Stored | None:
    """A small object, or None if it is not there."""
    try:
        return store.read(key)
    except ObjectMissing:
        return None


def _send_feed(store: Store, before: Stored | None, site: Site, archive: Archive, override: Collection[str]) -> bool:
    """Send the feed if it differs from the stored one; whether it does."""
    data = site.feed()
    if before and before.data == data:
        return False
    check_feed(before.data if before else b"", data, archive, site.episodes, store, override)
    store.replace(FEED_KEY, data, Headers(feed.CONTENT_TYPE, BRIEFLY), before.version if before else None)
    return True


@dataclass(frozen=True)
class There:
    """The feed in the store, and then the pages."""

    feed: Stored | None
    stored: Stored | None
    """The manifest, as it is."""
    manifest: Manifest
    """What is believed of it."""
    versions: Mapping[str, Version]
    """Of everything beside the pages that the manifest names, too."""


def look(store: Store) -> There:
    """What is in the store, the feed first: whoever changes anything afterwards changes that last."""
    return _look(store, read_or_none(store, FEED_KEY), anew=False)


def _looking(store: Store, *, anew: bool) -> AbstractContextManager[Callable[[], There]]:
    """`look` at the pages in a thread, once the feed was read."""
    return beside(partial(_look, store, read_or_none(store, FEED_KEY), anew=anew))


def _look(store: Store, before: Stored | None, *, anew: bool) -> There:
    stored = read_or_none(store, MANIFEST_KEY)
    manifest = {} if anew else _parse(stored)
    return There(before, stored, manifest, _versions(store, manifest))


def _send_pages(store: Store, plans: Sequence[PagePlan], there: There, progress: Progress) -> bool:
    """Send the pages that differ from those in the store, by its manifest; whether there are any."""
    stored, manifest = there.stored, there.manifest
    versions = {**there.versions, **_versions(store, [plan.key for plan in plans], but=manifest)}
    due = [p for p in plans if manifest.get(p.key) != {"inputs": p.inputs, "version": versions.get(p.key)}]
    if not due:
        return False
    with progress.meter("Pages", len(due), "items") as meter:

        def send(page: tuple[PagePlan, bytes]) -> dict[str, str]:
            plan, data = page
            version = _send_page(store, plan, data, versions.get(plan.key))
            meter.advance(1)
            return {"inputs": plan.inputs, "version": version}

        # Rendered in one thread: several would only wait for each other, and each make the same templates.
        rendered = ((plan, plan.render()) for plan in due)
        sent = dict(zip((plan.key for plan in due), each(send, rendered, _SENDERS, ahead=_SENDERS), strict=True))
    kept = {plan.key: manifest[plan.key] for plan in plans if plan.key not in sent}
    data = _MANIFEST.dump_json(dict(sorted({**kept, **sent}.items())), indent=1)
    if stored is None or stored.data != data:
        store.replace(MANIFEST_KEY, data, Headers("application/json", "no-cache"), stored.version if stored else None)
    return True


def _parse(stored: Stored | None) -> Manifest:
    """The manifest; one that is missing or damaged is an empty one, so that every page is looked at again."""
    try:
        manifest = _MANIFEST.validate_json(stored.data) if stored else {}
    except ValidationError:
        return {}
    return manifest if all(map(is_key, manifest)) else {}


def _versions(store: Store, keys: Collection[str], but: Collection[str] = ()) -> dict[str, Version]:
    """The versions of all pages that are in the store: one listing a folder, one look a file at the top.

    Not of those folders and files that it was asked for before, when the pages were `but`.
    """
    places = {_place(key) for key in keys} - {_place(key) for key in but}
    found = {stat.key: stat.version for one in sorted(places) if one.endswith("/") for stat in store.list(one, keys)}
    stats = each(store.stat, sorted(one for one in places if not one.endswith("/")), _SENDERS)
    return found | {stat.key: stat.version for stat in stats if stat}


def _place(key: str) -> str:
    """Where a page is looked for: in its folder, or by itself."""
    folder, slash, _ = key.partition("/")
    return folder + slash


def _send_page(store: Store, plan: PagePlan, data: bytes, version: Version | None) -> Version:
    if version is not None:
        there = read_or_none(store, plan.key)
        if there and there.data == data:
            return there.version
    try:
        return store.replace(plan.key, data, Headers(plan.content_type, BRIEFLY), version)
    except ObjectChanged:
        there = read_or_none(store, plan.key)
        if there and there.data == data:  # the other host has rendered the same
            return there.version
        raise


def announce(store: Store, show: Show, progress: Progress) -> None:
    """Tell every hub of show.yaml (feed: hubs:), if the feed was written through this `store`; not after a dry run.

    A hub that does not take it is a warning: everything is public already.
    """
    if any(write.key == FEED_KEY for write in store.writes):
        for problem in websub.websub(show.feed.hubs, show.feed_url):
            progress.warn(problem.message, problem.hint)
