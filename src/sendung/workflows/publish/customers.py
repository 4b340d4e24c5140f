"""Making what customers fetch what the records say: copies of their files, their pages, a feed for each.

All of it can be made again from the records and the key, so it is compared with what is there, and what differs is
sent. What nothing names goes last. See docs/decisions/customers.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sendung import feed
from sendung.core import media_types
from sendung.core.concurrency import each
from sendung.core.customer_show import CustomerShow
from sendung.core.errors import ConfigError
from sendung.core.model import Asset, Episode, Show, listen_key
from sendung.feed.ended import ended
from sendung.media import chapters
from sendung.records import PRIVATE_FILES, assets_of
from sendung.records.customers import CustomerList, entry_keys
from sendung.records.customers_key import FOLDER, CustomersKey
from sendung.records.reader import PRIVATE, Archive
from sendung.store.interface import Headers, Stat, Store
from sendung.store.reading import read_or_none
from sendung.website import customers as pages
from sendung.website.environment import HTML, PageRenderer, renderer_of
from sendung.workflows.context import RunContext
from sendung.workflows.publish import manifest as manifests

MANIFEST_KEY = "state/customers.json"
"""What was sent: by a digest of each key, so that it holds no address."""
KEPT_BRIEFLY = "private, max-age=300"
"""Cache-Control: nothing between the store and a customer may answer in its place once it is gone."""
_AT_ONCE = 16
"""Requests under way: each object is small, so it is the latency that counts."""


@dataclass(frozen=True)
class Sent:
    """An object that is to be there, and how to make it."""

    key: str
    content_type: str
    inputs: str
    """Hexadecimal digest of what it is made from."""
    make: Callable[[], bytes]

    @property
    def name(self) -> str:
        """What the manifest knows it by."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


def serve_customers(run: RunContext, archive: Archive, templates: Path | None, *, anew: bool = False) -> bool:
    """Make all that customers fetch what an archive says, and clear away the rest; whether anything was written.

    True also where the records have changed meanwhile: nothing was written then, and all begins anew.

    A show without customers costs nothing. Where this machine has no key, that is said, and whoever has it does it
    with their next command. Raises StoreError; ObjectChanged where another host writes the same; ConfigError for
    another key than that of the records. `anew` sends all, whatever the manifest says.
    """
    if archive.show is None or not entry_keys(archive.listing):
        return False
    listed = run.reader.customers(archive.listing)
    if run.customers_key is None:
        message = "This machine has no customers' key, so what customers get was left as it is."
        run.progress.warn(message, NO_KEY_HINT)
        return False
    key = run.customers_key.of_show(archive.show.show.guid)
    check_key(key, listed)
    site = CustomersSite.of(archive, listed, key, run.clock())
    present = {stat.key: stat for stat in run.store.list(FOLDER)}
    if run.reader.listing().keys() != archive.listing.keys():
        return True  # what is there may be newer than the archive, and is not to be overwritten with what was
    copies = site.copies()
    wrote = _copy(run.store, copies, present)
    wanted = site.wanted(templates)
    wrote |= _send(run, wanted, present, anew=anew)
    left = sorted(present.keys() - copies.keys() - {sent.key for sent in wanted})
    if not left:
        return wrote
    if run.reader.listing().keys() == archive.listing.keys():  # else somebody may have just made what is left
        each(run.store.delete, left, _AT_ONCE)
    return True


NO_KEY_HINT = "Set SENDUNG_CUSTOMERS_KEY, or put the key where docs/customers.md says; the other host has it."


def check_key(key: CustomersKey, listed: CustomerList) -> None:
    """Raise ConfigError if the records were written with another key."""
    if listed.mark not in {"", key.mark}:
        message = (
            "This is not the key that the customers' addresses were made with, so none of them could be made again."
        )
        hint = "Get the right one from the other host. If it is lost for good, docs/customers.md says what to do."
        raise ConfigError(message, hint)


