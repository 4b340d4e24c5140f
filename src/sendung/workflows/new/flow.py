"""What is known of a new episode, and its folder. Nothing that is there is ever written over."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sendung import audio, net
from sendung.config.show import ShowConfig
from sendung.config.slugs import SLUG, slug_of, unique
from sendung.core.errors import ConfigError, FetchError, UsageError
from sendung.core.field_types import Date, Line, Text, Url, resolve_date, valid
from sendung.core.model import Chapter
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.media import chapters, tags
from sendung.media.chapters.editing import MAX_CHAPTERS
from sendung.net import article
from sendung.workflows.drafts.articles import cut_summary, read_picture
from sendung.workflows.new.defaults import found_files, next_number, recordings_in, schema_of
from sendung.workflows.new.folder import write_draft
from sendung.workflows.new.template import Content, episode_yaml

_PICTURE = "article.jpg"


@dataclass(frozen=True)
class NewEpisode:
    """What a host says of the new episode; all of it may be left out."""

    slug: str | None = None
    title: str | None = None
    date: str | None = None
    article: str | None = None
    audio: Path | None = None
    """The recording, or a folder that holds one."""


@dataclass(frozen=True)
class NewDraft:
    """A draft that was made."""

    folder: Path
    open: tuple[str, ...]
    """The keys that hold a stopgap: the host must write them."""
    card: bool
    """Whether the article's page filled its card."""

    @property
    def file(self) -> Path:
        """Its episode.yaml."""
        return self.folder / "episode.yaml"


@dataclass(frozen=True)
class _Recording:
    """A recording, looked at."""

    title: str = ""
    chapters: tuple[Chapter, ...] = ()


def make_draft(
    episode: NewEpisode, show: ShowConfig, guid: str, now: datetime, policy: net.NetPolicy, progress: Progress
) -> NewDraft:
    """Make `episodes/<slug>/episode.yaml`, and copy the recording beside it.

    What the host says comes first, then what the article's page says, then the recording's tags. An article that
    cannot be fetched is a warning as long as there is a name for the episode. A folder that is there already may hold
    its files; they are named in the draft. Raises UsageError, FetchError, AudioError, NoSpace.
    """
    episode, beside = _unpacked(_checked(episode, show))
    facts = _read(episode, policy, progress)
    recording = _listen(episode.audio) if episode.audio else _Recording()
    name = episode.title or (facts.title if facts else "") or recording.title
    folder = _folder(episode, name, show)
    files = {key: path.name for key, path in beside.items()} | found_files(folder)
    if episode.audio is None and "audio" in files:
        recording = _listen(folder / files["audio"])
    title = name or recording.title or _as_title(folder.name)
    summary = valid(Text, facts.summary) if facts else None
    content = Content(
        title=title,
        date=episode.date or _date(facts, show, now),
        guid=guid,
        summary=summary or title,
        audio=f"audio{episode.audio.suffix.lower()}" if episode.audio else files.get("audio", "audio.wav"),
        article=_addresses(facts, episode, show),
        chapters=recording.chapters,
        notes=files.get("notes"),
        transcript=files.get("transcript"),
        cover=files.get("cover"),
        **next_number(show),
    )
    opened = {
        "title": not (name or recording.title),
        "summary": not summary,
        "audio": not (episode.audio or "audio" in files),
    }
    copies = {path.name: path for key, path in beside.items() if files[key] == path.name}
    copies |= {content.audio: episode.audio} if episode.audio else {}
    with tempfile.TemporaryDirectory(prefix="sendung-") as work:
        picture = _picture(facts, policy, Path(work), progress)
        card = _card(facts, picture, show)
        copies |= {picture.name: picture} if picture else {}
        write_draft(folder, episode_yaml(replace(content, article_card=card), schema_of(show)), copies, progress)
    return NewDraft(folder, tuple(key for key, is_open in opened.items() if is_open), card is not None)


def _card(facts: article.ArticleFacts | None, picture: Path | None, show: ShowConfig) -> dict[str, Any] | None:
    """What the article's page says of it, as episode.yaml has it; None where it says no title."""
    if facts is None or not facts.title:
        return None
    date = facts.date and (facts.date.astimezone(show.zone) if facts.date.tzinfo else facts.date)
    values = {
        "title": facts.title,
        "summary": valid(Text, cut_summary(facts.summary)),
        "authors": [author for author in facts.authors if valid(Line, author)],
        "date": f"{date:%Y-%m-%d %H:%M}" if date else "",
        "image": picture.name if picture else "",
    }
    return {key: value for key, value in values.items() if value}


def _picture(
    facts: article.ArticleFacts | None, policy: net.NetPolicy, folder: Path, progress: Progress
) -> Path | None:
    """The article's picture, in a folder; one that cannot be had is a warning."""
    if facts is None or not (facts.title and facts.image):
        return None
    try:
        (folder / _PICTURE).write_bytes(read_picture(facts.image, policy))
    except (FetchError, ConfigError) as error:
        problem = error.problems[0]
        progress.warn(
            say("The article's picture was left out: {message}", message=problem.message),
            'Lay one beside episode.yaml, and name it below article_card: as "image".',
        )
        return None
    return folder / _PICTURE


def _checked(episode: NewEpisode, show: ShowConfig) -> NewEpisode:
    """What a host says, with all that can be said of it before anything is fetched. Raises UsageError."""
    if episode.slug and not SLUG.fullmatch(episode.slug):
        message = say('"{slug}" becomes part of web addresses and cannot stand there.', slug=episode.slug)
        raise UsageError(message, say("Name it {slug_of}.", slug_of=slug_of(episode.slug, "episode-1")))
    title = episode.title and episode.title.strip()
    if title is not None and valid(Line, title) is None:
        raise UsageError("--title must be one line of text.", "Write it in quotes.")
    if episode.date is not None:
        _check_date(episode.date, show)
    address = article.resolve("", episode.article) if episode.article else None
    if episode.article and (address is None or valid(Url, address) is None):
        raise UsageError(
            say("--article is not a web address: {article}.", article=net.shown(episode.article)),
            "Write it as https://...",
        )
    return replace(episode, article=address, title=title)


