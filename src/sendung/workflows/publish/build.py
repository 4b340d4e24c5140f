"""The step from a draft to all that will be stored: the mastered and tagged audio, images, transcripts, chapters.

Nothing here touches the store. What is built lies in a work folder, each file with the asset that it becomes.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from sendung import audio
from sendung.config.customers import is_for_customers
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.config.translations import DraftTranslation
from sendung.config.values import Portrait
from sendung.core import media_types, model
from sendung.core.errors import Place
from sendung.core.file_digests import file_digest
from sendung.core.mix_facts import MixFacts, voices_of
from sendung.core.progress import Progress
from sendung.core.translation import show_in
from sendung.core.words import say
from sendung.media import artwork, chapters, tags, transcripts
from sendung.media.picture_files import PictureSource, without_metadata
from sendung.workflows.check.lint import near
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.articles import add_pictures, with_picture
from sendung.workflows.drafts.candidate import Batch, Candidate, chapters_of, loaded
from sendung.workflows.drafts.chapters import ChapterSource, translated_chapters
from sendung.workflows.drafts.compose import (
    Parts,
    Timing,
    compose_chapters,
    compose_cues,
    compose_episode,
    compose_show,
    compose_soundbites,
    recording_of,
    target_of,
    targets_of,
    translated_draft,
)
from sendung.workflows.drafts.customers import has_more, with_invitation, with_more
from sendung.workflows.publish.bench import Bench, hashed_key
from sendung.workflows.publish.looks import take_templates
from sendung.workflows.publish.sharing import share_pictures

_LOUDNESS_TOLERANCE = 0.5
"""LU between the loudness that was asked for and that of the published file, before a host hears of it."""
_TAG_COVER = 600
"""Pixels of the cover inside the audio file: what players show, without half a megabyte in each file."""
_CHAPTER_PIXELS = 1200
_PAGE_COVER = 480
"""Pixels of the cover on pages (model.Image.small)."""


def build(batch: Batch, run: RunContext, work: Path) -> Batch:
    """The step that makes all that will be stored: audio, mastered and tagged, pictures, transcripts, chapters.

    Files lie in the folder `work` until they are sent. Raises ConfigError for the show.
    """
    built = build_show(batch, work, run.cache)
    return built.each(lambda candidate: build_episode(candidate, built, run, work))


def build_show(batch: Batch, work: Path, cache: Path) -> Batch:
    """The show's facts: the published ones, unless show.yaml is new or edited. Raises ConfigError."""
    state, config = batch.state, batch.config
    if state is None:
        raise AssertionError("what is built was compared")
    unchanged = state.published.show if state.published and not state.due else None
    if unchanged and not state.meant:
        return replace(batch, show=unchanged)
    bench = Bench(work)
    cover = _cover(config.cover, bench)
    logo = _logo(config.logo, bench) if config.logo else None
    show = compose_show(config, state.guid, cover, logo, _portraits(config.portraits, bench))
    if unchanged:  # its files alone are sent again, if the store has lost them
        return replace(batch, show=unchanged, files=tuple(bench.files))
    if config.templates is None and state.published and not state.meant:
        return replace(batch, show=show, templates=state.published.templates, files=tuple(bench.files))
    templates = take_templates(config, bench.add, cache)
    return replace(batch, show=show, templates=templates, files=tuple(bench.files))


def build_episode(candidate: Candidate, batch: Batch, run: RunContext, work: Path) -> Candidate:
    """Master and tag one episode, and make everything that its record will name. Raises AudioError, ConfigError."""
    draft = loaded(candidate)
    alone = is_for_customers(draft.file)
    masters = _mastered(draft, batch.config, run.cache, run.progress)
    making = _Making(candidate, batch, run, Bench(work, private=alone), masters[0].mix)
    whole = making.timing(masters[0])
    if alone or not has_more(draft):
        notes = chapters_of(candidate).notes
        facts = making.facts(masters, whole, with_more(notes, draft) if alone else notes, making.bench)
        return replace(candidate, model=facts, mastered=masters[0], files=tuple(making.bench.files))
    return making.parted(masters, whole)


def show_of(batch: Batch) -> model.Show:
    """The show's facts in a batch that is built."""
    if batch.show is None:
        raise AssertionError("the show is built first")
    return batch.show


class _Shared(NamedTuple):
    """What all get who get anything of an episode."""

    articles: tuple[model.Article, ...]
    cover: model.Image | None
    portraits: Mapping[str, Portrait]


