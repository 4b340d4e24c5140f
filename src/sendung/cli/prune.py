"""sendung prune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.options import ShowOption, StoreOption, YesOption, run_on
from sendung.cli.prose import echo
from sendung.core.words import told

if TYPE_CHECKING:
    from sendung.store import Stat


def prune(
    older_than: Annotated[
        int, typer.Option(min=1, max=36_500, metavar="DAYS", help="Leave alone what is younger.")
    ] = 30,
    old_revisions: Annotated[
        bool, typer.Option("--old-revisions", help="Also what only earlier revisions name; they cannot come back then.")
    ] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
) -> None:
    """List files in the store that nothing names any more, and delete them with --yes.

    What a revision names is kept, so that it can be rolled back to.

    Examples: sendung prune · sendung prune --older-than 90 --yes
    """
    from datetime import timedelta

    from sendung.cli.output import bytes_words
    from sendung.workflows.history.prune import delete_unnamed, find_unnamed

    run = run_on(show, store)
    unnamed = find_unnamed(run, timedelta(days=older_than), old_revisions=old_revisions)
    stats = delete_unnamed(run, unnamed, old_revisions=old_revisions) if yes else iter(unnamed)
    unnamed = tuple(_shown(stat) for stat in stats)
    total = bytes_words(sum(stat.size for stat in unnamed))
    if not unnamed:
        echo(told("Everything in the store is named by a revision, or too young."))
    elif yes:
        echo(told("Deleted {unnamed_count} files, {total}.", unnamed_count=len(unnamed), total=total))
    else:
        echo(
            told(
                "{unnamed_count} files, {total}. Nothing was deleted: --yes does it.",
                unnamed_count=len(unnamed),
                total=total,
            )
        )


def _shown(stat: Stat) -> Stat:
    from sendung.cli.output import bytes_words

    typer.echo(f"{bytes_words(stat.size):>9}  {stat.key}")
    return stat
