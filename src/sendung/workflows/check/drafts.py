"""The steps that read drafts and look into their files: every mistake, before anything is sent."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Protocol

from lxml import etree

from sendung import audio, rules
from sendung.config.claims import find_claims
from sendung.config.document import Document
from sendung.config.episode import Draft, find_drafts, load_draft
from sendung.config.show import ShowConfig
from sendung.config.values import PersonEntry
from sendung.core.errors import AudioError, ConfigError, Place, Problem, SendungError, Severity, merge
from sendung.core.translation import unknown_language
from sendung.core.words import say
from sendung.media import artwork, transcripts
from sendung.media.chapters import format_time
from sendung.media.picture_files import PictureSource
from sendung.website.i18n import is_known
from sendung.workflows.check.customers import cut_problems
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.chapters import ChapterSource, find_chapters, translated_chapters
from sendung.workflows.drafts.compose import translated_draft

_LOGO_BYTES = 256 * 1024


def load(folders: Sequence[Path], config: ShowConfig) -> Batch:
    """The step that reads drafts, and finds what is wrong with what is written; no recording or picture is opened."""
    batch = Batch(config, tuple(Candidate(folder) for folder in folders))
    read = batch.each(
        lambda candidate: replace(candidate, draft=load_draft(candidate.folder, config)), batch.candidates
    )
    clashes = {**dict(_repeated(read.drafts, config)), **dict(_linked(read.drafts, config))}
    return read.mapped(
        lambda candidate: candidate.failing(clashes[candidate.folder]) if candidate.folder in clashes else candidate
    )


class SourceProbe(Protocol):
    """Says what a recording is, as `audio.probe` does."""

    def __call__(self, recording: Path, *, alone: bool) -> audio.Source:
        """Raises AudioError."""


def examine(batch: Batch, probe: SourceProbe | None = None) -> Batch:
    """The step that opens the recordings, pictures and transcripts of the drafts that are taken, also of broken ones.

    That takes a while, and drafts that equal a published revision were examined before it was published. `probe` may
    know recordings already.
    """
    chosen = [candidate for candidate in batch.candidates if candidate.taken and candidate.draft]
    look = partial(_examine, show=batch.config, probe=probe or audio.probe)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        examined = {candidate.folder: candidate for candidate in pool.map(look, chosen)}
    return batch.mapped(lambda candidate: examined.get(candidate.folder, candidate))


def check_show(show: ShowConfig) -> tuple[Problem, ...]:
    """Examine the files and rules that show.yaml names, after its text was read; warnings and notes.

    Raises ConfigError or AudioError.
    """
    unknown = list(_unknown_rules(show))
    errors: list[SendungError] = [ConfigError.of(unknown)] if unknown else []
    remarks = _cover_remarks(show.cover, show.document.place("cover"), errors)
    if show.logo:
        _check_logo(show.logo, show.document.place("theme", "logo"), errors)
    remarks += tuple(_unknown_languages(show))
    _check_portraits(show.file.hosts, show.portraits, show.document, "hosts", errors)
    for name, sting in (("intro", show.intro), ("outro", show.outro)):
        if sting:
            _probe(sting, show.document.place("audio", name), errors, audio.probe)
    if show.customers_outro:
        _probe(show.customers_outro, show.document.place("customers", "outro"), errors, audio.probe)
    if errors:
        raise merge(errors)
    return remarks


def _check_logo(logo: Path, location: Place, errors: list[SendungError]) -> None:
    if logo.stat().st_size > _LOGO_BYTES:
        message = say(
            "{name} has more than {logo_bytes} KB, and every page loads it.",
            name=logo.name,
            logo_bytes=_LOGO_BYTES // 1024,
        )
        errors.append(ConfigError(message, "Export it smaller: it is shown 36 pixels high.", location))
    elif logo.suffix.lower() != ".svg":
        _inspect(logo, location, errors)
    elif not _is_svg(logo):
        errors.append(ConfigError(say("{name} is not SVG.", name=logo.name), "Export it again.", location))


def _is_svg(file: Path) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.parse(file, parser).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    except (etree.XMLSyntaxError, OSError):
        return False


def _unknown_rules(show: ShowConfig) -> Iterator[Problem]:
    for index, rule in enumerate(show.file.allow):
        if rule not in rules.ALL:
            near = get_close_matches(rule, rules.ALL, n=1)
            hint = say("Did you mean {near}?", near=near[0]) if near else "docs/rules.md lists them all."
            yield Problem(say('There is no rule "{rule}".', rule=rule), hint, show.document.place("allow", index))


def _unknown_languages(show: ShowConfig) -> Iterator[Problem]:
    for language in (show.file.language, *show.file.languages):
        if not is_known(language):
            way = ("languages", language) if language in show.file.languages else ("language",)
            location = show.document.place(*way)
            yield replace(unknown_language(language), place=location, severity=Severity.WARNING)


def _examine(candidate: Candidate, show: ShowConfig, probe: SourceProbe) -> Candidate:
    draft = loaded(candidate)
    errors: list[SendungError] = []
    source = find_chapters(draft)
    remarks = [*draft.remarks, *_sound_remarks(draft), *source.remarks, *_chapter_remarks(source)]
    if draft.cover:
        remarks += _cover_remarks(draft.cover, draft.place("cover"), errors)
    _check_pictures(draft, errors)
    sources: dict[Path, audio.Source | None] = {}
    if draft.tracks:
        recording = _probe_tracks(draft, sources, errors, probe)
    else:
        recording = _probe(draft.audio, draft.place("audio"), errors, probe)
    problems = list(_translation_problems(draft, recording, probe, errors))
    if recording and not draft.file.master:
        _check_finished(recording, draft, errors)
    if recording:
        remarks += [
            _remark(finding, draft.place("audio")) for finding in audio.findings_of(recording) if not draft.tracks
        ]
        duration_ms = round(recording.duration_s * 1000)
        problems += [
            *source.problems(duration_ms),
            *_transcript_problems(draft, duration_ms),
            *_soundbite_problems(draft, duration_ms),
            *cut_problems(draft, source, duration_ms, show),
        ]
    remarks += [problem for problem in problems if problem.severity is not Severity.ERROR]
    stopping = [problem for problem in problems if problem.severity is Severity.ERROR]
    errors += [ConfigError.of(stopping)] if stopping else []
    remarks += _short_tracks(draft, sources)
    examined = replace(candidate, chapters=source, recording=recording, remarks=(*candidate.remarks, *remarks))
    return examined.failing(*errors)


def _remark(finding: audio.AudioFinding, location: Place) -> Problem:
    return Problem(finding.message, finding.hint, location, Severity.NOTE)


def _sound_remarks(draft: Draft) -> Iterator[Problem]:
    """What episode.yaml asks of one file that is for tracks."""
    wanted = draft.file.sound.model_dump(exclude_none=True)
    for key in ("gate", "denoise", "hum"):
        if not draft.tracks and wanted.get(key, "off") != "off":
            message = say('"sound.{key}" is for tracks, and does nothing to {name}.', key=key, name=draft.audio.name)
            yield Problem(
                message, "Remove it, or name each microphone's own file.", draft.place("sound", key), Severity.WARNING
            )


def _translation_problems(
    draft: Draft, recording: audio.Source | None, probe: SourceProbe, errors: list[SendungError]
) -> Iterator[Problem]:
    """What is to be said of the draft's recordings, transcripts and chapters in other languages."""
    for words in draft.translations:
        location = draft.place("translations", words.language, "audio")
        spoken = _probe(words.audio, location, errors, probe) if words.audio else recording
        if spoken and words.audio:
            yield from (_remark(finding, location) for finding in audio.findings_of(spoken))
        if spoken:
            duration_ms = round(spoken.duration_s * 1000)
            yield from translated_chapters(words).problems(duration_ms)
            yield from _transcript_problems(translated_draft(draft, words), duration_ms)


