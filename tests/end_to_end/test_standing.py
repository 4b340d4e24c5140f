"""How a draft stands to what was published: what a word of the host does, old names, dates, and what came since."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import FIRST, Workshop
from tests.end_to_end.reading import parse, titles

SLUG = "erster-ton"
DRAFT = f"{FIRST}/episode.yaml"


def records_of(workshop: Workshop) -> list[str]:
    return [key for key in workshop.store_files() if key.startswith("records/")]


def name_guid(workshop: Workshop) -> str:
    """Write the episode's GUID into its draft, as a host does before a folder is renamed."""
    guid: str = workshop.run("publish", SLUG, "--json").json["episodes"][0]["guid"]
    workshop.edit(DRAFT, "summary:", f"guid: {guid}\nsummary:")
    return guid


def rename(workshop: Workshop, old: str, new: str) -> None:
    """Rename a folder, edit the draft in it, and publish that."""
    workshop.path(f"episodes/{old}").rename(workshop.path(f"episodes/{new}"))
    workshop.edit(f"episodes/{new}/episode.yaml", "summary: ", "summary: Und ")
    result = workshop.run("publish", new)
    assert result.code == 0, result.err


def test_every_address_that_an_episode_ever_had_leads_to_the_present_one(published: Workshop) -> None:
    guid = name_guid(published)
    for old, new in ((SLUG, "zweiter-name"), ("zweiter-name", "dritter-name")):
        rename(published, old, new)
    files = published.store_files()
    for old in (SLUG, "zweiter-name"):
        assert 'href="../../e/dritter-name/index.html"' in files[f"e/{old}/index.html"].decode(), old
        assert "../e/dritter-name/embed/index.html" in files[f"e/{old}/embed/index.html"].decode(), old
    rename(published, "dritter-name", SLUG)
    files = published.store_files()
    assert "<audio" in files[f"e/{SLUG}/index.html"].decode(), "a name that it has again leads nowhere else"
    for old in ("zweiter-name", "dritter-name"):
        assert f'href="../../e/{SLUG}/index.html"' in files[f"e/{old}/index.html"].decode(), old
    assert [entry.id for entry in parse(files["feed.xml"]).entries] == [guid]


def test_a_rollback_keeps_every_address_too(published: Workshop) -> None:
    name_guid(published)
    for old, new in ((SLUG, "zweiter-name"), ("zweiter-name", "dritter-name")):
        rename(published, old, new)
    result = published.run("rollback", "dritter-name", "2", "--yes")
    assert result.code == 0, result.err
    files = published.store_files()
    assert "<audio" in files["e/zweiter-name/index.html"].decode()
    for old in (SLUG, "dritter-name"):
        assert 'href="../../e/zweiter-name/index.html"' in files[f"e/{old}/index.html"].decode(), old


def test_a_word_for_what_is_as_published_publishes_nothing(published: Workshop) -> None:
    """A host may write it by habit, or run the same command twice."""
    before = published.store_files()
    for override in (SLUG, "show"):
        result = published.run("publish", SLUG, "--override", override, "--json")
        assert result.code == 0, result.err
        assert result.json["sent"]["objects"] == 0
        assert result.json["episodes"][0]["status"] == "unchanged"
    assert published.store_files() == before


