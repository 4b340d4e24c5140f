"""What directories make of an edit: `publish` and `diff` hold what is published against what is to be."""

from __future__ import annotations

import re

from sendung import records
from sendung.core.model import Image
from sendung.records import EpisodeRecord, ShowRecord
from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg
from tests.end_to_end.reading import titles

SLUG = "erster-ton"
DRAFT = f"{FIRST}/episode.yaml"
ON_YOUTUBE = "listen_on:\n  YouTube: https://www.youtube.com/playlist?list=PL1\nstore:"


def publish(workshop: Workshop) -> str:
    """Publish the draft without a word of warning, but that nothing runs --due; its GUID."""
    result = workshop.run("publish", SLUG, "--json")
    others = [warning for warning in result.json["warnings"] if "publish --due" not in warning["message"]]
    assert (result.code, others) == (0, [])
    guid: str = result.json["episodes"][0]["guid"]
    return guid


def test_an_edit_that_youtube_does_not_take_over_is_told_to_a_show_that_is_there(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:", ON_YOUTUBE)
    publish(workshop)
    workshop.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    pattern = rf"^warning: {DRAFT}:\d+:\d+: YouTube does not take over .*\[youtube-edit\]\n +Make the same change"
    for command in (("diff", SLUG), ("publish", SLUG)):
        result = workshop.run(*command)
        assert result.code == 0
        assert re.search(pattern, result.err, re.MULTILINE), command
    assert publish(workshop), "what is not edited needs no warning"


def test_an_edit_is_not_told_where_youtube_has_no_part_in_it(workshop: Workshop) -> None:
    publish(workshop)
    workshop.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    assert "youtube" not in workshop.run("diff", SLUG).err
    publish(workshop)
    workshop.edit("show.yaml", "store:", f"allow: [youtube-edit]\n{ON_YOUTUBE}")
    workshop.edit(DRAFT, "wirklich", "eigentlich")
    publish(workshop)


def test_an_edit_before_an_episode_is_public_is_no_news_to_anybody(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:", ON_YOUTUBE)
    workshop.edit(DRAFT, "2026-11-01", "2999-11-01")
    publish(workshop)
    workshop.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    publish(workshop)


def test_a_renamed_folder_without_its_guid_is_stopped_before_apps_load_it_again(workshop: Workshop) -> None:
    guid = publish(workshop)
    before = workshop.store_files()
    workshop.path(FIRST).rename(workshop.path("episodes/neuer-name"))
    for command in (("diff", "neuer-name"), ("publish", "neuer-name")):
        result = workshop.run(*command)
        assert result.code == 7, command
        assert re.search(r"^error: \S*neuer-name/episode\.yaml:1:1: This seems to be “Der erste Ton”", result.err, re.M)
        assert f'add "guid: {guid}"' in result.err
    assert workshop.store_files() == before
    workshop.edit("episodes/neuer-name/episode.yaml", "summary:", f"guid: {guid}\nsummary:")
    result = workshop.run("publish", "neuer-name", "--json")
    assert (result.code, result.json["episodes"][0]["guid"]) == (0, guid)


def test_another_episode_may_have_the_recording_of_a_renamed_one(workshop: Workshop) -> None:
    publish(workshop)
    assert workshop.run("rename", SLUG, "neuer-name").code == 0
    workshop.add_episode("wiederholung", "Noch einmal", 180)
    workshop.write("episodes/wiederholung/audio.flac", workshop.path("episodes/neuer-name/audio.flac").read_bytes())
    result = workshop.run("publish", "wiederholung")
    assert result.code == 0, result.err
    assert sorted(titles(workshop.store_files()["feed.xml"])) == ["Der erste Ton", "Noch einmal"]


def test_another_episode_may_have_the_same_recording(workshop: Workshop) -> None:
    publish(workshop)
    workshop.add_episode("wiederholung", "Noch einmal", 180)
    workshop.write("episodes/wiederholung/audio.flac", workshop.path(f"{FIRST}/audio.flac").read_bytes())
    result = workshop.run("publish", "wiederholung")
    assert result.code == 0, result.err
    assert sorted(titles(workshop.store_files()["feed.xml"])) == ["Der erste Ton", "Noch einmal"]


def test_audio_that_is_another_under_its_old_address_is_stopped(workshop: Workshop) -> None:
    """The names of files are made from their content, so this takes a record that says something else of the file."""
    recording = workshop.path(f"{FIRST}/audio.flac")
    run_ffmpeg("-i", str(recording), "-b:a", "128k", str(recording.with_suffix(".mp3")))
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.mp3\nmaster: false")
    guid = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    record = decoded(workshop, guid, EpisodeRecord)
    asset = record.episode.audio.asset.model_copy(update={"size": 4711})
    episode = record.episode.model_copy(update={"audio": record.episode.audio.model_copy(update={"asset": asset})})
    revise(workshop, guid, record.model_copy(update={"episode": episode}))
    workshop.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    for command in (("diff", SLUG), ("publish", SLUG)):
        result = workshop.run(*command)
        assert result.code == 4, command
        assert re.search(rf"^error: {DRAFT}:7:1: .*“Der erste Ton”.*\[spotify-replaced\]$", result.err, re.MULTILINE)
    assert not workshop.path(f"public/records/{guid}/000003.json").exists()


def test_covers_that_are_others_under_their_old_address_are_told(workshop: Workshop) -> None:
    workshop.write(f"{FIRST}/cover.jpg", workshop.path("cover.jpg").read_bytes())
    workshop.edit(DRAFT, "audio: audio.flac", "audio: audio.flac\ncover: cover.jpg")
    guid = publish(workshop)
    show = decoded(workshop, "show", ShowRecord)
    again = show.show.model_copy(update={"cover": repainted(show.show.cover)})
    revise(workshop, "show", show.model_copy(update={"show": again}))
    record = decoded(workshop, guid, EpisodeRecord)
    assert record.episode.cover
    episode = record.episode.model_copy(update={"cover": repainted(record.episode.cover)})
    revise(workshop, guid, record.model_copy(update={"episode": episode}))
    workshop.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    workshop.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    for command in (("diff", SLUG), ("publish", SLUG)):
        result = workshop.run(*command)
        assert result.code == 0, result.err
        for place in (r"show\.yaml:7:1", rf"{DRAFT}:8:1"):
            assert re.search(rf"^warning: {place}: .*\[apple-artwork-changed\]$", result.err, re.MULTILINE), place


def repainted(cover: Image) -> Image:
    return cover.model_copy(update={"asset": cover.asset.model_copy(update={"sha256": "0" * 64})})


def decoded(workshop: Workshop, owner: str, kind: type[records.R]) -> records.R:
    """The first revision of the show or of an episode."""
    key = f"public/records/{owner}/000001.json"
    return records.decode(workshop.path(key).read_bytes(), key, kind)


def revise(workshop: Workshop, owner: str, record: records.Record) -> None:
    """Put a second revision into the store, as no Sendung would have made it."""
    workshop.write(f"public/records/{owner}/000002.json", records.encode(record.model_copy(update={"number": 2})))
