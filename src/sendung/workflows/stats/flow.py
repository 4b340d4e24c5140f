"""Flow: from logs to sums in the store, and from those to statistics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sendung.core.errors import Problem, Severity
from sendung.core.words import say
from sendung.listening.count import DayCount
from sendung.listening.sums import DaySums, sums_of
from sendung.records.reader import find
from sendung.workflows.context import RunContext
from sendung.workflows.stats.cluster import count_on_cluster
from sendung.workflows.stats.keep import Source, keep, read_kept
from sendung.workflows.stats.request import StatsRequest
from sendung.workflows.stats.result import Statistics, episodes_of
from sendung.workflows.stats.scope import Scope, scope_of
from sendung.workflows.stats.shard import count_shard


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
    wanted = {find(scope.archive, name).episode.guid for name in names}
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
    """Read the logs and count: each day by itself, on this machine or on a cluster's."""
    shards = count_on_cluster(request, scope.plan) if request.dask else [count_shard(run.cache, request, scope.plan)]
    first = shards[0]
    reasons: Counter[str] = Counter()
    days: dict[date, DayCount] = {}
    for shard in shards:
        reasons.update(shard.reasons)
        days |= shard.days
    source = request.source or "-".join(first.formats)
    sums = {
        (day, source): DaySums(
            day=day,
            zone=scope.plan.zone,
            source=source,
            lists=first.lists,
            lines=counted.lines,
            episodes=sums_of(counted, scope.guids),
        )
        for day, counted in sorted(days.items())
    }
    return LogCount(sums, reasons + Counter(), first.warnings, first.lists)


def _also_kept(fresh: Mapping[Source, DaySums], holds: Mapping[Source, DaySums]) -> list[Problem]:
    """Whether other sources have sums of the same days: those add up, which is right for other servers alone."""
    days = {day for day, _ in fresh}
    others = sorted({source for day, source in holds if day in days and (day, source) not in fresh})
    if not others:
        return []
    message = say("Sums of {others} are kept for the same days; they are added to these.", others=", ".join(others))
    hint = "If those are the same requests, count all logs together in one run, under one --source."
    return [Problem(message, hint, severity=Severity.WARNING)]


def _within(day: date, request: StatsRequest) -> bool:
    return (request.since is None or day >= request.since) and (request.until is None or day <= request.until)