def _check_finished(recording: audio.Source, draft: Draft, errors: list[SendungError]) -> None:
    try:
        audio.kind_of(recording)
    except AudioError as error:
        errors.append(_at(error, draft.place("audio")))


def _chapter_remarks(source: ChapterSource) -> Iterator[Problem]:
    if source.name:
        message = say("The chapters ({count}) come from {name}.", count=len(source.chapters), name=source.name)
        yield Problem(message, "", source.chapters[0].place, Severity.NOTE)


def _probe(
    recording: Path, location: Place, errors: list[SendungError], probe: SourceProbe, *, alone: bool = True
) -> audio.Source | None:
    try:
        return probe(recording, alone=alone)
    except AudioError as error:
        errors.append(_at(error, location))
        return None


def _short_tracks(draft: Draft, sources: Mapping[Path, audio.Source | None]) -> Iterator[Problem]:
    """Tracks of voices that last less than half as long as another: of another take, or not copied whole."""
    lengths = {path: source.duration_s for path, source in sources.items() if source}
    voices = {track.path: track.entry for track in draft.tracks if track.entry.role == "voice"}
    longest = max((lengths.get(path, 0.0) for path in voices), default=0.0)
    for number, (path, entry) in enumerate(draft.tracks):
        if entry.role == "voice" and lengths.get(path, longest) < longest / 2:
            spans = [format_time(round(seconds * 1000)) for seconds in (lengths[path], longest)]
            message = say(
                "{name} lasts {spans}, and another track {spans2}: is it whole, and of this episode?",
                name=path.name,
                spans=spans[0],
                spans2=spans[1],
            )
            yield Problem(message, "", draft.place("tracks", number, "file"), Severity.WARNING)


