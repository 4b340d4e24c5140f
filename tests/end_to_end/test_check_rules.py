"""`sendung check` and the directories' rules, and a publish that breaks one."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop

DRAFT = f"{FIRST}/episode.yaml"
BROKEN = Path(__file__).parents[1] / "rules" / "broken"


def number_in_title(workshop: Workshop) -> None:
    """A warning: apps show the number anyway."""
    workshop.edit(DRAFT, "title: Der erste Ton", "number: 7\ntitle: 'Folge 7: Der erste Ton'")


def test_a_broken_rule_stops_a_publish_before_anything_is_sent(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "language: de", "language: de\ntype: serial")
    result = workshop.run("publish", "erster-ton")
    assert result.code == 4
    assert re.search(rf"^error: {DRAFT}:1:1: .*\[apple-serial-number\]\n +Number the", result.err, re.MULTILINE)
    assert not workshop.path("public").exists()
    workshop.edit("show.yaml", "store:", "allow: [apple-serial-number]\nstore:")
    assert workshop.run("publish", "erster-ton").code == 0


def test_a_rule_that_the_show_breaks_stops_a_publish_too(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "[News, Tech News]", "Newz")
    result = workshop.run("publish", "erster-ton", "--json")
    assert result.code == 4
    assert [(problem["place"], problem["rule"]) for problem in result.json["problems"]] == [
        ("show.yaml:6:1", "apple-category-known")
    ]
    assert not workshop.path("public").exists()


def test_a_broken_rule_that_can_be_foreseen_is_told_before_minutes_of_mastering(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "language: de", "language: de\ntype: serial")
    result = workshop.run("publish", "erster-ton")
    assert result.code == 4
    assert [line for line in result.out.splitlines() if line.startswith("[")] == ["[1/5] Checking"]


def test_a_show_that_is_edited_alone_is_judged_too(workshop: Workshop) -> None:
    """No draft is due then; its rules are looked at with an episode that is published."""
    assert workshop.run("publish", "erster-ton").code == 0
    before = workshop.store_files()
    workshop.edit("show.yaml", "[News, Tech News]", "Newz")
    result = workshop.run("publish", "erster-ton")
    assert result.code == 4
    assert re.search(r"^error: show\.yaml:6:1: .*\[apple-category-known\]", result.err, re.MULTILINE)
    assert workshop.store_files() == before


def test_a_warning_is_shown_with_its_rule_and_stops_nothing(workshop: Workshop) -> None:
    number_in_title(workshop)
    result = workshop.run("publish", "erster-ton")
    assert result.code == 0
    assert re.search(rf"^warning: {DRAFT}:2:1: .*\[apple-title-number\]$", result.err, re.MULTILINE)
    assert result.err.count("warning") == 1
    assert "note" not in result.err


def test_check_shows_warnings_and_fails_on_them_only_if_strict(workshop: Workshop) -> None:
    number_in_title(workshop)
    relaxed = workshop.run("check")
    assert (relaxed.code, relaxed.out) == (0, "No mistakes in show.yaml and 1 episode, 1 warning.\n")
    strict = workshop.run("check", "--strict")
    assert (strict.code, strict.out) == (4, "")
    pattern = rf"warning: {DRAFT}:2:1: .*\[apple-title-number\]\n +Take the number out of the title.*\n"
    for result in (relaxed, strict):
        assert re.fullmatch(pattern, result.err)


def test_check_in_json_says_which_rule_whose_where_and_what_to_do(workshop: Workshop) -> None:
    number_in_title(workshop)
    result = workshop.run("check", "--json")
    assert (result.code, result.err) == (0, "")
    [problem] = result.json["problems"]
    assert (problem["severity"], problem["rule"], problem["place"]) == ("warning", "apple-title-number", f"{DRAFT}:2:1")
    assert "Podcaster’s Guide" in problem["source"]
    assert problem["message"]
    assert problem["hint"]


def test_notes_are_shown_on_request(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "owner:", "copyright: © 2026 Sven\nowner:")
    assert workshop.run("check").err == ""
    assert re.match(r"note: show\.yaml:8:1: .*\[psp1-copyright\]", workshop.run("check", "--notes").err)


def test_a_rule_is_explained(workshop: Workshop) -> None:
    result = workshop.run("check", "--explain", "apple-title-number")
    assert result.code == 0
    assert re.match(r"apple-title-number \(warning\): .*\n\n(.|\n)*Source: .*\nWhat to do: ", result.out)
    unknown = workshop.run("check", "--explain", "apple-titel-number")
    assert (unknown.code, "There is no rule" in unknown.err) == (2, True)


def test_any_feed_on_disk_is_checked_without_a_show(workshop: Workshop, tmp_path: Path) -> None:
    elsewhere = Workshop(tmp_path, workshop.cache)
    (tmp_path / "feed.xml").write_bytes((BROKEN / "old-itunes.xml").read_bytes())
    result = elsewhere.run("check", "feed.xml", "--json")
    assert result.code == 4
    assert {problem["place"].split(":")[0] for problem in result.json["problems"]} == {"feed.xml"}
    for name in ("FEED.XML", "saved"):
        (tmp_path / name).write_bytes((BROKEN / "old-itunes.xml").read_bytes())
        assert {
            problem["place"].split(":")[0] for problem in elsewhere.run("check", name, "--json").json["problems"]
        } == {name}
    assert elsewhere.run("check", "none.xml").code == 6
    assert elsewhere.run("check", "feed.xml", "erster-ton").code == 2


MISSES = BROKEN.parent / "misses"


def test_a_saved_feed_is_held_against_the_address_that_it_was_saved_from(tmp_path: Path) -> None:
    feed = (MISSES / "lowerday.xml").read_bytes()
    (tmp_path / "saved.xml").write_bytes(feed)
    elsewhere = Workshop(tmp_path, tmp_path / "cache")
    assert elsewhere.run("check", "saved.xml", "--feed-url", "https://feeds.example.com/x.xml").err == ""
    moved = elsewhere.run("check", "saved.xml", "--feed-url", "https://feeds.example.com/y.xml")
    assert moved.code == 0
    assert "The feed calls itself https://feeds.example.com/x.xml. [psp1-self-address]" in moved.err


def test_of_a_long_feed_the_first_few_findings_of_a_rule_are_told_and_in_json_all(tmp_path: Path) -> None:
    feed = (BROKEN / "old-itunes.xml").read_text("utf-8")
    (tmp_path / "feed.xml").write_text(
        feed.replace("</channel>", "<item><title>A</title></item>\n" * 40 + "</channel>"), "utf-8"
    )
    elsewhere = Workshop(tmp_path, tmp_path / "cache")
    told = elsewhere.run("check", "feed.xml")
    everything = elsewhere.run("check", "feed.xml", "--json").json["problems"]
    missing = [problem for problem in everything if problem["rule"] == "apple-guid"]
    assert len(missing) >= 40
    assert told.err.count("[apple-guid]") == 6
    assert f"{len(missing) - 5} more places break this rule; the next is here. [apple-guid]" in told.err
    assert "--json tells them all." in told.err


BOMB = (
    '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><title>&b;</title></channel></rss>'
)
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'
FOREIGN = '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Größe</title></channel></rss>'
HOSTILE = {
    "bomb": (BOMB.encode(), "declares the entity “a”"),
    "external": (OUTSIDE.encode(), "declares the entity “a”"),
    "huge": (b"<rss><channel><title>" + b"x" * 100_000_000, "The feed has 95 MB; more than 64 MB are not read."),
    "encoding": (FOREIGN.replace("Größe", "Привет").encode("cp1251"), "says that it is in UTF-8, but it is not"),
    "unknown": (FOREIGN.replace("UTF-8", "klingon").encode(), "encoding “klingon” is unknown|has no items"),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_feed_is_one_sentence_for_check_and_for_import(tmp_path: Path, kind: str) -> None:
    data, said = HOSTILE[kind]
    (tmp_path / "feed.xml").write_bytes(data)
    elsewhere = Workshop(tmp_path, tmp_path / "cache")
    for result in (elsewhere.run("check", "feed.xml"), elsewhere.run("import", "feed.xml", "show")):
        assert result.code == 4
        assert result.err.count("error:") == 1
        assert re.search(said.replace(".", r"\."), result.err)
        assert "root:" not in result.err
    assert not (tmp_path / "show").exists()


def test_relative_addresses_are_found_and_those_of_this_network_are_not_asked(tmp_path: Path) -> None:
    feed = (
        '<rss version="2.0"><channel><title>A</title><item><title>B</title><guid isPermaLink="false">b</guid>'
        '<enclosure url="{}" length="9" type="audio/mpeg"/></item></channel></rss>'
    )
    elsewhere = Workshop(tmp_path, tmp_path / "cache")
    (tmp_path / "feed.xml").write_text(feed.format("b.mp3"), "utf-8")
    assert "<enclosure> is “b.mp3”, which is no web address. [rss-absolute]" in elsewhere.run("check", "feed.xml").err
    assert "“B” was left out: its enclosure has no web address." in elsewhere.run("import", "feed.xml", "one").err
    (tmp_path / "feed.xml").write_text(feed.format("http://127.0.0.1:9/b.mp3"), "utf-8")
    refused = elsewhere.run("import", "feed.xml", "two")
    assert (refused.code, "127.0.0.1 is not a public address" in refused.err) == (6, True)


@pytest.fixture
def served(workshop: Workshop) -> Iterator[str]:
    """The address of the published show on localhost."""
    assert workshop.run("publish", "erster-ton").code == 0
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(workshop.path("public")))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_any_feed_on_the_web_is_checked_but_none_in_the_local_network(served: str, workshop: Workshop) -> None:
    refused = workshop.run("check", f"{served}feed.xml")
    assert (refused.code, "is not a public address" in refused.err) == (6, True)
    result = workshop.run("check", f"{served}feed.xml", "--allow-private")
    assert (result.code, result.err) == (0, "")
    assert workshop.run("check", f"{served}none.xml", "--allow-private").code == 6
    page = workshop.run("check", f"{served}index.html", "--allow-private")
    assert (page.code, "not an RSS feed" in page.err) == (4, True)
