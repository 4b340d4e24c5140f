"""The rules on drafts: what is found, and where."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from sendung import Report, check_drafts
from sendung.config.episode import find_drafts
from sendung.config.show import load_show
from sendung.core.errors import ConfigError, Severity
from sendung.workflows.check.drafts import check_show, examine, load
from tests.workflows.check.conftest import MakeShow

ROOT = Path(__file__).parents[3]


def report_on(folder: Path) -> Report:
    config = load_show(folder)
    return check_drafts(find_drafts(config), config)


def lines(folder: Path, severity: Severity | None = None) -> list[str]:
    """The findings as "file:line rule"."""
    report = report_on(folder)
    problems = [*(problem for error in report.errors for problem in error.problems), *report.remarks]
    return [
        f"{problem.place.file.name}:{problem.place.line} {problem.rule}"
        for problem in problems
        if problem.place and severity in (None, problem.severity)
    ]


def test_a_soundbite_is_found_where_it_is_written(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio.wav": "audio.wav\nsoundbites: [{at: 0, duration: 16}]"})
    assert "episode.yaml:6 podcast-soundbite" in lines(folder)


@pytest.mark.parametrize(("duration", "mistakes"), [("6", 0), ("6.001", 1)])
def test_a_soundbite_may_end_where_the_recording_does(make_show: MakeShow, duration: str, mistakes: int) -> None:
    folder = make_show(draft={"audio.wav": f"audio.wav\nsoundbites: [{{at: 2, duration: {duration}}}]"})
    assert len(report_on(folder).errors) == mistakes


@pytest.mark.parametrize(("size", "mistakes"), [(256 * 1024, 0), (256 * 1024 + 1, 1)])
def test_a_logo_may_be_as_large_as_the_sentence_says(make_show: MakeShow, size: int, mistakes: int) -> None:
    folder = make_show(show={"store:\n": "theme: {logo: logo.svg}\nstore:\n"})
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><!--{}--></svg>'
    (folder / "logo.svg").write_text(svg.format("x" * (size - len(svg) + 2)), "utf-8")
    assert len(report_on(folder).errors) == mistakes


def test_a_store_without_https_is_found_where_it_is_written(make_show: MakeShow) -> None:
    found = lines(make_show(show={"public_url: https:": "public_url: http:"}), Severity.ERROR)
    assert set(found) == {"show.yaml:13 podcast-https"}


def test_a_good_show_has_nothing_to_mend(make_show: MakeShow) -> None:
    assert lines(make_show()) == []


def test_the_sample_show_has_nothing_to_mend() -> None:
    report = report_on(ROOT)
    assert report.errors == ()
    assert [remark for remark in report.remarks if remark.severity is Severity.WARNING] == []


@pytest.mark.parametrize(
    ("show", "draft", "expected"),
    [
        ({"[News, Tech News]": "Newz"}, {}, "show.yaml:6 apple-category-known"),
        ({"language: de": "language: de\ntype: serial"}, {}, "episode.yaml:1 apple-serial-number"),
        ({}, {"title: Der erste Ton": "number: 7\ntitle: 'Folge 7: Der Ton'"}, "episode.yaml:2 apple-title-number"),
        ({}, {"Der erste Ton": "Zwei Töne und mehr"}, "episode.yaml:1 apple-title-show"),
        ({}, {"Der erste Ton": "Der <erste> Ton"}, "episode.yaml:1 youtube-title"),
        ({"store:": "audio: {loudness: -23}\nstore:"}, {}, "show.yaml:12 apple-audio-loudness"),
        ({"store:": "audio: {bitrate: 48}\nstore:"}, {}, "show.yaml:12 apple-audio-bitrate"),
        ({}, {"transcript: transcript.vtt\n": ""}, "episode.yaml:1 psp1-transcript"),
        ({}, {"article: https:": "article: http:"}, "episode.yaml:3 podcast-https"),
        (
            {},
            {"audio.wav": "audio.wav\nlinks: [{title: Film, url: 'http://a.example.org/'}]"},
            "episode.yaml:6 podcast-https",
        ),
        ({}, {"audio.wav": f"audio.wav\nkeywords: [{'k' * 256}]"}, "episode.yaml:6 apple-value"),
        ({"store:": "feed: {funding: [{title: A, url: 'http://a.org/'}]}\nstore:"}, {}, "show.yaml:12 podcast-https"),
        ({"store:": "feed: {medium: radio}\nstore:"}, {}, "show.yaml:12 podcast-medium"),
        ({"language:": f"copyright: {'c' * 256}\nlanguage:"}, {}, "show.yaml:3 apple-show-value"),
    ],
)
def test_a_finding_is_at_the_line_that_says_it(
    make_show: MakeShow, show: dict[str, str], draft: dict[str, str], expected: str
) -> None:
    assert lines(make_show(show=show, draft=draft)) == [expected]


def test_a_rule_that_is_allowed_is_silent(make_show: MakeShow) -> None:
    folder = make_show(show={"store:": "allow: [apple-title-show]\nstore:"}, draft={"Der erste Ton": "Zwei Töne"})
    assert lines(folder) == []


def test_an_unknown_rule_is_a_mistake_with_the_nearest_one(make_show: MakeShow) -> None:
    folder = make_show(show={"store:": "allow:\n  - apple-titel-show\nstore:"})
    with pytest.raises(ConfigError) as caught:
        check_show(load_show(folder))
    [problem] = caught.value.problems
    assert (problem.place.line if problem.place else 0, problem.hint) == (13, "Did you mean apple-title-show?")


def test_rules_and_mistakes_come_at_once(make_show: MakeShow) -> None:
    folder = make_show(show={"[News, Tech News]": "Newz"}, draft={"audio: audio.wav": "audio: audio.wav\ncover: c.png"})
    Image.new("RGB", (800, 800), "navy").save(folder / "episodes/erster-ton/c.png")
    assert lines(folder, Severity.ERROR) == ["episode.yaml:6 ", "show.yaml:6 apple-category-known"]


def test_what_is_done_to_a_cover_is_a_warning_where_it_is_named(make_show: MakeShow) -> None:
    folder = make_show()
    Image.new("RGB", (4000, 3000), "navy").save(folder / "cover.png")
    [remark] = report_on(folder).remarks
    assert re.search(r"show\.yaml:7:1: cover\.png is 4000 × 3000 pixels", str(remark))
    assert remark.severity is Severity.WARNING


def test_files_are_opened_only_of_the_drafts_that_are_examined(make_show: MakeShow) -> None:
    folder = make_show()
    (folder / "episodes/erster-ton/audio.wav").write_bytes(b"no audio" * 100)
    config = load_show(folder)
    batch = load(find_drafts(config), config)
    assert not examine(batch.mapped(lambda candidate: replace(candidate, taken=False))).failed
    examined = examine(batch)
    assert [candidate.folder for candidate in examined.candidates if candidate.errors] == find_drafts(config)
