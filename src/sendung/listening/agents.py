"""Apps and bots by what they call themselves: lists that other packages keep, read when they are needed.

OPAWG's list of podcast apps (as podcast-app-user-agents carries it) and crawler-user-agents; or JSON files in the form
of either that a host names. No list is part of this program; without any, no app has a name and no bot is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sendung.core.errors import UsageError
from sendung.core.words import say
from sendung.listening.engine import execute_with

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNKNOWN = "unknown"
_PACKAGES = {"podcast-app-user-agents": "user-agents.json", "crawler-user-agents": "crawler-user-agents.json"}
_LONGEST = 400
"""Characters of a user agent that are looked at."""


@dataclass(frozen=True)
class AgentList:
    """Patterns of user agents, in the order in which they are tried."""

    apps: tuple[tuple[re.Pattern[str], str, bool], ...]
    """A pattern, the app's name, and whether it is a bot."""
    bots: re.Pattern[str] | None
    words: tuple[str, ...]
    """Where they come from, with versions."""

    def judge(self, agent: str) -> tuple[str, bool]:
        """The app's name, and whether it is a bot; a podcast app that crawlers imitate is an app."""
        text = agent[:_LONGEST]
        for pattern, name, bot in self.apps:
            if pattern.search(text):
                return name, bot
        return UNKNOWN, bool(self.bots and self.bots.search(text))


def load_agents(files: Sequence[Path]) -> AgentList:
    """The lists in files, else those of the packages that are installed. Raises UsageError for a file that is none."""
    return _list_of([(path.name, _read(path)) for path in files]) if files else _packaged_list()


@cache
def _packaged_list() -> AgentList:
    return _list_of(list(_packaged()))


def _list_of(documents: Sequence[tuple[str, list[dict[str, Any]]]]) -> AgentList:
    apps: list[tuple[re.Pattern[str], str, bool]] = []
    bots: list[str] = []
    for _, entries in documents:
        for entry in entries:
            if "user_agents" in entry:
                name = str(entry.get("app") or entry.get("name") or UNKNOWN)
                patterns = filter(None, map(_compiled, entry["user_agents"]))
                apps += [(pattern, name, bool(entry.get("bot"))) for pattern in patterns]
            elif "pattern" in entry and _compiled(entry["pattern"]):
                bots.append(f"(?:{entry['pattern']})")
    together = re.compile("|".join(bots)) if bots else None
    return AgentList(tuple(apps), together, tuple(words for words, _ in documents))


def _packaged() -> Iterable[tuple[str, list[dict[str, Any]]]]:
    for name, file_name in _PACKAGES.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        for file in package.files or ():
            if file.name == file_name:
                yield f"{name} {package.version}", _read(Path(str(file.locate())))


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            say("{path} is no list of user agents: {error}.", path=path, error=error),
            "Name a JSON file as OPAWG has it.",
        ) from None
    entries = document.get("entries") if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise UsageError(say("{path} is no list of user agents.", path=path), "Name a JSON file as OPAWG has it.")
    return [_older(entry) for entry in entries if isinstance(entry, dict)]


def _older(entry: dict[str, Any]) -> dict[str, Any]:
    """OPAWG's second list says "pattern" and "category" for what its first says otherwise."""
    if "category" in entry and "pattern" in entry:
        return {"user_agents": [entry["pattern"]], "app": entry.get("name"), "bot": entry["category"] == "bot"}
    return entry


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:  # written for another language's expressions
        return None


def load_judgements(engine: DuckDBPyConnection, agents: AgentList) -> None:
    """Fill the table `agents` for every user agent in `hits`."""
    rows = engine.execute("SELECT DISTINCT agent FROM hits WHERE agent <> ''").fetchall()
    names = [str(row[0]) for row in rows]
    judged = [agents.judge(name) for name in names]
    engine.execute("CREATE OR REPLACE TABLE agents (agent VARCHAR, app VARCHAR, bot BOOLEAN)")
    if names:
        table = {
            "agent": np.array(names, dtype=object),
            "app": np.array([app for app, _ in judged], dtype=object),
            "bot": np.array([bot for _, bot in judged], dtype=bool),
        }
        execute_with(engine, table, "INSERT INTO agents SELECT agent, app, bot FROM loaded")
