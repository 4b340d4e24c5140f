"""Flow: from a draft to everything that will be stored: the mastered and tagged audio, images, transcripts, chapters.

Nothing here touches the store. What is made lies in a work folder, each file with the asset that it becomes.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sendung import audio
from sendung.config.episode import Draft
from sendung.config.show import LOGO_TYPES, ShowConfig
from sendung.config.values import Portrait
from sendung.core import model
from sendung.core.file_digests import file_digest
from sendung.core.progress import Progress
from sendung.media import artwork, chapters, tags, transcripts
from sendung.store.interface import Headers
from sendung.workflows.drafts import articles as cards
from sendung.workflows.drafts.chapters import Outline, find_outline
from sendung.workflows.drafts.compose import (
    Parts,
    Timing,
    compose_chapters,
    compose_cues,
    compose_episode,
    compose_show,
    compose_soundbites,
    targets_of,
)
from sendung.workflows.drafts.state import DraftStanding, ShowStanding

FOR_EVER = "public, max-age=31536000, immutable"
"""Cache-Control of assets: their names change with their content."""

_HASH_DIGITS = 16
_LOUDNESS_TOLERANCE = 0.5
"""LU between the loudness that was asked for and that of the published file, before a host hears of it."""
_TAG_COVER = 600
"""Pixels of the cover inside the audio file: what players show, without half a megabyte in each file."""
_CHAPTER_PIXELS = 1200
_PAGE_COVER = 480
"""Pixels of the cover on pages (model.Image.small)."""


@dataclass(frozen=True)
class AssetFile:
    """An asset that is ready to be stored, as a file on this machine."""

    asset: model.Asset
    path: Path
    headers: Headers


@dataclass(frozen=True)
class ShowPrepared:
    """A show that is ready: its facts, and the files that they name."""

    show: model.Show
    files: tuple[AssetFile, ...]


@dataclass(frozen=True)
class Prepared:
    """An episode that is ready: its facts, the files that they name, and what mastering did."""

    standing: DraftStanding
    episode: model.Episode
    files: tuple[AssetFile, ...]
    mastered: audio.Mastered
    """The file that all apps play."""


@dataclass(frozen=True)
class _Bench:
    """Where assets are made."""

    folder: Path
    files: list[AssetFile] = field(default_factory=list)

    def add(self, data: bytes, suffix: str, media_type: str) -> model.Asset:
        """An asset of some bytes: assets/<hash><suffix>."""
        path = self.folder / f"{hashlib.sha256(data).hexdigest()}{suffix}"
        path.write_bytes(data)
        return self.add_file(path, "assets/", suffix, media_type)

    def add_file(self, path: Path, prefix: str, suffix: str, media_type: str, name: str = "") -> model.Asset:
        """An asset of a file: <prefix><hash><suffix>, which browsers save as `name`."""
        sha256 = file_digest(path)
        key = f"{prefix}{sha256[:_HASH_DIGITS]}{suffix}"
        asset = model.Asset(key=key, media_type=media_type, size=path.stat().st_size, sha256=sha256)
        disposition = f'inline; filename="{name}"' if name else ""
        self.files.append(AssetFile(asset, path, Headers(media_type, FOR_EVER, disposition)))
        return asset


def prepare_show(standing: ShowStanding, work: Path) -> ShowPrepared:
    """The show's facts: the published ones, unless show.yaml is new or edited. Raises ConfigError."""
    if standing.published and not standing.due:
        return ShowPrepared(standing.published.show, ())
    bench = _Bench(work)
    cover = _cover(standing.config.cover, bench)
    logo = _logo(standing.config.logo, bench) if standing.config.logo else None
    portraits = _portraits(standing.config.portraits, bench)
    return ShowPrepared(compose_show(standing.config, standing.guid, cover, logo, portraits), tuple(bench.files))


