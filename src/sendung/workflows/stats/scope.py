"""What of a show is counted: every file that any revision names, every listen page, every article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sendung import records
from sendung.core.errors import UsageError
from sendung.core.model import Episode, Show, listen_key
from sendung.core.translation import page_slug
from sendung.listening.plan import ArticleOf, CountPlan, origin_of
from sendung.listening.rules import AudioFile, audio_file
from sendung.records import PRIVATE_FILES, EpisodeRecord
from sendung.records.customers_key import FOLDER
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
    languages: dict[str, str] = {}
    articles: list[ArticleOf] = []
    for number, record in enumerate(episodes):
        owner = records.owner_of(record.episode.guid)
        for revision in run.reader.revisions(owner, archive.listing, EpisodeRecord):
            for rendition in (*revision.episode.recordings, *(revision.whole.recordings if revision.whole else ())):
                asset, key = rendition.asset, _fetched(rendition.asset.key)
                files[key] = audio_file(key, number, asset.size, rendition.duration_s, rendition.bitrate)
        for language, slug in _addresses(record.episode):
            keys = (listen_key(slug), f"e/{slug}/", f"e/{slug}", embed_key(slug))
            pages |= dict.fromkeys(keys, number)
            languages |= dict.fromkeys(keys, language) if language else {}
        articles += [ArticleOf(number, article.url, article.language) for article in record.episode.articles]
    plan = CountPlan(
        slugs=tuple(record.episode.slug for record in episodes),
        files=tuple(files.values()),
        pages=pages,
        languages=languages,
        prefixes=_prefixes(show.public_url, run.store.name),
        zone=show.timezone,
        articles=tuple(articles),
        own_origin=origin_of(show.public_url),
        since=request.since,
        until=request.until,
    )
    return Scope(archive, show, episodes, plan)


def _fetched(key: str) -> str:
    """What a file is fetched by, as counting writes it: a customers' one without the digits of its folder.

    Files lie in a folder that all customers share, so no log tells by it who fetched one.
    """
    return f"{FOLDER}{key.removeprefix(PRIVATE_FILES)}" if key.startswith(PRIVATE_FILES) else key


def _addresses(episode: Episode) -> Iterator[tuple[str, str]]:
    """Where an episode's pages are or were: the language ("" for the show's own), and the slug of its pages."""
    spoken = (*(translation.language for translation in episode.translations), *episode.former_languages)
    for slug in (*episode.former_slugs, episode.slug):
        yield "", slug
        yield from ((language, page_slug(slug, language)) for language in spoken)


def _prefixes(public_url: str, store: str) -> tuple[str, ...]:
    """What may stand before a key in a log's paths: the public address's path, the bucket's name and prefix."""
    found = {urlsplit(public_url).path.strip("/")}
    bucket = bucket_of(store) if store.startswith("s3://") else None
    if bucket:
        name, prefix = bucket
        found |= {prefix, f"{name}/{prefix}".strip("/")}
    return tuple(sorted(found - {""}))
