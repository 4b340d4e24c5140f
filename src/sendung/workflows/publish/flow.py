"""Flow: THE flow. It reads top to bottom as the write order in the design: assets, records, pages, feed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from sendung import records
from sendung.config.show import ShowConfig
from sendung.core.concurrency import beside, each
from sendung.core.errors import ConflictError, Problem, SendungError, Severity, merge
from sendung.core.model import Show
from sendung.core.progress import Progress
from sendung.core.version import __version__
from sendung.records import EpisodeRecord, R, ShowRecord, Standing
from sendung.records.reader import Archive, Reader
from sendung.store.interface import Store
from sendung.website import check_templates
from sendung.workflows.check.drafts import check_show, examine, read_drafts
from sendung.workflows.check.estimate import foresee_show
from sendung.workflows.check.lint import Ruling, errors_in, foresee, heed, judge
from sendung.workflows.context import Desk
from sendung.workflows.drafts import articles
from sendung.workflows.drafts.state import (
    PULL,
    DraftStanding,
    ShowStanding,
    describe,
    describe_since,
    describe_taken_back,
    keep_date,
    stand_draft,
    stand_show,
)
from sendung.workflows.publish.build import AssetFile, Prepared, ShowPrepared, prepare_episode, prepare_show
from sendung.workflows.publish.result import EpisodeResult, Outcome, Status
from sendung.workflows.publish.site import There, look, refresh

_SENDERS = 4
_SAMPLE = 20
"""Published episodes on which the show's own templates are tried before anything is sent."""


class Step(Enum):
    """The steps of a publish, in order."""

    CHECK = "Checking"
    MASTER = "Mastering"
    ASSETS = "Uploading"
    RECORD = "Recording"
    REFRESH = "Updating pages and feed"

    def begin(self, progress: Progress) -> None:
        """Tell whoever watches."""
        steps = list(Step)
        progress.step(steps.index(self) + 1, len(steps), self.value)


def publish(
    folders: Sequence[Path],
    show: ShowConfig,
    store: Store,
    desk: Desk,
    progress: Progress,
    *,
    approve: Callable[[Sequence[Prepared], Show], None] = lambda _ready, _show: None,
    remaster: bool = False,
    override: Collection[str] = (),
) -> Outcome:
    """Publish episodes, and the show where show.yaml was edited. Safe to run again after any failure.

    Nothing is sent before every draft is read, checked and mastered; if one of them is wrong, nothing is sent at
    all, and the outcome says what is wrong with each. `approve` sees what is ready before the first byte is sent,
    and may raise to stop. `remaster` publishes unchanged drafts again, as the show's audio settings are now.
    `override` names the slugs (and "show" for show.yaml) that are published although they take back changes of the
    other host, or change the date of a public episode. Raises SendungError for what concerns the show or the store
    as a whole.
    """
    reader = Reader(store, desk.cache)
    plan = _plan(folders, show, reader, desk, progress, remaster=remaster, override=override)
    if plan.errors:
        return _failed(folders, plan.errors)
    with tempfile.TemporaryDirectory(prefix="sendung-") as work:
        show_ready, ready, errors = _make(plan, Path(work), desk, progress)
        if desk.templates:
            _check_templates(show_ready.show, ready, plan, desk.templates)
        if errors:
            return _failed(folders, errors)
        approve(ready, show_ready.show)
        results, there = _send(plan, show_ready, ready, store, reader, desk, progress)
    Step.REFRESH.begin(progress)
    archive = refresh(store, reader, desk, progress, override=override, there=there)
    others = {one.folder: _left_alone(one) for one in plan.drafts if one not in plan.due}
    shown = archive.show.show if archive.show else None
    return Outcome(shown, tuple((results | others)[folder] for folder in folders))


@dataclass(frozen=True)
class _Plan:
    """What is to be published, or what is wrong with it."""

    errors: Mapping[Path, list[SendungError]]
    """By folder. The rest is there only without any."""
    show: ShowStanding | None = None
    archive: Archive | None = None
    drafts: Sequence[DraftStanding] = ()
    due: Sequence[DraftStanding] = ()
    answers: articles.Answers = field(default_factory=dict)
    """What the articles of what is due say today."""


def _plan(
    folders: Sequence[Path],
    config: ShowConfig,
    reader: Reader,
    desk: Desk,
    progress: Progress,
    *,
    remaster: bool,
    override: Collection[str],
) -> _Plan:
    """Read everything, find every mistake, and see how it stands to what is published."""
    Step.CHECK.begin(progress)
    _warn(check_show(config), progress)
    checked = read_drafts(folders, config)
    if checked.errors:
        return _Plan(examine(checked, folders).errors)
    archive = reader.archive()
    show = stand_show(config, archive, reader, meant="show" in override)
    _warn_of_stale_show(show, progress)
    stand = partial(stand_draft, show_guid=show.guid, archive=archive, reader=reader)
    drafts, errors = _each(
        checked.drafts, lambda draft: keep_date(stand(draft, meant=draft.slug in override), desk.clock())
    )
    if errors:
        return _Plan(errors)
    drafts, due, answers = _fill(drafts, config, desk, remaster=remaster)
    filled = replace(checked, drafts=tuple(one.draft for one in drafts))
    gaps = articles.find_gaps([one.draft for one in due], answers)
    checked = examine(filled, [one.folder for one in due]).adding(gaps)
    # Mastering takes minutes, so what can be known of the rules is looked at before; all of it once it is done.
    errors = checked.errors or errors_in(foresee(_foresee_show(show), checked.examined.values(), show.config))
    _warn(checked.remarks, progress)
    return _Plan(errors, show, archive, drafts, due, answers)