def _unpacked(episode: NewEpisode) -> tuple[NewEpisode, dict[str, Path]]:
    """The episode with the recording of the folder that is named, and the other files there that a draft can name.

    Raises UsageError if the folder holds no recording, or several of which none is named audio.
    """
    if episode.audio is None or not episode.audio.is_dir():
        return episode, {}
    files = {key: episode.audio / name for key, name in found_files(episode.audio).items()}
    recording = files.pop("audio", None)
    if recording is None:
        several = ", ".join(recordings_in(episode.audio))
        what = say("several recordings: {several}", several=several) if several else "no recording"
        message = say("{audio} holds {what}.", audio=episode.audio, what=what)
        raise UsageError(
            message,
            "Name one with --audio; several microphones of one conversation stand under tracks: in episode.yaml.",
        )
    return replace(episode, audio=recording), files


def _check_date(text: str, show: ShowConfig) -> None:
    hint = 'Write it as "2026-11-20 06:00" or "20.11.2026 6:00".'
    if valid(Date, text) is None:
        raise UsageError(say('--date is not a date: "{text}".', text=text), hint)
    try:
        resolve_date(text, show.zone)
    except ValueError as error:
        raise UsageError(say("--date {error}.", error=error), hint) from None


def _read(episode: NewEpisode, policy: net.NetPolicy, progress: Progress) -> article.ArticleFacts | None:
    """What the article says; if it cannot be fetched, its address only."""
    if episode.article is None:
        return None
    try:
        page = net.fetch(episode.article, policy=policy).expect_ok()
    except FetchError as error:
        if not (episode.slug or episode.title):
            raise
        problem = error.problems[0]
        progress.warn(say("The article was not read: {message}", message=problem.message), problem.hint)
        return article.ArticleFacts(episode.article)
    facts = article.read_article(page.body, page.url, page.headers.get("content-type", ""))
    return replace(facts, title=valid(Line, facts.title) or "")


def _listen(path: Path) -> _Recording:
    """The title and chapters that a recording carries. Raises AudioError if it is none.

    Chapters with pictures are left to it: a draft without chapters has them from there, pictures and all.
    """
    source = audio.probe(path)
    tagged = tags.read_marks(path).chapters
    pictured = any(mark.picture for mark in tagged)
    marks = [mark.chapter for mark in tagged if valid(Line, mark.chapter.title) and not pictured]
    flaws = {flaw.position for flaw in chapters.flaws(marks, round(source.duration_s * 1000))}
    kept = [mark.model_copy(update={"url": valid(Url, mark.url)}) for n, mark in enumerate(marks) if n not in flaws]
    return _Recording(valid(Line, tags.read_title(path)) or "", tuple(kept[:MAX_CHAPTERS]))


def _folder(episode: NewEpisode, name: str, show: ShowConfig) -> Path:
    """Where the draft will be: by the slug that is given, else the shorter one of article and title.

    Raises UsageError if a draft is there.
    """
    own = () if episode.title or not episode.article else _article_slug(episode.article)
    episodes = show.folder / "episodes"
    if episode.slug is None:
        stem = episode.audio.stem if episode.audio else ""
        taken = [path.name for path in episodes.iterdir()] if episodes.is_dir() else []
        if not name and stem in ("", "audio"):
            word = "folge" if show.file.language.partition("-")[0] == "de" else "episode"
            return episodes / unique(f"{word}-{next_number(show)['number'] or len(taken) + 1}", taken)
        made = slug_of(name or stem, "episode")
        return episodes / unique(min([*own, made], key=len), taken)
    folder = episodes / episode.slug
    if (folder / "episode.yaml").exists():
        raise UsageError(
            say("There is an episode {slug} already.", slug=episode.slug), "Choose another slug, or edit that draft."
        )
    return folder


def _article_slug(url: str) -> tuple[str, ...]:
    """The slug that an article's address ends in, if that is words; else none."""
    name = urlsplit(url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return (name,) if SLUG.fullmatch(name) and re.search(r"[a-z]{3}.*-.*[a-z]{3}", name) else ()


def _date(facts: article.ArticleFacts | None, show: ShowConfig, now: datetime) -> str:
    """The article's date, else now, in the show's zone."""
    moment = (facts.date if facts else None) or now
    local = moment.astimezone(show.zone) if moment.tzinfo else moment
    return f"{local:%Y-%m-%d %H:%M}"


def _addresses(
    facts: article.ArticleFacts | None, episode: NewEpisode, show: ShowConfig
) -> str | Mapping[str, str] | None:
    """The article, with its translations if it has some: one for each language."""
    if facts is None or episode.article is None:
        return None
    url = valid(Url, facts.url) or episode.article
    addresses = {facts.language or show.file.language: url}
    for language, other in facts.alternates.items():
        spoken = {key.partition("-")[0] for key in addresses}
        if valid(Url, other) and not article.same_page(other, url) and language.partition("-")[0] not in spoken:
            addresses[language] = other
    own = show.file.language.partition("-")[0]
    return url if len(addresses) == 1 and next(iter(addresses)).partition("-")[0] == own else addresses


def _as_title(slug: str) -> str:
    words = slug.replace("-", " ")
    return words[:1].upper() + words[1:]