def test_a_word_publishes_what_is_stale_and_once(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    other = second_host()
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
    assert published.run("publish", SLUG).code == 0
    arguments = ("publish", SLUG, "--override", SLUG, "--override", "show", "--json")
    result = other.run(*arguments)
    assert result.code == 0, result.err
    assert result.json["episodes"][0]["status"] == "published"
    feed = parse(published.store_files()["feed.xml"])
    assert (feed.feed.title, feed.entries[0].title) == ("Zwei Töne", "Der erste Ton")
    assert len(records_of(published)) == 6
    assert other.run(*arguments).json["sent"]["objects"] == 0


def test_a_word_is_for_the_one_that_it_names(published: Workshop) -> None:
    published.edit(DRAFT, "2026-11-01 06:00", "2026-11-02 06:00")
    for other in ("show", "zweiter-ton"):
        assert published.run("publish", SLUG, "--override", other).code in (2, 3)
    assert len(records_of(published)) == 2


def test_the_date_of_a_withdrawn_episode_is_changed_with_the_word_that_brings_it_back(published: Workshop) -> None:
    assert published.run("withdraw", SLUG, "--yes").code == 0
    published.edit(DRAFT, "2026-11-01 06:00", "2026-11-02 06:00")
    assert published.run("publish", SLUG).code == 7
    result = published.run("publish", SLUG, "--override", SLUG)
    assert result.code == 0, result.err
    [entry] = parse(published.store_files()["feed.xml"]).entries
    assert entry.published.startswith("Mon, 02 Nov 2026")


def test_the_date_of_a_scheduled_episode_is_changed_without_a_word(workshop: Workshop) -> None:
    workshop.edit(DRAFT, "2026-11-01", "2100-11-01")
    assert workshop.run("publish", SLUG).code == 0
    workshop.edit(DRAFT, "2100-11-01", "2100-12-01")
    assert workshop.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "scheduled"
    workshop.edit(DRAFT, "2100-12-01", "2026-11-02")
    assert workshop.run("publish", SLUG, "--json").json["episodes"][0]["status"] == "published"
    assert titles(workshop.store_files()["feed.xml"]) == ["Der erste Ton"]


def test_the_newest_three_revisions_are_told_of_and_the_earlier_ones_counted(
    published: Workshop, second_host: Callable[[], Workshop]
) -> None:
    other = second_host()
    words = [f"Titel {number}" for number in range(6)]
    for number, (old, new) in enumerate(zip(["Der erste Ton", *words], words, strict=False), 2):
        published.edit(DRAFT, f"title: {old}", f"title: {new}")
        assert published.run("publish", SLUG).code == 0
        if number == 4:
            told = other.run("publish", SLUG).err
            assert "earlier" not in told
            assert re.findall(r"\(revision (\d+) by", told) == ["2", "3", "4"]
    told = other.run("publish", SLUG).err
    assert "since then: 3 earlier revisions; title went from" in told
    assert re.findall(r"\(revision (\d+) by", told) == ["5", "6", "7"]


def test_the_values_of_three_changes_are_told(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    other = second_host()
    published.edit(DRAFT, "Der erste Ton", "Der allererste Ton")
    published.edit(DRAFT, "summary:", "number: 7\nseason: 2\nsummary:")
    assert published.run("publish", SLUG).code == 0
    told = other.run("publish", SLUG).err
    title = 'title went from "Der erste Ton" to "Der allererste Ton"'
    assert f'number went from nothing to "7", season went from nothing to "2", {title} (revision 2' in told


def test_of_files_it_is_told_what_became_of_them(published: Workshop, second_host: Callable[[], Workshop]) -> None:
    """Their digests would tell a host nothing."""
    other = second_host()
    published.write(f"{FIRST}/notes.md", "Mehr dazu.")
    published.edit(DRAFT, "summary:", "notes: notes.md\nsummary:")
    assert published.run("publish", SLUG).code == 0
    published.write(f"{FIRST}/notes.md", "Noch mehr dazu.")
    assert published.run("publish", SLUG).code == 0
    published.edit(DRAFT, "notes: notes.md\nsummary: ", "summary: Und ")
    assert published.run("publish", SLUG, "--override", SLUG).code == 0
    told = other.run("publish", SLUG).err
    for number, what in enumerate(("added, notes went", "replaced (", "removed, notes went"), 2):
        assert re.search(rf"notes\.md was {re.escape(what)}[^;]*revision {number} by", told), told


@pytest.mark.parametrize("edited", [False, True], ids=["stale", "edited on top of an older one"])
def test_a_host_whose_show_is_an_older_one_masters_as_the_published_one_says(
    published: Workshop, second_host: Callable[[], Workshop], edited: bool
) -> None:
    """Else an episode would be as loud as the show was before the hosts changed that."""
    other = second_host()
    published.edit("show.yaml", "store:", "audio:\n  loudness: -20\nallow: [apple-audio-loudness]\nstore:")
    assert published.run("publish", SLUG).code == 0
    if edited:
        published.edit("show.yaml", "title: Zwei Töne", "title: Drei Töne")
        assert published.run("publish", SLUG).code == 0
        other.edit("show.yaml", "Eine Schau", "Eine andere Schau")
    other.add_episode("zweiter-ton", "Der zweite Ton", 180)
    result = other.run("publish", "zweiter-ton", "--json")
    assert result.code == 0, result.err
    assert result.json["warnings"][0]["message"].startswith("show.yaml ")
    lufs = result.json["episodes"][0]["audio"]["lufs"]
    assert lufs == pytest.approx(-23, abs=0.5), "mono, so 3 LU softer"


@pytest.mark.parametrize("trial", [("diff", SLUG), ("publish", SLUG, "--dry-run")])
def test_a_trial_is_forgotten(published: Workshop, second_host: Callable[[], Workshop], trial: tuple[str, ...]) -> None:
    """What nobody published is neither what a later trial shows nor what an edit was made on top of."""
    other = second_host()
    assert other.run("status").code == 0
    other.edit(DRAFT, "Der erste Ton", "Ein Ton")
    assert other.run(*trial).code == 0
    other.edit(DRAFT, "Ein Ton", "Mein Ton")
    assert other.run(*trial).code == 0
    shown = other.run("diff", SLUG).out
    assert ("Mein Ton" in shown, "Ein Ton" in shown) == (True, False), shown
    published.edit(DRAFT, "Der erste Ton", "Unser Ton")
    assert published.run("publish", SLUG).code == 0
    result = other.run("publish", SLUG)
    assert (result.code, '"Unser Ton"' in result.err) == (7, True), result.err
