"""Flow: published episodes as a newsletter has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sendung.core.errors import UsageError, unwritable
from sendung.core.model import Episode, Show
from sendung.core.translation import nearest, primary, show_in, translation_in, unknown_language
from sendung.core.words import say
from sendung.records import EpisodeRecord
from sendung.records.reader import Archive, Reader, find
from sendung.store.interface import Store
from sendung.website.i18n import is_known
from sendung.website.keys import LANGUAGE
from sendung.website.newsletter import Mailing, eml, mailing_of

RECENT = timedelta(days=7)
"""What a newsletter is about that names neither episodes nor a date."""
FILES = ("newsletter.html", "newsletter.txt", "newsletter.eml")


@dataclass(frozen=True)
class Letter:
    """A mail about published episodes."""

    show: Show
    mailing: Mailing
    left_out: tuple[Episode, ...]
    """Episodes that the mail has no room for."""
    untranslated: tuple[Episode, ...] = ()
    """Episodes in the mail that have nothing in the language that was asked for, and are told of in their own."""

    def words_of_untranslated(self, episode: Episode) -> str:
        """What is to be known of one of `untranslated`."""
        return say("{slug} has no translation into that language: the mail has it as it is.", slug=episode.slug)

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write it as HTML, as text and as a draft that mail programs open. Raises UsageError."""
        contents = (self.mailing.html.encode(), self.mailing.text.encode(), eml(self.mailing, self.show))
        paths = tuple(folder / name for name in FILES)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
        except OSError as error:
            raise unwritable(folder, error, "Name another folder.") from None
        return paths


def newsletter_about(
    store: Store, cache: Path, names: Sequence[str], now: datetime, language: str | None = None
) -> Letter:
    """A mail about some published episodes (slugs or GUIDs), in that order. Raises UsageError, StoreError.

    An episode that is named twice is in it once.
    """
    archive = Reader(store, cache).archive()
    episodes = []
    for record in {record.episode.guid: record for record in (find(archive, name) for name in names)}.values():
        if not record.public(now):
            raise UsageError(say("{slug} is not public.", slug=record.episode.slug), _why(record))
        episodes.append(record.episode)
    return _newsletter(archive, episodes, language)


def _why(record: EpisodeRecord) -> str:
    """Why an episode has no address for all."""
    if record.withdrawn:
        return "Withdrawn ones have no links."
    if record.audience:
        return "It is for customers. What a customer subscribes to: sendung customers links NAME"
    return say("It is from {date:%Y-%m-%d} on.", date=record.episode.date)


def newsletter_since(
    store: Store, cache: Path, since: datetime | None, now: datetime, language: str | None = None
) -> Letter:
    """A mail about what became public since a moment, newest first; else within the last week.

    Raises UsageError if there is nothing, StoreError.
    """
    archive = Reader(store, cache).archive()
    start = since or now - RECENT
    records = [record for record in archive.episodes.values() if record.public(now) and record.episode.date >= start]
    episodes = sorted((record.episode for record in records), key=lambda e: (e.date, e.slug), reverse=True)
    if not episodes:
        zone = ZoneInfo(archive.show.show.timezone) if archive.show else UTC
        message = say("No episode became public since {start:%Y-%m-%d}.", start=start.astimezone(zone))
        raise UsageError(message, "Name an episode, or --since another date.")
    return _newsletter(archive, episodes, language)


def _newsletter(archive: Archive, episodes: Sequence[Episode], language: str | None) -> Letter:
    if archive.show is None:
        raise UsageError("Nothing is published yet.", "Publish an episode first.")
    show = archive.show.show
    if language is not None and not (LANGUAGE.fullmatch(language) and is_known(language)):
        raise UsageError.of([unknown_language(language)])
    untranslated: list[Episode] = []
    if language and primary(language) != primary(show.language):
        own = nearest((edition.language for edition in show.languages), language) or language
        show = show.model_copy(update={"title": show_in(show, own).title})
        untranslated = [episode for episode in episodes if translation_in(episode, language) is None]
    mailing = mailing_of(show, episodes, language)
    shown = tuple(episode for episode in untranslated if episode in mailing.episodes)
    return Letter(show, mailing, tuple(episodes[len(mailing.episodes) :]), shown)
