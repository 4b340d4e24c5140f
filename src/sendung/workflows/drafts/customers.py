"""What episodes say to the public where they go on for customers."""

from __future__ import annotations

from datetime import datetime

from sendung.config.customers import is_for_customers
from sendung.config.episode import Draft
from sendung.core.errors import ConfigError, Problem, Severity
from sendung.core.model import Customers
from sendung.core.words import say
from sendung.records import EpisodeRecord
from sendung.website.i18n import words_of
from sendung.workflows.drafts.state import State


def has_more(draft: Draft) -> bool:
    """Whether customers get more of an episode than the public, which gets some."""
    file = draft.file
    return not is_for_customers(file) and (file.customers_from is not None or file.customers_notes is not None)


def with_invitation(notes: str, customers: Customers, language: str) -> str:
    """The public's show notes (CommonMark), with what is to be said to the public below them."""
    written = words_of(language).gettext
    sentence = customers.note or written("For our customers, it goes on from here.")
    return _joined(notes, f"{sentence} [{written('Join now!')}](<{customers.join}>)")


def with_more(notes: str, draft: Draft) -> str:
    """The customers' show notes (CommonMark)."""
    return _joined(notes, draft.customers_notes)


def check_audience(state: State[EpisodeRecord], draft: Draft, now: datetime) -> tuple[Problem, ...]:
    """What apps keep of an episode that gets less public; nothing where it does not.

    Raises ConfigError if all of it is taken from the public, and that is not meant.
    """
    published = state.published
    if not state.due or published is None or not published.public(now):
        return ()
    location = draft.place("for") if is_for_customers(draft.file) else draft.place("customers_from")
    if is_for_customers(draft.file) and not state.meant:
        message = say(
            "The episode is public since {date:%Y-%m-%d %H:%M} UTC, and would be for customers.",
            date=published.episode.date,
        )
        hint = say("Apps keep what they have. If that is meant, say so with --override {slug}.", slug=draft.slug)
        raise ConfigError(message, hint, location)
    if is_for_customers(draft.file) or (draft.file.customers_from is not None and published.whole is None):
        message = say(
            "{slug} was public as a whole: apps keep what they have, and its old files stay in the store.",
            slug=draft.slug,
        )
        hint = "To delete those: sendung prune --old-revisions. No rollback can bring them back then."
        return (Problem(message, hint, location, Severity.WARNING),)
    return ()


def _joined(*notes: str) -> str:
    return "\n\n".join(text for text in notes if text)
