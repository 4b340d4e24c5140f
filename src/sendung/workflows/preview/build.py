"""From drafts to all that the browser can ask for: made as a publish would make it, and sent nowhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sendung import feed
from sendung.config.episode import Draft
from sendung.config.show import ShowConfig
from sendung.core import model
from sendung.core.errors import ConfigError, Problem, SendungError, Severity, merge
from sendung.core.progress import Progress
from sendung.feed import FEED_KEY
from sendung.media import chapters
from sendung.records import Standing
from sendung.records.reader import Archive, Reader
from sendung.website import PagePlan
from sendung.website.keys import SHOW_KEY
from sendung.workflows.check.drafts import Checked, check_show, examine, read_drafts
from sendung.workflows.check.lint import judge
from sendung.workflows.context import Desk
from sendung.workflows.drafts import articles
from sendung.workflows.drafts.state import (
    PULL,
    DraftStanding,
    ShowStanding,
    describe_since,
    describe_taken_back,
    keep_date,
    stand_draft,
    stand_show,
)
from sendung.workflows.publish.build import AssetFile, Prepared, ShowPrepared, prepare_episode, prepare_show
from sendung.workflows.publish.site import Site, public_site

_ASSETS = "made"


@dataclass(frozen=True)
class Bench:
    """Where previews are made, and what they are made beside."""

    reader: Reader
    archive: Archive
    """What is published, as it was when the preview began."""
    desk: Desk
    folder: Path
    """A folder of this process's own, for files that the browser may ask for."""
    address: str
    """Where the preview is, "http://127.0.0.1:8010": in the feed it stands in for the public URL."""
    answers: dict[str, articles.Answer] = field(default_factory=dict)
    """What articles said, by address: each is asked once, and only where the desk has a door."""


@dataclass(frozen=True)
class Shown:
    """A draft that can be looked at."""

    episode: model.Episode
    standing: Standing
    remarks: tuple[Problem, ...]
    """What a publish would warn of, or stop at."""


@dataclass(frozen=True)
class Made:
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


def make(folders: Sequence[Path], config: ShowConfig, bench: Bench, progress: Progress) -> Made:
    """Check, master and tag some drafts, and plan feed and pages with them in it, at the time when they are public.

    Audio and assets are, to the byte, what a publish would upload. A draft with mistakes is left out. Raises
    SendungError for what is wrong with the show, or if no draft is right.
    """
    remarks = _warnings(check_show(config))
    checked = read_drafts(folders, config)
    checked = examine(checked, [draft.folder for draft in checked.drafts])
    _ask_articles(checked, bench)
    archive, reader = bench.archive, bench.reader
    show = stand_show(config, archive, reader, meant=False)
    broken = dict(checked.errors)
    with tempfile.TemporaryDirectory(dir=bench.folder) as work:
        show_ready = prepare_show(show, Path(work))
        ready = []
        for draft in _right(checked):
            try:
                one = stand_draft(draft, show.guid, archive, reader, meant=False)
                ready.append(_prepare(one, show, show_ready, Path(work), bench, progress))
            except SendungError as error:
                broken[draft.folder] = [error]
        if broken and not ready:
            raise merge([error for errors in broken.values() for error in errors])
        files = _keep([*show_ready.files, *(file for one in ready for file in one.files)], bench.folder)
    shown = _shown(ready, show_ready.show, show, checked, bench)
    site = _site(ready, show_ready.show, bench)
    episodes = [draft.episode for draft in shown]
    pages = _pages(site, episodes, bench.desk.templates) | _feed_pages(site, episodes, bench.address)
    return Made(
        show=show_ready.show,
        drafts=shown,
        broken={folder.name: merge(errors).problems for folder, errors in broken.items()},
        remarks=(*remarks, *_standing_remarks("show.yaml", "show", show)),
        pages=pages,
        files=files,
    )


def _ask_articles(checked: Checked, bench: Bench) -> None:
    unknown = [one for draft in checked.drafts for one in draft.articles if one.url not in bench.answers]
    if bench.desk.door:
        bench.answers.update(articles.ask(unknown, bench.desk.door))


def _right(checked: Checked) -> Iterator[Draft]:
    return (draft for draft in checked.drafts if draft.folder not in checked.errors)


