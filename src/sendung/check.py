"""Flow: finding every mistake of the drafts, before anything is sent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from sendung import artwork, audio, chapters, transcripts
from sendung.config.episode import Draft, claimed_guid, find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.errors import AudioError, ConfigError, Place, Problem, SendungError, merge
from sendung.model import Chapter


@dataclass(frozen=True)
class Checked:
    """The drafts of some folders: those that can be published, and what is wrong with the others."""

    drafts: tuple[Draft, ...]
    errors: dict[Path, list[SendungError]]
    """By folder; empty if all is well."""


def check(folders: Sequence[Path], show: ShowConfig) -> Checked:
    """Read and examine drafts: YAML, files, audio, artwork, transcripts, chapters. All that is wrong is gathered."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(folders, pool.map(lambda folder: _check_one(folder, show), folders), strict=True))
    errors = {folder: found for folder, (_, found) in results.items() if found}
    drafts = tuple(draft for draft, _ in results.values() if draft)
    for folder, error in _repeated(drafts, show):
        errors.setdefault(folder, []).append(error)
    return Checked(drafts, errors)


def check_show(show: ShowConfig) -> None:
    """Examine the files that show.yaml names, after its text was read. Raises ConfigError or AudioError."""
    problems: list[SendungError] = []
    try:
        artwork.cover(show.cover)
    except ConfigError as error:
        problems.append(_at(error, show.document.place("cover")))
    for name, sting in (("intro", show.intro), ("outro", show.outro)):
        if sting:
            problems += _probe(sting, show.document.place("audio", name))[1]
    if problems:
        raise merge(problems)


def _check_one(folder: Path, show: ShowConfig) -> tuple[Draft | None, list[SendungError]]:
    try:
        draft = load_draft(folder, show)
    except ConfigError as error:
        return None, [error]
    errors: list[SendungError] = _images(draft)
    source, faults = _probe(draft.audio, draft.place("audio"))
    errors += faults
    if source:
        duration_ms = round(source.duration_s * 1000)
        problems = [*_chapter_problems(draft, duration_ms), *_transcript_problems(draft, duration_ms)]
        errors += [ConfigError.of(problems)] if problems else []
    return draft, errors


def _probe(recording: Path, place: Place) -> tuple[audio.Source | None, list[SendungError]]:
    try:
        return audio.probe(recording), []
    except AudioError as error:
        return None, [_at(error, place)]


def _images(draft: Draft) -> list[SendungError]:
    errors: list[SendungError] = []
    if draft.cover:
        try:
            artwork.cover(draft.cover)
        except ConfigError as error:
            errors.append(_at(error, draft.place("cover")))
    for index, chapter in enumerate(draft.chapters):
        if chapter.image:
            try:
                artwork.inspect(chapter.image)
            except ConfigError as error:
                errors.append(_at(error, draft.place("chapters", index, "image")))
    return errors


def _chapter_problems(draft: Draft, duration_ms: int) -> list[Problem]:
    marks = [Chapter(start_ms=chapter.start_ms, title=chapter.title) for chapter in draft.chapters]
    flaws = chapters.check(marks, duration_ms)
    return [Problem(flaw.message, flaw.hint, draft.place("chapters", flaw.position)) for flaw in flaws]


def _transcript_problems(draft: Draft, duration_ms: int) -> list[Problem]:
    if draft.transcript is None:
        return []
    return transcripts.check(draft.cues, duration_ms, draft.transcript)


def _at(error: SendungError, place: Place) -> SendungError:
    """The same error, said of the line that names the file."""
    return type(error).of(replace(problem, place=place) for problem in error.problems)


def _repeated(drafts: Sequence[Draft], show: ShowConfig) -> Iterator[tuple[Path, SendungError]]:
    """Drafts that claim a GUID which another draft of the show claims, too, and folders of one name."""
    claims = {folder: claimed_guid(folder) for folder in find_drafts(show)}
    for draft in drafts:
        guid = draft.file.guid
        twins = [
            folder for folder, claim in claims.items() if claim == guid and folder.resolve() != draft.folder.resolve()
        ]
        if guid and twins:
            message = f"This GUID is also that of episodes/{twins[0].name}."
            hint = "A GUID belongs to one episode for ever: remove the line from the newer one."
            yield draft.folder, ConfigError(message, hint, draft.place("guid"))
    names = Counter(draft.slug for draft in drafts)
    for draft in drafts:
        if names[draft.slug] > 1:
            hint = "Rename one of the folders: the name becomes part of the web address."
            yield draft.folder, ConfigError(f"Two drafts have the slug {draft.slug}.", hint, draft.place())