def _fill(
    drafts: Sequence[DraftStanding], config: ShowConfig, desk: Desk, *, remaster: bool
) -> tuple[list[DraftStanding], list[DraftStanding], articles.Answers]:
    """The drafts, those that are due among them with what their articles say; and what those say today, if asked."""
    due = [one for one in drafts if one.due or (remaster and one.standing is Standing.UNCHANGED)]
    answers = (
        articles.ask([link for one in due for link in one.draft.articles], desk.door) if desk.door else articles.UNASKED
    )
    filled = {
        one.folder: replace(one, draft=articles.fill(one.draft, one.published, answers, config.zone)) for one in due
    }
    return [filled.get(one.folder, one) for one in drafts], list(filled.values()), answers


def _make(
    plan: _Plan, work: Path, desk: Desk, progress: Progress
) -> tuple[ShowPrepared, list[Prepared], dict[Path, list[SendungError]]]:
    """Master, tag, and make all that will be sent; then judge it by the rules."""
    show, archive = _known(plan)
    if plan.due:
        Step.MASTER.begin(progress)
    show_ready = prepare_show(show, work)
    make = partial(
        prepare_episode, config=show.config, show=show_ready.show, work=work, cache=desk.cache, answers=plan.answers
    )
    ready, errors = _each(plan.due, lambda one: make(one, progress=progress))
    return show_ready, ready, errors or heed(_judge(ready, show_ready.show, show, archive), show.config, progress)


def _check_templates(show: Show, ready: Sequence[Prepared], plan: _Plan, templates: Path) -> None:
    """Try the show's own templates on what is about to be published, and on some of what is. Raises ConfigError."""
    _, archive = _known(plan)
    episodes = {record.episode.guid: record.episode for record in list(archive.episodes.values())[:_SAMPLE]}
    episodes |= {one.episode.guid: one.episode for one in ready}
    if mistakes := check_templates(show, list(episodes.values()), templates):
        raise merge(mistakes)


def _send(
    plan: _Plan,
    show_ready: ShowPrepared,
    ready: Sequence[Prepared],
    store: Store,
    reader: Reader,
    desk: Desk,
    progress: Progress,
) -> tuple[dict[Path, EpisodeResult], Callable[[], There] | None]:
    """Store the assets, then the records; meanwhile, see which pages are there, and what they are to be made from."""
    show, archive = _known(plan)
    if not (ready or show.due):
        return {}, None
    Step.ASSETS.begin(progress)
    store_assets(store, [*show_ready.files, *(file for one in ready for file in one.files)], progress)
    Step.RECORD.begin(progress)

    def prepare() -> There:
        there = look(store)
        for record in archive.episodes.values():
            reader.digests.of(record.episode)
        return there

    with beside(prepare) as there:
        _commit_show(show_ready, show, reader, desk)
        results = {one.standing.folder: _commit_episode(one, reader, desk) for one in ready}
    return results, there


def _known(plan: _Plan) -> tuple[ShowStanding, Archive]:
    if plan.show is None or plan.archive is None:
        raise AssertionError("a plan without errors is whole")
    return plan.show, plan.archive


def store_assets(store: Store, files: Sequence[AssetFile], progress: Progress) -> None:
    """Upload the assets that the store does not hold yet, whole and verified. Raises StoreError."""
    unique = {file.asset.key: file for file in files}
    stats = dict(zip(unique, each(store.stat, unique, _SENDERS), strict=True))
    missing = [
        file
        for key, file in unique.items()
        if (stat := stats[key]) is None or (stat.size, stat.sha256) != (file.asset.size, file.asset.sha256)
    ]
    if not missing:
        return
    with progress.meter("Uploading", sum(file.asset.size for file in missing), "bytes") as meter:

        def send(file: AssetFile) -> None:
            store.upload(file.asset.key, file.path, file.asset.sha256, file.headers, meter.advance)

        each(send, missing, _SENDERS)


def publish_due(store: Store, desk: Desk, progress: Progress, *, override: Collection[str] = ()) -> Archive:
    """Make visible what was recorded before, and whose date has come. Needs no draft, on any machine; safe to repeat.

    It also finishes what an interrupted publish left. Raises SendungError.
    """
    Step.REFRESH.begin(progress)
    return refresh(store, Reader(store, desk.cache), desk, progress, override=override)


