"""An episode in words: what is about to become public, and what an author pastes once it is."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from sendung.cli.bulk import print_addresses, print_counts
from sendung.cli.groups import FEW
from sendung.cli.moments import date_words, distance
from sendung.cli.output import bytes_words, length_words
from sendung.config.customers import is_for_customers
from sendung.core.media_types import CODECS
from sendung.core.mix_facts import described, loudness_before
from sendung.core.model import Audio, Chapter, Show, listen_key
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.audio import Mastered
    from sendung.workflows.drafts.candidate import Candidate
    from sendung.workflows.publish.result import EpisodeResult, Outcome

_NAMES = 12
"""Columns of a row's name, with the space before and after it."""


def print_card(console: Console, candidate: Candidate, show: Show, now: datetime) -> None:
    """What is about to become public, before the first byte of it is sent."""
    episode, mastered = candidate.model, candidate.mastered
    if episode is None or mastered is None:
        return
    later = episode.date > now
    rows = {
        told("Edit"): _edit_words(candidate),
        told("Date"): _date_words(episode.date, now, ZoneInfo(show.timezone)),
        told("Audio"): _audio_words(episode.audio),
        told("Loudness"): f"{_before_words(mastered)} → {_loudness_words(episode.audio)}",
        told("Tracks"): "\n".join(map(told, described(episode.audio.mix))) if episode.audio.mix else "",
        told("Recording:").rstrip(":"): "\n".join(told(finding.message) for finding in mastered.findings),
        told("Chapters"): _chapter_words(episode.chapters),
        told("Summary"): episode.summary,
        told("Article"): "\n".join(article.url for article in episode.articles),
        told("Page"): show.url_of(listen_key(episode.slug)) + (told(" (from then on)") if later else ""),
        told("Customers"): told("get {audio_words}", audio_words=_audio_words(candidate.whole.audio))
        if candidate.whole
        else "",
    }
    if candidate.draft and is_for_customers(candidate.draft.file):
        teaser = rows[told("Page")] if candidate.draft.file.teaser else ""
        rows |= {told("Page"): "", told("Teaser"): teaser, told("Customers"): told("and nobody else")}
    _print_rows(console, episode.title, rows)


def _edit_words(candidate: Candidate) -> str:
    """What an edit changes of what is published, and what stays; empty for what is new."""
    from sendung.records import changes
    from sendung.workflows.drafts.state import changed_name

    state = candidate.state
    if state is None or state.published is None:
        return ""
    keys = [changed_name(change.key) for change in changes(state.published.source, state.source)]
    moved = state.published.episode.slug != candidate.slug
    stays = (
        told("the GUID stays; {slug} leads to the new address", slug=state.published.episode.slug)
        if moved
        else told("GUID and address stay")
    )
    return f"{', '.join(keys) or told('how it sounds')}; {stays}"


def print_outcome(console: Console, outcome: Outcome, *, dry_run: bool) -> None:
    """What became of each episode, with what to paste into the article of one that was published just now.

    Of many at once, how many are what, and where those are that are new.
    """
    results = [result for result in outcome.episodes if result.episode and str(result.status) in _TOLD]
    new, rest = [result for result in results if result.new], [result for result in results if not result.new]
    show = outcome.show
    if len(outcome.episodes) > FEW:
        print_counts(console, outcome.episodes)
    if show is None:
        return
    if len(new) > FEW:
        print_addresses(console, new, show)
    shown = [*(new if len(new) <= FEW else []), *(rest if len(outcome.episodes) <= FEW else [])]
    for result in shown:
        _print_result(console, result, show, dry_run=dry_run)
    paste = {}
    if len(new) > FEW:
        paste = {told("Paste"): told("sendung links EPISODE prints the link and the player of each.")}
    _print_rows(console, "", {told("Feed"): show.feed_url} | paste)


def _print_result(console: Console, result: EpisodeResult, show: Show, *, dry_run: bool) -> None:
    """One episode, and what to paste of it if it is new."""
    from sendung.website import kit_of

    if (episode := result.episode) is None:
        return
    if result.for_customers:
        rows = {told("For"): told("customers, and nobody else")}
        if result.teaser:
            rows |= {told("Teaser"): show.url_of(listen_key(episode.slug))}
        _print_rows(console, f"{episode.title} ({told(result.status)})", rows)
        return
    kit = kit_of(show, episode)
    rows = {told("Listen"): kit.url}
    if result.new:
        rows |= {told("Link"): kit.link, told("Player"): kit.iframe}
    head = told("would be published") if dry_run and result.new else told(result.status)
    _print_rows(console, f"{episode.title} ({head})", rows)


_TOLD = {"published", "scheduled", "unchanged"}


def _print_rows(console: Console, head: str, rows: Mapping[str, str]) -> None:
    """Names and values below a head; values of several words are wrapped on a terminal, but never what is copied."""
    if head:
        console.print()
        console.print(Text(head, "bold"), soft_wrap=not console.is_terminal)
    for name, value in rows.items():
        lines = [part for line in value.splitlines() for part in _wrapped(line, console)]
        for number, line in enumerate(lines):
            start = f"  {name}" if number == 0 else ""
            console.print(Text.assemble((f"{start:<{_NAMES}}", "dim"), line), soft_wrap=True)


def _wrapped(line: str, console: Console) -> list[str]:
    """The lines of a text on a terminal of this width."""
    if not console.is_terminal or "://" in line:
        return [line]
    return textwrap.wrap(line, max(console.width - _NAMES, 20), break_long_words=False)


def _date_words(date: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Friday, 20 November 2026, 06:00 (Europe/Berlin): in 2 days."""
    words = date_words(date, zone)
    return (
        told("{words}: scheduled, {distance} from now", words=words, distance=distance(date - now))
        if date > now
        else told("{words}: visible at once", words=words)
    )


def _chapter_words(chapters: tuple[Chapter, ...]) -> str:
    if not chapters:
        return ""
    return told(
        "{count}, from “{title}” to “{title2}”", count=len(chapters), title=chapters[0].title, title2=chapters[-1].title
    )


def _audio_words(audio: Audio) -> str:
    layout = {1: "mono", 2: "stereo"}.get(audio.channels, told("{channels} channels", channels=audio.channels))
    files = [
        told(
            "{bytes_words}, {get} {bitrate} kbit/s {layout}",
            bytes_words=bytes_words(rendition.asset.size),
            get=CODECS.get(rendition.asset.media_type, rendition.asset.media_type),
            bitrate=rendition.bitrate // 1000,
            layout=layout,
        )
        for rendition in audio.renditions
    ]
    return told("{length} min, {files}", length=length_words(audio.duration_s), files="; ".join(files))


def _before_words(mastered: Mastered) -> str:
    return told(loudness_before(mastered.before.lufs, mastered.mix))


def _loudness_words(audio: Audio) -> str:
    return told(
        "{loudness}, true peak {minus} dBTP (measured on the published file)",
        loudness=_loudness(audio.lufs),
        minus=_minus(audio.dbtp),
    )


def _loudness(lufs: float) -> str:
    return told("{lufs} LUFS", lufs=_minus(lufs))


def _minus(value: float) -> str:
    return told("{value:.1f}", value=value).replace("-", "−")
