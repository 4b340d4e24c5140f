"""The JSON documents that commands print, and the words for the same on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.text import Text

from sendung.cli.terminal import show_place
from sendung.errors import Problem, SendungError
from sendung.model import Audio, Show, listen_key

if TYPE_CHECKING:
    from sendung.prepare import Prepared
    from sendung.publish import EpisodeResult, Outcome
    from sendung.store import Write


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def problems_of(error: SendungError | None) -> list[dict[str, Any]]:
    """The problems of an error, as JSON values."""
    return [problem_value(problem) for problem in error.problems] if error else []


def problem_value(problem: Problem) -> dict[str, Any]:
    """A problem as a JSON value."""
    place = problem.place
    return {
        "severity": str(problem.severity),
        "rule": problem.rule or None,
        "place": show_place(place) if place else None,
        "message": problem.message,
        "hint": problem.hint,
    }


def outcome_document(outcome: Outcome, sent: Sequence[Write]) -> dict[str, Any]:
    """What a publish did, as `--json` prints it."""
    return {
        "feed_url": outcome.show.feed_url if outcome.show else None,
        "sent": {"objects": len(sent), "bytes": sum(one.size for one in sent)},
        "episodes": [_episode_value(result, outcome.show) for result in outcome.episodes],
        "problems": [],
    }


def failure_document(names: Sequence[str], error: SendungError) -> dict[str, Any]:
    """The same, where nothing was done because of something that concerns the whole show or the store."""
    empty: dict[str, Any] = {
        "guid": None,
        "status": "failed",
        "listen_url": None,
        "article": None,
        "audio": None,
        "problems": [],
    }
    return {
        "feed_url": None,
        "sent": {"objects": 0, "bytes": 0},
        "episodes": [{"slug": name, **empty} for name in names],
        "problems": problems_of(error),
    }


def _episode_value(result: EpisodeResult, show: Show | None) -> dict[str, Any]:
    episode = result.episode
    return {
        "slug": result.folder.name,
        "guid": result.guid,
        "status": str(result.status),
        "listen_url": show.url_of(listen_key(episode.slug)) if show and episode else None,
        "article": episode.article.url if episode and episode.article else None,
        "audio": _audio_value(episode.audio, show) if show and episode else None,
        "problems": problems_of(result.error),
    }


def _audio_value(audio: Audio, show: Show) -> dict[str, Any]:
    return {
        "url": show.url_of(audio.asset.key),
        "type": audio.asset.media_type,
        "bytes": audio.asset.size,
        "duration_s": audio.duration_s,
        "lufs": audio.lufs,
        "dbtp": audio.dbtp,
    }


def print_card(console: Console, ready: Prepared, show: Show) -> None:
    """What is about to become public."""
    episode, mastered = ready.episode, ready.mastered
    date = episode.date.astimezone(ZoneInfo(show.timezone))
    rows = {
        "Date": f"{date:%A, %d %B %Y, %H:%M} ({show.timezone})",
        "Audio": _audio_words(episode.audio),
        "Loudness": f"{_loudness(mastered.before.lufs)} → {_loudness_words(episode.audio)}",
        "Chapters": str(len(episode.chapters)) if episode.chapters else "",
        "Article": episode.article.url if episode.article else "",
    }
    _print_rows(console, episode.title, rows)


def print_outcome(outcome: Outcome, sent: Sequence[Write], *, dry_run: bool) -> None:
    """What a publish did, in words."""
    console = Console(highlight=False)
    for result in outcome.episodes:
        if outcome.show and result.episode and str(result.status) in _HEADS:
            episode = result.episode
            rows = {
                "Listen": outcome.show.url_of(listen_key(episode.slug)),
                "Article": episode.article.url if episode.article else "",
                "Audio": _audio_words(episode.audio),
                "Loudness": _loudness_words(episode.audio),
            }
            head = "would be published" if dry_run and result.prepared else _HEADS[str(result.status)]
            _print_rows(console, f"{episode.title} ({head})", rows)
    if outcome.show:
        _print_rows(console, "", {"Feed": outcome.show.feed_url})
    if sent or not outcome.error:
        print_sent(console, sent, dry_run=dry_run)


_HEADS = {"published": "published", "scheduled": "scheduled", "unchanged": "unchanged"}


def print_sent(console: Console, sent: Sequence[Write], *, dry_run: bool) -> None:
    """How much was sent; for a dry run, what."""
    total = f"{_count(len(sent), 'object')}, {bytes_words(sum(one.size for one in sent))}"
    if not sent:
        console.print("Nothing was sent: all is as published." if not dry_run else "Nothing would be sent.")
    elif dry_run:
        console.print(f"Would send {total}:")
        for one in sent:
            console.print(Text(f"  {bytes_words(one.size):>9}  {one.key}"), soft_wrap=True)
    else:
        console.print(f"Sent {total}.")


def _print_rows(console: Console, head: str, rows: dict[str, str]) -> None:
    if head:
        console.print(Text(head, "bold"), soft_wrap=True)
    for name, value in rows.items():
        if value:
            console.print(Text.assemble((f"  {name:<9}", "dim"), value), soft_wrap=True)


def _audio_words(audio: Audio) -> str:
    kind = {"audio/mpeg": "MP3", "audio/x-m4a": "AAC"}.get(audio.asset.media_type, audio.asset.media_type)
    layout = {1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels} channels")
    minutes, seconds = divmod(round(audio.duration_s), 60)
    return (
        f"{minutes}:{seconds:02} min, {bytes_words(audio.asset.size)}, {kind} {audio.bitrate // 1000} kbit/s {layout}"
    )


def _loudness_words(audio: Audio) -> str:
    return f"{_loudness(audio.lufs)}, true peak {_minus(audio.dbtp)} dBTP (measured on the published file)"


def _loudness(lufs: float) -> str:
    return f"{_minus(lufs)} LUFS"


def _minus(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def bytes_words(size: int) -> str:
    """A size as people read it: decimal units, as stores bill them."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB" if size >= 1e3 else f"{size} B"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
