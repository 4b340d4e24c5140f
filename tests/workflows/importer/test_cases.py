"""What becomes of feeds with the properties that publishers reported: each value as it is right, or said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from sendung.config.document import load_yaml, validate
from sendung.config.episode import EpisodeFile
from sendung.core.errors import RulesError
from sendung.workflows.importer import Imported
from tests.workflows.importer.conftest import CASES, put_cases
from tests.workflows.importer.old_host import OldHost, Reply
from tests.workflows.importer.test_hosts import episode_of, show_of, warnings_of

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


def test_a_namespace_on_rss_itself_hides_nothing(case: Case) -> None:
    for name in ("empty", "harvard", "itemns"):
        done = case(f"default-namespace/{name}")
        assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]


def test_a_feed_without_items_is_no_success(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    whole = old_host.files["/cases/default-namespace/empty.xml"]
    old_host.files["/cases/none.xml"] = whole[: whole.index(b"<item>")] + b"</channel></rss>"
    with pytest.raises(RulesError, match="has no items"):
        case("none")


def test_items_in_other_places_are_read_and_named(case: Case, old_host: OldHost) -> None:
    put_cases(old_host)
    whole = old_host.files["/cases/default-namespace/empty.xml"].replace(b"</channel>", b"")
    outside = whole.replace(b"<item>", b"</channel><item>", 1)
    old_host.files["/cases/outside.xml"] = outside
    done = case("outside")
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]
    assert "“Folge Nummer 1 vom Kanal” stands outside of the channel" in warnings_of(done)


def test_markup_that_is_not_masked_keeps_text_links_and_breaks(case: Case) -> None:
    done = case("prefixes/br")
    assert [episode.title for episode in done.episodes] == [
        "Folge Nummer 1 vom Kanal",
        "Die wilde Fahrt",
        "Abc d & e f",
    ]
    first, _, third = by_title(done).values()
    assert first["summary"] == "Titel eins Titel zwei Titel drei"
    assert third["summary"] == "Vorn mitte hinten"
    done = case("prefixes/xhtml", into="xhtml")
    first, second, third = by_title(done).values()
    assert (first["summary"], second["summary"], third["summary"]) == (
        "Ein guter Absatz.",
        "Absatz mit Link ohne Maske.",
        "Nur hier.",
    )
    notes = notes_of(done)
    assert notes["case-2"] == "Absatz mit [Link](https://a.example.com/) ohne Maske."


@pytest.mark.parametrize("name", ["cp1252-as-latin1", "utf8bom-newline"])
def test_encodings_are_read_as_browsers_read_them(case: Case, name: str) -> None:
    done = case(f"encodings/{name}")
    assert [episode.title for episode in done.episodes] == ["Über Grünkohl – „heiß“ für 3 €"]
    assert show_of(done)["title"] == "Grüße – Süd"


def test_labels_of_encodings_are_those_of_the_web(case: Case) -> None:
    assert [episode.title for episode in case("encodings/e-utf8").episodes] == ["ä"]
    assert [episode.title for episode in case("encodings/e-gb2312", into="gb").episodes] == ["播客的故事"]


def test_the_content_type_says_the_encoding_where_the_feed_does_not(case: Case, old_host: OldHost) -> None:
    with pytest.raises(RulesError, match="but it is not"):
        case("encodings/nodecl-1251")

    def header(_method: str, reply: Reply) -> None:
        reply.headers["Content-Type"] = "text/xml; charset=windows-1251"

    old_host.faults["/cases/encodings/nodecl-1251.xml"] = header
    assert [episode.title for episode in case("encodings/nodecl-1251").episodes] == ["Подкаст"]


JUNK = {
    "amp": "Line 19: a bare “&” stands here; it was read as &amp;.",
    "ctrl": "Line 19: the control character U+000B stands here, and at 2 more places; it was left out.",
    "text-after": "Line 34: “bye” stands behind </rss>; it was left out.",
    "two-channels": "Line 32: a second channel, “Zweite Schau”, with 1 items, was left out.",
}


@pytest.mark.parametrize("name", JUNK)
def test_a_feed_that_is_almost_xml_is_read_and_what_was_wrong_is_said(case: Case, name: str) -> None:
    done = case(f"junk/{name}")
    assert [episode.guid for episode in done.episodes] == ["case-1", "case-2"]
    assert JUNK[name] in warnings_of(done)


def notes_of(done: Imported) -> dict[str, str]:
    """The notes of each episode that has some, by GUID."""
    files = {episode.guid: done.folder / "episodes" / episode.slug / "notes.md" for episode in done.episodes}
    return {guid: file.read_text("utf-8").strip() for guid, file in files.items() if file.exists()}