@dataclass(frozen=True)
class _Making:
    """One episode while it is made: what the public and its customers get of it."""

    candidate: Candidate
    batch: Batch
    run: RunContext
    bench: Bench
    """Of what all get who get anything of it."""
    mix: MixFacts | None
    """Who speaks when, where that is known."""

    @cached_property
    def shared(self) -> _Shared:
        """What public and customers have alike, made once."""
        draft, bench = loaded(self.candidate), self.bench
        pictured = add_pictures(draft.articles, self.batch.replies, bench.add, self.run.progress)
        return _Shared(
            with_picture(pictured, draft.card, bench.add),
            _cover(draft.cover, bench) if draft.cover else None,
            _portraits(draft.portraits, bench),
        )

    def timing(self, mastered: audio.Mastered, until_ms: int | None = None) -> Timing:
        """How a file stands to the recording."""
        return Timing(round(-mastered.head_trimmed_s * 1000), round(mastered.duration_s * 1000), until_ms)

    def parted(self, masters: Sequence[audio.Mastered], whole: Timing) -> Candidate:
        """The episode where the public gets less of it: both get the same picture, articles and people."""
        draft, batch, hidden = loaded(self.candidate), self.batch, self.bench.hidden()
        source, until_ms = chapters_of(self.candidate), draft.file.customers_from
        heard = list(masters)
        if until_ms is not None:
            ending = audio.Ending((until_ms + whole.by_ms) / 1000, batch.config.customers_outro)
            target = target_of(batch.config)
            public_file = audio.cut(masters[0], ending, target, self.run.cache, self.run.progress)
            # How the tracks were mixed is told with times, also from behind the cut.
            heard = [public_file.model_copy(update={"mix": None})]
            where = near(_sound_place(draft), batch.config)
            _hold_to(target, heard[0], say("{where}The public's part", where=where), self.run.progress)
        customers = batch.config.file.customers
        if customers is None:
            raise AssertionError("what is for customers was checked before")
        notes = with_invitation(source.notes, customers, show_of(batch).language)
        part = self.facts(heard, self.timing(heard[0], until_ms), notes, self.bench)
        public = part.model_copy(update={"goes_on": True})
        more = with_more(source.notes, draft)
        all_hear = until_ms is None
        both = part.model_copy(update={"notes": more}) if all_hear else self.facts(masters, whole, more, hidden)
        files = (*self.bench.files, *hidden.files)
        return replace(self.candidate, model=public, whole=both, mastered=masters[0], files=files)

    def facts(self, masters: Sequence[audio.Mastered], timing: Timing, notes: str, bench: Bench) -> model.Episode:
        """What some get of it: a file in each format, and all that belongs to that much of the recording."""
        candidate, batch = self.candidate, self.batch
        draft, source, show = loaded(candidate), chapters_of(candidate), show_of(batch)
        marks = compose_chapters(source, _pictures(source, bench, timing), timing)
        cues = compose_cues(draft, show, timing, self.mix)
        parts = Parts(
            audio=_audio(masters, _tags(candidate, marks, timing.duration_ms, batch, bench), draft, bench, timing),
            articles=self.shared.articles,
            cover=self.shared.cover,
            chapters=marks,
            chapters_file=_chapters_file(marks, show, bench) if marks else None,
            transcript=_transcript(draft, cues, draft.file.transcript_language or show.language, bench)
            if cues
            else None,
            soundbites=compose_soundbites(draft, timing),
            portraits=self.shared.portraits,
            share=_share(draft, batch, masters[0].duration_s, bench, self.run.progress),
            translations=tuple(self.translation(words, timing, bench) for words in draft.translations),
        )
        return compose_episode(candidate, notes, parts)

    def translation(self, words: DraftTranslation, timing: Timing, bench: Bench) -> model.Translation:
        """What some get of it in another language: made as the episode itself is, from its own draft."""
        show = show_in(show_of(self.batch), words.language)
        candidate = replace(self.candidate, draft=translated_draft(loaded(self.candidate), words))
        draft, batch = loaded(candidate), replace(self.batch, show=show)
        source = translated_chapters(words)
        masters = _mastered(draft, batch.config, self.run.cache, self.run.progress) if words.audio else []
        if masters:
            timing = self.timing(masters[0])
        marks = compose_chapters(source, _pictures(source, bench, timing), timing)
        cues = compose_cues(draft, show, timing, masters[0].mix if masters else self.mix)
        values = _tags(candidate, marks, timing.duration_ms, batch, bench)
        spoken = masters and _audio(masters, values, draft, bench, timing)
        return model.Translation(
            language=words.language,
            title=words.title,
            summary=words.summary,
            notes=words.notes,
            chapters=marks,
            chapters_file=_chapters_file(marks, show, bench) if marks else None,
            transcript=_transcript(draft, cues, words.language, bench) if cues else None,
            audio=spoken or None,
            share=_share(draft, batch, timing.duration_ms / 1000, bench, self.run.progress),
            machine=words.machine,
        )