def prepare_episode(
    standing: DraftStanding,
    config: ShowConfig,
    show: model.Show,
    work: Path,
    cache: Path,
    progress: Progress,
    answers: cards.Answers = cards.UNASKED,
) -> Prepared:
    """Master and tag one draft, and make everything that its record will name.

    `show` is the show as it will be published; `answers` hold the pictures of the articles' cards, where those were
    asked for. Raises AudioError, ConfigError.
    """
    draft, bench = standing.draft, _Bench(work)
    mastered, *others = _mastered(draft, targets_of(config), cache, progress)
    timing = Timing(round(-mastered.head_trimmed_s * 1000), round(mastered.duration_s * 1000))
    outline = find_outline(draft)
    marks = compose_chapters(outline, _pictures(outline, bench), timing)
    untagged = model.Asset(key="", media_type=mastered.media_type, size=0, sha256="")
    parts = Parts(
        audio=_audio_facts(mastered, untagged),
        cover=_cover(draft.cover, bench) if draft.cover else None,
        chapters=marks,
        chapters_file=_chapters_file(marks, show, bench) if marks else None,
        transcript=_transcript(draft, compose_cues(draft, show, timing), show.language, bench) if draft.cues else None,
        soundbites=compose_soundbites(draft, timing),
        portraits=_portraits(draft.portraits, bench),
    )
    facts = compose_episode(draft, standing.guid, outline.notes, parts)
    articles = cards.add_pictures(facts.articles, answers, bench.add, progress)
    if draft.file.master:
        said = _tags(facts, config, show, draft.cover or config.cover, bench)
        asset, *assets = (_tagged(one, draft.slug, said, bench) for one in (mastered, *others))
    else:
        asset, assets = _stored(mastered, draft.slug, bench), []
    sound = _audio_facts(mastered, asset, [_rendition(*pair) for pair in zip(others, assets, strict=True)])
    facts = facts.model_copy(update={"articles": articles, "audio": sound})
    return Prepared(standing, facts, tuple(bench.files), mastered)


def _mastered(draft: Draft, targets: Sequence[audio.Target], cache: Path, progress: Progress) -> list[audio.Mastered]:
    """A file for each target; of finished audio, which goes out as it is, that alone."""
    if not draft.file.master:
        return [audio.take_finished(draft.audio, cache, progress)]
    made = audio.master_all(draft.audio, targets, cache, progress)
    for target, mastered in zip(targets, made, strict=True):
        _hold_to(target, mastered, progress)
    return made


def _hold_to(target: audio.Target, mastered: audio.Mastered, progress: Progress) -> None:
    """Say so where the published file is not as it was to be: a few bursts in silence cannot be loud and unclipped."""
    wanted = target.loudness_of(mastered.channels)
    if abs(mastered.lufs - wanted) > _LOUDNESS_TOLERANCE or mastered.dbtp > target.true_peak:
        reached = f"{mastered.lufs:.1f} LUFS and {mastered.dbtp:.1f} dBTP"
        message = (
            f"{mastered.path.suffix[1:].upper()} has {reached}; asked for were {wanted:.1f} and {target.true_peak:.1f}."
        )
        progress.warn(message, "Listen to it; a recording with a steadier level comes closer.")


@lru_cache(maxsize=4)
def _made(path: Path, _digest: str) -> artwork.CoverImage:
    """The cover of a picture; it goes into store and tags, and the show's into the tags of many episodes."""
    return artwork.cover(path)


def _make_cover(path: Path) -> artwork.CoverImage:
    return _made(path, file_digest(path))


def _cover(path: Path, bench: _Bench) -> model.Image:
    made = _make_cover(path)
    return model.Image(
        asset=bench.add(made.data, ".jpg", made.media_type),
        width=made.width,
        height=made.height,
        small=bench.add(artwork.resize(made.data, _PAGE_COVER), ".jpg", made.media_type),
    )


