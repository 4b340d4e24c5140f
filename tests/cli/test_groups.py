"""Warnings of one kind are one line where there are many, and nothing is lost that differs."""

from __future__ import annotations

from pathlib import Path

from sendung.cli.groups import grouped
from sendung.core.errors import Place, Problem, Severity
from sendung.core.words import say

SLUGS = [f"folge-{number}" for number in range(150, 1, -1)]


def warning(message: str, hint: str = "", place: Place | None = None, rule: str = "") -> Problem:
    return Problem(message, hint, place, Severity.WARNING, rule)


def test_a_rule_that_many_episodes_break_is_one_line_with_their_number_and_some_names() -> None:
    problems = [
        warning(f"episodes/{slug}/episode.yaml:1:1: “{slug}” has no transcript. [psp1-transcript]", "Add one.")
        for slug in SLUGS
    ]
    [line] = grouped(problems)
    names = "folge-150, folge-149, folge-148 …"
    assert line.message == f"149 episodes: … has no transcript. [psp1-transcript]: {names} (--each shows each)"
    assert line.hint == "Add one."


def test_problems_with_places_are_grouped_as_well_and_one_episode_counts_once() -> None:
    file = Path("/show/episodes/eins/episode.yaml")
    problems = [warning(f"Chapter {number} is short.", place=Place(file, number), rule="short") for number in range(5)]
    [line] = grouped(problems)
    assert line.message == "1 episode: Chapter … is short. [short]: eins (--each shows each)"


def test_texts_of_other_lengths_have_their_beginning_and_end_in_common() -> None:
    levels = [warning(f"episodes/{slug}/episode.yaml: MP3 has {'no' if slug[-1] == '0' else 'not so much'} sound [x]")
              for slug in SLUGS]  # fmt: skip
    [line] = grouped(levels)
    assert line.message.startswith("149 episodes: MP3 has … sound [x]: folge-150, ")


def test_few_stay_as_they_are_and_errors_always_do() -> None:
    few = [warning(f"“{slug}” has no transcript.", rule="psp1-transcript") for slug in SLUGS[:3]]
    errors = [Problem(f"“{slug}” has no title.", place=Place(Path(f"episodes/{slug}/episode.yaml"))) for slug in SLUGS]
    assert grouped([*few, *errors]) == [*few, *errors]


def test_what_says_something_else_is_told_by_itself_where_it_stood() -> None:
    alike = [warning(f"The picture of “{slug}” leaves out {slug[-1]}.") for slug in SLUGS]
    other = warning("show.yaml is an older one.")
    lines = grouped([*alike[:2], other, *alike[2:]])
    assert [line.message for line in lines] == [
        "149 places: The picture of … leaves out …: folge-150, folge-149, folge-148 … (--each shows each)",
        "show.yaml is an older one.",
    ]
    assert len({line.severity for line in lines}) == 1


def test_what_is_found_at_many_addresses_is_one_line_too() -> None:
    problems = [
        warning(f"https://www.example.org/{slug}: The article does not lead to {slug}.", rule="article-link")
        for slug in SLUGS
    ]
    [line] = grouped(problems)
    assert line.message.startswith("149 places: … The article does not lead to … [article-link]: ")
    assert "https://www.example.org/folge-150, " in line.message


def test_stale_drafts_are_one_line_and_what_to_do_fits_all_of_them() -> None:
    problems = [
        warning(
            say("{slug} is older than what is published; since then: {since}.", slug=name, since=f"revision {number}"),
            say("sendung pull {slug} brings it here.", slug=name),
        )
        for number, name in enumerate(["eins", "zwei", "drei", "vier", "fünf"])
    ]
    [line] = grouped(problems)
    what = "… is older than what is published; since then: revision …"
    assert line.message == f"5 episodes: {what}: eins, zwei, drei … (--each shows each)"
    assert line.hint == "sendung pull … brings it here."


def test_what_of_others_is_replaced_is_told_of_each() -> None:
    problems = [
        warning(say("{name} was edited: {losses}", name=slug, losses=f'"title" goes to "{slug}".')) for slug in SLUGS
    ]
    assert grouped(problems) == problems
