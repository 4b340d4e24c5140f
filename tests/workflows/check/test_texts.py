"""Chapters and transcripts of a draft: what is said of them, and what becomes of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sendung import Report, check_drafts
from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import load_show
from sendung.core.model import Episode
from sendung.feed import podlove
from sendung.media.chapters import to_json
from sendung.workflows.check.estimate import estimate_episode, estimate_show
from sendung.workflows.drafts.candidate import Candidate
from sendung.workflows.drafts.chapters import find_chapters
from tests.workflows.check.conftest import MakeShow

DRAFT = "episodes/erster-ton"
VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v {}>Guten Tag.\n\n00:00:0{}.000 --> 00:00:{}.000\n<v Sven>Ende.\n"


def report_on(folder: Path) -> Report:
    config = load_show(folder)
    return check_drafts(find_drafts(config), config)


def episode_of(folder: Path) -> Episode:
    config = load_show(folder)
    draft = load_draft(find_drafts(config)[0], config)
    candidate = Candidate(draft.folder, draft, chapters=find_chapters(draft))
    return estimate_episode(candidate, config, estimate_show(config))


def told(report: Report) -> list[str]:
    problems = [*(problem for error in report.errors for problem in error.problems), *report.remarks]
    return [
        f"{problem.severity} {problem.place.file.name}:{problem.place.line} {problem.message}"
        for problem in problems
        if problem.place and not problem.rule
    ]


def write(folder: Path, text: str, name: str = "transcript.vtt") -> None:
    (folder / DRAFT / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (4, "08", []),
        (4, "09", ["note transcript.vtt:6 The cue ends at 00:00:09, and the audio at 00:00:08, where it is cut."]),
        (4, "12", ["warning transcript.vtt:6 The cue ends at 00:00:12, and the audio at 00:00:08, where it is cut."]),
        (8, "12", ["error transcript.vtt:6 The cue starts at 00:00:08, but the audio ends at 00:00:08."]),
    ],
)
def test_a_cue_that_ends_behind_the_audio_is_cut_and_one_that_starts_there_is_refused(
    make_show: MakeShow, start: int, end: str, expected: list[str]
) -> None:
    folder = make_show()
    write(folder, VTT.format("Sven", start, end))
    assert told(report_on(folder)) == expected


def test_speakers_are_named_by_the_map_and_the_others_are_said(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio: ": "speakers: {SPEAKER_01: Sebastian}\naudio: "})
    write(folder, VTT.format("SPEAKER_01", 4, "06"))
    assert told(report_on(folder)) == []
    transcript = episode_of(folder).transcript
    assert transcript
    assert [cue.speaker for cue in transcript.cues] == ["Sebastian Karger", "Sven Kramer"]
    write(folder, VTT.format("SPEAKER_02", 4, "06"))
    (warning,) = told(report_on(folder))
    assert warning.startswith('warning transcript.vtt:3 "SPEAKER_02" is none of the hosts and guests')


def test_a_guest_may_speak(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio: ": "guests: [{name: Clara Heide}]\naudio: "})
    write(folder, VTT.format("Heide, Clara (Gast)", 4, "06"))
    assert told(report_on(folder)) == []
    transcript = episode_of(folder).transcript
    assert transcript
    assert transcript.cues[0].speaker == "Clara Heide"


def test_what_a_chapter_file_leaves_out_is_a_warning_and_the_others_are_chapters(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio: ": "chapters: labels.txt\naudio: "})
    write(folder, "-0.5\t0.0\tAnfang\n1.0\t1.0\tA\n2.0\t2.0\t\n5.0\t5.0\tB\n", "labels.txt")
    assert told(report_on(folder)) == [
        'warning labels.txt:1 "Anfang" is at -0.5, before the start of the recording, and was left out.',
        "warning labels.txt:3 The mark at 00:00:02 has no name, and is no chapter.",
        "note labels.txt:2 The chapters (2) come from labels.txt.",
    ]
    assert [chapter.title for chapter in episode_of(folder).chapters] == ["A", "B"]


def test_a_picture_on_the_web_is_for_apps_only_and_that_is_a_note(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio: ": "chapters: chapters.json\naudio: "})
    marks = '{"startTime": 0, "title": "A", "img": "https://e.example/a.jpg"}'
    write(folder, f'{{"chapters": [\n{marks}]}}', "chapters.json")
    assert told(report_on(folder))[0] == (
        'note chapters.json:2 The picture of "A" is on the web: apps show it, but the audio file does not hold it.'
    )
    episode = episode_of(folder)
    assert (
        json.loads(to_json(episode.chapters, lambda image: image.key))["chapters"][0]["img"]
        == "https://e.example/a.jpg"
    )
    show = estimate_show(load_show(folder))
    assert 'image="https://e.example/a.jpg"' in "".join(podlove.item(show, episode))
    assert "image_url" not in episode.chapters[0].model_copy(update={"image_url": None}).model_dump_json()