def _logo(path: Path, bench: _Bench) -> model.Asset:
    suffix = path.suffix.lower()
    return bench.add(path.read_bytes(), suffix, LOGO_TYPES[suffix])


def _portraits(paths: Mapping[str, Path], bench: _Bench) -> dict[str, Portrait]:
    """What becomes of portraits, by the name that is written for them."""
    return {name: _portrait(artwork.portrait(path), bench) for name, path in paths.items()}


def _portrait(made: artwork.PortraitImage, bench: _Bench) -> Portrait:
    face = f"data:image/webp;base64,{b64encode(made.face).decode()}" if made.face else ""
    return Portrait(bench.add(made.data, ".jpg", artwork.MEDIA_TYPE), face)


def _pictures(outline: Outline, bench: _Bench) -> dict[Path, model.Asset]:
    """The chapters' pictures, by file."""
    made = {}
    for path in outline.pictures:
        picture = artwork.picture(path, _CHAPTER_PIXELS)
        made[path] = bench.add(picture.data, ".jpg", picture.media_type)
    return made


def _chapters_file(marks: Sequence[model.Chapter], show: model.Show, bench: _Bench) -> model.Asset:
    data = chapters.to_json(marks, lambda image: show.url_of(image.key))
    return bench.add(data, ".chapters.json", chapters.JSON_MEDIA_TYPE)


def _transcript(draft: Draft, cues: tuple[model.Cue, ...], language: str, bench: _Bench) -> model.Transcript:
    renditions = transcripts.render(cues, language, draft.title)
    assets = tuple(bench.add(one.data, f".{one.extension}", one.media_type) for one in renditions)
    return model.Transcript(language=language, assets=assets, cues=cues)


def _audio_facts(mastered: audio.Mastered, asset: model.Asset, also: Sequence[model.Rendition] = ()) -> model.Audio:
    rendition = dict(_rendition(mastered, asset))
    return model.Audio(**rendition, waveform=mastered.waveform, also=tuple(also))


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


def _tagged(mastered: audio.Mastered, slug: str, said: tags.EpisodeTags, bench: _Bench) -> model.Asset:
    """The mastered file with tags in front of the same frames."""
    path = bench.folder / f"{slug}{mastered.path.suffix}"
    tags.write(mastered.path, mastered.media_type, said, path)
    return _stored(mastered.model_copy(update={"path": path}), slug, bench)


def _stored(mastered: audio.Mastered, slug: str, bench: _Bench) -> model.Asset:
    suffix = audio.SUFFIXES[mastered.media_type]
    return bench.add_file(mastered.path, f"audio/{slug}-", suffix, mastered.media_type, f"{slug}{suffix}")


def _tags(facts: model.Episode, config: ShowConfig, show: model.Show, cover: Path, bench: _Bench) -> tags.EpisodeTags:
    paths = {file.asset.key: file.path for file in bench.files}
    return tags.EpisodeTags(
        title=facts.title,
        show=show.title,
        artists=tuple(host.name for host in show.hosts_of(facts)),
        date=facts.date.astimezone(config.zone),
        language=show.language,
        guid=facts.guid,
        feed_url=show.feed_url,
        duration_ms=round(facts.audio.duration_s * 1000),
        summary=facts.summary,
        url=facts.article.url if facts.article else show.url_of(model.listen_key(facts.slug)),
        website=show.website,
        number=facts.number,
        season=facts.season,
        copyright=show.copyright,
        category=show.category[0],
        keywords=facts.keywords,
        cover=tags.Picture(artwork.resize(_make_cover(cover).data, _TAG_COVER), "image/jpeg"),
        chapters=tuple(
            tags.ChapterTag(mark, _small(paths[mark.image.key]) if mark.image else None) for mark in facts.chapters
        ),
    )


def _small(picture: Path) -> tags.Picture:
    return tags.Picture(artwork.resize(picture.read_bytes(), _PAGE_COVER), "image/jpeg")
