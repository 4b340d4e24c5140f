"""No save is missed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sendung.workflows.preview.watch import watching


def replace(file: Path) -> None:
    """What careful editors do."""
    other = file.with_name("new.md")
    other.write_text("neu", "utf-8")
    other.replace(file)


def rewrite(file: Path) -> None:
    file.write_text("neu", "utf-8")


@pytest.mark.parametrize("polling", ["", "1"], ids=["told by the system", "looked for"])
@pytest.mark.parametrize("save", [rewrite, replace, Path.unlink], ids=["rewritten", "replaced", "deleted"])
def test_what_changes_while_nobody_waits_is_told_later(
    tmp_path: Path, save: object, polling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", polling)
    file = tmp_path / "notes.md"
    file.write_text("alt", "utf-8")
    os.utime(file, (0, 0))  # whoever looks for changes sees whole seconds only
    with watching([tmp_path]) as wait:
        save(file)  # type: ignore[operator]
        time.sleep(0.4)  # longer than changes are gathered
        changed = wait()
        assert file in changed