def _mastered(draft: Draft, config: ShowConfig, cache: Path, progress: Progress) -> list[audio.Mastered]:
    """A file for each target; of finished audio, which goes out as it is, that alone."""
    where, targets = near(_sound_place(draft), config), targets_of(config)
    if draft.file.master:
        masters = audio.master_all(recording_of(draft, config), targets, cache, progress)
        for target, mastered in zip(targets, masters, strict=True):
            _hold_to(target, mastered, f"{where}{mastered.path.suffix[1:].upper()}", progress)
    else:
        masters = [audio.take_finished(draft.audio, cache, progress)]
    for finding in masters[0].findings:
        if finding.hint:
            progress.warn(say("{where}{message}", where=where, message=finding.message), finding.hint)
    return masters


def _sound_place(draft: Draft) -> Place:
    """The line that names the recording."""
    return draft.place("tracks" if draft.tracks else "audio")


def _hold_to(target: audio.Target, mastered: audio.Mastered, name: str, progress: Progress) -> None:
    """Say so where the published file is not as it was to be: a few bursts in silence cannot be loud and unclipped."""
    wanted = target.loudness_of(mastered.channels)
    if abs(mastered.lufs - wanted) > _LOUDNESS_TOLERANCE or mastered.dbtp > target.true_peak:
        reached = say("{lufs:.1f} LUFS and {dbtp:.1f} dBTP", lufs=mastered.lufs, dbtp=mastered.dbtp)
        message = say(
            "{name} has {reached}; asked for were {wanted:.1f} and {true_peak:.1f}.",
            name=name,
            reached=reached,
            wanted=wanted,
            true_peak=target.true_peak,
        )
        progress.warn(message, "Listen to it; a recording with a steadier level comes closer.")


@lru_cache(maxsize=4)
def _cover_of(path: Path, _digest: str) -> artwork.CoverImage:
    """The cover of a picture; it goes into store and tags, and the show's into the tags of many episodes."""
    return artwork.cover(path)


def _make_cover(path: Path) -> artwork.CoverImage:
    return _cover_of(path, file_digest(path))


def _cover(path: Path, bench: Bench) -> model.Image:
    cover = _make_cover(path)
    return model.Image(
        asset=bench.add(cover.data, ".jpg"),
        width=cover.width,
        height=cover.height,
        small=bench.add(artwork.resize(cover.data, _PAGE_COVER), ".jpg"),
    )


def _logo(path: Path, bench: Bench) -> model.Asset:
    """The logo as it is, but for what a camera wrote into it."""
    data = path.read_bytes()
    return bench.add(without_metadata(data) or data, path.suffix.lower())


def _portraits(paths: Mapping[str, Path], bench: Bench) -> dict[str, Portrait]:
    """What becomes of portraits, by the name that is written for them."""
    return {name: _portrait(artwork.portrait(path), bench) for name, path in paths.items()}


def _portrait(image: artwork.PortraitImage, bench: Bench) -> Portrait:
    face = f"data:image/webp;base64,{b64encode(image.face).decode()}" if image.face else ""
    return Portrait(bench.add(image.data, ".jpg"), face)


def _pictures(source: ChapterSource, bench: Bench, timing: Timing) -> dict[PictureSource, model.Asset]:
    """The pictures of the chapters that belong to it, by file."""
    assets = {}
    wanted = [chapter.image for chapter in source.chapters if chapter.image and timing.holds(chapter.start_ms + 1)]
    for path in dict.fromkeys(wanted):
        assets[path] = bench.add(artwork.picture(path, _CHAPTER_PIXELS).data, ".jpg")
    return assets


