"""What the guard holds back: told of each episode, and the show's own files are looked for as well."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from sendung.cli.output import outcome_document
from sendung.config.show import load_show
from sendung.records import SHOW
from sendung.workflows.publish.flow import publish, show_due
from tests.workflows.publish.conftest import Host


def test_an_episode_that_is_held_is_told_in_its_own_outcome(both: tuple[Host, Host], tmp_path: Path) -> None:
    sven, _ = both
    old = (tmp_path / "public/feed.xml").read_bytes()
    sven.edit("title: Folge eins", "title: Anders")
    sven.publish()
    [audio] = [write.key for write in sven.store.writes if write.key.startswith("audio/")][1:]
    (tmp_path / "public" / audio).unlink()
    (tmp_path / "public/feed.xml").write_bytes(old)
    outcome = publish([sven.draft], load_show(sven.folder), sven.run())
    [episode] = outcome_document(outcome, ())["episodes"]
    assert episode["status"] == "failed"
    assert [problem["message"] for problem in episode["problems"]] == [
        'The audio of the episode "Anders" is not in the store.'
    ]
    assert type(outcome.error).__name__ == "InvariantBroken"
    assert str(show_due(sven.run()).error) == 'The audio of the episode "Anders" is not in the store.'
    assert sven.publish(remaster=True)[0].error is None, "its audio is sent again"
    assert b"<title>Anders</title>" in (tmp_path / "public/feed.xml").read_bytes()


def test_a_cover_of_the_show_that_is_not_there_is_not_promised(both: tuple[Host, Host], tmp_path: Path) -> None:
    """The show is shown as it was before, until its cover is there again."""
    sven, _ = both
    old = (tmp_path / "public/feed.xml").read_bytes()
    Image.new("RGB", (3000, 3000), "green").save(sven.folder / "cover.jpg")
    known = {write.key for write in sven.store.writes}
    sven.publish()
    [cover] = [write.key for write in sven.store.writes if write.key not in known and write.key in _named(tmp_path)]
    (tmp_path / "public" / cover).unlink()
    (tmp_path / "public/feed.xml").write_bytes(old)
    held = show_due(sven.run())
    assert held.error
    assert f"A file of the show ({cover}) is not in the store." in str(held.error)
    assert (tmp_path / "public/feed.xml").read_bytes() == old
    result, _ = sven.publish(sven.run(override=[SHOW]))
    assert result.error is None
    assert cover in _named(tmp_path)


def _named(folder: Path) -> str:
    return (folder / "public/feed.xml").read_text("utf-8")
