"""What machines read, as committed under golden/: a change there is a change for search engines and other sites."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sendung.website import json_ld, plan
from sendung.website.environment import RENDERING
from sendung.website.listen_now import index

from .samples import full_episode, full_show
from .test_languages import EDITIONS, translated

GOLDEN = Path(__file__).with_name("golden")
SHOW, EPISODE = full_show("https://cdn.example/show"), full_episode(season=2, keywords=("Autos", "Zölle"))

ANSWERS: dict[str, Callable[[], Any]] = {
    "episode.jsonld": lambda: json_ld.episode_data(SHOW, EPISODE),
    "show.jsonld": lambda: json_ld.show_data(SHOW),
    "article.jsonld": lambda: json_ld.article_data(SHOW, EPISODE),
    "oembed.json": lambda: json.loads(json_ld.oembed(SHOW, EPISODE)),
    "listen-now.json": lambda: json.loads(index([EPISODE])),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_machines_read_what_they_always_read(name: str) -> None:
    """With UPDATE_GOLDEN=1 in the environment the files are written instead."""
    text = json.dumps(ANSWERS[name](), ensure_ascii=False, indent=2) + "\n"
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_pages_with_other_bytes_are_known_by_another_word() -> None:
    """What is rendered is judged by its inputs, not by the version, so the inputs must tell whenever bytes change."""
    shows = ((SHOW, EPISODE), (SHOW.model_copy(update={"languages": EDITIONS}), translated()))
    pages = [page for show, episode in shows for page in plan(show, [episode], EPISODE.date, None, [])]
    digest = hashlib.sha256(b"".join(page.key.encode() + page.render() for page in pages))
    path = GOLDEN / "rendering.json"
    known = json.loads(path.read_text("utf-8"))
    if os.environ.get("UPDATE_GOLDEN") and known["word"] != RENDERING:
        known = {"word": RENDERING, "pages": digest.hexdigest()}
        path.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    assert known["word"] == RENDERING, "run make golden"
    assert known["pages"] == digest.hexdigest(), "the pages' bytes have changed: write another word into RENDERING"
