"""sendung stats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import EpisodesArgument, JsonOption, ShowOption, StoreOption, open_show_alone
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.config.show import ShowConfig
    from sendung.workflows.context import RunContext
    from sendung.workflows.stats.request import StatsRequest
    from sendung.workflows.stats.result import Statistics

_DATES = ["%Y-%m-%d"]
_Logs = Annotated[
    list[str] | None,
    typer.Option(metavar="PLACE", help="Count these logs: a folder, a file, or s3://bucket/prefix. May be repeated."),
]
_Since = Annotated[datetime | None, typer.Option(formats=_DATES, metavar="DATE", help="The first day.")]
_Until = Annotated[datetime | None, typer.Option(formats=_DATES, metavar="DATE", help="The last day.")]
_By = Annotated[str, typer.Option("--by", metavar="WHAT", help="episode, day, app, country, article or language.")]
_Csv = Annotated[bool, typer.Option("--csv", help="Print the table as CSV, for a spreadsheet.")]
_Plot = Annotated[Path | None, typer.Option(metavar="FILE", help="Draw downloads by day: an .svg or .png file.")]
_Html = Annotated[Path | None, typer.Option(metavar="DIR", help="Write a page for the hosts into this folder.")]
_Explain = Annotated[
    str | None, typer.Option(metavar="LINE", help="Tell why this line of a log counts or not; or FILE:NUMBER.")
]
_Why = Annotated[
    tuple[str, str] | None,
    typer.Option(metavar="EPISODE DAY", help="Tell what became of the lines of an episode's day in --logs."),
]
_Format = Annotated[
    str, typer.Option("--format", metavar="PATTERN", help="The logs' format, as nginx or Apache write it.")
]
_Source = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Where the logs come from; else their format's name. Sums of several sources add up.",
        show_default=False,
    ),
]
_Agents = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="A list of apps and bots (JSON). May be repeated.")
]
_Networks = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="A table of addresses' countries (CSV). May be repeated.")
]
_Hosting = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Networks of hosting companies, which are left out. May be repeated."),
]
_Dask = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Let the workers of this Dask scheduler count.", show_default=False)
]
_DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Count, and keep nothing in the store.")]


def stats(
    episodes: EpisodesArgument = None,
    logs: _Logs = None,
    since: _Since = None,
    until: _Until = None,
    by: _By = "episode",
    as_json: JsonOption = False,
    as_csv: _Csv = False,
    plot: _Plot = None,
    html: _Html = None,
    explain: _Explain = None,
    why: _Why = None,
    pattern: _Format = "",
    source: _Source = "",
    agents: _Agents = None,
    networks: _Networks = None,
    hosting: _Hosting = None,
    dask: _Dask = "",
    dry_run: _DryRun = False,
    show: ShowOption = None,
    store: StoreOption = None,
) -> None:
    """Tell who listened: downloads in logs, counted by the rules of the IAB's guidelines 2.3, and what is kept of them.

    Sums of each day are kept in the store, addresses nowhere. Without --logs, what is kept is shown.

    Examples: sendung stats · sendung stats --by day --csv
    """
    from sendung.workflows.stats.request import StatsRequest

    _check(by, as_json=as_json, as_csv=as_csv)
    request = StatsRequest(
        places=tuple(logs or ()),
        source=source,
        pattern=pattern,
        since=since.date() if since else None,
        until=until.date() if until else None,
        agents=tuple(agents or ()),
        networks=tuple(networks or ()),
        hosting=tuple(hosting or ()),
        dask=dask,
    )
    if explain is not None or why:
        _answer(request, (explain, why), StatsPlace(show, store, dry_run=True), as_json=as_json)
        return
    form = "json" if as_json else "csv" if as_csv else "table"
    _show(request, episodes or [], StatsPlace(show, store, dry_run), StatsOutput(by, form, plot, html))


@dataclass(frozen=True)
class StatsOutput:
    """What is printed and written."""

    by: str
    form: str
    plot: Path | None
    html: Path | None


@dataclass(frozen=True)
class StatsPlace:
    """Which show, in which store."""

    show: Path | None
    store: str | None
    dry_run: bool


def _check(by: str, *, as_json: bool, as_csv: bool) -> None:
    from sendung.core.errors import UsageError
    from sendung.workflows.stats.result import By

    if by not in set(By):
        raise UsageError(say("--by {by} is not known.", by=by[:40]), say("Choose one of {by}.", by=", ".join(By)))
    if as_json and as_csv:
        raise UsageError("--json and --csv are two documents.", "Leave one of them out.")


def _run(request: StatsRequest, target: StatsPlace) -> tuple[ShowConfig, RunContext, StatsRequest]:
    """The show, a run on its store, and the request with the S3 service of the show."""
    from sendung.cli.options import open_store, run_context
    from sendung.store import DryRunStore

    config = open_show_alone(target.show)
    opened = open_store(config, target.store)
    run = run_context(config, DryRunStore(opened) if target.dry_run else opened)
    service = config.file.store
    return config, run, replace(request, endpoint_url=service.endpoint_url, region=service.region)


def _answer(
    request: StatsRequest,
    question: tuple[str | None, tuple[str, str] | None],
    target: StatsPlace,
    *,
    as_json: bool,
) -> None:
    """Explain a line, or an episode's day; nothing is kept."""
    from sendung.cli.statistics import print_explanation, print_why
    from sendung.workflows.stats.explain import explain, why

    line, day = question
    _, run, asked = _run(request, target)
    if line is not None:
        print_explanation(explain(run, asked, line), as_json=as_json)
    elif day:
        print_why(why(run, asked, day[0], _date(day[1])), as_json=as_json)


def _show(request: StatsRequest, episodes: list[str], target: StatsPlace, output: StatsOutput) -> None:
    from sendung.cli.statistics import print_statistics, say_warnings
    from sendung.workflows.stats.flow import statistics
    from sendung.workflows.stats.page import write_page
    from sendung.workflows.stats.result import By

    config, run, asked = _run(request, target)
    counted = statistics(run, asked, episodes)
    say_warnings(counted)
    print_statistics(counted, By(output.by), output.form)
    if output.plot:
        _draw(counted, output.plot)
    if output.html:
        echo(
            told("The page is {write_page}.", write_page=write_page(counted, config.file.language, output.html)),
            err=True,
        )


def _date(text: str) -> date:
    from sendung.core.errors import UsageError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            say("{text!r} is no day.", text=text[:40]), "For example --why my-episode 2026-10-05."
        ) from None


def _draw(counted: Statistics, path: Path) -> None:
    from sendung.core.errors import unwritable
    from sendung.media.drawing import write_drawing
    from sendung.workflows.stats.plots import by_day

    try:
        write_drawing(by_day(counted), path)
    except OSError as error:
        raise unwritable(path, error, "Name another file.") from None
