"""sendung doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import JsonOption, ShowOption, StoreOption, cache_folder, clock, open_show, open_store
from sendung.core.words import say, told

if TYPE_CHECKING:
    from rich.console import Console

    from sendung.workflows.doctor import Diagnosis, Examination


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
    import tempfile

    from sendung import net
    from sendung.workflows.doctor import DoctorContext, examine

    context = DoctorContext(
        clock,
        cache_folder(),
        Path(tempfile.gettempdir()),
        net.NetPolicy(allow_private=allow_private),
    )
    examination = examine(lambda: open_show(show), lambda config: open_store(config, store), context)
    _print(examination, as_json=as_json)


def _print(examination: Examination, *, as_json: bool) -> None:
    """Say what was found, and end with the exit code of what is bad."""
    from rich.console import Console

    from sendung.cli.output import print_json
    from sendung.core.errors import exit_code

    if as_json:
        print_json({"findings": [_value(diagnosis) for diagnosis in examination.diagnoses]})
    else:
        console = Console(highlight=False)
        (_print_table if console.is_terminal else _print_lines)(console, examination)
        console.print(_summary(examination), soft_wrap=True)
    if examination.error:
        raise typer.Exit(exit_code(examination.error))


def _value(diagnosis: Diagnosis) -> dict[str, Any]:
    from sendung.cli.terminal import show_place

    return {
        "area": str(diagnosis.area),
        "subject": diagnosis.subject,
        "state": str(diagnosis.state),
        "place": show_place(diagnosis.location) if diagnosis.location else None,
        "message": diagnosis.message,
        "hint": diagnosis.hint,
    }


def _words(diagnosis: Diagnosis) -> str:
    from sendung.cli.terminal import show_place

    where = f"{show_place(diagnosis.location)}: " if diagnosis.location else ""
    return where + told(diagnosis.message)


def _print_table(console: Console, examination: Examination) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(max_width=20)
    table.add_column()
    area = ""
    for diagnosis in examination.diagnoses:
        if diagnosis.area != area:
            table.add_row("", Text(told(_AREAS[diagnosis.area]), "bold"), "")
            area = diagnosis.area
        words = Text(_words(diagnosis))
        if diagnosis.hint:
            words.append(f"\n{told(diagnosis.hint)}", "dim")
        table.add_row(Text(told(diagnosis.state), _COLOURS[diagnosis.state]), told(diagnosis.subject), words)
    console.print(table)


def _print_lines(console: Console, examination: Examination) -> None:
    from rich.text import Text

    width = max(5, *(len(told(diagnosis.state)) + 1 for diagnosis in examination.diagnoses))
    for diagnosis in examination.diagnoses:
        head = f"{told(diagnosis.state):<{width}}{told(diagnosis.area)}: {told(diagnosis.subject)}"
        console.print(Text(f"{head}: {_words(diagnosis)}"), soft_wrap=True)
        if diagnosis.hint:
            console.print(Text(f"{'':{width}}{told(diagnosis.hint)}"), soft_wrap=True)


def _summary(examination: Examination) -> str:
    states = [str(diagnosis.state) for diagnosis in examination.diagnoses]
    bad, warned = states.count("bad"), states.count("warn")
    if bad or warned:
        return told(
            "Of {count} things that were looked at, {bad} are bad and {warned} are worth a look.",
            count=len(states),
            bad=bad,
            warned=warned,
        )
    return told("All {count} things that were looked at are well.", count=len(states))


_AREAS = {"machine": "This machine", "show": "The show", "store": "The store", "public": "What the public gets"}
_COLOURS = {"ok": "green", "warn": "bold yellow", "bad": "bold red"}


def _print_policy(name: str, show: Path | None, store: str | None, *, as_json: bool) -> None:
    from sendung.cli.output import print_json
    from sendung.core.errors import UsageError
    from sendung.store.opening import bucket_of
    from sendung.workflows.doctor import services

    if name not in list(services.Service):
        raise UsageError(
            say("There is no service {name}.", name=name),
            say("Choose one of {service}.", service=", ".join(services.Service)),
        )
    config = open_show(show)
    settings = config.file.store
    address = bucket_of(store or settings.url)
    if address is None:
        message = say("{store} is a directory, which needs no bucket policy.", store=store or settings.url)
        raise UsageError(message, "Name a bucket: sendung doctor --policy ceph --store s3://bucket/prefix.")
    bucket_name, prefix = address
    bucket = services.ShowBucket(
        bucket_name, f"{prefix}/" if prefix else "", settings.endpoint_url, settings.public_url
    )
    steps = services.steps(services.Service(name), bucket)
    if as_json:
        keys = ("purpose", "file", "document", "command")
        print_json({"service": name, "steps": [{key: getattr(step, key) for key in keys} for step in steps]})
    else:
        typer.echo(services.script(steps))