def _foresee_show(standing: ShowStanding) -> Show:
    """The show as this publish will leave it, as far as that is known before its cover is made."""
    return standing.published.show if standing.published and not standing.due else foresee_show(standing.config)


def _judge(ready: Sequence[Prepared], show: Show, standing: ShowStanding, archive: Archive) -> list[Ruling]:
    """The rules on what is about to be sent; where that is the show alone, with one of its episodes."""
    if not ready and not standing.due:
        return []
    episodes = [one.episode for one in ready] or [record.episode for record in archive.episodes.values()][:1]
    return judge(show, episodes, standing.config, {one.standing.guid: one.standing.draft for one in ready})


def _warn(remarks: Sequence[Problem], progress: Progress) -> None:
    for remark in remarks:
        if remark.severity is Severity.WARNING:
            progress.warn(remark.message, remark.hint)


def _warn_of_stale_show(standing: ShowStanding, progress: Progress) -> None:
    if standing.standing is Standing.STALE and standing.published:
        since = describe_since(standing.since)
        message = f"show.yaml is an older one than the published one, which is used; since then: {since}."
        progress.warn(message, f"{PULL}.")
    elif standing.taken_back:
        for problem in describe_taken_back("show.yaml", standing.taken_back, "show").problems:
            progress.warn(f"{problem.message} The published one is used.", problem.hint)


class _InFolder(Protocol):
    """Something made of the draft in a folder."""

    @property
    def folder(self) -> Path: ...


T = TypeVar("T", bound=_InFolder)
U = TypeVar("U")


def _each(items: Sequence[T], work: Callable[[T], U]) -> tuple[list[U], dict[Path, list[SendungError]]]:
    """The work done on each item, and what went wrong, by folder."""
    done: list[U] = []
    errors: dict[Path, list[SendungError]] = {}
    for item in items:
        try:
            done.append(work(item))
        except SendungError as error:
            errors[item.folder] = [error]
    return done, errors


def _commit_show(ready: ShowPrepared, standing: ShowStanding, reader: Reader, desk: Desk) -> None:
    """Write the show's next revision, if it has one. Raises ConflictError if the other host wrote another."""
    if not standing.due:
        return
    record = ShowRecord(
        number=standing.number,
        source=standing.source,
        by=desk.by,
        at=desk.moment(),
        tool=__version__,
        show=ready.show,
        audio=standing.config.file.audio.model_dump(mode="json"),
    )
    _commit(reader, records.SHOW, record, "show.yaml")


def _commit_episode(ready: Prepared, reader: Reader, desk: Desk) -> EpisodeResult:
    """Write the episode's next revision: from here on it is published."""
    one = ready.standing
    record = EpisodeRecord(
        number=one.number,
        source=one.source,
        by=desk.by,
        at=desk.moment(),
        tool=__version__,
        meant=one.meant,
        episode=ready.episode.model_copy(update={"former_slugs": one.former_slugs()}),
    )
    try:
        kept = _commit(reader, records.owner_of(one.guid), record, one.draft.slug)
    except ConflictError as error:
        return EpisodeResult(one.draft.folder, Status.FAILED, one.guid, prepared=ready, error=error)
    status = Status.PUBLISHED if kept.public(record.at) else Status.SCHEDULED
    return EpisodeResult(one.draft.folder, status, one.guid, kept.episode, ready)


def _commit(reader: Reader, owner: str, record: R, name: str) -> R:
    """Create a revision, and return what the store keeps under its key.

    That is the other host's revision, if it was made of the same source at the same moment. Raises ConflictError if
    it was made of another.
    """
    kept = reader.add(owner, record)
    if kept.source != record.source:
        message = f"{name} was not published: {describe(kept)}, was first."
        raise ConflictError(message, f"{PULL}, then publish again.")
    return kept


def _left_alone(one: DraftStanding) -> EpisodeResult:
    episode = one.published.episode if one.published else None
    if one.taken_back:
        error = describe_taken_back(one.draft.slug, one.taken_back, one.draft.slug)
        return EpisodeResult(one.draft.folder, Status.STALE, one.guid, episode, error=error)
    if one.standing is Standing.STALE and one.published:
        since = describe_since(one.since)
        message = f"{one.draft.slug} is older than what is published, and was left alone; since then: {since}."
        error = ConflictError(message, f"{PULL}; or publish yours with --override {one.draft.slug}.")
        return EpisodeResult(one.draft.folder, Status.STALE, one.guid, episode, error=error)
    return EpisodeResult(one.draft.folder, Status.UNCHANGED, one.guid, episode)


def _failed(folders: Sequence[Path], errors: Mapping[Path, list[SendungError]]) -> Outcome:
    """Nothing was sent. The drafts that have no mistake failed as well, without a problem of their own."""
    return Outcome(
        None,
        tuple(
            EpisodeResult(folder, Status.FAILED, error=merge(errors[folder]) if folder in errors else None)
            for folder in folders
        ),
    )
