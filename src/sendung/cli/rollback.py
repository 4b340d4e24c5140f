"""sendung rollback."""

from __future__ import annotations

from typing import Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import ShowOption, StoreOption, YesOption, confirm, episode_words, run_on, terminal
from sendung.core.words import told


def rollback(
    episode: Annotated[str, typer.Argument(help="A slug, or a GUID.", autocompletion=episodes)],
    revision: Annotated[
        int | None, typer.Argument(metavar="[REV]", help="The revision to go back to; else the one before the newest.")
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
) -> None:
    """Publish an earlier revision of an episode again. Nothing is forgotten: it becomes a new revision.

    Example: sendung rollback realitaetscheck-autoindustrie 1
    """
    from sendung import records
    from sendung.records.reader import find, revision_of
    from sendung.workflows.history.rollback import roll_back

    run = run_on(show, store, progress=terminal())
    archive = run.reader.archive()
    newest = find(archive, episode, guess=not yes)
    owner = records.owner_of(newest.episode.guid)
    revisions = run.reader.revisions(owner, archive.listing, records.EpisodeRecord)
    revision_of(revisions, revision)
    if revision or len(revisions) > 1:  # else there is nothing to go back to, as roll_back says
        target = told("revision {revision}", revision=revision) if revision else "the revision before"
        confirm(
            told("Put {episode_words} back to {target}?", episode_words=episode_words(newest.episode), target=target),
            yes=yes,
        )
    record = roll_back(newest.episode.guid, revision, run)
    typer.echo(
        told("{slug} is as it was; that is revision {number} now.", slug=record.episode.slug, number=record.number)
    )