@dataclass(frozen=True)
class CustomersSite:
    """All that customers fetch at a time."""

    show: Show
    episodes: tuple[Episode, ...]
    """As customers get them, newest first."""
    hidden: tuple[Episode, ...]
    """Those of them of which the public gets less, or nothing."""
    listed: CustomerList
    key: CustomersKey
    moment: datetime
    built: datetime

    @classmethod
    def of(cls, archive: Archive, listed: CustomerList, key: CustomersKey, now: datetime) -> CustomersSite:
        """What the records of an archive (with a show) give to customers at a time."""
        if archive.show is None:
            raise AssertionError("a site needs a show")
        records = [record for record in archive.episodes.values() if record.released(now)]
        records.sort(key=lambda record: (record.episode.date, record.episode.guid), reverse=True)
        dates = [record.episode.date for record in records]
        built = max([archive.show.at, *dates, *(record.at for record in archive.episodes.values())])
        episodes = tuple(record.for_customers or record.episode for record in records)
        hidden = tuple(record.for_customers for record in records if record.for_customers)
        return cls(archive.show.show, episodes, hidden, listed, key, max([now, *dates]), built)

    @property
    def folder(self) -> str:
        """Where the files and pages are that all customers share."""
        return f"{FOLDER}{self.key.files(self.listed.moved)}/"

    def show_of(self, token: str) -> CustomerShow:
        """The show as the customer with this folder has it."""
        own = frozenset(listen_key(episode.slug) for episode in self.hidden)
        return CustomerShow.of(self.show, f"{FOLDER}{token}/", self.folder, PRIVATE_FILES, own)

    def copies(self) -> dict[str, tuple[Asset, Headers]]:
        """The files that customers fetch: what is copied where, and how it is served."""
        copied = {}
        for episode in self.hidden:
            made = {episode.chapters_file.key} if episode.chapters_file else set()
            for asset in assets_of(episode):
                if asset.key.startswith(PRIVATE_FILES) and asset.key not in made:
                    key = self.folder + asset.key.removeprefix(PRIVATE_FILES)
                    copied[key] = (asset, _headers(asset, episode))
        return copied

    def wanted(self, templates: Path | None) -> list[Sent]:
        """All of it but the copies, as a customer with the placeholder's folder has it."""
        show = self.show_of(self.key.placeholder)
        renderer = renderer_of(show, templates)
        return [*self._shared(show, renderer), *self._own(show, renderer)]

    def _shared(self, show: CustomerShow, renderer: PageRenderer) -> Iterator[Sent]:
        """What all customers share: pages, and chapters that name pictures by their address."""
        for episode in self.hidden:
            yield _page(self.folder + listen_key(episode.slug), partial(pages.episode_page, renderer, episode))
            if episode.chapters_file and episode.chapters_file.key.startswith(PRIVATE_FILES):
                data = chapters.to_json(episode.chapters, lambda image: show.url_of(image.key))
                yield _sent(show.place(episode.chapters_file.key), media_types.CHAPTERS, data)
        yield _page(self._list_key, partial(pages.list_page, renderer, self.episodes))

    @property
    def _list_key(self) -> str:
        return f"{self.folder}index.html"

    def _own(self, show: CustomerShow, renderer: PageRenderer) -> Iterator[Sent]:
        """What each customer has alone: rendered once for all, with the folder put in; and what is left of old ones."""
        documents = {"feed.xml": (feed.CONTENT_TYPE, feed.render(show, self.episodes, self.moment, self.built))}
        for page in feed.archive(show, self.episodes, self.moment):
            documents[page.key] = (page.content_type, page.render())
        documents["index.html"] = (HTML, pages.own_page(renderer, show, show.url_of(self._list_key)))
        prepared = [(name, kind, data, _digest(data)) for name, (kind, data) in documents.items()]
        for customer in self.listed.active:
            token = self.key.token(customer.number, customer.serial)
            for name, kind, data, inputs in prepared:
                yield Sent(f"{FOLDER}{token}/{name}", kind, inputs, partial(self._filled, data, token))
        yield from self._ended(renderer)

    def _filled(self, data: bytes, token: str) -> bytes:
        return data.replace(self.key.placeholder.encode(), token.encode())

    def _ended(self, renderer: PageRenderer) -> Iterator[Sent]:
        """What stands at addresses that are nobody's any more."""
        page = pages.ended_page(renderer)
        for customer in self.listed.by_number.values():
            for serial, at in customer.ended:
                folder = f"{FOLDER}{self.key.token(customer.number, serial)}/"
                yield _sent(f"{folder}feed.xml", feed.CONTENT_TYPE, ended(self.show, at))
                yield _sent(f"{folder}index.html", HTML, page)


def _page(key: str, render: Callable[[], bytes]) -> Sent:
    return _sent(key, HTML, render())


def _sent(key: str, content_type: str, data: bytes) -> Sent:
    return Sent(key, content_type, _digest(data), lambda: data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _headers(asset: Asset, episode: Episode) -> Headers:
    sound = asset.media_type in media_types.CODECS
    name = f'inline; filename="{episode.slug}{media_types.ending_of(asset.media_type)}"' if sound else ""
    return Headers(asset.media_type, KEPT_BRIEFLY, name)


def _copy(store: Store, copies: Mapping[str, tuple[Asset, Headers]], present: Mapping[str, Stat]) -> bool:
    """Copy what is not there; whether there was any."""
    missing = [key for key, (asset, _) in copies.items() if key not in present or present[key].size != asset.size]

    def copy(key: str) -> None:
        asset, headers = copies[key]
        store.copy(asset.key, key, headers)

    each(copy, missing, _AT_ONCE)
    return bool(missing)


def _send(run: RunContext, wanted: list[Sent], present: Mapping[str, Stat], *, anew: bool) -> bool:
    """Send what differs from what is there, by the manifest; whether anything does."""
    stored = read_or_none(run.store, MANIFEST_KEY)
    manifest = {} if anew else manifests.parse(stored)

    def known(sent: Sent) -> bool:
        stat = present.get(sent.key)
        return stat is not None and manifest.get(sent.name) == {"inputs": sent.inputs, "version": stat.version}

    due = [sent for sent in wanted if not known(sent)]
    kept = {sent.name: manifest[sent.name] for sent in wanted if known(sent)}
    if due:
        with run.progress.meter("Customers", len(due), "items") as meter:

            def send(sent: Sent) -> dict[str, str]:
                stat = present.get(sent.key)
                headers = Headers(sent.content_type, KEPT_BRIEFLY)
                version = run.store.replace(sent.key, sent.make(), headers, stat.version if stat else None)
                meter.advance(1)
                return {"inputs": sent.inputs, "version": version}

            kept |= zip((sent.name for sent in due), each(send, due, _AT_ONCE), strict=True)
    data = manifests.encode(kept)
    if stored is None or stored.data != data:
        run.store.replace(MANIFEST_KEY, data, PRIVATE, stored.version if stored else None)
        return True
    return bool(due)
