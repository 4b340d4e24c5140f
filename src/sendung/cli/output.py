"""The JSON documents that commands print, and the words for the same on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.text import Text

from sendung.cli.terminal import show_place
from sendung.core.addresses import hide_secrets
from sendung.core.errors import Problem, SendungError, unwritable
from sendung.core.model import Audio, Episode, Rendition, Show, listen_key
from sendung.core.words import say_many, told

if TYPE_CHECKING:
    from sendung.audio import Mastered
    from sendung.records import Revision
    from sendung.store import Write
    from sendung.workflows.publish.result import EpisodeResult, Outcome


def print_json(document: object) -> None:
    """One JSON document on stdout; in ASCII where that has no UTF-8."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(document, indent=2)
    typer.echo(text)


def problems_of(error: SendungError | None) -> list[dict[str, Any]]:
    """The problems of an error, as JSON values."""
    return [problem_value(problem) for problem in error.problems] if error else []


def problem_value(problem: Problem) -> dict[str, Any]:
    """A problem as a JSON value."""
    location = problem.place
    return {
        "severity": str(problem.severity),
        "rule": problem.rule or None,
        "place": show_place(location) if location else None,
        "message": problem.message,
        "hint": problem.hint,
    }


def revision_value(revision: Revision) -> dict[str, Any]:
    """A revision and what it changed, as JSON values."""
    record = revision.record
    changes = [{"key": change.key, "old": change.old, "new": change.new} for change in revision.changes]
    return {"number": record.number, "at": record.at.isoformat(), "by": record.by, "changes": changes}


def outcome_document(outcome: Outcome, sent: Sequence[Write], warnings: Sequence[Problem] = ()) -> dict[str, Any]:
    """What a publish did, as `--json` prints it; `warnings` are what it said on stderr."""
    return {
        "feed_url": outcome.show.feed_url if outcome.show else None,
        "sent": {"objects": len(sent), "bytes": sum(write.size for write in sent)},
        "episodes": [_episode_value(result, outcome.show) for result in outcome.episodes],
        "problems": problems_of(outcome.held),
        "warnings": [problem_value(problem) for problem in warnings],
    }


def failure_document(names: Sequence[str], error: SendungError, warnings: Sequence[Problem] = ()) -> dict[str, Any]:
    """The same, where nothing was done because of something that concerns the whole show or the store."""
    empty: dict[str, Any] = {
        "guid": None,
        "status": "failed",
        "listen_url": None,
        "article": None,
        "audio": None,
        "recording": None,
        "links": None,
        "problems": [],
    }
    return {
        "feed_url": None,
        "sent": {"objects": 0, "bytes": 0},
        "episodes": [{"slug": name, **empty} for name in names],
        "problems": problems_of(error),
        "warnings": [problem_value(problem) for problem in warnings],
    }


def _episode_value(result: EpisodeResult, show: Show | None) -> dict[str, Any]:
    episode = result.episode
    page = show if result.teaser or not result.for_customers else None
    if result.for_customers:  # it has no address for all but that of its teaser
        show = None
    return {
        "slug": result.folder.name,
        "guid": result.guid,
        "status": str(result.status),
        "listen_url": page.url_of(listen_key(episode.slug)) if page and episode else None,
        "article": episode.article.url if episode and episode.article else None,
        "audio": _audio_value(episode.audio, show) if show and episode else None,
        "recording": recording_value(result.mastered) if result.mastered else None,
        "links": _links_value(episode, show) if show and episode else None,
        "problems": problems_of(result.error),
        **({"for": "customers"} if result.for_customers else {}),
    }


def _audio_value(audio: Audio, show: Show) -> dict[str, Any]:
    also = {"also": [_file_value(rendition, show) for rendition in audio.also]} if audio.also else {}
    return _file_value(audio, show) | also


def _file_value(audio: Rendition, show: Show) -> dict[str, Any]:
    return {
        "url": show.url_of(audio.asset.key),
        "type": audio.asset.media_type,
        "bytes": audio.asset.size,
        "duration_s": audio.duration_s,
        "lufs": audio.lufs,
        "dbtp": audio.dbtp,
    }


def recording_value(mastered: Mastered) -> dict[str, Any]:
    """What was found in a recording, and what was cut of it, as JSON values."""
    return {
        "cut_start_s": round(mastered.cut_head_s, 3),
        "cut_end_s": round(mastered.cut_tail_s, 3),
        "findings": [finding.model_dump() for finding in mastered.findings],
    }


def _links_value(episode: Episode, show: Show) -> dict[str, str]:
    """What an author pastes, under the keys of `sendung links --json`."""
    from sendung.website import kit_of

    kit = kit_of(show, episode)
    return {"url": kit.url, "link": kit.link, "markdown": kit.markdown, "iframe": kit.iframe}


def print_sent(console: Console, sent: Sequence[Write], *, dry_run: bool, left_alone: bool = False) -> None:
    """How much was sent; for a dry run, what. `left_alone`: a draft is not as published, and stays so."""
    total = told(
        "{count}, {size}", count=count(len(sent), "object"), size=bytes_words(sum(write.size for write in sent))
    )
    if not sent:
        nothing = told("Nothing was sent.") if left_alone else told("Nothing was sent: all is as published.")
        console.print(nothing if not dry_run else told("Nothing would be sent."))
    elif dry_run:
        console.print(told("Would send {total}:", total=total))
        for write in sent:
            console.print(Text(f"  {bytes_words(write.size):>9}  {hide_secrets(write.key)}"), soft_wrap=True)
    else:
        console.print(told("Sent {total}.", total=total))


def bytes_words(size: int) -> str:
    """A size as people read it: decimal units, as stores bill them."""
    if size >= 1e3:
        return told("{size:.1f} MB", size=size / 1e6) if size >= 1e6 else told("{size:.1f} kB", size=size / 1e3)
    return f"{size} B"


def length_words(seconds: float) -> str:
    """A length in minutes and seconds: 61:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 day, 2 days. To be told: a part of a sentence has the language of the whole."""
    return say_many(number, f"{{n}} {noun}", f"{{n}} {noun}s")


def write_file(path: Path, data: bytes) -> None:
    """Write a file that a host named. Raises UsageError where that cannot be."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise unwritable(path, error, "Name another file.") from None
