"""sendung rollback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sendung.cli.completion import episodes
from sendung.cli.options import ShowOption, StoreOption, YesOption, confirm, episode_words, run_on, terminal
from sendung.cli.prose import echo
from sendung.core.words import say, told, told_many

if TYPE_CHECKING:
    from sendung.records import EpisodeRecord
    from sendung.workflows.context import RunContext


def rollback(
    episode: Annotated[
        str | None, typer.Argument(metavar="[EPISODE]", help="A slug, or a GUID.", autocompletion=episodes)
    ] = None,
    revision: Annotated[
        int | None, typer.Argument(metavar="[REV]", help="The revision to go back to; else the one before the newest.")
    ] = None,
    remastered: Annotated[
        str | None,
        typer.Option(
            "--remastered",
            metavar="MOMENT",
            help="Instead of an EPISODE: all that was mastered again since then, as sendung remaster said at its end.",
        ),
    ] = None,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
) -> None:
    """Publish an earlier revision of an episode again. Nothing is forgotten: it becomes a new revision.

    Examples: sendung rollback realitaetscheck-autoindustrie 1 ·
    sendung rollback --remastered 2026-11-30T14:05:00Z --yes
    """
    from sendung.core.errors import UsageError

    if (episode is None) == (remastered is None):
        raise UsageError("Which episode?", "Name one, or use --remastered MOMENT for all that was mastered again.")
    if episode is not None:
        _one(episode, revision, run_on(show, store, progress=terminal()), yes=yes)
    elif remastered is not None:
        _all_remastered(remastered, run_on(show, store, progress=terminal()), yes=yes)


def _one(episode: str, revision: int | None, run: RunContext, *, yes: bool) -> None:
    from sendung import records
    from sendung.records.reader import find, revision_of
    from sendung.workflows.history.rollback import roll_back

    archive = run.reader.archive()
    newest = find(archive, episode, guess=not yes)
    owner = records.owner_of(newest.episode.guid)
    revisions = run.reader.revisions(owner, archive.listing, records.EpisodeRecord)
    revision_of(revisions, revision)
    if revision or len(revisions) > 1:  # else there is nothing to go back to, as roll_back says
        target = told("revision {revision}", revision=revision) if revision else say("the revision before")
        confirm(
            told("Put {episode_words} back to {target}?", episode_words=episode_words(newest.episode), target=target),
            yes=yes,
        )
    record = roll_back(newest.episode.guid, revision, run)
    echo(told("{slug} is as it was; that is revision {number} now.", slug=record.episode.slug, number=record.number))


def _all_remastered(moment: str, run: RunContext, *, yes: bool) -> None:
    """Go back to before a remaster. Raises UsageError for what is no moment."""
    from datetime import datetime

    from sendung.core.errors import UsageError
    from sendung.workflows.history.rollback import roll_back_remastered

    try:
        since = datetime.fromisoformat(moment)
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        message = say("{moment} is no moment with a zone.", moment=moment)
        raise UsageError(message, "Write it like 2026-11-30T14:05:00Z.")
    confirm(told("Put all that was mastered again since {moment} back to how it was?", moment=moment), yes=yes)
    outcome = roll_back_remastered(since, run)
    if outcome.back:
        number = len(outcome.back)
        back = told_many(
            number, "1 episode as before: {names}", "{n} episodes as before: {names}", names=_names(outcome.back)
        )
        typer.echo(back)
    else:
        echo(told("Nothing that was mastered again since {moment} is left to put back.", moment=moment))
    if outcome.left:
        left = _names(outcome.left)
        echo(told("Left alone, for it was published for another reason since: {names}", names=left))


def _names(episodes: Sequence[EpisodeRecord]) -> str:
    return ", ".join(sorted(record.episode.slug for record in episodes))
