"""What becomes of feeds with the properties that publishers reported: each value as it is right, or said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from sendung.config.document import load_yaml, validate
from sendung.config.episode import EpisodeFile
from sendung.workflows.importer import Imported
from tests.workflows.importer.conftest import CASES, put_cases
from tests.workflows.importer.old_host import OldHost
from tests.workflows.importer.test_hosts import episode_of, warnings_of

Case = Callable[..., Imported]


def by_title(done: Imported) -> dict[str, Any]:
    return {episode.title: episode_of(done, episode.slug) for episode in done.episodes}


def test_dates(case: Case) -> None:
    done = case("dates/feed")
    dates = {title: datetime.fromisoformat(values["date"]) for title, values in by_title(done).items()}
    assert dates["D01"] == datetime(2024, 1, 10, 10, 10, tzinfo=UTC)
    assert dates["D09"] == datetime(2023, 4, 1, 3, 19, tzinfo=UTC)
    assert dates["D45"] == datetime(2024, 1, 10, 5, tzinfo=UTC)
    said = warnings_of(done)
    unread = re.findall(r"“(D\d\d)” has no date that can be read", said)
    assert unread == ["D03", "D39", "D49", "D51"]
    assert "“D33” says “Wed, 10 Jan 2024 06:00:00 IST”: “IST” is no zone" in said
    assert not [date for title, date in dates.items() if date.year in (1900, 2001) and title not in unread]


def test_guids_are_kept_to_the_letter_through_yaml_and_config(case: Case) -> None:
    text = (CASES / "guids/feed.xml").read_text("utf-8")
    guids = [unescape(guid) for guid in re.findall(r"<guid[^>]*>([^<]*)</guid>", text)]
    done = case("guids/feed")
    documents = [load_yaml(done.folder / "episodes" / episode.slug / "episode.yaml") for episode in done.episodes]
    assert {validate(document, EpisodeFile).guid for document in documents} == set(guids)
    assert len(documents) == len(guids) == 51
    assert {episode.status for episode in case("guids/feed").episodes} == {"there"}


def test_a_guid_with_a_line_break_is_kept(case: Case, old_host: OldHost) -> None:
    text = (CASES / "guids/feed.xml").read_text("utf-8")
    put_cases(old_host)
    old_host.files["/cases/guids/broken.xml"] = text.replace(">0123<", ">eins\nzwei &#13; drei<").encode()
    guids = {validate(load_yaml(file), EpisodeFile).guid for file in written(case("guids/broken"))}
    assert "eins\nzwei \r drei" in guids


def written(done: Imported) -> list[Path]:
    return sorted(done.folder.glob("episodes/*/episode.yaml"))
