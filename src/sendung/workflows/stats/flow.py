"""Flow: from logs to sums in the store, and from those to statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sendung.core.errors import Problem, Severity, UsageError
from sendung.core.scratch import scratch_in
from sendung.listening.agents import load_agents, load_judgements
from sendung.listening.count import count
from sendung.listening.engine import open_engine
from sendung.listening.files import LogFile, LogFiles, look
from sendung.listening.formats import LogFormat, detect
from sendung.listening.networks import load_countries, load_hosting
from sendung.listening.pattern import log_format
from sendung.listening.rules import Reason
from sendung.listening.stage import stage, stage_line
from sendung.listening.sums import DaySums, sums_of
from sendung.records.reader import find
from sendung.workflows.context import RunContext
from sendung.workflows.stats.keep import Source, keep, read_kept
from sendung.workflows.stats.places import gather
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.result import Statistics, episodes_of
from sendung.workflows.stats.scope import Scope, scope_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class LogCount:
    """What some logs say."""

    sums: Mapping[Source, DaySums]
    reasons: Counter[str]
    warnings: tuple[Problem, ...]
    lists: tuple[str, ...]


def statistics(run: RunContext, request: StatsRequest, names: Collection[str] = ()) -> Statistics:
    """Count the request's logs and keep their sums; then what is kept, of all episodes or of those that are named.

    Raises UsageError; StoreError; Damaged; Outdated.
    """
    request.check()
    scope = scope_of(run, request)
    wanted = {find(run.reader.archive(), name).episode.guid for name in names}
    kept = read_kept(run.store)
    holds = {source: sums for source, (_, sums) in kept.items()}
    counted = count_logs(run, request, scope) if request.places else None
    warnings: list[Problem] = []
    if counted:
        fresh, problems = keep(run.store, kept, counted.sums)
        holds |= fresh
        warnings = [*counted.warnings, *problems, *_also_kept(counted.sums, holds)]
    shown = [sums for (day, _), sums in holds.items() if _within(day, request)]
    days = [sums.day for sums in shown]
    listed = [record for record in scope.episodes if not wanted or record.episode.guid in wanted]
    return Statistics(
        title=scope.show.title,
        zone=scope.show.timezone,
        episodes=episodes_of(listed, list(holds.values()), shown, scope.show.timezone),
        first=min(days, default=None),
        last=max(days, default=None),
        reasons=counted.reasons if counted else {},
        lists=counted.lists if counted else tuple(dict.fromkeys(words for sums in shown for words in sums.lists)),
        warnings=tuple(warnings),
    )


def count_logs(run: RunContext, request: StatsRequest, scope: Scope) -> LogCount:
    """Read the logs and count: each day by itself, on this machine."""
    with read_logs(run, request, scope) as logs:
        days, reasons = count(logs.engine, scope.plan)
    reasons[Reason.UNREADABLE] += logs.rejected
    source = request.source or _source(logs.files)
    sums = {
        (day, source): DaySums(
            day=day,
            zone=scope.plan.zone,
            source=source,
            lists=logs.lists,
            lines=counted.lines,
            episodes=sums_of(counted, scope.guids),
        )
        for day, counted in days.items()
    }
    return LogCount(sums, reasons + Counter(), logs.warnings, logs.lists)


@dataclass(frozen=True)
class ReadLogs:
    """Logs that were read into the engine's tables, without an address."""

    engine: DuckDBPyConnection
    files: tuple[LogFile, ...]
    rejected: int
    """Lines that are no text."""
    warnings: tuple[Problem, ...]
    lists: tuple[str, ...]


@contextmanager
def read_logs(run: RunContext, request: StatsRequest, scope: Scope, marked: str = "") -> Iterator[ReadLogs]:
    """The request's logs in `hits` and `agents`, until the context ends; a line that equals `marked` is marked.

    Without places, that line alone is read. Raises UsageError; StoreError.
    """
    own = log_format(request.pattern) if request.pattern else None
    agents = load_agents(request.agents)
    with scratch_in(run.cache) as scratch, open_engine(scratch, request.threads) as engine:
        countries = load_countries(engine, request.networks)
        hosting = load_hosting(engine, request.hosting)
        found, rejected = LogFiles((), ()), 0
        if request.places:
            found = look(engine, gather(request, scratch), own)
            if not found.files:
                raise _nothing(found.warnings)
            rejected = stage(engine, scope.plan, found.files, marked)
        else:
            stage_line(engine, scope.plan, marked, own or _form_of(marked))
        load_judgements(engine, agents)
        notes = _missing_lists(agents.words, countries, hosting)
        lists = (*agents.words, *filter(None, (countries, hosting)))
        yield ReadLogs(engine, found.files, rejected, (*found.warnings, *notes), lists)


def _form_of(line: str) -> LogFormat:
    form = detect([line])
    if form is None:
        message = "This line is in no log format that is known."
        raise UsageError(message, "Quote the whole line, as the log has it; or give its pattern with --format.")
    return form


def _nothing(warnings: Sequence[Problem]) -> UsageError:
    if not warnings:
        return UsageError("The files of these logs are empty.", "Name the folder, file or bucket that has the logs.")
    return UsageError.of(Problem(problem.message, problem.hint) for problem in warnings)


def _source(files: Sequence[LogFile]) -> str:
    """The source's name after the formats of its files: both hosts get the same for the same logs."""
    names = {file.form.name.replace("-v1", "").replace("-json", "").replace("-parquet", "") for file in files}
    return "-".join(sorted(names))


def _missing_lists(agents: Sequence[str], countries: str, hosting: str) -> list[Problem]:
    missing = [] if agents else ["apps and bots are not told apart (no list of user agents)"]
    missing += [] if countries else ["countries are not known (no table of addresses)"]
    missing += [] if hosting else ["hosting networks are not left out (no --hosting list)"]
    hint = "pip install 'sendung[stats]' brings lists; --agents, --networks and --hosting name others."
    return [Problem(f"Note: {words}.", hint, severity=Severity.NOTE) for words in missing]


def _also_kept(fresh: Mapping[Source, DaySums], holds: Mapping[Source, DaySums]) -> list[Problem]:
    """Whether other sources have sums of the same days: those add up, which is right for other servers alone."""
    days = {day for day, _ in fresh}
    others = sorted({source for day, source in holds if day in days and (day, source) not in fresh})
    if not others:
        return []
    message = f"Sums of {', '.join(others)} are kept for the same days; they are added to these."
    hint = "If those are the same requests, count all logs together in one run, under one --source."
    return [Problem(message, hint, severity=Severity.WARNING)]


def _within(day: date, request: StatsRequest) -> bool:
    return (request.since is None or day >= request.since) and (request.until is None or day <= request.until)
