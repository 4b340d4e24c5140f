"""Publishing: named steps, which read as the write order in the design: assets, records, pages, feed.

    load → compare → fill → examine → lint → build → lint → upload → record, then the site is made what the records say

Each step is done for all episodes before the next one begins; but of several, each goes from `build` to `upload` by
itself, where a host has agreed to that before (`several`). `check` and `preview` are the same steps, cut elsewhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from sendung.config.show import ShowConfig
from sendung.core.errors import Problem, Severity, merge
from sendung.core.model import Show
from sendung.core.progress import Progress
from sendung.core.scratch import scratch_in
from sendung.core.words import say
from sendung.records import ShowRecord, Status
from sendung.workflows.check.drafts import check_show, examine
from sendung.workflows.check.lint import errors_by_folder, fail_broken, lint, tell_warnings, try_templates
from sendung.workflows.context import RunContext
from sendung.workflows.drafts.candidate import Batch, Candidate, loaded
from sendung.workflows.drafts.compare import check_stale_show
from sendung.workflows.drafts.customers import check_audience
from sendung.workflows.drafts.fill import fill
from sendung.workflows.drafts.state import PULL, State, check_date, describe_since, describe_taken_back, describe_unseen
from sendung.workflows.publish.build import build_show, show_of
from sendung.workflows.publish.reading import read_and_compare
from sendung.workflows.publish.record import named_apart, record, upload
from sendung.workflows.publish.result import Outcome, failure_of, outcome_of
from sendung.workflows.publish.several import build_each
from sendung.workflows.publish.site import Refreshed, make_public


class Step(Enum):
    """What whoever watches a publish is told of, in order."""

    CHECK = "Checking"
    MASTER = "Mastering"
    ASSETS = "Uploading"
    RECORD = "Recording"
    REFRESH = "Updating pages and feed"

    def begin(self, progress: Progress) -> None:
        """Tell whoever watches."""
        steps = list(Step)
        progress.step(steps.index(self) + 1, len(steps), self.value)


Approve = Callable[[Sequence[Candidate], Show], None]
"""Sees what is built before the first record is written, and may raise to stop."""
Agree = Callable[[Batch], bool]
"""Sees what is to be built; whether each of several episodes may be sent once it is. May raise to stop."""


@dataclass(frozen=True)
class PublishOptions:
    """How a host wants a publish."""

    remaster: bool = False
    """Publish unchanged drafts again, as the show's audio settings are now."""
    approve: Approve = lambda _candidates, _show: None
    agree: Agree = lambda _batch: False
    """False: nothing is sent before all is built, and was approved."""


def publish(
    folders: Sequence[Path], config: ShowConfig, run: RunContext, options: PublishOptions = PublishOptions()
) -> Outcome:
    """Publish episodes, and the show where show.yaml was edited. Safe to run again after any failure.

    Nothing is sent before every draft is read and checked; if one of them is wrong, nothing is sent at all, and the
    outcome says what is wrong with each. Of several, one that then cannot be mastered stays behind, and the others are
    published. Raises SendungError for what concerns the show or the store as a whole.
    """
    Step.CHECK.begin(run.progress)
    batch = _prepare(folders, config, run, options)
    if batch.failed:
        return failure_of(folders, errors_by_folder(batch))
    with _work_folder(batch, run) as work:
        batch = _build(batch, run, Path(work), options)
        if batch.failed and not batch.sound:
            return failure_of(folders, errors_by_folder(batch))
        options.approve(batch.sound, show_of(batch))
        batch = _send(batch, run)
    refreshed = show_due(run)
    return outcome_of(named_apart(batch, refreshed.archive), refreshed)


def show_due(run: RunContext) -> Refreshed:
    """Make visible what was recorded before, and whose date has come. Needs no draft, on any machine; safe to repeat.

    It also finishes what an interrupted publish left. Raises SendungError.
    """
    Step.REFRESH.begin(run.progress)
    return make_public(run)


