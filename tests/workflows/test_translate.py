"""Drafts of translations, by a translator that is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sendung.config.episode import load_draft
from sendung.config.show import load_show
from sendung.core.errors import ConfigError, UsageError
from sendung.workflows.translate import translate
from tests.end_to_end.conftest import FIRST, Workshop, cache, pattern, workshop

__all__ = ["cache", "pattern", "workshop"]

FAKE = """\
import os, sys
for line in sys.stdin:
    text = line.rstrip(chr(10))
    print(f"{os.environ['SENDUNG_TO']}:{text}" if text and not text.startswith("#") else text.replace("Der", "The"))
"""


def prepared(workshop: Workshop, script: str = FAKE) -> Path:
    workshop.write("fake.py", script)
    command = f"translate: {sys.executable} {workshop.path('fake.py')}\n"
    workshop.edit("show.yaml", "store:\n", f"languages: [en, fr]\n{command}store:\n")
    return workshop.path(FIRST)


def test_drafts_are_written_read_and_then_published_as_translations(workshop: Workshop) -> None:
    folder = prepared(workshop)
    drafts = translate(folder, load_show(workshop.folder), ["en"])
    names = [draft.path.name for draft in drafts]
    assert names == ["notes.en.draft.md", "chapters.en.draft.txt", "transcript.en.draft.vtt"]
    draft = load_draft(folder, load_show(workshop.folder))
    assert draft.translations == (), "a draft that nobody has read is no translation"
    notes = [remark.message for remark in draft.remarks]
    assert "notes.en.draft.md is a draft, and is not published." in notes
    assert translate(folder, load_show(workshop.folder), ["en"]) == (), "what is there is left alone"
    for written in drafts:
        written.path.rename(folder / written.final)
    [english] = load_draft(folder, load_show(workshop.folder)).translations
    assert (english.title, english.summary, english.machine) == ("The erste Ton", "en:Worum es geht.", True)
    assert [(mark.start_ms, mark.title) for mark in english.chapters] == [(0, "en:Anfang"), (4000, "en:Mitte")]
    assert english.transcript
    cues = [located.cue for located in english.transcript.cues]
    assert [(cue.start_ms, cue.end_ms, cue.text) for cue in cues] == [
        (1000, 3000, "en:Guten Tag."),
        (4000, 7500, "en:Guten Tag auch."),
    ]
    assert {draft.language for draft in translate(folder, load_show(workshop.folder), [])} == {"fr"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys\nsys.exit('no more words')", "failed: no more words"),
        ("print('one line')", "made 1 lines of"),
        ("import sys\nsys.stdout.buffer.write(b'\\xff')", "wrote no UTF-8"),
    ],
)
def test_a_translator_that_fails_leaves_nothing(workshop: Workshop, script: str, words: str) -> None:
    folder = prepared(workshop, script)
    before = sorted(folder.iterdir())
    with pytest.raises(UsageError, match=words):
        translate(folder, load_show(workshop.folder), ["en"])
    assert sorted(folder.iterdir()) == before


def test_a_show_without_translator_or_language_is_told(workshop: Workshop) -> None:
    with pytest.raises(ConfigError, match="names no translator"):
        translate(workshop.path(FIRST), load_show(workshop.folder), [])
    folder = prepared(workshop)
    with pytest.raises(UsageError, match='has no language "it"'):
        translate(folder, load_show(workshop.folder), ["it"])
