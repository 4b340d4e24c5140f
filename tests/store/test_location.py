"""Where the store of an address is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung.store import Headers, open_store
from sendung.store.opening import bucket_of


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("public", "base/public"),
        ("./public/", "base/public"),
        ("~/public", "home/public"),
        ("{root}/public", "public"),
        ("file://{root}/public", "public"),
    ],
)
def test_a_directory_is_beside_show_yaml_at_home_or_anywhere(
    url: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    url = url.format(root=tmp_path)
    (tmp_path / folder).parent.mkdir(exist_ok=True)
    store = open_store(url, tmp_path / "base", None, None)
    store.create("feed.xml", b"<feed/>", Headers("text/xml"))
    assert (tmp_path / folder / "feed.xml").read_bytes() == b"<feed/>"
    assert store.name == url


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://my.bucket/show", ("my.bucket", "show")),
        ("s3://bucket/shows/one/", ("bucket", "shows/one")),
        ("public", None),
        ("file:///srv/public", None),
    ],
)
def test_a_bucket_has_a_name_and_perhaps_a_prefix(url: str, bucket: tuple[str, str] | None) -> None:
    assert bucket_of(url) == bucket
