"""From what hosts wrote, and what was made of their files, to the facts that are published. Pure.

`publish.build` brings what was really made; `check.estimate` brings what can be known of it beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sendung import audio
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.config.tracks import DraftTrack
from sendung.config.translations import DraftTranslation
from sendung.config.values import Portrait
from sendung.core import model
from sendung.core.mix_facts import MixFacts
from sendung.core.podcasting20 import FeedOptions
from sendung.media import chapters, transcripts
from sendung.media.picture_files import PictureSource
from sendung.workflows.drafts.candidate import Candidate, loaded
from sendung.workflows.drafts.chapters import ChapterSource


class Timing(NamedTuple):
    """How the published audio stands to the recording."""

    by_ms: int
    """How much later everything is heard than in the recording; negative where its head was cut."""
    duration_ms: int
    """Of the published audio."""
    until_ms: int | None = None
    """Where the recording ends for whom this is; None: they get all of it."""

    def holds(self, end_ms: int) -> bool:
        """Whether what ends there in the recording belongs to it."""
        return self.until_ms is None or end_ms <= self.until_ms


@dataclass(frozen=True)
class Parts:
    """What is made of an episode's files."""

    audio: model.Audio
    articles: tuple[model.Article, ...]
    cover: model.Image | None
    chapters: tuple[model.Chapter, ...]
    chapters_file: model.Asset | None
    transcript: model.Transcript | None
    soundbites: tuple[model.Soundbite, ...]
    portraits: Mapping[str, Portrait]
    """Those of hosts and guests, by the name that episode.yaml has."""
    share: model.SharePictures | None = None
    translations: tuple[model.Translation, ...] = ()


def targets_of(show: ShowConfig) -> tuple[audio.Target, ...]:
    """How the show wants its recordings mastered: the published file first, then the same in another format."""
    first, wanted = target_of(show), show.file.audio
    return (first, replace(first, format=wanted.also, bitrate_kbps=wanted.also_bitrate)) if wanted.also else (first,)


def target_of(show: ShowConfig) -> audio.Target:
    """How the show wants the file that all apps play."""
    wanted = show.file.audio
    return audio.Target(
        loudness=wanted.loudness,
        true_peak=wanted.true_peak,
        format=wanted.format,
        bitrate_kbps=wanted.bitrate,
        channels=wanted.channels,
        trim=wanted.trim,
        high_pass=wanted.high_pass,
        intro=show.intro,
        outro=show.outro,
    )


def recording_of(draft: Draft, show: ShowConfig) -> audio.Recording:
    """What an episode is mastered from: one file, or its tracks with what is done to them."""
    sound = draft.file.sound.over(show.file.sound).model_dump(exclude_none=True)
    options = audio.SoundOptions(**sound)
    if not draft.tracks:
        if sound.get("level") != "voices" or not draft.file.master:
            return draft.audio
        alone = audio.TrackFile(draft.audio, role="mix")
        return audio.TrackSet((alone,), audio.SoundOptions(level="voices", gate="off", hum="off"))
    return audio.TrackSet(tuple(_track(track) for track in draft.tracks), options)


def _track(track: DraftTrack) -> audio.TrackFile:
    entry = track.entry
    return audio.TrackFile(
        path=track.path,
        role=entry.role,
        person=entry.person or "",
        stream=entry.stream,
        channel=entry.channel,
        offset_s=None if entry.offset == "auto" else entry.offset,
        at_s=entry.at / 1000,
    )


def compose_show(
    show: ShowConfig, guid: str, cover: model.Image, logo: model.Asset | None, portraits: Mapping[str, Portrait]
) -> model.Show:
    """The show's facts; `portraits` are by the name that show.yaml has."""
    file = show.file
    schedule = file.feed.schedule and file.feed.schedule.in_utc(show.zone)
    theme = model.Theme(accent=file.theme.accent, font=file.theme.font, logo=logo)
    return model.Show(
        guid=guid,
        title=file.title,
        description=file.description,
        language=file.language,
        timezone=file.timezone,
        website=file.website,
        public_url=file.store.public_url,
        pretty=file.store.pretty,
        compress=file.store.compress,
        category=file.category,
        explicit=file.explicit,
        type=file.type,
        cover=cover.model_copy(update={"alt": file.cover_alt or ""}),
        copyright=file.copyright,
        author=show.author,
        owner=file.owner,
        hosts=tuple(host.fact(portraits) for host in file.hosts),
        feed=FeedOptions(**dict(file.feed) | {"schedule": schedule}),
        listen_on=dict(file.listen_on),
        newsletter=file.newsletter,
        theme=theme,
        imprint=file.imprint,
        privacy=file.privacy,
        customers=file.customers and model.Customers(**file.customers.model_dump(exclude={"outro"})),
        age_notice=file.age_notice,
        languages=tuple(
            model.Edition(language=language, title=entry.title or "", description=entry.description or "")
            for language, entry in file.languages.items()
        ),
    )


