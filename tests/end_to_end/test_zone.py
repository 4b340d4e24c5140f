"""A time zone that is corrected: what is scheduled moves to the hour that was meant, what is public stays."""

from __future__ import annotations

import json

from tests.end_to_end.conftest import FIRST, Workshop

SECOND = "episodes/zweiter-ton"


def dates(workshop: Workshop) -> list[str]:
    """Of all revisions of all episodes, in the order of their slugs and numbers."""
    records = [json.loads(data) for key, data in workshop.store_files().items() if key.startswith("records/")]
    episodes = [record["episode"] | {"revision": record["number"]} for record in records if "episode" in record]
    return [episode["date"] for episode in sorted(episodes, key=lambda e: (e["slug"], e["revision"]))]


def test_a_corrected_zone_moves_what_is_scheduled_and_nothing_that_is_public(workshop: Workshop) -> None:
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    workshop.edit(f"{SECOND}/episode.yaml", "2026-11-01 06:00", "2100-07-01 06:00")
    assert workshop.run("publish", "--all").code == 0
    assert dates(workshop) == ["2026-11-01T05:00:00Z", "2100-07-01T04:00:00Z"]
    workshop.edit("show.yaml", "Europe/Berlin", "America/New_York")
    result = workshop.run("publish", "--all", "--json")
    assert result.code == 0, result.err
    assert [episode["status"] for episode in result.json["episodes"]] == ["unchanged", "scheduled"]
    assert dates(workshop) == ["2026-11-01T05:00:00Z", "2100-07-01T04:00:00Z", "2100-07-01T10:00:00Z"]
    assert "moment" not in workshop.run("log", "erster-ton").out + workshop.run("diff", "erster-ton").out
    again = workshop.run("publish", "--all", "--json")
    assert {episode["status"] for episode in again.json["episodes"]} == {"unchanged"}
    assert again.json["sent"]["objects"] == 0


def test_what_is_public_can_be_edited_after_the_zone_was_corrected(workshop: Workshop) -> None:
    assert workshop.run("publish", "erster-ton").code == 0
    workshop.edit("show.yaml", "Europe/Berlin", "America/New_York")
    workshop.edit(f"{FIRST}/episode.yaml", "Worum", "Um was")
    assert workshop.run("publish", "erster-ton").code == 0
    assert dates(workshop) == ["2026-11-01T05:00:00Z"] * 2


def test_a_withdrawn_episode_is_not_brought_back_by_another_zone(workshop: Workshop) -> None:
    assert workshop.run("publish", "--all").code == 0
    assert workshop.run("withdraw", "erster-ton", "--yes").code == 0
    workshop.edit("show.yaml", "Europe/Berlin", "America/New_York")
    assert workshop.run("publish", "--all").code == 0
    assert dates(workshop) == ["2026-11-01T05:00:00Z"] * 2
    assert b"<item>" not in workshop.store_files()["feed.xml"]


def test_a_checkout_with_the_old_zone_does_not_move_it_back(workshop: Workshop) -> None:
    workshop.edit(f"{FIRST}/episode.yaml", "2026-11-01 06:00", "2100-07-01 06:00")
    assert workshop.run("publish", "--all").code == 0
    workshop.edit("show.yaml", "Europe/Berlin", "America/New_York")
    assert workshop.run("publish", "--all").code == 0
    workshop.edit("show.yaml", "America/New_York", "Europe/Berlin")
    stale = workshop.run("publish", "--all")
    assert "moment went from" in stale.err
    assert dates(workshop) == ["2100-07-01T04:00:00Z", "2100-07-01T10:00:00Z"]
