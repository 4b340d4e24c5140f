"""A show, an episode and a time, and a store with a whole show in it for the browser to open.

The judges of the pages (package.json) come by `npm install` in this folder. Without them the trials are skipped, but
not in CI.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from sendung.core.model import Episode, Show
from tests.browser import missing

from .samples import NOW, full_episode, full_show, make_episode, make_show, objects
from .server import Site, serving

NODE_MODULES = Path(__file__).with_name("node_modules")


@pytest.fixture
def show() -> Show:
    return make_show()


@pytest.fixture
def episode() -> Episode:
    return make_episode()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def axe() -> str:
    path = NODE_MODULES / "axe-core" / "axe.min.js"
    if not path.exists():
        missing("axe-core", f"npm install in {NODE_MODULES.parent.name}")
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def store() -> Iterator[Site]:
    """A store with a German show of three episodes, the newest of them with everything."""
    with serving() as site:
        power = "Netzentgelte, Börsenpreise, Steuern: woraus eine Kilowattstunde besteht, und wer daran verdient."
        rails = "Ein Meter Gleis, vom Erz bis zur Weiche. Und warum er in der Schweiz billiger ist."
        episodes = [
            full_episode(),
            make_episode("strom", title="Wer zahlt den Strom?", date=NOW.replace(day=13), summary=power),
            make_episode(
                "schiene", title="Was kostet eine Schiene?", date=NOW.replace(day=6), summary=rails, articles=()
            ),
        ]
        site.objects |= objects(full_show(site.url), episodes)
        yield site


@pytest.fixture(scope="session")
def english_store() -> Iterator[Site]:
    """The same in English, with another look."""
    with serving() as site:
        theme = {"accent": "#3fae6a", "font": "Georgia, serif"}
        site.objects |= objects(full_show(site.url, language="en-GB", theme=theme), [full_episode()])
        yield site
