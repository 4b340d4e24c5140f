"""Who is meant by `--override` and `--new`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from sendung import records
from sendung.core.errors import Problem, UsageError
from sendung.core.words import say
from sendung.feed import FEED_KEY
from sendung.store.reading import read_or_none
from sendung.workflows.context import RunContext
from sendung.workflows.publish.guard import read_feed


def resolve_overrides(run: RunContext, drafts: Collection[str] = ()) -> RunContext:
    """The run, which lets pass an episode by its slug and its GUID, whichever was named.

    Names are those of `drafts` (slugs), of what is published and of what the stored feed holds; only a draft is new.
    Raises UsageError for all that are nobody's.
    """
    if strange := sorted(run.new - {*drafts}):
        raise UsageError.of(_no_draft(name, drafts) for name in strange)
    if run.overrides <= {records.SHOW}:
        return run
    archive = run.reader.archive()
    stored = read_or_none(run.store, FEED_KEY)
    by_name = {name: {name} for name in (records.SHOW, *drafts, *(read_feed(stored.data).items if stored else ()))}
    for guid, record in archive.episodes.items():
        for name in (record.episode.slug, guid):
            by_name.setdefault(name, set()).update((record.episode.slug, guid))
    unknown = sorted(run.overrides - by_name.keys())
    if unknown:
        raise UsageError.of(_unknown(name, by_name) for name in unknown)
    return replace(run, overrides=frozenset().union(*(by_name[name] for name in run.overrides)))


def _no_draft(name: str, drafts: Collection[str]) -> Problem:
    near = get_close_matches(name, drafts, n=1)
    hint = say("Did you mean {near}?", near=near[0]) if near else "Name the new episode's folder."
    return Problem(say("--new names {name}, which is no episode here.", name=name), hint)


def _unknown(name: str, names: Collection[str]) -> Problem:
    near = get_close_matches(name, names, n=1)
    hint = (
        say("Did you mean {near}?", near=near[0])
        if near
        else 'Name a slug or a GUID as sendung status has it, or "show".'
    )
    return Problem(say("--override names {name}, which is no episode here or in the store.", name=name), hint)