def _share(draft: Draft, batch: Batch, duration_s: float, bench: Bench, progress: Progress) -> model.SharePictures:
    cover = _make_cover(draft.cover or batch.config.cover).data
    return share_pictures(show_of(batch), cover, draft.title, duration_s, bench.add, progress)


def _chapters_file(marks: Sequence[model.Chapter], show: model.Show, bench: Bench) -> model.Asset:
    return bench.add(chapters.to_json(marks, lambda image: show.url_of(image.key)), ".chapters.json")


def _transcript(draft: Draft, cues: tuple[model.Cue, ...], language: str, bench: Bench) -> model.Transcript:
    files = transcripts.render(cues, language, draft.title)
    assets = tuple(bench.add(data, suffix) for suffix, data in files.items())
    return model.Transcript(language=language, assets=assets, cues=cues)


def _audio(
    masters: Sequence[audio.Mastered], values: tags.EpisodeTags, draft: Draft, bench: Bench, timing: Timing
) -> model.Audio:
    """The audio in each format, with tags in front of the same frames; finished audio goes out as it is."""
    first, *others = [
        _rendition(
            mastered,
            _tagged(mastered, draft.slug, values, bench) if draft.file.master else _stored(mastered, draft.slug, bench),
        )
        for mastered in masters
    ]
    mix = masters[0].mix.without_turns() if masters[0].mix else None
    voices = voices_of(masters[0].mix, len(masters[0].waveform), masters[0].duration_s, timing.by_ms / 1000)
    sound = {"waveform": masters[0].waveform, "voices": voices, "mix": mix, "offset_ms": timing.by_ms}
    return model.Audio(**{**dict(first), **sound}, also=tuple(others))


def _rendition(mastered: audio.Mastered, asset: model.Asset) -> model.Rendition:
    return model.Rendition(
        asset=asset,
        duration_s=round(mastered.duration_s, 3),
        lufs=round(mastered.lufs, 2),
        dbtp=round(mastered.dbtp, 2),
        channels=mastered.channels,
        sample_rate=mastered.sample_rate,
        bitrate=mastered.bitrate,
    )


def _tagged(mastered: audio.Mastered, slug: str, values: tags.EpisodeTags, bench: Bench) -> model.Asset:
    path = bench.folder / f"{slug}-{values.language}{mastered.path.suffix}"
    tags.write(mastered.path, mastered.media_type, values, path, audio.with_chapters)
    return _stored(mastered.model_copy(update={"path": path}), slug, bench)


def _stored(mastered: audio.Mastered, slug: str, bench: Bench) -> model.Asset:
    suffix = media_types.ending_of(mastered.media_type)
    return bench.add_file(mastered.path, _audio_prefix(slug), suffix, f"{slug}{suffix}")


def audio_key(slug: str, file: Path, suffix: str) -> str:
    """The key of an episode's audio that goes out as it is."""
    return hashed_key(_audio_prefix(slug), file_digest(file), suffix)


def _audio_prefix(slug: str) -> str:
    return f"audio/{slug}-"


def _tags(
    candidate: Candidate, marks: Sequence[model.Chapter], duration_ms: int, batch: Batch, bench: Bench
) -> tags.EpisodeTags:
    draft, config, show = loaded(candidate), batch.config, show_of(batch)
    file, cover = draft.file, draft.cover or config.cover
    paths = {picture.asset.key: picture.path for picture in bench.files}
    pictures = {key: _small(paths[key]) for key in {mark.image.key for mark in marks if mark.image}}
    return tags.EpisodeTags(
        title=draft.title,
        show=show.title,
        artists=tuple(host.name for host in (show.hosts if file.hosts is None else file.hosts)),
        date=draft.date.astimezone(config.zone),
        language=show.language,
        guid=candidate.guid,
        feed_url=show.feed_url,
        duration_ms=duration_ms,
        summary=draft.summary,
        url=draft.articles[0].url if draft.articles else show.url_of(model.listen_key(draft.slug)),
        website=show.website,
        number=file.number,
        season=file.season,
        copyright=show.copyright,
        category=show.category[0],
        keywords=file.keywords,
        cover=tags.Picture(artwork.resize(_make_cover(cover).data, _TAG_COVER), media_types.JPEG),
        chapters=tuple(tags.ChapterTag(mark, pictures[mark.image.key] if mark.image else None) for mark in marks),
    )


def _small(picture: Path) -> tags.Picture:
    return tags.Picture(artwork.resize(picture.read_bytes(), _PAGE_COVER), media_types.JPEG)