def _prepare(
    one: DraftStanding, show: ShowStanding, ready: ShowPrepared, work: Path, bench: Bench, progress: Progress
) -> Prepared:
    filled = articles.fill(one.draft, one.published, bench.answers, show.config.zone)
    if gaps := articles.find_gaps([filled], bench.answers):
        raise merge(gaps[filled.folder])
    one = replace(one, draft=filled)
    prepared = prepare_episode(one, show.config, ready.show, work, bench.desk.cache, progress, bench.answers)
    episode = prepared.episode.model_copy(update={"former_slugs": one.former_slugs()})
    return replace(prepared, episode=episode)


def _shown(
    ready: Sequence[Prepared], show: model.Show, standing: ShowStanding, checked: Checked, bench: Bench
) -> tuple[Shown, ...]:
    """The drafts, newest first, with what is to be said about each."""
    drafts = {one.standing.guid: one.standing.draft for one in ready}
    rulings = judge(show, [one.episode for one in ready], standing.config, drafts)
    found = []
    for one in ready:
        folder = one.standing.folder
        ruled = [ruling.problem for ruling in rulings if ruling.folder in (folder, None)]
        remarks = [*checked.examined[folder].remarks, *ruled]
        slug = one.episode.slug
        said = (*_date_remarks(one.standing, bench.desk), *_standing_remarks(slug, slug, one.standing))
        found.append(Shown(one.episode, one.standing.standing, (*said, *_warnings(remarks))))
    return tuple(sorted(found, key=lambda draft: draft.episode.date, reverse=True))


def _warnings(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """All but mere notes."""
    return tuple(problem for problem in problems if problem.severity is not Severity.NOTE)


def _date_remarks(one: DraftStanding, desk: Desk) -> tuple[Problem, ...]:
    try:
        keep_date(one, desk.clock())
    except ConfigError as error:
        return error.problems
    return ()


def _standing_remarks(name: str, override: str, one: DraftStanding | ShowStanding) -> tuple[Problem, ...]:
    """Why a publish would leave this alone."""
    if one.taken_back:
        problems = describe_taken_back(name, one.taken_back, override).problems
        return tuple(replace(problem, severity=Severity.WARNING) for problem in problems)
    if one.standing is Standing.STALE and one.published:
        message = f"{name} is an older one than the published one; since then: {describe_since(one.since)}."
        hint = f"A publish leaves it alone. {PULL}."
        return (Problem(message, hint, severity=Severity.WARNING),)
    return ()


def _site(ready: Sequence[Prepared], show: model.Show, bench: Bench) -> Site:
    """All that the public will see on the day of the last of the drafts."""
    drafts = {one.standing.guid: one.episode for one in ready}
    now = max([bench.desk.moment(), *(episode.date for episode in drafts.values())])
    others = {guid: record for guid, record in bench.archive.episodes.items() if guid not in drafts}
    if bench.archive.show is None:
        return Site(show, list(drafts.values()), (), now, now)
    site = public_site(replace(bench.archive, episodes=others), now)
    return replace(site, show=show, episodes=[*site.episodes, *drafts.values()], built=bench.desk.moment())


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
    older = feed.archive(show, site.episodes, site.moment)
    plans = {page.key: PagePlan(page.key, page.content_type, page.inputs, page.render) for page in older}
    whole = partial(feed.render, show, site.episodes, site.moment, site.built)
    plans[FEED_KEY] = _rendered(PagePlan(FEED_KEY, feed.CONTENT_TYPE, "", whole))
    for episode in drafts:
        if episode.chapters_file:  # it names the chapters' pictures by address
            key = episode.chapters_file.key
            render = partial(chapters.to_json, episode.chapters, lambda image: show.url_of(image.key))
            plans[key] = PagePlan(key, chapters.JSON_MEDIA_TYPE, "", render)
    return plans


def _rendered(plan: PagePlan) -> PagePlan:
    data = plan.render()
    return replace(plan, render=lambda: data)


def _keep(files: Iterable[AssetFile], folder: Path) -> dict[str, AssetFile]:
    """Put the assets where they stay while they are shown."""
    kept: dict[str, AssetFile] = {}
    root = folder / _ASSETS
    for file in files:
        place = root / file.asset.key
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            shutil.copyfile(file.path, place.with_name(f"{place.name}.part"))
            place.with_name(f"{place.name}.part").replace(place)
        kept[file.asset.key] = replace(file, path=place)
    return kept


def sweep(made: Made, folder: Path) -> None:
    """Remove the assets of earlier previews: each save that changes the tags makes new audio."""
    used = {file.path for file in made.files.values()}
    for path in (folder / _ASSETS).rglob("*"):
        if path.is_file() and path not in used:
            path.unlink()
