"""sendung pull."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.completion import episodes_and_show
from sendung.cli.options import (
    EndpointOption,
    JsonOption,
    RegionOption,
    ShowOption,
    StoreOption,
    YesOption,
    bare_context,
    confirm,
    open_show,
    open_store,
    run_context,
)
from sendung.cli.prose import echo
from sendung.core.errors import UsageError
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.workflows.pull import Pull


def pull(
    episodes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EPISODE|show]...",
            help="A slug, a part or number that only one has, an episode's folder, or show for show.yaml.",
            show_default=False,
            autocompletion=episodes_and_show,
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Everything that is older here than what is published, or has no draft here.")
    ] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    endpoint_url: EndpointOption = "",
    region: RegionOption = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring what is published into the drafts: episode.yaml (its comments stay), notes, transcript, chapters, pictures.

    "show" is show.yaml, also in a folder that has none yet, with --store. --all brings it, too.

    The difference is shown first. An edit that is not published is never written over. Recordings are published
    mastered only, so they are not in the store: what is missing is named.

    Examples: sendung pull realitaetscheck-autoindustrie --yes · sendung pull show · sendung pull --all --yes
    """
    from sendung.cli.output import print_json
    from sendung.workflows.pull import write

    if bool(episodes) == every:
        raise UsageError("Which episode?", "Name one, or use --all.")
    pulls = _found(episodes or [], show, store, (endpoint_url, region))
    due = [found for found in pulls if found.after]
    if not as_json:
        _print(pulls)
    if due:
        confirm("Write it?", yes=yes or as_json)
        for found in due:
            write(found)
    if as_json:
        print_json([_value(found) for found in pulls])
    elif due:
        echo(told("Written: {due}.", due=", ".join(found.name for found in due)))


def _found(names: list[str], show: Path | None, store: str | None, place: tuple[str, str]) -> list[Pull]:
    """What would be written; without names, of all that is older here. `place`: a bucket's service and region.

    "show" and "show.yaml" name the show; where no show.yaml is, it is made anew. Raises SendungError.
    """
    from sendung.config.show import find_show
    from sendung.core.errors import ConfigError
    from sendung.workflows.pull import SHOW_NAMES, find_pulls

    if names and store and {*names} <= {*SHOW_NAMES}:
        try:
            show = show or find_show(Path.cwd())
        except ConfigError:
            show = Path.cwd()
        if not (show / "show.yaml").exists():
            return [_new_show(show.resolve(), store, *place)]
    config = open_show(show)
    return find_pulls(names, config, run_context(config, open_store(config, store)))


def _new_show(folder: Path, url: str, endpoint_url: str, region: str) -> Pull:
    """The show in a store, for a folder that has none."""
    from sendung import store
    from sendung.workflows.pull import find_new_show

    values = {"url": url, "endpoint_url": endpoint_url, "region": region}
    storage = store.open_store(url, Path.cwd(), endpoint_url or None, region or None)
    return find_new_show(folder, {key: value for key, value in values.items() if value}, bare_context(storage))


def _print(pulls: Sequence[Pull]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for found in pulls:
        record = found.record
        state = (
            told("revision {number} by {by}", number=record.number, by=record.by)
            if found.after
            else told("is as published")
        )
        console.print(Text.assemble((found.name, "bold"), f"  {state}"), soft_wrap=True)
        for line in found.diff():
            colour = {"+": "green", "-": "red"}.get(line[:1], "dim")
            console.print(Text(f"  {line}", colour), soft_wrap=True)
        for name in found.missing:
            console.print(
                Text(
                    told("  {name} is not in the store: copy it from the machine that published it.", name=name),
                    "yellow",
                )
            )
    if not pulls:
        console.print(told("Nothing here is older than what is published."))


def _value(found: Pull) -> dict[str, Any]:
    return {
        "slug": found.name,
        "guid": found.guid,
        "revision": found.record.number,
        "written": sorted(found.after),
        "missing": list(found.missing),
    }
