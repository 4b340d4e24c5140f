"""Publishing into real S3 servers, and what goes wrong with them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from sendung.core.file_digests import file_digest
from sendung.store import Headers
from sendung.store.s3.store import S3Store
from tests.end_to_end.conftest import Workshop
from tests.end_to_end.reading import titles, without_build_date
from tests.servers.fixtures import Target


def at(workshop: Workshop, target: Target) -> Workshop:
    """The same show, kept at a target."""
    if target.endpoint_url:
        workshop.edit("show.yaml", "store:\n", f"store:\n  url: {target.url}\n  endpoint_url: {target.endpoint_url}\n")
    else:
        workshop.edit("show.yaml", "store:\n", f"store:\n  url: {target.url}\n")
    return Workshop(workshop.folder, workshop.cache, target.environment)


@pytest.mark.parametrize(
    "target", ["rclone", "ceph", pytest.param("rclone-tls", marks=pytest.mark.soak), "ceph-tls"], indirect=True
)
def test_a_bucket_gets_what_a_directory_gets(target: Target, workshop: Workshop) -> None:
    assert workshop.run("publish", "erster-ton").code == 0
    directory = workshop.store_files()
    remote = at(workshop, target)
    result = remote.run("publish", "erster-ton", "--json")
    assert result.code == 0, result.err
    store = target.open()
    keys = [stat.key for stat in store.list("")]
    assert keys == sorted(directory)
    for key in keys:
        if key == "feed.xml":
            assert without_build_date(store.read(key).data) == without_build_date(directory[key])
        elif not key.startswith(("records/", "state/")):
            assert store.read(key).data == directory[key]
    assert result.json["sent"]["objects"] == len(keys)

    again = remote.run("publish", "erster-ton", "--json")
    assert again.json["sent"] == {"objects": 0, "bytes": 0}
    assert again.json["episodes"][0]["status"] == "unchanged"


@pytest.mark.parametrize("target", ["ceph"], indirect=True)
def test_pages_are_stored_gzip_encoded_where_show_yaml_says_so(target: Target, workshop: Workshop) -> None:
    remote = at(workshop, target)
    assert remote.run("publish", "erster-ton").code == 0
    store = target.open()
    assert isinstance(store, S3Store)
    plain = {stat.key: store.read(stat.key).data for stat in store.list("")}
    workshop.edit("show.yaml", "store:\n", "store:\n  compress: true\n")
    result = remote.run("publish", "erster-ton", "--json")
    assert result.code == 0, result.err
    for key, data in plain.items():
        head = store._bucket.client.head_object(**store._bucket.at(key))
        stored = store.read(key).data
        if key == "index.html" or key.startswith(("e/", "listen-now.")):
            assert head.get("ContentEncoding") == "gzip", key
            assert gzip.decompress(stored) == data, key
        else:
            assert head.get("ContentEncoding", "") != "gzip", key
        if key.startswith(("audio/", "assets/")):
            assert stored == data
    assert remote.run("publish", "erster-ton", "--json").json["sent"] == {"objects": 0, "bytes": 0}


def test_a_directory_cannot_say_that_a_page_is_encoded(workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:\n", "store:\n  compress: true\n")
    result = workshop.run("check")
    assert result.code != 0
    assert "show.yaml:" in result.err
    assert "Let the web server compress" in result.err


FOR_EVER = "public, max-age=31536000, immutable"
KEPT_FOR = {"assets": FOR_EVER, "audio": FOR_EVER, "records": "private, no-store", "state": "no-cache"}
"""Cache-Control by the folder of a key."""
BRIEFLY = "public, max-age=300"
"""Of the feed and every page: what is replaced is asked for again within minutes."""


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_caches_keep_what_never_changes_and_ask_again_for_what_does(target: Target, workshop: Workshop) -> None:
    result = at(workshop, target).run("publish", "erster-ton")
    assert result.code == 0, result.err
    store = target.open()
    assert isinstance(store, S3Store)
    bucket = store._bucket
    seen = set()
    for stat in store.list(""):
        head = bucket.client.head_object(**bucket.at(stat.key))
        folder = stat.key.partition("/")[0]
        assert head["CacheControl"] == KEPT_FOR.get(folder, BRIEFLY), stat.key
        seen.add(folder)
    assert seen == {*KEPT_FOR, "e", "feed.xml", "index.html", "listen-now.js", "listen-now.json"}


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_two_hosts_publish_into_one_bucket(
    target: Target, workshop: Workshop, second_host: Callable[[], Workshop]
) -> None:
    first = at(workshop, target)
    other = second_host()
    other = Workshop(other.folder, other.cache, {**target.environment, "SENDUNG_BY": "sebastian@home"})
    other.add_episode("zweiter-ton", "Der zweite Ton", 240)
    assert first.run("publish", "erster-ton").code == 0
    assert other.run("publish", "zweiter-ton").code == 0
    assert set(titles(target.open().read("feed.xml").data)) == {"Der erste Ton", "Der zweite Ton"}


@pytest.mark.parametrize("target", ["directory", "rclone", "ceph"], indirect=True)
def test_other_bytes_of_the_same_length_are_not_taken_for_the_recording(
    target: Target, workshop: Workshop, tmp_path: Path
) -> None:
    """Another digest is recorded with them; a directory records none, and reads what it holds."""
    show = at(workshop, target)
    assert show.run("publish", "erster-ton").code == 0
    store = target.open()
    [audio] = [stat.key for stat in store.list("audio/")]
    whole = store.read(audio).data
    other = tmp_path / "other.mp3"
    other.write_bytes(bytes(len(whole)))
    store.delete(audio)
    store.upload(audio, other, file_digest(other), Headers("audio/mpeg"), lambda _: None)
    result = show.run("publish", "erster-ton", "--remaster", "--json")
    assert result.code == 0, result.err
    assert target.open().read(audio).data == whole


SECRET = "not-to-be-seen-4711"


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"AWS_SECRET_ACCESS_KEY": SECRET}, "secret key"),
        ({"AWS_ACCESS_KEY_ID": SECRET}, "access key"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "credentials"),
    ],
    ids=["wrong secret", "wrong key", "no credentials"],
)
def test_wrong_credentials_are_one_clear_message(
    target: Target, change: dict[str, str], says: str, workshop: Workshop
) -> None:
    result = at(workshop, target).run("publish", "erster-ton", **change)
    assert result.code == 6, result.err
    assert result.err.count("error: ") == 1
    assert says in result.err.lower()
    assert SECRET not in result.out + result.err
    assert not list(target.open().list(""))


@pytest.mark.parametrize("target", ["rclone", "ceph"], indirect=True)
def test_a_bucket_that_does_not_exist_is_one_clear_message(target: Target, workshop: Workshop) -> None:
    result = at(workshop, target).run("publish", "erster-ton", "--store", "s3://no-such-bucket-here/show")
    assert result.code == 6, result.err
    assert result.err.count("error: ") == 1
    assert "no-such-bucket-here" in result.err


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9", pytest.param("http://store.invalid", marks=pytest.mark.soak)]
)
def test_no_network_is_one_clear_message(address: str, workshop: Workshop) -> None:
    workshop.edit("show.yaml", "store:\n", f"store:\n  url: s3://bucket/show\n  endpoint_url: {address}\n")
    own = {"AWS_ACCESS_KEY_ID": "testkey", "AWS_SECRET_ACCESS_KEY": "testsecret", "AWS_MAX_ATTEMPTS": "1"}
    result = workshop.run("publish", "erster-ton", **own)
    assert result.code == 6, result.err
    assert result.err.count("error: ") == 1
    assert "testsecret" not in result.err