def _probe_tracks(
    draft: Draft, sources: dict[Path, audio.Source | None], errors: list[SendungError], probe: SourceProbe
) -> audio.Source | None:
    """What the first voice is, whose time line is the episode's; None if any track cannot be used."""
    for number, (path, entry) in enumerate(draft.tracks):
        if path not in sources:
            sources[path] = _probe(path, draft.place("tracks", number, "file"), errors, probe, alone=False)
        source = sources[path]
        if source and entry.channel and entry.channel > source.channels:
            message = say(
                "{name} has no channel {channel}: it has {channels}.",
                name=path.name,
                channel=entry.channel,
                channels=source.channels,
            )
            errors.append(ConfigError(message, "Correct the number.", draft.place("tracks", number, "channel")))
    return None if None in sources.values() else sources[draft.audio]


def _cover_remarks(cover: Path, location: Place, errors: list[SendungError]) -> tuple[Problem, ...]:
    try:
        return tuple(replace(remark, place=location) for remark in artwork.check_cover(cover))
    except ConfigError as error:
        errors.append(_at(error, location))
        return ()


def _check_pictures(draft: Draft, errors: list[SendungError]) -> None:
    for index, chapter in enumerate(draft.chapters or ()):
        if chapter.image:
            listed = not isinstance(draft.file.chapters, str)
            _inspect(chapter.image, draft.place("chapters", index, "image") if listed else chapter.place, errors)
    _check_portraits(draft.file.guests, draft.portraits, draft.document, "guests", errors)
    _check_portraits(draft.file.hosts or (), draft.portraits, draft.document, "hosts", errors)


def _check_portraits(
    persons: Sequence[PersonEntry],
    portraits: Mapping[str, Path],
    document: Document,
    key: str,
    errors: list[SendungError],
) -> None:
    for index, person in enumerate(persons):
        if person.picture:
            _inspect(portraits[person.picture], document.place(key, index, "image"), errors)


def _inspect(picture: PictureSource, location: Place, errors: list[SendungError]) -> None:
    try:
        artwork.inspect(picture)
    except ConfigError as error:
        errors.append(_at(error, location))


def _transcript_problems(draft: Draft, duration_ms: int) -> list[Problem]:
    if draft.transcript is None or draft.transcript_file is None:
        return []
    problems = transcripts.flaws(draft.transcript.cues, duration_ms, draft.transcript_file)
    if draft.file.transcript != "auto" and transcripts.is_unread(draft.transcript_file.read_bytes()):
        message = say("{name} was written by a machine, and nobody has read it.", name=draft.transcript_file.name)
        hint = 'Correct it and remove the NOTE at its beginning; or write "transcript: auto" in episode.yaml.'
        problems.append(Problem(message, hint, draft.place("transcript")))
    return problems


def _soundbite_problems(draft: Draft, duration_ms: int) -> Iterator[Problem]:
    for index, bite in enumerate(draft.file.soundbites):
        if bite.at + bite.duration > duration_ms:
            message = say(
                "Soundbite {index} ends after the recording, which lasts {format_time}.",
                index=index + 1,
                format_time=format_time(duration_ms),
            )
            yield Problem(message, "Correct its times.", draft.place("soundbites", index))


def _at(error: SendungError, location: Place) -> SendungError:
    """The same error, said of the line that names the file."""
    return type(error).of(replace(problem, place=location) for problem in error.problems)


def _linked(drafts: Sequence[Draft], show: ShowConfig) -> Iterator[tuple[Path, SendungError]]:
    """Drafts whose folder is a link to another one's: the same episode, which would be published twice."""
    links = [draft for draft in drafts if draft.folder.is_symlink()]
    homes = {folder: folder.resolve() for folder in find_drafts(show)} if links else {}
    for draft in links:
        home = draft.folder.resolve()
        twins = [folder for folder in homes if homes[folder] == home and folder != draft.folder]
        first = min(twins, key=lambda folder: (folder.is_symlink(), folder.name), default=draft.folder)
        if not first.is_symlink() or first.name < draft.slug:
            message = say(
                "episodes/{slug} is a link to the episode {name}, which would be published twice.",
                slug=draft.slug,
                name=first.name,
            )
            yield (
                draft.folder,
                ConfigError(message, say("Remove the link, and publish {name}.", name=first.name), draft.place()),
            )


def _repeated(drafts: Sequence[Draft], show: ShowConfig) -> Iterator[tuple[Path, SendungError]]:
    """Drafts that claim a GUID which another draft of the show claims, too, and folders of one name."""
    wanted = {draft.file.guid for draft in drafts if draft.file.guid}
    claims = find_claims(find_drafts(show), wanted)
    for draft in drafts:
        guid = draft.file.guid
        twins = [
            folder for folder, claim in claims.items() if claim == guid and folder.resolve() != draft.folder.resolve()
        ]
        if guid and twins:
            message = say("This GUID is also that of episodes/{name}.", name=twins[0].name)
            hint = "A GUID belongs to one episode for ever: remove the line from the newer one."
            yield draft.folder, ConfigError(message, hint, draft.place("guid"))
    names = Counter(draft.slug for draft in drafts)
    for draft in drafts:
        if names[draft.slug] > 1:
            hint = "Rename one of the folders: the name becomes part of the web address."
            yield (
                draft.folder,
                ConfigError(say("Two drafts have the slug {slug}.", slug=draft.slug), hint, draft.place()),
            )
