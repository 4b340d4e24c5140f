"""What the public knows of an episode, beside what a publish would make of it; for the rules on edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sendung import feed
from sendung.core.model import Episode, Image, Show
from sendung.feed.document import Element, Feed
from sendung.media.notes import printable
from sendung.rules.observations import Artwork, EpisodeEdit
from sendung.workflows.drafts.candidate import Batch


def edits(batch: Batch, show: Show, episodes: Mapping[str, Episode], now: datetime) -> Iterator[EpisodeEdit | Artwork]:
    """Every episode that the public knows, with what is to become of it; and pictures that change where they are.

    `episodes` are as they are to be, by the GUID of their candidates in the batch.
    """
    before = {guid: episode for guid, episode in _known(batch, now) if guid in episodes}
    published = batch.archive.show.show if batch.archive and batch.archive.show else None
    if published:
        yield from _repainted(show, [(published.cover, show.cover)], None)
        items = _items(published, list(before.values()))
        listed = frozenset(name.lower() for name in show.listen_on)
        for guid, item in _items(show, [episodes[guid] for guid in before]).items():
            yield EpisodeEdit(items[before[guid].guid], item, listed, guid=guid)
    for guid, episode in before.items():
        yield from _repainted(show, _pictures(episode, episodes[guid]), guid)


def _known(batch: Batch, now: datetime) -> Iterator[tuple[str, Episode]]:
    """The episodes that the public knows, by the GUID that they are to have."""
    for candidate in batch.sound:
        record = candidate.published or (candidate.state.resembled if candidate.state else None)
        if record and record.public(now):
            yield candidate.guid, record.episode


def _items(show: Show, episodes: Sequence[Episode]) -> dict[str, Element]:
    """The items of a feed of some episodes, all on one page, by GUID."""
    if not episodes:
        return {}
    items = {item.value("guid"): item for item in on_one_page(show, episodes).items}
    return {episode.guid: items[printable(episode.guid).strip()] for episode in episodes}


def on_one_page(show: Show, episodes: Sequence[Episode]) -> Feed:
    """A feed of one or more episodes, all of them on one page, as apps read it."""
    whole = show.model_copy(update={"feed": show.feed.model_copy(update={"items": 0})})
    moment = max(episode.date for episode in episodes)
    return feed.read(feed.render(whole, episodes, moment, moment))


def _pictures(before: Episode, after: Episode) -> list[tuple[Image, Image]]:
    return [(before.cover, after.cover)] if before.cover and after.cover else []


def _repainted(show: Show, pairs: Iterable[tuple[Image, Image]], guid: str | None) -> Iterator[Artwork]:
    """Pictures that are others than before under the same address."""
    for old, new in pairs:
        asset = new.asset
        if old.asset.key == asset.key and old.asset.sha256 != asset.sha256:
            yield Artwork(
                url=show.url_of(asset.key),
                format="JPEG",
                mode="RGB",
                width=new.width,
                height=new.height,
                size=asset.size,
                sha256=asset.sha256,
                previous_sha256=old.asset.sha256,
                guid=guid,
            )
