"""Shows, recordings and the program come from the whole-program tests, the web server from those of fetching."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Workshop, cache, pattern, workshop
from tests.net.conftest import local, site

__all__ = ["cache", "local", "pattern", "published", "site", "workshop"]


@pytest.fixture(scope="session")
def published(pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A show whose one episode is published; nothing may change it."""
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("published") / "show"), cache)
    assert workshop.run("publish", "erster-ton").code == 0
    return workshop
