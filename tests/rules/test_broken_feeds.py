"""The verdicts on a collection of broken feeds, kept beside them as text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sendung import rules
from sendung.core.errors import RulesError
from sendung.feed.reader import read

FEEDS = sorted((Path(__file__).parent / "broken").glob("*.xml"))


def verdict(data: bytes) -> str:
    try:
        findings = rules.check(read(data))
    except RulesError as error:
        (problem,) = error.problems
        return f"{problem.message}\n{problem.hint}\n"
    lines = [f"{f.line}: {f.severity} {f.rule} [{f.guid or ''}] {f.message}" for f in findings]
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("feed", FEEDS, ids=lambda path: path.stem)
def test_verdict_is_golden(feed: Path) -> None:
    """UPDATE_GOLDEN=1 keeps the new verdicts."""
    kept = feed.with_suffix(".txt")
    found = verdict(feed.read_bytes())
    if os.environ.get("UPDATE_GOLDEN"):
        kept.write_text(found, encoding="utf-8")
    assert found == kept.read_text(encoding="utf-8")
