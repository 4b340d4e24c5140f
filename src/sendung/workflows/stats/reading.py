"""Reading logs into the engine's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sendung.core.errors import Problem, Severity, UsageError
from sendung.core.scratch import scratch_in
from sendung.core.words import say
from sendung.listening.agents import load_agents, load_judgements
from sendung.listening.engine import open_engine
from sendung.listening.files import LogFile, LogFiles, look
from sendung.listening.formats import LogFormat, detect
from sendung.listening.networks import NO_HOSTING, load_countries, load_hosting
from sendung.listening.pattern import log_format
from sendung.listening.plan import CountPlan
from sendung.listening.stage import stage, stage_line
from sendung.workflows.stats.places import gather
from sendung.workflows.stats.request import StatsRequest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


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
def read_logs(cache: Path, request: StatsRequest, plan: CountPlan, marked: str = "") -> Iterator[ReadLogs]:
    """The request's logs in `hits` and `agents`, until the context ends; a line that equals `marked` is marked.

    Without places, that line alone is read. Raises UsageError; StoreError.
    """
    own = log_format(request.pattern) if request.pattern else None
    agents = load_agents(request.agents)
    with scratch_in(cache) as scratch, open_engine(scratch, request.threads) as engine:
        countries = load_countries(engine, request.networks)
        hosting = load_hosting(engine, request.hosting)
        found, rejected = LogFiles((), ()), 0
        if request.places:
            found = look(engine, gather(request, scratch), own)
            if not found.files:
                raise _nothing(found.warnings)
            rejected = stage(engine, plan, found.files, marked)
        else:
            stage_line(engine, plan, marked, own or _form_of(marked))
        load_judgements(engine, agents)
        notes = _missing_lists(agents.words, countries, hosting)
        lists = (*agents.words, *filter(None, (countries,)), hosting or NO_HOSTING)
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


def _missing_lists(agents: Sequence[str], countries: str, hosting: str) -> list[Problem]:
    missing = [] if agents else ["apps and bots are not told apart (no list of user agents)"]
    missing += [] if countries else ["countries are not known (no table of addresses)"]
    missing += [] if hosting else ["hosting networks are not left out (no --hosting list)"]
    hint = "pip install 'sendung[stats]' brings lists; --agents, --networks and --hosting name others."
    return [Problem(say("Note: {words}.", words=words), hint, severity=Severity.NOTE) for words in missing]
