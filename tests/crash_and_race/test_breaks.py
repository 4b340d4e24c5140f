"""What each promise is kept by, broken on purpose: the random histories find it, and say after how many steps.

A break replaces a line of a function in place, so whoever changes the line has to say anew how it is broken.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from sendung.records import revision
from sendung.records.reader import Reader, _check_versions, find
from sendung.workflows.drafts import candidate, compare, identity, state
from sendung.workflows.history import prune, rollback
from sendung.workflows.publish import looks, record, site
from tests.crash_and_race.checkouts import make_pattern
from tests.crash_and_race.histories import Histories
from tests.crash_and_race.steps import take_until_one_fails
from tests.servers.fixtures import Target

HISTORIES, EACH = 100, 40
PRESENT = "present = archive.episodes.get(name) or archive.by_slug.get(name)"
FORMER = "present = next((one for one in archive.episodes.values() if name in one.episode.former_slugs), None) or "
BREAKS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "a renamed folder is a new episode": (identity.Marks.is_same, "return (", "return False and ("),
    "whatever has a name is the episode that has it": (identity.Marks.agrees, "return (", "return True or ("),
    "a GUID in a copied folder counts": (compare.Comparison._claimed, "if record is None or", "if True or"),
    "a former name counts before a present one": (find, PRESENT, PRESENT.replace("present = ", FORMER)),
    "two episodes have one name": (Reader._parted, "if not twins:", "if True:"),
    "another show's show.yaml is taken": (compare._check_show, "if moved or other:", "if False:"),
    "an edit brings back what is withdrawn": (state.decide, "if withdrawn and status is not", "if False and status is"),
    "a withdrawal that was cut short is not finished": (
        rollback.withdraw,
        "if newest.withdrawn:\n        refresh(run)",
        "if newest.withdrawn:\n        pass",
    ),
    "a rollback that was cut short is not finished": (
        rollback.roll_back,
        "refresh(run)\n        return newest",
        "return newest",
    ),
    "a second rollback is another one": (
        rollback._chosen,
        "return newest if original and",
        "return newest if False and",
    ),
    "audio is deleted that was brought back": (
        rollback._delete_audio,
        "if not archive.episodes[guid].withdrawn:",
        "if False:",
    ),
    "pages of earlier states stay": (site.make_public, "left = sorted(", "left = sorted(set() and "),
    "an old address leads nowhere": (candidate.former_slugs, "if published is None:", "if True:"),
    "an edit takes back what others wrote": (state.decide, "back = records.taken_back(", "back = () and ("),
    "words go unseen where no base is known": (state.decide, "unseen = records.replaced(", "unseen = () and ("),
    "a stale show.yaml's zone is used": (compare.check_stale_show, "if others:", "if False:"),
    "a corrected zone moves nothing": (
        compare.settled,
        "if newest is None or not (",
        "if newest is None or False and (",
    ),
    "a corrected zone moves what is public": (compare.settled, "if newest is None or", "if True or"),
    "each machine has its own templates": (looks.published_templates, "if record.templates is None:", "if True:"),
    "an older version goes on": (_check_versions, "if records.is_newer(record.tool):", "if False:"),
    "what another's clock made public is hidden": (site._hidden, "if record and", "if False and"),
    "what is released goes by this clock alone": (
        revision.EpisodeRecord.released,
        "or self.episode.date <= self.at",
        "",
    ),
    "a file that was saved meanwhile goes unseen": (record._check_unchanged, "if changed:", "if False:"),
    "prune deletes what older revisions name": (prune._named, "newest=old_revisions", "newest=True"),
    "prune deletes what was named since": (prune.delete_unnamed, "if stat.key not in named:", "if True:"),
}
"""A function, a text in it, and what stands there instead."""


@contextmanager
def broken(function: Callable[..., Any], old: str, new: str) -> Iterator[None]:
    """A function of this program that does something else, for whoever calls it."""
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{function.__qualname__} is not broken by that any more"
    names: dict[str, Any] = {}
    exec(compile(source.replace(old, new), "broken", "exec"), function.__globals__, names)
    whole, function.__code__ = function.__code__, names[function.__name__].__code__
    try:
        yield
    finally:
        function.__code__ = whole


@pytest.mark.soak
@pytest.mark.parametrize("name", BREAKS)
@pytest.mark.parametrize("target", ["directory"], indirect=True)
def test_each_break_is_found(name: str, target: Target, pattern: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Histories.begin(pattern, target)
    with broken(*BREAKS[name]):
        found = take_until_one_fails(Histories, HISTORIES, EACH)
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: {found or f'not found in {Histories.steps} steps'}\n")
    assert found


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("breaks")
    make_pattern(folder)
    return folder