def _prepare(folders: Sequence[Path], config: ShowConfig, run: RunContext, options: PublishOptions) -> Batch:
    """Read everything, find every mistake, and see how it stands to what is published.

    Mastering takes minutes, so what can be known of the rules is looked at before; all of it once it is done.
    """
    _warn(check_show(config), run.progress)
    batch = read_and_compare(folders, config, run, every=options.remaster)
    if not batch.failed:
        _warn_of_stale_show(batch.state, run.progress)
        batch = _take(_keep_dates(batch, run), options)
        _warn_of_unseen(batch, run)
        check_stale_show(batch)
        batch = fill(batch, run.policy)
    batch = examine(batch)
    if batch.failed:
        return batch
    _warn(batch.remarks, run.progress)
    return lint(batch)


def _work_folder(batch: Batch, run: RunContext) -> AbstractContextManager[Path | str]:
    """Where files lie until they are sent.

    Those of several episodes beside the mastered ones: a temporary folder may be memory, and what a killed run leaves
    in it stays there.
    """
    return scratch_in(run.cache) if len(batch.sound) > 1 else tempfile.TemporaryDirectory(prefix="sendung-")


def _build(batch: Batch, run: RunContext, work: Path, options: PublishOptions) -> Batch:
    """Master, tag, and make all that will be sent; then hold it to the rules, and try the templates on it.

    Where a host agrees, each of several episodes is sent meanwhile, too.
    """
    send = len(batch.sound) > 1 and options.agree(batch)
    if batch.sound:
        Step.MASTER.begin(run.progress)
    batch = build_each(build_show(batch, work, run.cache), run, work, send=send)
    if batch.failed and not batch.sound:
        return batch
    batch = fail_broken(lint(batch, run.clock()))
    if mistakes := try_templates(batch, run.templates):
        raise merge(mistakes)
    tell_warnings(batch, run.progress)
    return batch


def _send(batch: Batch, run: RunContext) -> Batch:
    """Store the assets, then the records."""
    if not (batch.sound or (batch.state and (batch.state.due or batch.state.meant))):
        return batch
    Step.ASSETS.begin(run.progress)
    upload(batch, run)
    Step.RECORD.begin(run.progress)
    return record(batch, run)


def _keep_dates(batch: Batch, run: RunContext) -> Batch:
    """The batch, with an error for each draft that moves a public episode, or takes it from the public."""
    now = run.clock()

    def hold(candidate: Candidate) -> Candidate:
        if candidate.state:
            check_date(candidate.state, loaded(candidate), now)
            remarks = check_audience(candidate.state, loaded(candidate), now)
            return replace(candidate, remarks=(*candidate.remarks, *remarks))
        return candidate

    return batch.each(hold)


def _take(batch: Batch, options: PublishOptions) -> Batch:
    """The batch, of which this run takes up what is due."""

    def wanted(candidate: Candidate) -> bool:
        state = candidate.state
        return state is None or state.due or (options.remaster and state.status is Status.UNCHANGED)

    return batch.mapped(lambda candidate: replace(candidate, taken=wanted(candidate)))


def _warn(remarks: Sequence[Problem], progress: Progress) -> None:
    for remark in remarks:
        if remark.severity is Severity.WARNING:
            progress.warn(remark.message, remark.hint)


def _warn_of_unseen(batch: Batch, run: RunContext) -> None:
    """Say whose words this run replaces, where nobody knows whether this host has seen them."""
    if batch.state and batch.state.due:
        _warn(describe_unseen("show.yaml", batch.state, run.by), run.progress)
    for candidate in batch.sound:
        if candidate.state:
            _warn(describe_unseen(candidate.slug, candidate.state, run.by), run.progress)


def _warn_of_stale_show(state: State[ShowRecord] | None, progress: Progress) -> None:
    if state is None:
        return
    if state.status is Status.STALE:
        since = describe_since(state.since)
        message = say(
            "show.yaml is an older one than the published one, which is used; since then: {since}.", since=since
        )
        progress.warn(message, say("{pull}.", pull=PULL))
    elif state.taken_back:
        for problem in describe_taken_back("show.yaml", state, "show").problems:
            progress.warn(say("{message} The published one is used.", message=problem.message), problem.hint)
