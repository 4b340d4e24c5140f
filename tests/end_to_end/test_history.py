"""Looking back, going back, and what needs a word from the host."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import parse, titles

SLUG = "erster-ton"
DRAFT = f"{FIRST}/episode.yaml"


def guid_of(workshop: Workshop) -> str:
    guid: str = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    return guid


def feed_titles(workshop: Workshop) -> list[str]:
    return titles(workshop.store_files()["feed.xml"])


def test_log_tells_who_changed_what(published: Workshop) -> None:
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.run("publish", SLUG, SENDUNG_BY="sebastian@home")
    text = published.run("log", SLUG).out
    assert re.search(r"erster-ton 2  \S+ \S+ CES?T  sebastian@home", text)
    assert '    title: "Der erste Ton" → "Der allererste Ton"' in text
    document = published.run("log", "--json").json
    assert [(entry["name"], entry["number"]) for entry in document] == [(SLUG, 2), (SLUG, 1), ("show", 1)]
    assert document[0]["changes"] == [{"key": "title", "old": "Der erste Ton", "new": "Der allererste Ton"}]


def test_status_tells_every_state(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    published.add_episode("neu", "Neu", 200)
    published.add_episode("spaeter", "Später", 210)
    published.edit("episodes/spaeter/episode.yaml", "2026-11-01", "2100-11-01")
    published.run("publish", "spaeter")
    published.add_episode("kaputt", "Kaputt", 220)
    published.edit("episodes/kaputt/episode.yaml", "summary", "sumary")
    other = second_host()

    def states(workshop: Workshop) -> dict[str, str]:
        return {line["slug"]: line["state"] for line in workshop.run("status", "--json").json}

    assert states(published) == {SLUG: "published", "neu": "new", "spaeter": "scheduled", "kaputt": "broken"}
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    assert states(published)[SLUG] == "edited"
    published.run("publish", SLUG)
    assert states(other)[SLUG] == "stale"
    published.run("withdraw", SLUG, "--yes")
    assert states(published)[SLUG] == "withdrawn"
    text = published.run("status").out
    assert "withdrawn     erster-ton\n              revision 3 by sven@studio" in text


def test_a_stale_draft_is_left_alone_and_told_who_changed_what(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.run("publish", SLUG, SENDUNG_BY="anna@laptop")
    published.run("withdraw", SLUG, "--yes", SENDUNG_BY="bernd@studio")
    titles = r'title went from "Der erste Ton" to "Der allererste Ton"'
    since = rf"since then: {titles} \(revision 2 by anna@laptop, \S+ \S+ UTC\)"
    withdrawn = r"it was withdrawn \(revision 3 by bernd@studio, \S+ \S+ UTC\)"
    everything = other.run("publish", "--all")
    assert everything.code == 0
    assert re.search(rf"warning: {SLUG} is older than what is published, .*{since}; {withdrawn}", everything.err)
    assert "Nothing was sent.\n" in everything.out
    named = other.run("publish", SLUG)
    assert named.code == 7
    assert re.search(rf"error: {SLUG} is older than what is published, .*{since}; {withdrawn}", named.err)
    assert re.search(since, other.run("status").out)
    [line] = other.run("status", "--json").json
    assert [(one["number"], one["by"]) for one in line["since"]] == [(2, "anna@laptop"), (3, "bernd@studio")]
    assert line["since"][0]["changes"] == [{"key": "title", "old": "Der erste Ton", "new": "Der allererste Ton"}]


def test_of_many_changes_the_keys_are_told(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    other = second_host()
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.edit(DRAFT, "summary:", "number: 7\nseason: 2\nexplicit: true\nsummary:")
    assert published.run("publish", SLUG).code == 0
    assert "explicit, number, season, title changed (revision 2 by" in other.run("publish", "--all").err


def test_rollback_brings_an_earlier_revision_back_as_a_new_one(published: Workshop) -> None:
    first = published.store_files()["feed.xml"]
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.run("publish", SLUG)
    result = published.run("rollback", SLUG, "--yes")
    assert (result.code, "that is revision 3 now" in result.out) == (0, True), result.err
    item = re.compile(rb"<item>.*</item>", re.DOTALL)
    assert item.findall(published.store_files()["feed.xml"]) == item.findall(first) != []
    assert published.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "stale"


def test_rollback_says_what_it_cannot_do(published: Workshop) -> None:
    assert "has one revision only" in published.run("rollback", SLUG, "--yes").err
    assert "There is no revision 7." in published.run("rollback", SLUG, "7", "--yes").err
    assert "Did you mean erster-ton?" in published.run("rollback", "erster-tom", "--yes").err
    assert "has one revision only" in published.run("rollback", SLUG).err, "before anything is asked"
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.run("publish", SLUG)
    assert "Add --yes." in published.run("rollback", SLUG).err


def test_a_withdrawn_episode_leaves_the_feed_and_its_address_still_answers(published: Workshop) -> None:
    result = published.run("withdraw", SLUG, "--yes")
    assert result.code == 0, result.err
    assert feed_titles(published) == []
    page = published.store_files()[f"e/{SLUG}/index.html"].decode()
    assert "Diese Folge gibt es nicht mehr." in page
    assert "<audio" not in page
    assert "noindex" in page
    assert SLUG not in published.store_files()["index.html"].decode()
    assert published.run("publish", "--all").code == 0
    assert feed_titles(published) == [], "an unchanged draft does not bring it back"
    published.run("rollback", SLUG, "1", "--yes")
    assert feed_titles(published) == ["Der erste Ton"]
    assert "<audio" in published.store_files()[f"e/{SLUG}/index.html"].decode()


def test_deleted_audio_cannot_come_back(published: Workshop) -> None:
    published.run("withdraw", SLUG, "--delete-audio", "--yes")
    assert not [key for key in published.store_files() if key.startswith("audio/")]
    result = published.run("rollback", SLUG, "1", "--yes")
    assert result.code == 7
    assert "was deleted from the store" in result.err


def test_an_edited_draft_brings_a_withdrawn_episode_back_only_if_that_is_meant(published: Workshop) -> None:
    published.run("withdraw", SLUG, "--yes")
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    result = published.run("publish", SLUG)
    assert result.code == 7
    assert re.search(rf"{SLUG} is withdrawn \(revision 2, .*\), and your edit of it was left alone\.", result.err)
    assert f"sendung rollback {SLUG}" in result.err
    everything = published.run("publish", "--all", "--remaster", "--json")
    assert [episode["status"] for episode in everything.json["episodes"]] == ["withdrawn"]
    assert feed_titles(published) == []
    assert published.run("publish", SLUG, "--override", SLUG).code == 0
    assert feed_titles(published) == ["Der allererste Ton"]


def test_a_rollback_twice_is_one_and_so_is_a_withdrawal(published: Workshop) -> None:
    published.edit(DRAFT, "Der erste Ton", "Der schlechte Ton")
    published.run("publish", SLUG)
    for _ in range(2):
        assert published.run("rollback", SLUG, "--yes").code == 0
        assert feed_titles(published) == ["Der erste Ton"]
    for _ in range(2):
        assert published.run("withdraw", SLUG, "--yes").code == 0
        assert feed_titles(published) == []
    for _ in range(2):
        assert published.run("rollback", SLUG, "--yes").code == 0
        assert feed_titles(published) == ["Der erste Ton"]
    numbers = [entry["number"] for entry in published.run("log", SLUG, "--json").json]
    assert numbers == [5, 4, 3, 2, 1]


def test_a_renamed_folder_keeps_the_guid_and_the_old_address(published: Workshop) -> None:
    guid = guid_of(published)
    published.edit(DRAFT, "summary:", f"guid: {guid}\nsummary:")
    published.path(FIRST).rename(published.path("episodes/neuer-name"))
    result = published.run("publish", "neuer-name", "--json")
    assert result.code == 0, result.err
    assert result.json["episodes"][0]["guid"] == guid
    files = published.store_files()
    assert [entry.id for entry in parse(files["feed.xml"]).entries] == [guid]
    old = files[f"e/{SLUG}/index.html"].decode()
    assert 'href="../../e/neuer-name/index.html"' in old
    assert "../e/neuer-name/embed/index.html" in files[f"e/{SLUG}/embed/index.html"].decode()


def test_an_edit_on_an_older_revision_needs_a_word(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    other = second_host()
    published.edit(DRAFT, "title: Der erste Ton", "season: 2\ntitle: Der allererste Ton")
    published.run("publish", SLUG)
    other.edit(DRAFT, "Worum es geht.", "Worum es wirklich geht.")
    result = other.run("publish", SLUG, "--json")
    assert result.code == 7
    [problem] = result.json["episodes"][0]["problems"]
    assert '"title" would go back to "Der erste Ton" from "Der allererste Ton"' in problem["message"]
    assert '\n- "season" would go back to nothing from "2"' in problem["message"]
    assert "sven@studio" in problem["message"]
    assert feed_titles(published) == ["Der allererste Ton"]
    assert other.run("publish", "--all").code == 7
    assert feed_titles(published) == ["Der allererste Ton"]
    assert other.run("publish", SLUG, "--override", SLUG).code == 0
    assert feed_titles(published) == ["Der erste Ton"]


def test_two_edits_of_different_keys_show_whose_would_be_lost(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    published.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    published.run("publish", SLUG)
    other.edit("show.yaml", "Eine Schau", "Eine andere Schau")
    result = other.run("publish", SLUG)
    assert result.code == 0
    assert 'warning: show.yaml was edited on top of an older revision: "title" would go back' in result.err
    assert parse(published.store_files()["feed.xml"]).feed.title == "Drei Töne"
    assert other.run("publish", SLUG, "--override", "show").code == 0
    feed = parse(published.store_files()["feed.xml"]).feed
    assert (feed.title, feed.description.startswith("Eine andere Schau")) == ("Zwei Töne", True)


def test_the_date_of_a_public_episode_changes_only_on_a_word(published: Workshop) -> None:
    published.edit(DRAFT, "2026-11-01 06:00", "2026-11-02 06:00")
    before = published.store_files()
    result = published.run("publish", SLUG)
    assert result.code == 3
    assert re.search(r"episode\.yaml:2:1: The episode is public since 2026-11-01 05:00 UTC", result.err)
    assert f"--override {SLUG}" in result.err
    assert published.store_files() == before
    assert published.run("publish", SLUG, "--override", SLUG).code == 0
    assert parse(published.store_files()["feed.xml"]).entries[0].published.startswith("Mon, 02 Nov 2026")
    assert published.run("publish", SLUG).code == 0, "one word is enough"


def test_diff_shows_keys_and_feed_and_writes_nothing(published: Workshop) -> None:
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    before = published.store_files()
    text = published.run("diff", SLUG).out
    assert 'title: "Der erste Ton" → "Der allererste Ton"' in text
    assert "-      <title>Der erste Ton</title>" in text
    assert "+      <title>Der allererste Ton</title>" in text
    assert published.store_files() == before
    published.run("publish", SLUG)
    assert published.run("diff", SLUG).out == "Nothing would change.\n"
    assert 'title: "Der erste Ton"' in published.run("diff", SLUG, "1").out


def test_rebuild_needs_no_draft_and_mends_what_is_gone_or_wrong(published: Workshop) -> None:
    whole = published.store_files()
    for file in published.path(FIRST).iterdir():
        file.unlink()
    published.path("public/feed.xml").unlink()
    published.path(f"public/e/{SLUG}/index.html").write_text("wrong")
    result = published.run("rebuild")
    assert result.code == 0, result.err
    found = published.store_files()
    assert {key: found[key] for key in found if key != "state/pages.json"} == {
        key: whole[key] for key in whole if key != "state/pages.json"
    }
    assert "Nothing was sent" in published.run("rebuild").out


def test_prune_lists_first_and_keeps_what_a_revision_names(published: Workshop) -> None:
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.run("publish", SLUG)
    published.write("public/assets/0123456789abcdef.jpg", b"nobody")
    published.write("public/audio/young-0123456789abcdef.mp3", b"nobody yet")
    old = (datetime.now(UTC) - timedelta(days=40)).timestamp()
    for file in published.path("public").rglob("a*/*"):
        if "young" not in file.name:
            os.utime(file, (old, old))
    before = published.store_files()
    listed = published.run("prune").out
    assert "assets/0123456789abcdef.jpg" in listed
    assert "1 files, 6 B. Nothing was deleted" in listed
    assert published.store_files() == before
    published.run("prune", "--yes")
    assert set(before) - set(published.store_files()) == {"assets/0123456789abcdef.jpg"}
    published.run("prune", "--old-revisions", "--yes")
    audio = [key for key in published.store_files() if key.startswith(f"audio/{SLUG}")]
    assert len(audio) == 1
    assert published.run("publish", SLUG, "--dry-run").out.endswith("Nothing would be sent.\n")
    assert "was deleted from the store" in published.run("rollback", SLUG, "1", "--yes").err


def test_a_foreign_feed_is_not_written_over(published: Workshop) -> None:
    feed = published.store_files()["feed.xml"]
    strange = feed.replace(b"</channel>", b"<item><title>Alt</title><guid>alt-1</guid></item></channel>")
    published.write("public/feed.xml", strange)
    result = published.run("rebuild")
    assert result.code == 7
    assert 'The episode "Alt" is in the published feed, and would vanish from it.' in result.err
    assert published.store_files()["feed.xml"] == strange
    assert published.run("rebuild", "--override", "alt-1").code == 0
    assert published.store_files()["feed.xml"] == feed


def test_audio_that_is_gone_holds_the_feed(published: Workshop) -> None:
    [audio] = [key for key in published.store_files() if key.startswith("audio/")]
    published.path("public/feed.xml").unlink()
    published.path(f"public/{audio}").write_bytes(b"cut")
    result = published.run("rebuild")
    assert result.code == 7
    assert 'The audio of the episode "Der erste Ton" has 3 bytes' in result.err
    assert not published.path("public/feed.xml").exists()
    assert published.run("publish", SLUG, "--remaster").code == 0
    assert published.path("public/feed.xml").exists()
