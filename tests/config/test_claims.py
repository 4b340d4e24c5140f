"""A GUID is found in a draft however YAML writes it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendung.config.claims import claimed_guid, may_claim
from sendung.config.document import load_yaml
from sendung.config.yaml_writer import dump

SPELLINGS = [
    "guid: https://example.org/?p=7",
    "guid: 'https://example.org/?p=7'",
    r'guid: "https://example.org/\x3Fp=7"',
    'guid: "https://example.org\\\n  /?p=7"',
    '"guid" : https://example.org/?p=7',
    '{"title": "A", "guid": "https:\\/\\/example.org/?p=7"}',
]


ODD_SPELLINGS = {"guid: 'it''s 7'": "it's 7", "guid: folge\n  sieben": "folge sieben", "guid: |\n  folge\n": "folge\n"}


@pytest.mark.parametrize(
    ("text", "guid"), [*((text, "https://example.org/?p=7") for text in SPELLINGS), *ODD_SPELLINGS.items()]
)
def test_a_guid_is_found_in_every_spelling(text: str, guid: str, tmp_path: Path) -> None:
    (tmp_path / "episode.yaml").write_text(text, encoding="utf-8")
    assert claimed_guid(tmp_path) == guid
    assert may_claim(tmp_path, {"other", guid})


def test_a_draft_that_cannot_be_read_claims_nothing(tmp_path: Path) -> None:
    (tmp_path / "episode.yaml").mkdir()
    assert may_claim(tmp_path, {"7"})
    assert claimed_guid(tmp_path) is None


def test_another_draft_need_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "episode.yaml").write_text("guid: https://example.org/?p=8\ntitle: Ein anderes\n", encoding="utf-8")
    assert not may_claim(tmp_path, {"https://example.org/?p=7"})


@given(st.text(min_size=1, max_size=150), st.sampled_from(["yaml", "json", "single", "block", "folded"]))
def test_no_draft_that_claims_a_guid_is_passed_over(guid: str, style: str) -> None:
    single = guid.replace("'", "''")
    text = {
        "yaml": lambda: dump({"guid": guid}),
        "json": lambda: json.dumps({"guid": guid}),
        "single": lambda: f"guid: '{single}'",
        "block": lambda: f"guid: |-\n  {guid}",
        "folded": lambda: "guid: >-\n  " + guid.replace(" ", "\n  "),
    }[style]()
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "episode.yaml").write_bytes(text.encode("utf-8", "replace"))
        claimed = claimed_guid(folder)
        assert claimed is None or may_claim(folder, {claimed})


@given(st.text(st.sampled_from("ab \t\n\r\x85\u2028\ufeff\xa0'\"#:"), max_size=300) | st.text(max_size=300))
def test_every_text_is_written_so_that_it_is_read_to_the_letter(text: str) -> None:
    with TemporaryDirectory() as name:
        file = Path(name) / "episode.yaml"
        file.write_text(dump({"title": "A", "guid": text, "chapters": [{"title": text}]}), "utf-8", newline="")
        assert load_yaml(file).data == {"title": "A", "guid": text, "chapters": [{"title": text}]}
