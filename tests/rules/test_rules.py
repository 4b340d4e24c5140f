"""Every rule has a case that it finds and lets a good feed be."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_reference import key_ways
from make_rules_page import markdown

from sendung import rules
from sendung.config.episode import EpisodeFile
from sendung.config.show import ShowFile
from sendung.core.errors import Severity, UsageError
from sendung.feed.markup import quote
from sendung.feed.reader import read
from sendung.rules import Observed, yaml_keys
from sendung.rules.observations import TranscriptText
from sendung.rules.registry import Subject
from tests.rules import borders
from tests.rules.feeds import BREAKS, GOOD, Break
from tests.rules.things import BAD, FINE

ROOT = Path(__file__).parents[2]
LOCAL = "http://localhost:8000"
IN_FEEDS = {rule.id for rule in rules.ALL.values() if rule.subject is not Subject.OBSERVED}


def test_rules_name_keys_that_there_are() -> None:
    named = [*(rule.field for rule in rules.ALL.values() if rule.field), *yaml_keys.ALL]
    known = key_ways(ShowFile) | key_ways(EpisodeFile)
    assert {key for field in named for key in field.split("|")} <= known


def test_good_feed_breaks_no_rule() -> None:
    assert rules.check(read(GOOD.encode())) == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("</item>", f'<podcast:contentLink href="{LOCAL}/a">A</podcast:contentLink></item>', "article"),
        ('<podcast:chapters url="https://podcast.example.org', f'<podcast:chapters url="{LOCAL}', "chapters"),
        ("https://podcast.example.org", LOCAL, "store.public_url"),
    ],
)
def test_an_address_of_this_machine_is_said_of_the_key_that_it_comes_from(old: str, new: str, field: str) -> None:
    text = GOOD.replace(old, new)
    if field == "article":
        channel, item, items = text.partition("<item")
        text = channel + item + re.sub(r"<link>[^<]*</link>", f"<link>{LOCAL}/a</link>", items)
    found = [finding for finding in rules.check(read(text.encode())) if finding.rule == "podcast-local"]
    assert {finding.field for finding in found} == {field}, found
    all_of_it = "nobody else can hear the show" in found[0].message
    assert (all_of_it, found[0].guid is None) == (field == "store.public_url",) * 2


@pytest.mark.parametrize("rule", sorted(BREAKS))
def test_broken_feed_is_found(rule: str) -> None:
    findings = rules.check(read(BREAKS[rule](GOOD).encode()))
    found = [finding for finding in findings if finding.rule == rule]
    assert found, f"only {[finding.rule for finding in findings]}"
    assert found[0].severity is rules.ALL[rule].severity
    assert found[0].message.endswith(".")
    assert found[0].line >= 1


@pytest.mark.parametrize(("rule", "change", "broken"), borders.FEEDS)
def test_rule_draws_its_line_where_its_source_does(rule: str, change: Break, broken: bool) -> None:
    changed = change(GOOD)
    assert changed != GOOD
    assert (rule in {finding.rule for finding in rules.check(read(changed.encode()))}) is broken


@pytest.mark.parametrize(("rule", "thing", "broken"), borders.THINGS)
def test_rule_about_things_draws_its_line_where_its_source_does(rule: str, thing: Observed, broken: bool) -> None:
    assert (rule in {finding.rule for finding in rules.judge([thing])}) is broken


def test_every_rule_has_a_good_thing_beside_the_bad_one() -> None:
    assert {rule for rule, _, broken in (*borders.FEEDS, *borders.THINGS) if not broken} == set(rules.ALL)


@pytest.mark.parametrize("rule", sorted(BAD))
def test_bad_thing_is_found(rule: str) -> None:
    assert rule in {finding.rule for finding in rules.judge([BAD[rule]])}


def test_good_things_break_no_rule() -> None:
    assert rules.judge(FINE) == []


def test_every_rule_has_a_bad_case() -> None:
    assert set(BREAKS) == IN_FEEDS
    assert set(BAD) == set(rules.ALL) - IN_FEEDS


def test_allowed_rules_are_silent() -> None:
    broken = read(BREAKS["apple-title-number"](GOOD).encode())
    assert {finding.rule for finding in rules.check(broken)} == {"apple-title-number"}
    assert rules.check(broken, allow=["apple-title-number"]) == []
    assert rules.judge([BAD["apple-artwork-alpha"]], allow=["apple-artwork-alpha"]) == []


@pytest.mark.parametrize(
    "text", ["ep" + " " * 100_000 + "x", "&lt;" * 100_000, "&lt;a " * 50_000, "00:00 " * 50_000, "9" * 100_000]
)
def test_hostile_text_takes_no_longer_than_it_is_long(text: str) -> None:
    fields = ("title", "description", "pubDate", "itunes:duration", "itunes:episode", "content:encoded")
    item = "".join(f"<{name}>{text}</{name}>" for name in fields)
    feed = read(GOOD.replace("<item>", f"<item>{item}", 1).encode())
    transcript = TranscriptText("", "text/vtt", text.replace("&lt;", "<"))
    started = time.process_time()
    rules.check(feed)
    rules.judge([transcript])
    assert time.process_time() - started < 2


@given(text=st.text(max_size=40) | st.text(alphabet="0123456789:./#<>&;-+ httpsep", max_size=30))
def test_no_value_makes_a_rule_fail(text: str) -> None:
    value = quote(text)
    changed = re.sub(r">[^<>]+<(?=/[a-z])", f">{value}<".replace("\\", r"\\"), GOOD)
    changed = re.sub(
        r'(?<!version)="[^"]*"(?=[^<]*>)', f'="{value}"'.replace("\\", r"\\"), changed[changed.index("<channel>") :]
    )
    head = GOOD[: GOOD.index("<channel>")]
    assert all(finding.message for finding in rules.check(read((head + changed).encode())))


def test_finding_says_item_field_and_line() -> None:
    (finding,) = rules.check(read(BREAKS["apple-title-number"](GOOD).encode()))
    assert finding.guid == "sendung:folge-2"
    assert finding.field == "title"
    assert GOOD.splitlines()[finding.line - 1].strip() == "<title>Autoindustrie, Teil 2</title>"
    assert finding.severity is Severity.WARNING


def test_rule_about_several_items_names_the_item() -> None:
    findings = rules.check(read(BREAKS["apple-guid-unique"](GOOD).encode()))
    assert [finding.guid for finding in findings if finding.rule == "apple-guid-unique"] == ["sendung:folge-2"]


@pytest.mark.parametrize("rule", sorted(rules.ALL))
def test_every_rule_explains_itself(rule: str) -> None:
    known = rules.ALL[rule]
    assert known.summary.endswith(".")
    assert known.hint.endswith((".", "”."))
    assert rule.partition("-")[0] in {
        "apple", "psp1", "podcast", "spotify", "youtube", "transport", "rss", "article", "languages",
    }  # fmt: skip
    text = rules.explain(rule)
    assert known.source in text
    assert known.hint in text


def test_unknown_rule_is_a_clear_error() -> None:
    with pytest.raises(UsageError, match="There is no rule “apple-titel”"):
        rules.explain("apple-titel")


def test_docs_are_current() -> None:
    assert (ROOT / "docs/rules.md").read_text(encoding="utf-8") == markdown(), "run scripts/make_rules_page.py"
