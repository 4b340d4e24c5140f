"""What a host asks of the logs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendung.core.addresses import shown
from sendung.core.errors import Problem, UsageError
from sendung.core.words import say
from sendung.listening.sums import SOURCE


@dataclass(frozen=True)
class StatsRequest:
    """Which logs are read, and with which lists; without places, what is kept is shown."""

    places: tuple[str, ...] = ()
    """Folders, files, s3://bucket/prefix."""
    source: str = ""
    """Where the logs come from, as sums are kept by it; "": named after their format."""
    pattern: str = ""
    """Of a log format of one's own."""
    since: date | None = None
    until: date | None = None
    agents: tuple[Path, ...] = ()
    networks: tuple[Path, ...] = ()
    hosting: tuple[Path, ...] = ()
    endpoint_url: str | None = None
    region: str | None = None
    """Of the S3 service that keeps the logs: the show's."""
    threads: int | None = None
    dask: str = ""
    """The address of a Dask scheduler whose workers count; "": this machine does."""

    def check(self) -> None:
        """Raise UsageError for all that cannot be done, before anything is read."""
        problems = []
        if self.source and not SOURCE.fullmatch(self.source):
            hint = "Use small letters, digits and hyphens, for example --source web-2."
            problems.append(Problem(say("--source {source!r} is no name for a source.", source=self.source[:60]), hint))
        if self.since and self.until and self.since > self.until:
            problems.append(Problem("--since is after --until.", "Exchange them."))
        hint = "Name one that is there, or leave the option out."
        lists = (*self.agents, *self.networks, *self.hosting)
        problems += [Problem(say("There is no file {path}.", path=path), hint) for path in lists if not path.is_file()]
        for words in self.places:
            if "://" in words and not words.startswith("s3://"):
                hint = "Name a folder, a file, or s3://bucket/prefix."
                problems.append(Problem(say("Logs are not read from {words}.", words=shown(words)), hint))
            elif "://" not in words and not Path(words).expanduser().exists():
                hint = "Name a folder, a file, or s3://bucket/prefix."
                problems.append(Problem(say("There are no logs at {words}.", words=words), hint))
        if problems:
            raise UsageError.of(problems)
