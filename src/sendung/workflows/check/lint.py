"""Flow: the directories' rules on what would be published, each finding at the line that a host can mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from sendung import feed, net, rules
from sendung.config.document import Document
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core.errors import FetchError, Place, Problem, RulesError, SendungError, Severity
from sendung.core.model import Episode, Show
from sendung.core.progress import Progress
from sendung.media import transcripts
from sendung.rules import Finding
from sendung.rules.observations import Sound, TranscriptText
from sendung.website import check_templates
from sendung.workflows.check.drafts import Checked, Examined, check_show, examine, read_drafts
from sendung.workflows.check.estimate import foresee_episode, foresee_show
from sendung.workflows.drafts import articles

FEED = net.Limits(size=64 * 1024 * 1024, seconds=120)
"""What is fetched of a feed at most: as much as is read of one."""

_CODECS = {"audio/mpeg": "mp3", "audio/x-m4a": "aac", "audio/ogg; codecs=opus": "opus"}


@dataclass(frozen=True)
class Report:
    """All that there is to say about a show and its drafts."""

    errors: tuple[SendungError, ...]
    remarks: tuple[Problem, ...]
    """Warnings and notes."""


@dataclass(frozen=True)
class Ruling:
    """A rule that show.yaml or a draft breaks."""

    problem: Problem
    folder: Path | None
    """The draft's; None if it is the show's."""


def check_drafts(folders: Sequence[Path], config: ShowConfig, door: net.Door | None = None) -> Report:
    """Every mistake in show.yaml and in drafts, and every rule that they would break; without mastering anything.

    Through `door` the articles are asked for titles and summaries that drafts leave out; without one those are missing.
    """
    errors: list[SendungError] = []
    remarks: list[Problem] = []
    try:
        remarks += check_show(config)
    except SendungError as error:
        errors.append(error)
    checked = _check_filled(read_drafts(folders, config), config, door)
    errors += [error for found in checked.errors.values() for error in found]
    whole = [one for one in checked.examined.values() if one.draft.title and one.draft.summary]
    show = foresee_show(config)
    rulings = foresee(show, whole, config)
    if config.templates:
        errors += check_templates(show, [facts for _, facts in _foreseen(show, whole, config)], config.templates)
    verdict = _report([ruling.problem for ruling in rulings])
    return Report((*errors, *verdict.errors), (*remarks, *checked.remarks, *verdict.remarks))


def _check_filled(read: Checked, config: ShowConfig, door: net.Door | None) -> Checked:
    """The drafts examined, those with gaps as far as their articles fill them."""
    open_ = [one for draft in read.drafts if not (draft.title and draft.summary) for one in draft.articles]
    answers = articles.ask(open_, door) if door else articles.UNASKED
    drafts = tuple(articles.fill(draft, None, answers, config.zone) for draft in read.drafts)
    filled = replace(read, drafts=drafts).adding(articles.find_gaps(drafts, answers))
    return examine(filled, [draft.folder for draft in drafts])


def foresee(show: Show, examined: Iterable[Examined], config: ShowConfig) -> list[Ruling]:
    """Every rule that breaks if these drafts are published in this show, as far as that is known before mastering."""
    pairs = _foreseen(show, examined, config)
    return judge(show, [facts for _, facts in pairs], config, {facts.guid: draft for draft, facts in pairs})


def _foreseen(show: Show, examined: Iterable[Examined], config: ShowConfig) -> list[tuple[Draft, Episode]]:
    return [(one.draft, foresee_episode(one.draft, one.outline, one.recording, config, show)) for one in examined]


def judge(show: Show, episodes: Sequence[Episode], config: ShowConfig, drafts: Mapping[str, Draft]) -> list[Ruling]:
    """Every rule that breaks if this show is published with these episodes, but for those that show.yaml allows.

    `drafts` are by GUID; what concerns an episode without a draft is left out.
    """
    found = {_ruling(finding, config, drafts): None for finding in _findings(show, episodes, config.file.allow)}
    return [ruling for ruling in found if ruling]


def errors_in(rulings: Sequence[Ruling]) -> dict[Path, list[SendungError]]:
    """The errors by the folder of their draft. Raises RulesError if the show itself has any."""
    errors: dict[Path | None, list[Problem]] = {}
    for ruling in rulings:
        if ruling.problem.severity is Severity.ERROR:
            errors.setdefault(ruling.folder, []).append(ruling.problem)
    if None in errors:
        raise RulesError.of(problem for problems in errors.values() for problem in problems)
    return {folder: [RulesError.of(problems)] for folder, problems in errors.items() if folder}


def heed(rulings: Sequence[Ruling], config: ShowConfig, progress: Progress) -> dict[Path, list[SendungError]]:
    """Show the warnings, and return the errors as `errors_in` does."""
    for ruling in rulings:
        problem = ruling.problem
        if problem.severity is Severity.WARNING:
            progress.warn(f"{_near(problem.place, config)}{problem.message} [{problem.rule}]", problem.hint)
    return errors_in(rulings)


def check_feeds(addresses: Sequence[str], door: net.Door) -> Report:
    """Every rule that any feeds break, on the web or on disk, at their lines.

    Raises FetchError if one cannot be fetched or opened, RulesError if it is no feed.
    """
    return _report([problem for address in addresses for problem in _check_feed(address, door)])


def _report(problems: Sequence[Problem]) -> Report:
    broken = [problem for problem in problems if problem.severity is Severity.ERROR]
    remarks = tuple(problem for problem in problems if problem.severity is not Severity.ERROR)
    return Report((RulesError.of(broken),) if broken else (), remarks)


def _check_feed(address: str, door: net.Door) -> list[Problem]:
    if "://" in address:
        data = net.fetch(address, limits=FEED, door=door).expect_ok().body
        file = Path(PurePosixPath(urlsplit(address).path).name or "feed.xml")
    else:
        file = Path(address)
        data = _read(file)
    return [
        Problem(one.message, one.hint, Place(file, one.line), one.severity, one.rule)
        for one in rules.check(feed.read(data))
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FetchError(f"{file} cannot be read: {error.strerror}.", "Check the name and its permissions.") from None


def _findings(show: Show, episodes: Sequence[Episode], allow: Sequence[str]) -> Iterator[Finding]:
    """What the rules say of the feed, all of it on one page, and of the audio and transcripts."""
    whole = show.model_copy(update={"feed": show.feed.model_copy(update={"items": 0})})
    moment = max((episode.date for episode in episodes), default=None)
    if moment:
        yield from rules.check(feed.read(feed.render(whole, episodes, moment, moment)), allow)
    yield from rules.judge((thing for episode in episodes for thing in _observed(episode, show)), allow)


def _observed(episode: Episode, show: Show) -> Iterator[Sound | TranscriptText]:
    for one in episode.audio.renditions:
        codec = _CODECS.get(one.asset.media_type, one.asset.media_type)
        address = show.url_of(one.asset.key)
        yield Sound(address, codec, one.channels, one.bitrate, one.duration_s, one.lufs, one.dbtp)
    if episode.transcript and transcripts.is_timed(episode.transcript.cues):
        text = transcripts.to_vtt(episode.transcript.cues).decode()
        yield TranscriptText("", "text/vtt", text, episode.guid)


def _ruling(finding: Finding, config: ShowConfig, drafts: Mapping[str, Draft]) -> Ruling | None:
    draft = drafts.get(finding.guid) if finding.guid else None
    if finding.guid and draft is None:
        return None
    place = _place_of(finding.field, draft.document if draft else config.document)
    problem = Problem(finding.message, finding.hint, place, finding.severity, finding.rule)
    return Ruling(problem, draft.folder if draft else None)


def _place_of(field: str, document: Document) -> Place:
    """Where the first of some keys ("a.b|c") stands that is written; else the nearest place around the last one."""
    ways = [key.split(".") for key in field.split("|")]
    return document.place(*next((way for way in ways if tuple(way) in document.marks), ways[-1]))


def _near(place: Place | None, config: ShowConfig) -> str:
    """A place as seen from the show's folder."""
    if place is None:
        return ""
    inside = place.file.is_relative_to(config.folder)
    file = place.file.relative_to(config.folder) if inside else place.file
    return f"{Place(file, place.line, place.column)}: "
