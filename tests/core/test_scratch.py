"""Scratch folders of several threads in one cache: none takes another's for one that a killed run left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sendung.core.scratch import scratch_in


def test_nobody_removes_a_folder_that_another_has_just_made(tmp_path: Path) -> None:
    def work(number: int) -> bool:
        with scratch_in(tmp_path) as folder:
            file = folder / str(number)
            file.write_text("kept")
            return file.read_text() == "kept"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(300)))
    assert list(tmp_path.iterdir()) == []
