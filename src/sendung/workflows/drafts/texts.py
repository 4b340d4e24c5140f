"""Texts of a draft beside those that are published, of which sources keep digests only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sendung.config.episode import Draft
from sendung.core.line_diff import Texts
from sendung.core.model import Cue, Episode, Person
from sendung.workflows.drafts.chapters import find_chapters
from sendung.workflows.drafts.compose import named_cues


def texts_of(draft: Draft, published: Episode, hosts: Sequence[Person]) -> dict[str, Texts]:
    """The texts of a draft's files by the keys of its source, beside the published ones; `hosts` are the show's."""
    texts: dict[str, Texts] = {}
    if draft.notes_file:
        name = draft.notes_file.relative_to(draft.folder)
        texts[f"file:{name}"] = (find_chapters(draft).notes.strip(), published.notes.strip())
    if draft.transcript_file and draft.transcript:
        name = draft.transcript_file.relative_to(draft.folder)
        theirs = published.transcript.cues if published.transcript else ()
        texts[f"file:{name}"] = (_script(named_cues(draft, hosts)), _script(theirs))
    return texts


def _script(cues: Iterable[Cue]) -> str:
    return "\n".join(f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text for cue in cues)
