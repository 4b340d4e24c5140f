"""Seeing to it that what is scheduled becomes visible: whether anything runs `publish --due`, and setting that up."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sendung.cli.moments import distance
from sendung.cli.prose import echo
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.cli.terminal import Terminal
    from sendung.config.package_source import PackageSource
    from sendung.config.show import ShowConfig
    from sendung.store.interface import Store

_LONG = timedelta(days=1)
"""Whatever runs it does so several times a day."""
NOTHING_RUNS = "Nothing is known to run sendung publish --due for this show, and nothing becomes visible by itself."


def gap_words(store: Store, now: datetime) -> str:
    """What keeps scheduled episodes from becoming visible, in a sentence; empty if something runs `publish --due`."""
    from sendung.workflows.publish.due import last_due

    last = last_due(store)
    if last is None:
        return NOTHING_RUNS
    if now - last.at > _LONG:
        return told(
            "sendung publish --due ran last {distance} ago (by {by}), and must run again.",
            distance=distance(now - last.at),
            by=last.by,
        )
    return ""


def offer_timer(words: str, config: ShowConfig, progress: Terminal) -> None:
    """Ask whether cron, systemd or GitHub is to run it, and set that up."""
    from sendung.core.errors import UsageError
    from sendung.store.opening import bucket_of
    from sendung.workflows.publish.timer import Timer, available, set_timer, wants_source

    timers = [str(timer) for timer in available(in_bucket=bucket_of(config.file.store.url) is not None)]
    echo(told(words))
    if not timers:
        echo(told("docs/scheduling.md says how to have it run."))
        return
    question = told("Have it run by {timers}, or no?", timers=", ".join(timers))
    answer = typer.prompt(question, default=timers[0])
    while answer not in (*timers, "no", "n", told("no")):
        answer = typer.prompt(told("Say {timers}, or no", timers=", ".join(timers)), default=told("no"))
    if answer in ("no", "n", told("no")):
        echo(told("docs/scheduling.md says how. Until then, run sendung publish --due by hand when the date has come."))
        return
    program, units = Path(sys.executable).with_name("sendung"), Path.home() / ".config" / "systemd" / "user"
    source = _ask_source() if answer == Timer.GITHUB and wants_source(config.folder) else None
    try:
        echo(told(set_timer(Timer(answer), config.folder, program, units, source)))
    except UsageError as error:
        for problem in error.problems:
            progress.warn(problem.message, problem.hint)


def _ask_source() -> PackageSource:
    """Where GitHub's machines install Sendung from; asked until it can be."""
    from rich.console import Console

    from sendung.cli.installed import installed_from
    from sendung.cli.terminal import print_problem
    from sendung.config.package_source import parse_source
    from sendung.core.errors import UsageError

    default = installed_from() or None
    while True:
        given = typer.prompt(
            told("Where is sendung installed from there? (git+https://…@COMMIT, or a wheel)"), default=default
        )
        try:
            return parse_source(str(given))
        except UsageError as error:
            print_problem(Console(highlight=False), error.problems[0])
