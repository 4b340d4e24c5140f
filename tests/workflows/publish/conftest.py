"""Hosts who publish in this process, each with a checkout and a cache of their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sendung.config.show import load_show
from sendung.records import Status
from sendung.store import Store
from sendung.workflows.context import RunContext
from sendung.workflows.publish.flow import PublishOptions, publish
from sendung.workflows.publish.result import EpisodeResult
from tests.crash_and_race.world import Heard, make_world
from tests.servers.fixtures import Target


@dataclass(frozen=True)
class Host:
    """One host's checkout and machine."""

    name: str
    folder: Path
    cache: Path
    store: Store

    @property
    def draft(self) -> Path:
        return self.folder / "episodes" / "eins"

    def write(self, name: str, text: str) -> None:
        (self.draft / name).write_text(text, "utf-8")

    def edit(self, old: str, new: str) -> None:
        text = (self.draft / "episode.yaml").read_text("utf-8")
        assert old in text
        self.write("episode.yaml", text.replace(old, new))

    def run(self, *, override: Sequence[str] = (), new: Sequence[str] = ()) -> RunContext:
        names, others = frozenset(override), frozenset(new)
        return RunContext(self.store, self.name, lambda: datetime.now(UTC), self.cache, Heard(), names, others)

    def publish(self, run: RunContext | None = None, *, remaster: bool = False) -> tuple[EpisodeResult, str]:
        """What became of the draft, and all that was said."""
        run = run or self.run()
        result = publish([self.draft], load_show(self.folder), run, PublishOptions(remaster=remaster)).episodes[0]
        assert isinstance(run.progress, Heard)
        return result, "\n".join([*run.progress.words, str(result.error or "")])


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two-hosts")
    world = make_world(folder, Target("directory", "unused", None, {}), ["eins"])
    draft = world.folder / "episodes" / "eins"
    (draft / "notes.md").write_text("Erste Zeile\n\nZweite Zeile\n\n00:04 Mitte\n", "utf-8")
    text = (draft / "episode.yaml").read_text("utf-8")
    start, end = text.index("article:"), text.index("summary:")
    (draft / "episode.yaml").write_text(f"{text[:start]}{text[end:]}notes: notes.md\n", "utf-8")
    return world.folder


@pytest.fixture
def both(pattern: Path, tmp_path: Path) -> tuple[Host, Host]:
    """Two hosts with equal checkouts, of which the first has published."""
    store = Target("directory", str(tmp_path / "public"), None, {}).open()
    names = ("sven", "sebastian")
    sven, sebastian = (
        Host(name, shutil.copytree(pattern, tmp_path / name), pattern.parent / "cache" / name, store) for name in names
    )
    assert sven.publish()[0].status is Status.PUBLISHED
    return sven, sebastian