def compose_episode(candidate: Candidate, notes: str, parts: Parts) -> model.Episode:
    """An episode's facts; `notes` are those that its chapters leave."""
    draft = loaded(candidate)
    file = draft.file
    cover = parts.cover.model_copy(update={"alt": file.cover_alt or ""}) if parts.cover else None
    return model.Episode(
        guid=candidate.guid,
        slug=draft.slug,
        former_slugs=candidate.former_slugs(),
        title=draft.title,
        date=draft.date,
        summary=draft.summary,
        notes=notes,
        articles=parts.articles,
        number=file.number,
        number_label=file.number_label,
        season=file.season,
        type=file.type,
        explicit=file.explicit,
        keywords=file.keywords,
        hosts=_hosts(draft, parts.portraits),
        guests=_guests(draft, parts.portraits),
        audio=parts.audio,
        cover=cover,
        chapters=parts.chapters,
        chapters_file=parts.chapters_file,
        transcript=parts.transcript,
        links=file.links,
        soundbites=parts.soundbites,
        share=parts.share,
        translations=parts.translations,
        former_languages=candidate.former_languages([translation.language for translation in parts.translations]),
        **dict(file.feed),
    )


def translated_draft(draft: Draft, words: DraftTranslation) -> Draft:
    """A draft as one of its translations says it; its transcript is that translation's, or none."""
    return replace(
        draft,
        title=words.title,
        summary=words.summary,
        notes=words.notes,
        chapters=words.chapters,
        transcript=words.transcript,
        transcript_file=words.transcript_file,
        audio=words.audio or draft.audio,
        tracks=() if words.audio else draft.tracks,
    )


def compose_chapters(
    source: ChapterSource, pictures: Mapping[PictureSource, model.Asset], timing: Timing
) -> tuple[model.Chapter, ...]:
    """The draft's chapters, in the time of the published audio."""
    marks = [
        model.Chapter(
            start_ms=chapter.start_ms,
            title=chapter.title,
            url=chapter.url,
            image=pictures[chapter.image] if chapter.image else None,
            image_url=chapter.image_url,
        )
        for chapter in source.chapters
        if timing.holds(chapter.start_ms + 1)
    ]
    return chapters.shift(marks, timing.by_ms, timing.duration_ms)


def compose_soundbites(draft: Draft, timing: Timing) -> tuple[model.Soundbite, ...]:
    """The draft's soundbites, in the time of the published audio."""
    return tuple(
        model.Soundbite(start_ms=max(0, bite.at + timing.by_ms), duration_ms=bite.duration, title=bite.title or "")
        for bite in draft.file.soundbites
        if timing.holds(bite.at + bite.duration)
    )


def compose_cues(draft: Draft, show: model.Show, timing: Timing, mix: MixFacts | None = None) -> tuple[model.Cue, ...]:
    """The draft's transcript with its speakers' full names, in the time of the published audio.

    Where it names nobody, several tracks tell who speaks. Which words of a passage are before its end is not known: one
    that goes on behind `until_ms` is left out, and so is a transcript without times.
    """
    cues = named_cues(draft, show.hosts)
    if mix and not any(cue.speaker for cue in cues):
        cues = transcripts.name_by_turns(cues, {track.person: track.turns for track in mix.tracks if track.turns})
    if timing.until_ms is not None:
        cues = tuple(cue for cue in cues if transcripts.is_timed(cues) and timing.holds(cue.end_ms))
    return transcripts.shift(cues, timing.by_ms, timing.duration_ms)


def named_cues(draft: Draft, show_hosts: Sequence[model.Person]) -> tuple[model.Cue, ...]:
    """The draft's transcript with its speakers' full names, in the time of the recording."""
    hosts = _hosts(draft, {})
    persons = [*(show_hosts if hosts is None else hosts), *_guests(draft, {})]
    read = draft.transcript.cues if draft.transcript else ()
    return transcripts.name_speakers([located.cue for located in read], persons, draft.file.speakers)


def _hosts(draft: Draft, portraits: Mapping[str, Portrait]) -> tuple[model.Person, ...] | None:
    hosts = draft.file.hosts
    return None if hosts is None else tuple(host.fact(portraits) for host in hosts)


def _guests(draft: Draft, portraits: Mapping[str, Portrait]) -> tuple[model.Person, ...]:
    return tuple(guest.fact(portraits) for guest in draft.file.guests)
