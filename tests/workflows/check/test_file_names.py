"""Files whose names have letters that Unicode can write in two ways."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from sendung.config.episode import find_drafts, load_draft
from sendung.config.show import load_show
from sendung.core.file_digests import file_digest
from tests.workflows.check.conftest import MakeShow

Form = Literal["NFC", "NFD"]


@pytest.mark.parametrize("on_disk", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["Größe.wav", "Töne/Größe.wav"])
def test_a_file_is_found_whichever_way_its_letters_are_written(
    make_show: MakeShow, name: str, on_disk: Form, written: Form
) -> None:
    folder = make_show(draft={"audio: audio.wav": f"audio: {unicodedata.normalize(written, name)}"})
    episode = folder / "episodes" / "erster-ton"
    target = episode / unicodedata.normalize(on_disk, name)
    target.parent.mkdir(exist_ok=True)
    (episode / "audio.wav").rename(target)
    config = load_show(folder)
    draft = load_draft(find_drafts(config)[0], config)
    assert draft.audio == target
    assert f"file:{unicodedata.normalize('NFC', name)}" in draft.source(file_digest), "the same on every machine"


def test_two_files_whose_names_look_alike_are_told_apart(make_show: MakeShow) -> None:
    folder = make_show(draft={"audio: audio.wav": "audio: Größe.wav"})
    episode = folder / "episodes" / "erster-ton"
    for twin in (unicodedata.normalize("NFD", "Größe.wav"), unicodedata.normalize("NFC", "Größe.wav")):
        (episode / twin).write_bytes((episode / "audio.wav").read_bytes())
    config = load_show(folder)
    assert load_draft(find_drafts(config)[0], config).audio.name == unicodedata.normalize("NFC", "Größe.wav")
