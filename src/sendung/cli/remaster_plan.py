"""What `sendung remaster` shows: the plan as a table or as JSON, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from sendung.cli.output import bytes_words, print_json, problem_value, problems_of
from sendung.core.words import say, told, told_many

if TYPE_CHECKING:
    from sendung.core.errors import Problem
    from sendung.workflows.publish.result import EpisodeResult, Outcome
    from sendung.workflows.remaster.plan import Improvement, PlannedEpisode

_NAMED = 12
"""Episodes of one group that are named on a terminal; --json has all."""


def print_plan(episodes: Sequence[PlannedEpisode], chosen: Sequence[PlannedEpisode]) -> None:
    """The plan for a terminal: a row for each episode that gets better, and a number for those that do not."""
    console = Console(highlight=False)
    rows = [("episode", "loudness", "true peak", "what else", "new file"), *map(_row, chosen)]
    if chosen:
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for number, row in enumerate(rows):
            cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            console.print(Text(cells, "" if number else "dim"), soft_wrap=True)
        console.print()
    for line in _cost(chosen):
        console.print(line, soft_wrap=True)
    for why, names in _groups(episodes, chosen).items():
        left = told("Left alone, for {why}: {names}", why=why, names=_some(names))
        console.print(Text(left, "dim"), soft_wrap=True)
    for episode in episodes:
        if episode.better_sources:
            console.print(Text(_source_words(episode), "yellow"), soft_wrap=True)


def _row(episode: PlannedEpisode) -> tuple[str, ...]:
    known = {change.kind: _arrow(change) for change in episode.improvements}
    sound = episode.audio
    loudness = known.get("loudness") or told("{lufs:.1f} LUFS", lufs=sound.lufs)
    peak = known.get("peak") or told("{dbtp:.1f} dBTP", dbtp=sound.dbtp)
    return episode.slug, loudness, peak, "; ".join(_others(episode)), f"{bytes_words(episode.size)}"


def _others(episode: PlannedEpisode) -> list[str]:
    """What changes besides loudness and peak."""
    measured = {"loudness", "peak"}
    return [_arrow(change) for change in episode.improvements if change.kind not in measured]


def _arrow(change: Improvement) -> str:
    return f"{told(change.now)} → {told(change.then)}"


def _cost(chosen: Sequence[PlannedEpisode]) -> list[str]:
    """What it costs whoever publishes, and whoever listens."""
    if not chosen:
        return [told("No published episode would get better.")]
    public = sum(episode.public for episode in chosen)
    size = bytes_words(sum(episode.size for episode in chosen))
    lines = [
        told_many(
            len(chosen),
            "1 episode to master again, about {size} to send. Its GUID stays.",
            "{n} episodes to master again, about {size} to send. GUIDs stay.",
            size=size,
        )
    ]
    if public:
        lines.append(
            told_many(
                public,
                "1 public file would get a new address: apps fetch it again, and downloads count twice. --keep-public "
                "leaves it alone.",
                "{n} public files would get a new address: apps fetch them again, and downloads count twice. "
                "--keep-public leaves these alone.",
            )
        )
    return lines


def _groups(episodes: Sequence[PlannedEpisode], chosen: Sequence[PlannedEpisode]) -> dict[str, list[str]]:
    """The episodes that are left as they are, by why."""
    groups: dict[str, list[str]] = defaultdict(list)
    for episode in episodes:
        if episode not in chosen:
            why = episode.reason or ("it is public" if episode.improvements else "nothing would get better")
            groups[why].append(episode.slug)
    return groups


def _some(names: Sequence[str]) -> str:
    """The first of some names, and how many there are more."""
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return say("{names} … ({more} more)", names=shown, more=more) if more > 0 else shown


def _source_words(episode: PlannedEpisode) -> str:
    return told(
        "{slug}: {names} beside episode.yaml may sound better than what it names. To use it, write it under {key}: and "
        "publish; chapters and transcript are timed by the recording, so see that both begin alike.",
        slug=episode.slug,
        names=" + ".join(episode.better_sources),
        key="audio" if len(episode.better_sources) == 1 else "tracks",
    )


def plan_document(episodes: Sequence[PlannedEpisode], chosen: Sequence[PlannedEpisode]) -> dict[str, Any]:
    """The plan for programs."""
    return {
        "episodes": [_planned_value(episode, taken=episode in chosen) for episode in episodes],
        "chosen": len(chosen),
        "bytes": sum(episode.size for episode in chosen),
        "public": sum(episode.public for episode in chosen),
    }


def _planned_value(episode: PlannedEpisode, *, taken: bool) -> dict[str, Any]:
    return {
        "slug": episode.slug,
        "guid": episode.guid,
        "public": episode.public,
        "chosen": taken,
        "lufs": episode.audio.lufs,
        "aim_lufs": round(episode.aim_lufs, 2),
        "dbtp": episode.audio.dbtp,
        "ceiling_dbtp": episode.ceiling_dbtp,
        "improvements": [
            {"kind": change.kind, "now": change.now, "then": change.then} for change in episode.improvements
        ],
        "better_sources": list(episode.better_sources),
        "bytes": episode.size,
        "left_alone": episode.reason or None,
    }


def print_done(outcome: Outcome, undo: str, warnings: Sequence[Problem], *, as_json: bool) -> None:
    """What became of it, as numbers (or as JSON, with all `warnings`), and the command that undoes it."""
    if as_json:
        print_json(_done_document(outcome, undo, warnings))
        return
    console = Console(highlight=False)
    new, same = _parted(outcome)
    console.print(
        told_many(
            len(new),
            "1 episode published anew, {same} came out the same.",
            "{n} episodes published anew, {same} came out the same.",
            same=len(same),
        )
    )
    for result in new[:_NAMED]:
        sound = result.episode.audio if result.episode else None
        if sound:
            levels = told("{lufs:.1f} LUFS, {dbtp:.1f} dBTP", lufs=sound.lufs, dbtp=sound.dbtp)
            console.print(f"  {result.folder.name}: {levels}")
    if len(new) > _NAMED:
        console.print(told("  … and {more} more (sendung log has them)", more=len(new) - _NAMED))
    if new:
        console.print(told("Back to before: {command}", command=undo), soft_wrap=True)


def _done_document(outcome: Outcome, undo: str, warnings: Sequence[Problem]) -> dict[str, Any]:
    new, same = _parted(outcome)
    return {
        "published": [_done_value(result) for result in new],
        "same": [result.folder.name for result in same],
        "undo": undo if new else None,
        "problems": problems_of(outcome.error),
        "warnings": [problem_value(problem) for problem in warnings],
    }


def _parted(outcome: Outcome) -> tuple[list[EpisodeResult], list[EpisodeResult]]:
    """What was published anew, and what is as it was."""
    new = [result for result in outcome.episodes if result.new and str(result.status) != "unchanged"]
    return new, [result for result in outcome.episodes if str(result.status) == "unchanged"]


def _done_value(result: EpisodeResult) -> dict[str, Any]:
    sound = result.episode.audio if result.episode else None
    return {
        "slug": result.folder.name,
        "guid": result.guid,
        "lufs": sound.lufs if sound else None,
        "dbtp": sound.dbtp if sound else None,
        "bytes": sound.asset.size if sound else None,
    }
