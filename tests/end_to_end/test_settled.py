"""What needs no rendering, since it was right before; and all that ends that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendung.store.directory import DirectoryStore
from sendung.workflows.context import RunContext
from sendung.workflows.publish import site
from sendung.workflows.publish.flow import show_due
from tests.end_to_end.conftest import Workshop

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PAGE = "public/e/erster-ton/index.html"


@pytest.fixture
def renders(published: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Whether a run of `publish --due` renders the feed, by a machine that has run it before."""
    rendered = list[bool]()
    render = site._let_pass

    def counted(*values: Any) -> Any:
        rendered.append(True)
        return render(*values)

    monkeypatch.setattr(site, "_let_pass", counted)

    def run(now: datetime = NOW) -> bool:
        rendered.clear()
        store = DirectoryStore(published.path("public"), "public")
        show_due(RunContext(store, "sven", lambda: now, tmp_path / "own"))
        return bool(rendered)

    assert run()
    assert not run(), "it was right, and nothing changed"
    return run


def test_a_page_a_feed_and_a_manifest_that_are_lost_or_changed_come_back(
    published: Workshop, renders: Callable[..., bool]
) -> None:
    before = {key: data for key, data in published.store_files().items() if not key.startswith("state/")}
    for name in (PAGE, "public/feed.xml", "public/state/pages.json", "public/listen-now.js"):
        for spoil in (Path.unlink, lambda path: path.write_bytes(b"broken")):
            spoil(published.path(name))
            assert renders(), name
            assert {key: published.store_files()[key] for key in before} == before, name
            renders()
            assert not renders(), name


def test_what_is_published_meanwhile_and_a_date_that_comes_are_shown(
    published: Workshop, renders: Callable[..., bool]
) -> None:
    published.add_episode("zweiter-ton", "Der zweite Ton", 300)
    published.edit("episodes/zweiter-ton/episode.yaml", "2026-11-01 06:00", "2099-11-01 06:00")
    assert published.run("publish", "zweiter-ton").code == 0
    assert renders()
    renders()
    assert not renders()
    assert renders(datetime(2099, 11, 1, 5, 30, tzinfo=UTC)), "its hour has come"
    assert b"Der zweite Ton" in published.path("public/feed.xml").read_bytes()
    assert renders(NOW - timedelta(days=3)), "the clock was set back"


def test_what_is_kept_and_damaged_is_made_anew(
    published: Workshop, renders: Callable[..., bool], tmp_path: Path
) -> None:
    [kept] = (tmp_path / "own/settled").iterdir()
    data = kept.read_bytes()
    for spoiled in (b"", data[:-3], data.replace(b"2026", b"2020")):
        kept.write_bytes(spoiled)
        assert renders()
        assert kept.read_bytes() != spoiled
        assert not renders()
