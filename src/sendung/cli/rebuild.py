"""sendung rebuild."""

from __future__ import annotations

from sendung.cli.options import OverrideOption, ShowOption, StoreOption, run_on, terminal


def rebuild(show: ShowOption = None, store: StoreOption = None, override: OverrideOption = None) -> None:
    """Make feed and pages anew from the records in the store. Needs no draft.

    Only what differs is sent.

    Example: sendung rebuild
    """
    from rich.console import Console

    from sendung.cli.output import print_sent
    from sendung.workflows.publish.overrides import resolve_overrides
    from sendung.workflows.publish.site import refresh

    run = run_on(show, store, progress=terminal(), overrides=frozenset(override or ()))
    refresh(resolve_overrides(run), anew=True)
    print_sent(Console(highlight=False), run.store.writes, dry_run=False)
