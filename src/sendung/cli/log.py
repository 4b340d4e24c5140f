"""sendung log."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sendung.cli.completion import episodes_and_show
from sendung.cli.options import JsonOption, ShowOption, StoreOption, open_show_alone, open_store, run_context
from sendung.core.words import told


def log(
    episode: Annotated[
        str | None,
        typer.Argument(
            metavar="[EPISODE]", help='A slug, a GUID, or "show".', show_default=False, autocompletion=episodes_and_show
        ),
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was published: every revision, by whom and when (in the show's time zone), and what it changed.

    Examples: sendung log · sendung log realitaetscheck-autoindustrie · sendung log show
    """
    from rich.console import Console
    from rich.text import Text

    from sendung.cli.moments import short_words
    from sendung.cli.output import print_json
    from sendung.workflows.drafts.state import arrow_words
    from sendung.workflows.history.log import read_log

    config = open_show_alone(show)
    entries = read_log(run_context(config, open_store(config, store)), episode)
    if as_json:
        print_json([_value(entry) for entry in entries])
        return
    console = Console(highlight=False)
    for entry in entries:
        record = entry.record
        head = f"{short_words(record.at, config.zone)} {record.at.astimezone(config.zone):%Z}  {record.by}" + (
            "  " + told("withdrawn") if entry.withdrawn else ""
        )
        console.print(Text.assemble((f"{entry.name} {record.number}", "bold"), f"  {head}"), soft_wrap=True)
        if record.number > 1:
            for change in entry.changes:
                console.print(Text(f"    {told(arrow_words(change))}", "dim"), soft_wrap=True)
    if not entries:
        console.print(told("Nothing was published yet."))


def _value(entry: Any) -> dict[str, Any]:
    from sendung.cli.output import revision_value

    return {"name": entry.name, **revision_value(entry), "tool": entry.record.tool, "withdrawn": entry.withdrawn}
