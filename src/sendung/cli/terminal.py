"""What hosts see: steps, bars, warnings, errors. Bars only on a terminal; piped output is plain lines."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from sendung.cli.groups import grouped
from sendung.core.addresses import hide_secrets
from sendung.core.errors import Place, Problem, SendungError, Severity
from sendung.core.progress import Meter, SilentMeter, Unit
from sendung.core.words import say, told

_STEADY_S = 600
"""Seconds whose mean speed tells what is left: of several episodes, those that are kept go by at once."""
_COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.NOTE: "bold blue"}


def error_console() -> Console:
    """Where errors and warnings go."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


class _Teller(logging.Handler):
    """Hands each line of a log on."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell one line, with the module that it comes from."""
        self._tell(f"  {record.name.removeprefix('sendung.')}: {record.getMessage()}")


class _BarMeter:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def advance(self, amount: float) -> None:
        self._progress.advance(self._task, amount)

    def name(self, words: str) -> None:
        self._progress.update(self._task, description=escape(told(words)))


class Terminal:
    """A Progress for a terminal or a pipe. With `quiet` it shows warnings only.

    With `verbose` it also tells on stderr, each line with the seconds since the start, how long each step took and
    whatever `tell` hears.
    """

    def __init__(
        self,
        console: Console,
        *,
        quiet: bool = False,
        verbose: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.warnings: list[Problem] = []
        """What was warned of so far."""
        self._console = console
        self._errors = error_console()
        self._quiet = quiet
        self._verbose = verbose
        self._clock = clock
        self._began = clock()
        self._step = ("", self._began)
        self._held: list[Problem] | None = None

    def hear_log(self) -> None:
        """Tell what the package logs, too: ffmpeg's command lines, requests to other servers, what caches have."""
        log = logging.getLogger("sendung")
        log.setLevel(logging.DEBUG)
        log.addHandler(_Teller(self.tell))

    def tell(self, message: str) -> None:
        """A line for whoever wants to know everything; from any thread."""
        if self._verbose:
            elapsed = self._clock() - self._began
            self._errors.print(Text(f"{elapsed:8.2f} s  {hide_secrets(told(message))}", "dim"), soft_wrap=True)

    def end_step(self) -> None:
        """The step that began last is done."""
        title, began = self._step
        if title:
            self.tell(say("{title} took {seconds:.2f} s.", title=title, seconds=self._clock() - began))
        self._step = ("", began)

    def step(self, number: int, of: int, title: str) -> None:
        """A line for the step."""
        self.end_step()
        self._step = (title, self._clock())
        if not self._quiet:
            self._console.print(Text.assemble((f"[{number}/{of}] ", "dim"), (told(title), "bold")))

    @contextmanager
    def meter(self, label: str, total: float, unit: Unit) -> Iterator[Meter]:
        """A bar that goes when it is full; nothing where nobody would see it move."""
        if self._quiet or not self._console.is_terminal:
            yield SilentMeter()
            return
        amount: ProgressColumn = DownloadColumn() if unit == "bytes" else TextColumn("{task.percentage:>3.0f} %")
        words = TextColumn("      {task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
        columns = (words, BarColumn(24), amount, TimeRemainingColumn(compact=True))
        with Progress(*columns, console=self._console, transient=True, speed_estimate_period=_STEADY_S) as progress:
            yield _BarMeter(progress, progress.add_task(told(label), total=total))

    def warn(self, message: str, hint: str = "") -> None:
        """A warning, on stderr."""
        problem = Problem(message, hint, severity=Severity.WARNING)
        self.warnings.append(problem)
        if self._held is None:
            print_problem(self._errors, problem)
        else:
            self._held.append(problem)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Warnings are kept, and shown at the end: one for each kind of which there are many."""
        self._held = []
        try:
            yield
        finally:
            self.show_held()
            self._held = None

    def show_held(self) -> None:
        """Show the warnings that were kept until now."""
        for problem in grouped(self._held or ()):
            print_problem(self._errors, problem)
        self._held = [] if self._held is not None else None


def print_error(error: SendungError) -> None:
    """Every problem of an error, on stderr."""
    console = error_console()
    for problem in error.problems:
        print_problem(console, problem)


def print_problem(console: Console, problem: Problem) -> None:
    """A problem as "error: file:line:column: sentence", and what to do on a line below."""
    label = f"{told(problem.severity)}: "
    where = f"{show_place(problem.place)}: " if problem.place else ""
    rule = f" [{problem.rule}]" if problem.rule else ""
    words = Text.assemble((where, "cyan"), told(problem.message), (rule, "dim"))
    _print_hanging(console, Text(label, _COLOURS[problem.severity]), words)
    if problem.hint:
        _print_hanging(console, Text(" " * len(label)), Text(told(problem.hint)))


def _print_hanging(console: Console, head: Text, words: Text) -> None:
    """Words behind a head; on a terminal a line ends between words, and goes on where the first one's words begin."""
    width = max(console.width - len(head), 20)
    lines = words.wrap(console, width, overflow="ignore") if console.is_terminal else [words]
    for line in lines:
        console.print(Text.assemble(head, line), soft_wrap=True)
        head = Text(" " * len(head))


def show_place(location: Place) -> str:
    """A place with its file as seen from the working directory, where that is shorter."""
    here = os.path.relpath(location.file)
    file = here if not here.startswith("..") else str(location.file)
    return str(Place(Path(file), location.line, location.column))
