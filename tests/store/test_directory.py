"""What only a directory can get wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sendung.store import Headers, open_store


def test_many_may_start_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    def start(number: int) -> None:
        store = open_store(str(tmp_path / f"public-{number // 8}"), tmp_path, None, None)
        store.stat("feed.xml")
        store.create(f"{number}/x", b"1", Headers("text/plain"))

    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(start, range(800)))) == 800
