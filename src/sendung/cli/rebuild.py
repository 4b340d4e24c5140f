"""sendung rebuild."""

from __future__ import annotations

from sendung.cli.options import (
    OverrideOption,
    ShowOption,
    StoreOption,
    open_show,
    open_store,
    run_context,
    terminal,
)


def rebuild(show: ShowOption = None, store: StoreOption = None, override: OverrideOption = None) -> None:
    """Make feed and pages anew from the records in the store. Needs no draft.

    Only what differs is sent.

    Example: sendung rebuild
    """
    from rich.console import Console

    from sendung.cli.output import print_sent
    from sendung.workflows.publish.site import refresh

    config = open_show(show)
    place = open_store(config, store)
    run = run_context(config, place, progress=terminal(), overrides=frozenset(override or ()))
    refresh(run, anew=True)
    print_sent(Console(highlight=False), place.writes, dry_run=False)
