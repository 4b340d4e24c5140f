"""sendung log."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sendung.cli.completion import episodes_and_show
from sendung.cli.options import JsonOption, ShowOption, StoreOption, run_on


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
    """Show what was published: every revision, by whom and when, and what it changed.

    Examples: sendung log · sendung log realitaetscheck-autoindustrie · sendung log show
    """
    from rich.console import Console
    from rich.text import Text

    from sendung.cli.output import print_json
    from sendung.workflows.drafts.state import show_value
    from sendung.workflows.history.log import read_log

    entries = read_log(run_on(show, store), episode)
    if as_json:
        print_json([_value(entry) for entry in entries])
        return
    console = Console(highlight=False)
    for entry in entries:
        record = entry.record
        head = f"{record.at:%Y-%m-%d %H:%M} UTC  {record.by}" + ("  withdrawn" if entry.withdrawn else "")
        console.print(Text.assemble((f"{entry.name} {record.number}", "bold"), f"  {head}"), soft_wrap=True)
        if record.number > 1:
            for change in entry.changes:
                words = f"    {change.key}: {show_value(change.old)} → {show_value(change.new)}"
                console.print(Text(words, "dim"), soft_wrap=True)
    if not entries:
        console.print("Nothing was published yet.")


def _value(entry: Any) -> dict[str, Any]:
    from sendung.cli.output import revision_value

    return {"name": entry.name, **revision_value(entry), "tool": entry.record.tool, "withdrawn": entry.withdrawn}
