"""What of a show is counted: every file that any revision names, every listen page, every article."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sendung import records
from sendung.core.errors import UsageError
from sendung.core.model import Show, listen_key
from sendung.listening.plan import ArticleOf, CountPlan, origin_of
from sendung.listening.rules import AudioFile, audio_file
from sendung.records import EpisodeRecord
from sendung.records.reader import Archive
from sendung.store.opening import bucket_of
from sendung.website.keys import embed_key
from sendung.workflows.context import RunContext
from sendung.workflows.stats.request import StatsRequest


@dataclass(frozen=True)
class Scope:
    """A show and its episodes as they are counted."""

    archive: Archive
    show: Show
    episodes: tuple[EpisodeRecord, ...]
    """The newest revisions, oldest episode first."""
    plan: CountPlan

    @property
    def guids(self) -> tuple[str, ...]:
        """The episodes' GUIDs, in the plan's order."""
        return tuple(record.episode.guid for record in self.episodes)


def scope_of(run: RunContext, request: StatsRequest) -> Scope:
    """What the records of the store name. Raises StoreError; UsageError where nothing is published."""
    archive = run.reader.archive()
    if archive.show is None:
        raise UsageError("Nothing is published in this store yet, so nobody can have listened.", "Publish first.")
    episodes = tuple(sorted(archive.episodes.values(), key=lambda record: (record.episode.date, record.episode.guid)))
    show = archive.show.show
    files: dict[str, AudioFile] = {}
    pages: dict[str, int] = {}
    articles: list[ArticleOf] = []
    for number, record in enumerate(episodes):
        owner = records.owner_of(record.episode.guid)
        for revision in run.reader.revisions(owner, archive.listing, EpisodeRecord):
            for rendition in revision.episode.audio.renditions:
                asset = rendition.asset
                files[asset.key] = audio_file(asset.key, number, asset.size, rendition.duration_s, rendition.bitrate)
        for slug in (*record.episode.former_slugs, record.episode.slug):
            pages |= {listen_key(slug): number, f"e/{slug}/": number, f"e/{slug}": number, embed_key(slug): number}
        articles += [ArticleOf(number, article.url, article.language) for article in record.episode.articles]
    plan = CountPlan(
        slugs=tuple(record.episode.slug for record in episodes),
        files=tuple(files.values()),
        pages=pages,
        prefixes=_prefixes(show.public_url, run.store.name),
        zone=show.timezone,
        articles=tuple(articles),
        own_origin=origin_of(show.public_url),
        since=request.since,
        until=request.until,
    )
    return Scope(archive, show, episodes, plan)


def _prefixes(public_url: str, store: str) -> tuple[str, ...]:
    """What may stand before a key in a log's paths: the public address's path, the bucket's name and prefix."""
    found = {urlsplit(public_url).path.strip("/")}
    bucket = bucket_of(store) if store.startswith("s3://") else None
    if bucket:
        name, prefix = bucket
        found |= {prefix, f"{name}/{prefix}".strip("/")}
    return tuple(sorted(found - {""}))
