"""Counting some of the days of some logs: all of them on this machine, or one worker's share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendung.core.errors import Problem
from sendung.listening.count import DayCount, count
from sendung.listening.plan import CountPlan
from sendung.listening.rules import Reason
from sendung.workflows.stats.reading import read_logs
from sendung.workflows.stats.request import StatsRequest


@dataclass(frozen=True)
class ShardCount:
    """What the logs say of these days."""

    days: Mapping[date, DayCount]
    reasons: Counter[str]
    formats: tuple[str, ...]
    """Of the files, without their versions: both hosts get the same for the same logs."""
    lists: tuple[str, ...]
    warnings: tuple[Problem, ...]


def count_shard(cache: Path, request: StatsRequest, plan: CountPlan) -> ShardCount:
    """Read the logs and count the plan's days. Raises UsageError; StoreError."""
    with read_logs(cache, request, plan) as logs:
        days, reasons = count(logs.engine, plan)
    if plan.shard == 0:
        reasons[Reason.UNREADABLE] += logs.rejected
    names = {file.form.name.partition("-")[0] for file in logs.files}
    return ShardCount(days, reasons, tuple(sorted(names)), logs.lists, logs.warnings)
