"""A show, an episode and a time."""

from __future__ import annotations

from datetime import datetime

import pytest

from sendung.model import Episode, Show

from .samples import NOW, make_episode, make_show


@pytest.fixture
def show() -> Show:
    return make_show()


@pytest.fixture
def episode() -> Episode:
    return make_episode()


@pytest.fixture
def now() -> datetime:
    return NOW
