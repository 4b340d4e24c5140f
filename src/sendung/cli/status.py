"""sendung status."""

from __future__ import annotations

from sendung.cli.options import JsonOption, ShowOption, StoreOption, open_show, open_store, run_context


def status(show: ShowOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show each draft beside what is published: new, edited, stale, published, scheduled, withdrawn.

    Example: sendung status
    """
    from rich.console import Console
    from rich.text import Text

    from sendung.cli.output import print_json, revision_value
    from sendung.workflows.drafts.state import describe_since
    from sendung.workflows.history.status import read_status

    config = open_show(show)
    lines = read_status(config, run_context(config, open_store(config, store)))
    if as_json:
        keys = ("number", "by", "at")
        print_json(
            [
                {
                    "slug": line.slug,
                    "state": line.state,
                    "title": line.title,
                    "published": {key: str(getattr(line.published, key)) for key in keys} if line.published else None,
                    "since": [revision_value(revision) for revision in line.since],
                }
                for line in lines
            ]
        )
        return
    console = Console(highlight=False)
    for line in lines:
        record = line.published
        last = f"revision {record.number} by {record.by}, {record.at:%Y-%m-%d %H:%M} UTC" if record else ""
        console.print(Text.assemble((f"{line.state:<14}", _COLOURS.get(line.state, "")), line.slug), soft_wrap=True)
        if last:
            console.print(Text(f"{'':14}{last}", "dim"), soft_wrap=True)
        for revision in line.since:
            console.print(Text(f"{'':14}since then: {describe_since([revision])}", "dim"), soft_wrap=True)
    if not lines:
        console.print("There is no episode yet.")


_COLOURS = {"new": "green", "edited": "yellow", "stale": "red", "broken": "red", "scheduled": "blue"}
