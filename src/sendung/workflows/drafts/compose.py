"""From what hosts wrote, and what was made of their files, to the facts that are published. Pure.

`prepare` brings what was really made; `foresight` brings what can be known of it beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from sendung import audio
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.config.values import Portrait, resolve_date
from sendung.core import model
from sendung.media import chapters, transcripts
from sendung.workflows.drafts.chapters import Outline


class Timing(NamedTuple):
    """How the published audio stands to the recording."""

    by_ms: int
    """How much later everything is heard than in the recording; negative where its head was cut."""
    duration_ms: int
    """Of the published audio."""


@dataclass(frozen=True)
class Parts:
    """What is made of an episode's files."""

    audio: model.Audio
    cover: model.Image | None
    chapters: tuple[model.Chapter, ...]
    chapters_file: model.Asset | None
    transcript: model.Transcript | None
    soundbites: tuple[model.Soundbite, ...]
    portraits: Mapping[str, Portrait]
    """Those of hosts and guests, by the name that episode.yaml has."""


def targets_of(show: ShowConfig) -> tuple[audio.Target, ...]:
    """How the show wants its recordings mastered: the published file first, then the same in another format."""
    first, said = target_of(show), show.file.audio
    return (first, replace(first, format=said.also, bitrate_kbps=said.also_bitrate)) if said.also else (first,)


def target_of(show: ShowConfig) -> audio.Target:
    """How the show wants the file that all apps play."""
    said = show.file.audio
    return audio.Target(
        loudness=said.loudness,
        true_peak=said.true_peak,
        format=said.format,
        bitrate_kbps=said.bitrate,
        channels=said.channels,
        trim=said.trim,
        intro=show.intro,
        outro=show.outro,
    )


def compose_show(
    show: ShowConfig, guid: str, cover: model.Image, logo: model.Asset | None, portraits: Mapping[str, Portrait]
) -> model.Show:
    """The show's facts; `portraits` are by the name that show.yaml has."""
    said = show.file
    theme = model.Theme(accent=said.theme.accent, font=said.theme.font, logo=logo)
    return model.Show(
        guid=guid,
        title=said.title,
        description=said.description,
        language=said.language,
        timezone=said.timezone,
        website=said.website,
        public_url=said.store.public_url,
        category=said.category,
        explicit=said.explicit,
        type=said.type,
        cover=cover.model_copy(update={"alt": said.cover_alt or ""}),
        copyright=said.copyright,
        author=show.author,
        owner=model.Owner(name=said.owner.name, email=said.owner.email),
        hosts=tuple(host.fact(portraits) for host in said.hosts),
        feed=_feed_options(show),
        listen_on=dict(said.listen_on),
        newsletter=model.Newsletter.model_validate(said.newsletter.model_dump()) if said.newsletter else None,
        theme=theme,
        imprint=said.imprint,
        privacy=said.privacy,
    )


def compose_episode(draft: Draft, guid: str, notes: str, parts: Parts) -> model.Episode:
    """An episode's facts; `notes` are the outline's."""
    said = draft.file
    cover = parts.cover.model_copy(update={"alt": said.cover_alt or ""}) if parts.cover else None
    supplements = model.Supplements.model_validate(said.feed.model_dump())
    return model.Episode(
        guid=guid,
        slug=draft.slug,
        title=draft.title,
        date=draft.date,
        summary=draft.summary,
        notes=notes,
        articles=draft.articles,
        number=said.number,
        number_label=said.number_label,
        season=said.season,
        type=said.type,
        explicit=said.explicit,
        keywords=said.keywords,
        hosts=_hosts(draft, parts.portraits),
        guests=_guests(draft, parts.portraits),
        audio=parts.audio,
        cover=cover,
        chapters=parts.chapters,
        chapters_file=parts.chapters_file,
        transcript=parts.transcript,
        links=tuple(model.Link(title=link.title, url=link.url) for link in said.links),
        soundbites=parts.soundbites,
        **dict(supplements),
    )


def compose_chapters(
    outline: Outline, pictures: Mapping[Path, model.Asset], timing: Timing
) -> tuple[model.Chapter, ...]:
    """The outline's chapters, in the time of the published audio."""
    marks = [
        model.Chapter(
            start_ms=chapter.start_ms,
            title=chapter.title,
            url=chapter.url,
            image=pictures[chapter.image] if chapter.image else None,
        )
        for chapter in outline.chapters
    ]
    return chapters.shift(marks, timing.by_ms, timing.duration_ms)


def compose_soundbites(draft: Draft, timing: Timing) -> tuple[model.Soundbite, ...]:
    """The draft's soundbites, in the time of the published audio."""
    return tuple(
        model.Soundbite(start_ms=max(0, bite.at + timing.by_ms), duration_ms=bite.duration, title=bite.title or "")
        for bite in draft.file.soundbites
    )


def compose_cues(draft: Draft, show: model.Show, timing: Timing) -> tuple[model.Cue, ...]:
    """The draft's transcript with its speakers' full names, in the time of the published audio."""
    hosts = _hosts(draft, {})
    persons = [*(show.hosts if hosts is None else hosts), *_guests(draft, {})]
    cues = transcripts.name_speakers([located.cue for located in draft.cues], persons)
    return transcripts.shift(cues, timing.by_ms, timing.duration_ms)


def _feed_options(show: ShowConfig) -> model.FeedOptions:
    said = show.file.feed
    values = said.model_dump()
    if said.schedule and said.schedule.start:
        values["schedule"]["start"] = resolve_date(said.schedule.start, show.zone)
    return model.FeedOptions.model_validate(values)


def _hosts(draft: Draft, portraits: Mapping[str, Portrait]) -> tuple[model.Person, ...] | None:
    hosts = draft.file.hosts
    return None if hosts is None else tuple(host.fact(portraits) for host in hosts)


def _guests(draft: Draft, portraits: Mapping[str, Portrait]) -> tuple[model.Person, ...]:
    return tuple(guest.fact(portraits) for guest in draft.file.guests)
