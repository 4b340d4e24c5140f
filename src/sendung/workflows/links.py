"""Flow: the links of a published episode, as an author pastes them into the article and elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendung import website
from sendung.core.errors import UsageError
from sendung.core.model import Episode, Show, listen_key
from sendung.core.translation import primary, reading
from sendung.core.words import say
from sendung.media.chapters import format_time
from sendung.records.reader import Reader, find
from sendung.store.interface import Store
from sendung.website import ShareKit
from sendung.website.keys import embed_key, kit_key


@dataclass(frozen=True)
class Links:
    """A published episode's links."""

    show: Show
    episode: Episode
    kit: ShareKit
    public: bool
    """Whether they lead somewhere already; else the episode's date is still to come."""

    @property
    def embed_url(self) -> str:
        """The page that the iframe shows."""
        return self.show.url_of(embed_key(self.episode.slug))

    @property
    def kit_url(self) -> str:
        """The same links as a page with buttons that copy them; no page leads there."""
        return self.show.url_of(kit_key(self.episode.slug))


def links_of(
    store: Store, cache: Path, name: str, now: datetime, at_ms: int | None = None, language: str | None = None
) -> Links:
    """The links of an episode (slug or GUID), from a moment of it on. Raises UsageError, StoreError.

    `language` (BCP 47) is one of those that it has pages in; None is the show's own. They are made of the records, so
    they are the same on every machine, whatever its drafts say.
    """
    archive = Reader(store, cache).archive()
    record = find(archive, name, guess=True)
    if record.withdrawn or archive.show is None:
        raise UsageError(
            say("{slug} was withdrawn.", slug=record.episode.slug),
            say("To bring it back: sendung rollback {slug}", slug=record.episode.slug),
        )
    if record.audience:
        message = say("{slug} is for customers, and has no address for all.", slug=record.episode.slug)
        hint = "What a customer subscribes to: sendung customers links NAME"
        if record.teaser:
            url = archive.show.show.url_of(listen_key(record.episode.slug))
            hint = say("{hint}; what all may read: {url}", hint=hint, url=url)
        raise UsageError(message, hint)
    show, episode = _in_language(archive.show.show, record.episode, language)
    if at_ms is not None and at_ms >= episode.audio.duration_s * 1000:
        length = format_time(round(episode.audio.duration_s * 1000))
        raise UsageError(
            say("{format_time} is after the end of the episode.", format_time=format_time(at_ms)),
            say("It lasts {length}.", length=length),
        )
    kit = website.kit_of(show, episode, at_ms / 1000 if at_ms else None)
    return Links(show, episode, kit, record.public(now))


def _in_language(show: Show, episode: Episode, language: str | None) -> tuple[Show, Episode]:
    """Raises UsageError if there are no pages in that language."""
    languages = [show.language, *(translation.language for translation in episode.translations)]
    if language is None or primary(language) in map(primary, languages):
        return reading(show, episode, language or show.language)
    message = say("{slug} has no pages in {language}.", slug=episode.slug, language=language)
    raise UsageError(message, say("It has some in {languages}.", languages=", ".join(languages)))


def qr_code(url: str, path: Path) -> bytes:
    """The QR code of a URL, of the kind that a file's name says: .svg or .png. Raises UsageError for others."""
    kinds = {".svg": website.qr_svg, ".png": website.qr_png}
    make = kinds.get(path.suffix.lower())
    if make is None:
        raise UsageError(
            say("{name} is neither .svg nor .png.", name=path.name), "Name the file so, for example qr.svg."
        )
    return make(url)
