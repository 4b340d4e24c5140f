"""sendung doctor."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import JsonOption, ShowOption, StoreOption, cache_folder, open_show, open_store

if TYPE_CHECKING:
    from rich.console import Console

    from sendung.workflows.doctor import Finding, Report


def doctor(
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", metavar="SERVICE", help="Print what to set at aws, r2, minio, ceph (Hetzner) or backblaze."
        ),
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Ask public_url even if it is this machine or the local network.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at all that publishing needs, by trying it: this machine, show.yaml, the store, and what listeners get.

    Scratch objects are written to the store and deleted again; what is published is not touched.

    With --policy nothing is tried: bucket policy, CORS and lifecycle rules are printed, with the commands for them.

    Examples: sendung doctor · sendung doctor --json · sendung doctor --policy ceph --store
    s3://my-bucket/my-show
    """
    if policy:
        _print_policy(policy, show, store, as_json=as_json)
        return
    from sendung import net
    from sendung.workflows.doctor import Room, examine

    room = Room(
        lambda: datetime.now(UTC),
        cache_folder(),
        Path(tempfile.gettempdir()),
        net.NetPolicy(allow_private=allow_private),
    )
    report = examine(lambda: open_show(show), lambda config: open_store(config, store), room)
    _print(report, as_json=as_json)


def _print(report: Report, *, as_json: bool) -> None:
    """Say what was found, and end with the exit code of what is bad."""
    from rich.console import Console

    from sendung.cli.output import print_json
    from sendung.core.errors import exit_code

    if as_json:
        print_json({"findings": [_value(finding) for finding in report.findings]})
    else:
        console = Console(highlight=False)
        (_print_table if console.is_terminal else _print_lines)(console, report)
        console.print(_summary(report), soft_wrap=True)
    if report.error:
        raise typer.Exit(exit_code(report.error))


def _value(finding: Finding) -> dict[str, Any]:
    from sendung.cli.terminal import show_place

    return {
        "area": str(finding.area),
        "subject": finding.subject,
        "state": str(finding.state),
        "place": show_place(finding.place) if finding.place else None,
        "message": finding.message,
        "hint": finding.hint,
    }


def _words(finding: Finding) -> str:
    from sendung.cli.terminal import show_place

    return f"{show_place(finding.place)}: {finding.message}" if finding.place else finding.message


def _print_table(console: Console, report: Report) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(max_width=20)
    table.add_column()
    area = ""
    for finding in report.findings:
        if finding.area != area:
            table.add_row("", Text(_AREAS[finding.area], "bold"), "")
            area = finding.area
        words = Text(_words(finding))
        if finding.hint:
            words.append(f"\n{finding.hint}", "dim")
        table.add_row(Text(finding.state, _COLOURS[finding.state]), finding.subject, words)
    console.print(table)


def _print_lines(console: Console, report: Report) -> None:
    from rich.text import Text

    for finding in report.findings:
        console.print(Text(f"{finding.state:<5}{finding.area}: {finding.subject}: {_words(finding)}"), soft_wrap=True)
        if finding.hint:
            console.print(Text(f"     {finding.hint}"), soft_wrap=True)


def _summary(report: Report) -> str:
    states = [str(finding.state) for finding in report.findings]
    bad, warned = states.count("bad"), states.count("warn")
    if bad or warned:
        return f"Of {len(states)} things that were looked at, {bad} are bad and {warned} are worth a look."
    return f"All {len(states)} things that were looked at are well."


_AREAS = {"machine": "This machine", "show": "The show", "store": "The store", "public": "What the public gets"}
_COLOURS = {"ok": "green", "warn": "bold yellow", "bad": "bold red"}


def _print_policy(name: str, show: Path | None, store: str | None, *, as_json: bool) -> None:
    from sendung.cli.output import print_json
    from sendung.core.errors import UsageError
    from sendung.store.opening import bucket_of
    from sendung.workflows.doctor import services

    if name not in list(services.Service):
        raise UsageError(f"There is no service {name}.", f"Choose one of {', '.join(services.Service)}.")
    config = open_show(show)
    said = config.file.store
    found = bucket_of(store or said.url)
    if found is None:
        message = f"{store or said.url} is a directory, which needs no bucket policy."
        raise UsageError(message, "Name a bucket: sendung doctor --policy ceph --store s3://bucket/prefix.")
    bucket, prefix = found
    place = services.Place(bucket, f"{prefix}/" if prefix else "", said.endpoint_url, said.public_url)
    steps = services.steps(services.Service(name), place)
    if as_json:
        keys = ("purpose", "file", "document", "command")
        print_json({"service": name, "steps": [{key: getattr(step, key) for key in keys} for step in steps]})
    else:
        typer.echo(services.script(steps))
