"""The directories' rules on what would be published, each finding at the line that a host can mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from sendung import feed, net, rules
from sendung.config.document import Document
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core import media_types
from sendung.core.errors import ConfigError, FetchError, Place, Problem, RulesError, SendungError, Severity
from sendung.core.model import Episode, Show
from sendung.core.progress import Progress
from sendung.core.words import say
from sendung.feed.reader import MAX_BYTES
from sendung.media import transcripts
from sendung.net import NetPolicy
from sendung.net.feeds import read_answer
from sendung.rules import Finding
from sendung.rules.observations import SavedFeed, Sound, TranscriptText
from sendung.website import check_templates
from sendung.workflows.check.drafts import SourceProbe, check_show, examine, load
from sendung.workflows.check.edits import edits, on_one_page
from sendung.workflows.check.estimate import estimate_episode, estimate_show
from sendung.workflows.check.judged import DraftsJudgement, Probes
from sendung.workflows.drafts.candidate import Batch, Candidate, LocatedFinding, loaded
from sendung.workflows.drafts.fill import fill

FEED = net.Limits(size=MAX_BYTES, seconds=120)
"""What is fetched of a feed at most: as much as is read of one."""

_SAMPLE = 20
"""Published episodes on which the show's own templates are tried."""


@dataclass(frozen=True)
class Report:
    """All that there is to say about a show and its drafts."""

    errors: tuple[SendungError, ...]
    remarks: tuple[Problem, ...]
    """Warnings and notes."""


def check_drafts(
    folders: Sequence[Path], config: ShowConfig, policy: NetPolicy | None = None, cache: Path | None = None
) -> Report:
    """Every mistake in show.yaml and in drafts, and every rule that they would break; without mastering anything.

    With a `policy` the articles are asked for titles and summaries that drafts leave out; else those are missing. In
    the folder `cache` is kept what was found, for as long as nothing changes.
    """
    if cache is None:
        return _judged(folders, config, policy, None)
    judgement = DraftsJudgement(folders, config, cache) if policy is None else None
    if judgement and (found := judgement.recall()):
        return Report(*found)
    probes = Probes(config, cache)
    report = _judged(folders, config, policy, probes.probe)
    probes.keep()
    if judgement:
        judgement.keep((report.errors, report.remarks))
    return report


def _judged(folders: Sequence[Path], config: ShowConfig, policy: NetPolicy | None, probe: SourceProbe | None) -> Report:
    errors: list[SendungError] = []
    remarks: list[Problem] = []
    try:
        remarks += check_show(config)
    except SendungError as error:
        errors.append(error)
    batch = lint(examine(fill(load(folders, config), policy, cards=False), probe))
    errors += [error for candidate in batch.candidates for error in candidate.errors]
    errors += try_templates(batch, config.templates)
    verdict = _report([finding.problem for finding in batch.findings])
    return Report((*errors, *verdict.errors), (*remarks, *batch.remarks, *verdict.remarks))


def lint(batch: Batch, now: datetime | None = None) -> Batch:
    """The step that holds the show and the drafts that are taken to the rules, but for those that show.yaml allows.

    What is built is judged as it is, and beside what the public knows `now`; what is not yet, by what can be known of
    it before mastering. Where the show alone is published anew, it is judged with one of its episodes.
    """
    show, known = _show_of(batch), _known(batch)
    if not known and batch.state and not batch.state.due:
        return replace(batch, findings=())
    episodes = [*(_facts(candidate, show, batch.config) for candidate in known)] or _published(batch)[:1]
    drafts = {episode.guid: loaded(candidate) for candidate, episode in zip(known, episodes, strict=False)}
    allow = batch.config.file.allow
    findings = [*_findings(show, episodes, allow)]
    if now:
        built = {episode.guid: episode for episode in episodes if episode.guid in drafts}
        findings += rules.judge(edits(batch, show, built, now), allow)
    located = (_located(finding, batch.config, drafts) for finding in findings)
    return replace(batch, findings=tuple(dict.fromkeys(finding for finding in located if finding)))


def try_templates(batch: Batch, templates: Path | None) -> list[ConfigError]:
    """What is wrong with the show's own templates, tried on what is taken, and on some of what is published."""
    if templates is None:
        return []
    show = _show_of(batch)
    episodes = {episode.guid: episode for episode in _published(batch)[:_SAMPLE]}
    episodes |= {candidate.guid: _facts(candidate, show, batch.config) for candidate in _known(batch)}
    return check_templates(show, list(episodes.values()), templates)


def errors_by_folder(batch: Batch) -> dict[Path, list[SendungError]]:
    """What is wrong with each draft. Raises RulesError if the show itself breaks a rule."""
    errors = {candidate.folder: list(candidate.errors) for candidate in batch.candidates if candidate.errors}
    broken = [finding for finding in batch.findings if finding.problem.severity is Severity.ERROR]
    if any(finding.folder is None for finding in broken):
        raise RulesError.of(finding.problem for finding in broken)
    for folder in dict.fromkeys(finding.folder for finding in broken if finding.folder):
        problems = [finding.problem for finding in broken if finding.folder == folder]
        errors.setdefault(folder, []).append(RulesError.of(problems))
    return errors


