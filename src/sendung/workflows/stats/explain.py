"""Why a line counts or does not, and what became of all lines of an episode's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.rules import WORDS, Reason
from sendung.listening.verdicts import LineVerdict, explain_marked, reasons_of
from sendung.records.reader import find
from sendung.workflows.context import RunContext
from sendung.workflows.stats.reading import read_logs
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.scope import scope_of


@dataclass(frozen=True)
class Explanation:
    """What a host is told of one line."""

    verdict: LineVerdict
    slug: str | None
    alone: bool
    """Whether the line was looked at without its log, so that nothing is known of its listener's other requests."""

    @property
    def sentences(self) -> list[str]:
        """The reason first."""
        verdict = self.verdict
        subject = f"{self.slug}, {verdict.day}: " if self.slug else ""
        told = [f"{subject}{verdict.reason}: {WORDS[verdict.reason]}."]
        if verdict.fetched is not None and verdict.needed is not None:
            told.append(
                say(
                    "Its listener fetched {fetched:,} bytes of the sound that day; a download takes {needed:,}.",
                    fetched=verdict.fetched,
                    needed=verdict.needed,
                )
            )
        if verdict.app:
            told.append(say("The app: {app}.", app=verdict.app))
        if verdict.copies > 1:
            told.append(say("The logs have this line {copies} times.", copies=verdict.copies))
        if self.alone and verdict.reason in {Reason.COUNTED, Reason.SHORT}:
            told.append("That is what the line says by itself; --logs tells it beside the others of the day.")
        return told


def explain(run: RunContext, request: StatsRequest, line: str) -> Explanation:
    """The reason of a line: its text, or FILE:NUMBER. Raises UsageError; StoreError."""
    request.check()
    text = _text_of(line)
    scope = scope_of(run, request)
    with read_logs(run.cache, request, scope.plan, text) as logs:
        verdict = explain_marked(logs.engine)
    if verdict is None:
        raise UsageError("These logs have no such line.", "Quote the whole line, or write FILE:NUMBER.")
    slug = None if verdict.episode is None else scope.plan.slugs[verdict.episode]
    return Explanation(verdict, slug, alone=not request.places)


def _text_of(line: str) -> str:
    name, colon, number = line.rpartition(":")
    path = Path(name)
    if not (colon and number.isdecimal() and path.is_file()):
        return line.strip("\r\n")
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for count, text in enumerate(file, 1):
            if count == int(number):
                return text.rstrip("\r\n")
    raise UsageError(
        say("{name} has no line {number}.", name=name, number=number),
        "Lines count from 1; a packed file has to be unpacked for this.",
    )


def why(run: RunContext, request: StatsRequest, episode: str, day: date) -> Mapping[str, int]:
    """The lines of an episode's day by Reason. Raises UsageError; StoreError."""
    request.check()
    if not request.places:
        raise UsageError("--why needs the logs: sums do not tell lines apart.", "Name them with --logs.")
    scope = scope_of(run, request)
    guid = find(scope.archive, episode).episode.guid
    with read_logs(run.cache, request, scope.plan) as logs:
        return reasons_of(logs.engine, scope.guids.index(guid), day)
