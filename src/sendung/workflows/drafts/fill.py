"""The step that completes drafts with what their articles' pages say."""

from __future__ import annotations

from dataclasses import replace

from sendung.net import NetPolicy
from sendung.workflows.drafts.articles import UNASKED, Replies, ask, filled, find_gaps
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded


def fill(batch: Batch, policy: NetPolicy | None, known: Replies = UNASKED, *, cards: bool = True) -> Batch:
    """The sound drafts with what their articles' pages say; what is still missing in one is its error.

    Without a `policy` nobody is asked; `known` is what pages said before, and each is asked once. With `cards` every
    article is asked for its card, else those only whose draft leaves out a title or summary.
    """
    drafts = [loaded(candidate) for candidate in batch.sound]
    asking = [draft for draft in drafts if cards or not (draft.title and draft.summary)]
    unknown = [article for draft in asking for article in draft.articles if article.url not in known]
    replies = {**known, **ask(unknown, policy)} if policy else known

    def complete(candidate: Candidate) -> Candidate:
        draft = filled(loaded(candidate), candidate.published, replies, batch.config.zone)
        gaps = find_gaps(draft, replies)
        return replace(candidate, draft=draft, errors=(gaps,) if gaps else ())

    return replace(batch.each(complete), replies=replies)