def fail_broken(batch: Batch) -> Batch:
    """The batch, in which each draft that breaks a rule has failed. Raises RulesError if the show itself breaks one."""
    errors = errors_by_folder(batch)

    def fail(candidate: Candidate) -> Candidate:
        return candidate if candidate.errors else candidate.failing(*errors.get(candidate.folder, ()))

    return batch.mapped(fail)


def tell_warnings(batch: Batch, progress: Progress) -> None:
    """Show the findings that stop nothing."""
    for finding in batch.findings:
        problem = finding.problem
        if problem.severity is Severity.WARNING:
            progress.warn(
                say(
                    "{near}{message} [{rule}]",
                    near=near(problem.place, batch.config),
                    message=problem.message,
                    rule=problem.rule,
                ),
                problem.hint,
            )


def _show_of(batch: Batch) -> Show:
    """The show as this run will leave it, as far as that is known."""
    state = batch.state
    if batch.show:
        return batch.show
    return state.published.show if state and state.published and not state.due else estimate_show(batch.config)


def _known(batch: Batch) -> list[Candidate]:
    """Those of which enough is known: all that are taken and were examined, and have title and summary."""
    examined = (
        candidate for candidate in batch.candidates if candidate.taken and candidate.draft and candidate.chapters
    )
    return [candidate for candidate in examined if loaded(candidate).title and loaded(candidate).summary]


def _facts(candidate: Candidate, show: Show, config: ShowConfig) -> Episode:
    return candidate.model or estimate_episode(candidate, config, show)


def _published(batch: Batch) -> list[Episode]:
    return [record.episode for record in batch.archive.episodes.values()] if batch.archive else []


def check_feeds(addresses: Sequence[str], policy: NetPolicy, feed_url: str = "") -> Report:
    """Every rule that any feeds break, on the web or on disk (saved from `feed_url`, if that is known), at their lines.

    Raises FetchError if one cannot be fetched or opened, RulesError if it is no feed.
    """
    return _report([problem for address in addresses for problem in _check_feed(address, policy, feed_url)])


def _report(problems: Sequence[Problem]) -> Report:
    broken = [problem for problem in problems if problem.severity is Severity.ERROR]
    remarks = tuple(problem for problem in problems if problem.severity is not Severity.ERROR)
    return Report((RulesError.of(broken),) if broken else (), remarks)


def _check_feed(address: str, policy: NetPolicy, feed_url: str) -> list[Problem]:
    if "://" in address:
        answer = net.fetch(address, limits=FEED, policy=policy).expect_ok()
        page = read_answer(answer)
        file = Path(PurePosixPath(urlsplit(address).path).name or "feed.xml")
    else:
        file = Path(address)
        page = feed.read(_read(file))
    where = rules.judge([SavedFeed(feed_url, page.self_link)] if feed_url else [])
    return [
        Problem(finding.problem.message, finding.hint, Place(file, finding.line), finding.severity, finding.rule)
        for finding in [*rules.check(page), *where]
    ]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FetchError(
            say("{file} cannot be read: {strerror}.", file=file, strerror=error.strerror),
            "Check the name and its permissions.",
        ) from None


def _findings(show: Show, episodes: Sequence[Episode], allow: Sequence[str]) -> Iterator[Finding]:
    """What the rules say of the feed, all of it on one page, and of the audio and transcripts."""
    if episodes:
        yield from rules.check(on_one_page(show, episodes), allow)
    yield from rules.judge((fact for episode in episodes for fact in _observed(episode, show)), allow)


def _observed(episode: Episode, show: Show) -> Iterator[Sound | TranscriptText]:
    for file in episode.audio.renditions:
        codec = media_types.CODECS.get(file.asset.media_type, file.asset.media_type).lower()
        address = show.url_of(file.asset.key)
        yield Sound(address, codec, file.channels, file.bitrate, file.duration_s, file.lufs, file.dbtp)
    if episode.transcript and transcripts.is_timed(episode.transcript.cues):
        text = transcripts.to_vtt(episode.transcript.cues).decode()
        yield TranscriptText("", media_types.VTT, text, episode.guid)


def _located(finding: Finding, config: ShowConfig, drafts: Mapping[str, Draft]) -> LocatedFinding | None:
    """A finding at its line; None if it concerns an episode without a draft here."""
    draft = drafts.get(finding.guid) if finding.guid else None
    if finding.guid and draft is None:
        return None
    location = _place_of(finding.field, draft.document if draft else config.document)
    problem = Problem(finding.message, finding.hint, location, finding.severity, finding.rule)
    return LocatedFinding(problem, draft.folder if draft else None)


def _place_of(field: str, document: Document) -> Place:
    """Where the first of some keys ("a.b|c") stands that is written; else the nearest place around the last one."""
    ways = [key.split(".") for key in field.split("|")]
    return document.place(*next((way for way in ways if tuple(way) in document.marks), ways[-1]))


def near(location: Place | None, config: ShowConfig) -> str:
    """A place as seen from the show's folder, in front of a sentence."""
    if location is None:
        return ""
    inside = location.file.is_relative_to(config.folder)
    file = location.file.relative_to(config.folder) if inside else location.file
    return f"{Place(file, location.line, location.column)}: "
