"""From drafts to all that the browser can ask for: made as a publish would make it, and sent nowhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sendung import feed
from sendung.config.show import ShowConfig
from sendung.core import media_types, model
from sendung.core.errors import ConfigError, Problem, Severity, merge
from sendung.core.words import say
from sendung.feed import FEED_KEY
from sendung.media import chapters
from sendung.records import R, Status
from sendung.records.reader import Archive
from sendung.website import PagePlan
from sendung.website.keys import SHOW_KEY
from sendung.workflows.check.drafts import check_show, examine, load
from sendung.workflows.check.lint import lint
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.articles import ArticleReply
from sendung.workflows.drafts.candidate import AssetFile, Batch, Candidate, loaded
from sendung.workflows.drafts.compare import compare
from sendung.workflows.drafts.fill import fill
from sendung.workflows.drafts.state import PULL, State, check_date, describe_since, describe_taken_back
from sendung.workflows.preview.card import Rows, rows_of
from sendung.workflows.publish.build import build, show_of
from sendung.workflows.publish.site import Site, public_site

_ASSETS = "made"


@dataclass(frozen=True)
class PreviewContext:
    """Where previews are made, and what they are made beside."""

    run: RunContext
    """Its store is read only; its progress is this preview's."""
    archive: Archive
    """What is published, as it was when the preview began."""
    folder: Path
    """A folder of this process's own, for files that the browser may ask for."""
    address: str
    """Where the preview is, "http://127.0.0.1:8010": in the feed it stands in for the public URL."""
    replies: dict[str, ArticleReply] = field(default_factory=dict)
    """What articles said, by address: each is asked once, and only where the run has a policy for the web."""


@dataclass(frozen=True)
class Shown:
    """A draft that can be looked at."""

    episode: model.Episode
    status: Status
    remarks: tuple[Problem, ...]
    """What a publish would warn of, or stop at."""
    rows: Rows = ()
    """Its card."""


@dataclass(frozen=True)
class BuiltPreview:
    """A preview: all that the browser can ask for."""

    show: model.Show
    drafts: tuple[Shown, ...]
    broken: Mapping[str, tuple[Problem, ...]]
    """By slug: what is wrong with the drafts that cannot be shown."""
    remarks: tuple[Problem, ...]
    """Of the show."""
    pages: Mapping[str, PagePlan]
    """By key, with the feed; those of the drafts are rendered already."""
    files: Mapping[str, AssetFile]
    """Assets by key."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that there is to say, once each."""
        drafts = (problem for draft in self.drafts for problem in draft.remarks)
        broken = (problem for problems in self.broken.values() for problem in problems)
        return tuple(dict.fromkeys((*self.remarks, *broken, *drafts)))


def make(folders: Sequence[Path], config: ShowConfig, context: PreviewContext) -> BuiltPreview:
    """Check, master and tag some drafts, and plan feed and pages with them in it, at the time when they are public.

    Audio and assets are, to the byte, what a publish would upload. A draft with mistakes is left out. Raises
    SendungError for what is wrong with the show, or if no draft is right.
    """
    remarks = _warnings(check_show(config))
    batch = compare(load(folders, config), context.run, context.archive)
    batch = fill(batch, context.run.policy, context.replies)
    context.replies.update(batch.replies)
    batch = examine(batch)
    with tempfile.TemporaryDirectory(dir=context.folder) as work:
        batch = lint(build(batch, context.run, Path(work)), context.run.clock())
        broken = {candidate.slug: merge(candidate.errors) for candidate in batch.candidates if candidate.errors}
        if broken and not batch.sound:
            raise merge(list(broken.values()))
        files = _keep([*batch.files, *(file for candidate in batch.sound for file in candidate.files)], context.folder)
    shown = _shown(batch, context.run)
    site = _site(batch, context.run)
    episodes = [draft.episode for draft in shown]
    return BuiltPreview(
        show=show_of(batch),
        drafts=shown,
        broken={slug: error.problems for slug, error in broken.items()},
        remarks=(*remarks, *_state_remarks("show.yaml", "show", batch.state), *_of_show(batch)),
        pages=_pages(site, episodes, context.run.templates) | _feed_pages(site, episodes, context.address),
        files=files,
    )


def _shown(batch: Batch, run: RunContext) -> tuple[Shown, ...]:
    """The drafts, newest first, with what is to be said about each."""
    drafts = [_draft_of(candidate, batch, run) for candidate in batch.sound if candidate.model and candidate.state]
    return tuple(sorted(drafts, key=lambda draft: draft.episode.date, reverse=True))


