"""What a publish would make of drafts, as far as that can be known without mastering: facts with stand-ins. Pure.

Sizes and times are estimates, and keys hold zeros in place of digests; what hosts wrote is in them as it will be
published. For the rules, which look at texts, kinds and forms.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from sendung import audio
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.config.translations import DraftTranslation
from sendung.config.values import Portrait
from sendung.core import media_types, model
from sendung.media import transcripts
from sendung.workflows.drafts.candidate import Candidate, chapters_of, loaded
from sendung.workflows.drafts.chapters import translated_chapters
from sendung.workflows.drafts.compose import (
    Parts,
    Timing,
    compose_chapters,
    compose_cues,
    compose_episode,
    compose_show,
    compose_soundbites,
    targets_of,
    translated_draft,
)
from sendung.workflows.drafts.customers import has_more

_UNKNOWN_S = 3600.0
"""The duration of a recording that cannot be read; its own error says so."""
_COVER_SIDE = 3000


def estimate_show(config: ShowConfig) -> model.Show:
    """The show as show.yaml would make it."""
    guid = config.file.guid or uuid.uuid5(uuid.NAMESPACE_URL, config.file.store.public_url)
    return compose_show(config, str(guid), _cover(), None, dict.fromkeys(config.portraits, _PORTRAIT))


def estimate_episode(candidate: Candidate, config: ShowConfig, show: model.Show) -> model.Episode:
    """An episode as its draft would make it; the candidate was examined."""
    draft, source, recording = loaded(candidate), chapters_of(candidate), candidate.recording
    duration_ms, until_ms = round((recording.duration_s if recording else _UNKNOWN_S) * 1000), draft.file.customers_from
    timing = Timing(0, duration_ms if until_ms is None else min(until_ms, duration_ms), until_ms)
    picture = _asset("assets/", ".jpg")
    marks = compose_chapters(source, dict.fromkeys(source.pictures, picture), timing)
    cues = compose_cues(draft, show, timing)
    parts = Parts(
        audio=_audio(draft, config, timing, recording),
        articles=draft.articles,
        cover=_cover() if draft.cover else None,
        chapters=marks,
        chapters_file=_asset("assets/", ".chapters.json") if marks else None,
        transcript=_transcript(draft, cues, draft.file.transcript_language or show.language) if cues else None,
        soundbites=compose_soundbites(draft, timing),
        portraits=dict.fromkeys(draft.portraits, _PORTRAIT),
        share=model.SharePictures(card=picture, play=picture),
        translations=tuple(_translation(words, draft, show, timing) for words in draft.translations),
    )
    episode = compose_episode(candidate, source.notes, parts)
    return episode.model_copy(update={"goes_on": has_more(draft)})


def _audio(draft: Draft, config: ShowConfig, timing: Timing, source: audio.Source | None) -> model.Audio:
    target, *others = targets_of(config)
    recorded = source.channels if source else 2
    if not draft.file.master:
        target, others = replace(target, format="m4a" if source and source.codec == "aac" else target.format), []
    channels = {"auto": min(recorded, 2), "mono": 1, "stereo": 2}[target.channels]
    first, *also = (_rendition(draft.slug, rendition, timing, channels) for rendition in (target, *others))
    return model.Audio(**dict(first), also=tuple(also))


def _rendition(slug: str, target: audio.Target, timing: Timing, channels: int) -> model.Rendition:
    bitrate = target.bitrate_of(channels) * 1000
    size = timing.duration_ms * bitrate // 8000
    return model.Rendition(
        asset=_asset(f"audio/{slug}-", f".{target.format}", size),
        duration_s=timing.duration_ms / 1000,
        lufs=target.loudness_of(channels),
        dbtp=target.true_peak,
        channels=channels,
        sample_rate=44_100,
        bitrate=bitrate,
    )


def _translation(words: DraftTranslation, draft: Draft, show: model.Show, timing: Timing) -> model.Translation:
    source = translated_chapters(words)
    translated = translated_draft(draft, words)
    cues = compose_cues(translated, show, timing)
    return model.Translation(
        language=words.language,
        title=words.title,
        summary=words.summary,
        notes=words.notes,
        chapters=compose_chapters(source, dict.fromkeys(source.pictures, _asset("assets/", ".jpg")), timing),
        transcript=_transcript(translated, cues, words.language) if cues else None,
        machine=words.machine,
    )


def _transcript(draft: Draft, cues: tuple[model.Cue, ...], language: str) -> model.Transcript:
    files = transcripts.render(cues, language, draft.title)
    assets = tuple(_asset("assets/", suffix, len(data)) for suffix, data in files.items())
    return model.Transcript(language=language, assets=assets, cues=cues)


def _cover() -> model.Image:
    return model.Image(asset=_asset("assets/", ".jpg"), width=_COVER_SIDE, height=_COVER_SIDE)


def _asset(prefix: str, suffix: str, size: int = 1) -> model.Asset:
    return model.Asset(key=f"{prefix}{'0' * 16}{suffix}", media_type=media_types.of(suffix), size=size, sha256="0" * 64)


_PORTRAIT = Portrait(_asset("assets/", ".jpg"), "")