def _draft_of(candidate: Candidate, batch: Batch, run: RunContext) -> Shown:
    if candidate.model is None or candidate.state is None:
        raise AssertionError("what is shown was built")
    broken = [finding.problem for finding in batch.findings if finding.folder == candidate.folder]
    stopping = (*_date_remarks(candidate, run), *_state_remarks(candidate.slug, candidate.slug, candidate.state))
    remarks = (*stopping, *_warnings([*candidate.remarks, *broken]))
    return Shown(candidate.model, candidate.state.status, remarks, rows_of(candidate, show_of(batch), run.clock()))


def _of_show(batch: Batch) -> tuple[Problem, ...]:
    """What the rules say of the show, once for all drafts."""
    return _warnings(finding.problem for finding in batch.findings if finding.folder is None)


def _warnings(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """All but mere notes."""
    return tuple(problem for problem in problems if problem.severity is not Severity.NOTE)


def _date_remarks(candidate: Candidate, run: RunContext) -> tuple[Problem, ...]:
    try:
        if candidate.state:
            check_date(candidate.state, loaded(candidate), run.clock())
    except ConfigError as error:
        return error.problems
    return ()


def _state_remarks(name: str, override: str, state: State[R] | None) -> tuple[Problem, ...]:
    """Why a publish would leave this alone."""
    if state and state.taken_back:
        problems = describe_taken_back(name, state, override).problems
        return tuple(replace(problem, severity=Severity.WARNING) for problem in problems)
    if state and state.status is Status.STALE:
        message = say(
            "{name} is an older one than the published one; since then: {describe_since}.",
            name=name,
            describe_since=describe_since(state.since),
        )
        hint = say("A publish leaves it alone. {pull}.", pull=PULL)
        return (Problem(message, hint, severity=Severity.WARNING),)
    return ()


def _site(batch: Batch, run: RunContext) -> Site:
    """All that the public will see on the day of the last of the drafts."""
    drafts = {candidate.guid: candidate.model for candidate in batch.sound if candidate.model}
    now = max([run.moment(), *(episode.date for episode in drafts.values())])
    archive, show = batch.archive, show_of(batch)
    if archive is None or archive.show is None:
        return Site(show, list(drafts.values()), (), now, now)
    others = {guid: record for guid, record in archive.episodes.items() if guid not in drafts}
    site = public_site(replace(archive, episodes=others), now)
    return replace(site, show=show, episodes=[*site.episodes, *drafts.values()], built=run.moment())


def _pages(site: Site, drafts: Sequence[model.Episode], templates: Path | None) -> dict[str, PagePlan]:
    """Every page by key, to the byte as it will be: what it needs it finds beside itself, wherever it is served.

    The drafts' are rendered now, so that a mistake in a template is found now.
    """
    own = tuple(f"e/{episode.slug}/" for episode in drafts)
    plans = {plan.key: plan for plan in site.plan(templates)}
    return {key: _rendered(plan) if key.startswith(own) or key == SHOW_KEY else plan for key, plan in plans.items()}


def _feed_pages(site: Site, drafts: Sequence[model.Episode], address: str) -> dict[str, PagePlan]:
    """The feed, and what belongs to it, with addresses that lead here, so that apps find what is not published yet.

    No hub is named, so that no app tells one of this feed.
    """
    options = site.show.feed.model_copy(update={"hubs": ()})
    show = site.show.model_copy(update={"public_url": address, "feed": options})
    here = replace(site, show=show)
    plans = {plan.key: plan for plan in here.further_pages()}
    plans[FEED_KEY] = _rendered(PagePlan(FEED_KEY, feed.CONTENT_TYPE, "", here.feed))
    for episode in drafts:
        if episode.chapters_file:  # it names the chapters' pictures by address
            key = episode.chapters_file.key
            render = partial(chapters.to_json, episode.chapters, lambda image: show.url_of(image.key))
            plans[key] = PagePlan(key, media_types.CHAPTERS, "", render)
    return plans


def _rendered(plan: PagePlan) -> PagePlan:
    data = plan.render()
    return replace(plan, render=lambda: data)


def _keep(files: Iterable[AssetFile], folder: Path) -> dict[str, AssetFile]:
    """Put the assets where they stay while they are shown."""
    kept: dict[str, AssetFile] = {}
    root = folder / _ASSETS
    for file in files:
        path = root / file.asset.key
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            shutil.copyfile(file.path, path.with_name(f"{path.name}.part"))
            path.with_name(f"{path.name}.part").replace(path)
        kept[file.asset.key] = replace(file, path=path)
    return kept


def sweep(preview: BuiltPreview, folder: Path) -> None:
    """Remove the assets of earlier previews: each save that changes the tags makes new audio."""
    used = {file.path for file in preview.files.values()}
    for path in (folder / _ASSETS).rglob("*"):
        if path.is_file() and path not in used:
            path.unlink()
