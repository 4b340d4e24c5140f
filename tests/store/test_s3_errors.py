"""Whatever keeps an S3 store from working is one sentence and one hint, of the right class, without a secret."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sendung.core.errors import (
    AccessDenied,
    ConfigError,
    Damaged,
    NoSpace,
    SendungError,
    StoreError,
    StoreMissing,
    Unreachable,
)
from sendung.store import Headers, Store, open_store
from sendung.store.interface import Abilities
from sendung.store.s3.bucket import Patience
from sendung.store.s3.client import connect
from sendung.store.s3.store import S3Store
from tests.servers.fixtures import Target, make_bucket
from tests.servers.process import free_ports
from tests.servers.proxy import Fault, breaking_proxy
from tests.servers.rclone import rclone
from tests.store.places import store_at

PAGE = Headers("text/html")
QUICK = Patience(tries=3, first=0.01, most=0.05, settle=0.05)
SECRET = "n0t-the-Secret/of+anyone"


@pytest.fixture(params=["rclone", "ceph"])
def target(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Target:
    return new_target(request.param)


def every_use(store: Store, path: Path) -> list[Callable[[], object]]:
    path.write_bytes(b"x")
    return [
        lambda: store.read("a"),
        lambda: store.create("a", b"x", PAGE),
        lambda: store.replace("a", b"x", PAGE, None),
        lambda: store.upload(
            "a", path, "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", PAGE, print
        ),
        lambda: store.stat("a"),
        lambda: list(store.list("")),
        lambda: store.delete("a"),
    ]


def assert_every_use_fails(store: Store, path: Path, kind: type[StoreError], words: str) -> None:
    for use in every_use(store, path):
        with pytest.raises(kind) as caught:
            use()
        message = str(caught.value)
        assert words in message
        assert caught.value.problems[0].hint
        assert SECRET not in message + caught.value.problems[0].hint
        assert message.count("\n") == 0


def test_a_missing_bucket_is_named(target: Target, tmp_path: Path) -> None:
    store = open_store("s3://no-such-bucket/show", tmp_path, target.endpoint_url, None)
    assert_every_use_fails(store, tmp_path / "x", StoreMissing, "no-such-bucket does not exist")


def test_a_wrong_secret_is_told_from_a_wrong_key(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert_every_use_fails(target.open(), tmp_path / "x", AccessDenied, "secret key")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "unknown")
    assert_every_use_fails(target.open(), tmp_path / "x", AccessDenied, "does not know the access key")


@pytest.mark.parametrize("target", ["ceph"], indirect=True)
def test_anothers_bucket_is_denied(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testkey2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testsecret2")
    assert_every_use_fails(target.open(), tmp_path / "x", AccessDenied, "denies access to the bucket")


def test_no_credentials_at_all_says_where_to_put_them(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    store = target.open()
    assert_every_use_fails(store, tmp_path / "x", AccessDenied, "no credentials")
    with pytest.raises(AccessDenied) as caught:
        store.read("a")
    assert "AWS_ACCESS_KEY_ID" in caught.value.problems[0].hint


def test_an_unknown_profile_is_told(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(AccessDenied, match="profile"):
        target.open()


@pytest.mark.parametrize("target", ["ceph"], indirect=True)
def test_a_clock_that_is_wrong_is_told(target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skewed = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: skewed.replace(tzinfo=None))
    assert_every_use_fails(target.open(), tmp_path / "x", AccessDenied, "clock")


@pytest.mark.parametrize(
    ("endpoint_url", "words"),
    [
        ("http://127.0.0.1:{closed}", "refuses the connection"),
        ("http://s3.invalid", "name of s3.invalid cannot be resolved"),
    ],
)
def test_a_service_that_is_not_there_is_unreachable(endpoint_url: str, words: str, tmp_path: Path) -> None:
    (closed,) = free_ports(1)
    store = S3Store(connect("bucket", "", endpoint_url.format(closed=closed), None, patience=QUICK))
    assert_every_use_fails(store, tmp_path / "x", Unreachable, words)


def test_a_certificate_that_is_not_trusted_is_told(
    new_target: Callable[[str], Target], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = new_target("rclone-tls")
    monkeypatch.delenv("AWS_CA_BUNDLE")
    assert_every_use_fails(target.open(), tmp_path / "x", Unreachable, "TLS certificate")


def test_plain_http_to_a_tls_port_and_the_reverse_are_told(new_target: Callable[[str], Target], tmp_path: Path) -> None:
    tls, plain = new_target("rclone-tls").endpoint_url, new_target("rclone").endpoint_url
    assert tls
    assert plain
    for endpoint_url in (tls.replace("https", "http"), plain.replace("http", "https")):
        store = S3Store(connect("bucket", "", endpoint_url, None, patience=QUICK))
        for use in every_use(store, tmp_path / "x"):
            with pytest.raises(StoreError):
                use()


def test_a_service_that_hangs_is_given_up(new_target: Callable[[str], Target], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sendung.store.s3.client.READ_TIMEOUT", 0.2)
    target = new_target("rclone")
    assert target.endpoint_url
    with breaking_proxy(target.endpoint_url, lambda _: Fault.SILENT) as proxy:
        store = S3Store(connect("bucket", "", proxy.url, None, patience=Patience(first=0.01)))
        with pytest.raises(Unreachable, match="in time"):
            store.read("a")
        assert proxy.broken[Fault.SILENT] == 3


@pytest.mark.parametrize(
    ("url", "endpoint_url", "words"),
    [
        ("s3://", None, "neither a directory nor s3"),
        ("s3:///show", None, "neither a directory nor s3"),
        ("gs://bucket", None, "neither a directory nor s3"),
        (f"s3://key:{SECRET}@bucket", None, "neither a directory nor s3"),
        ("s3://bucket//show", None, "neither a directory nor s3"),
        ("s3://bucket", "s3.example.com", "not the address of a service"),
        ("s3://bucket", "ftp://s3.example.com", "not the address of a service"),
        ("s3://bucket", "http://", "not the address of a service"),
        ("s3://bucket", "http://s3 .example", "not the address of a service"),
        ("s3://bucket", "http://s3.example.com:99999", "not the address of a service"),
        ("s3://bucket", f"https://key:{SECRET}@s3.example.com", "holds credentials"),
    ],
)
def test_an_address_that_cannot_be_right_is_told_at_once(
    url: str, endpoint_url: str | None, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        open_store(url, tmp_path, endpoint_url, None)
    assert SECRET not in str(caught.value)
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(("url", "region"), [("s3://Not_A_Bucket", None), ("s3://bucket", "no region")])
def test_names_that_the_protocol_does_not_allow_are_mistakes_in_the_config(
    url: str, region: str | None, target: Target, tmp_path: Path
) -> None:
    with pytest.raises(SendungError) as caught:
        open_store(url, tmp_path, target.endpoint_url, region).read("a")
    assert isinstance(caught.value, ConfigError | StoreMissing | AccessDenied)
    assert caught.value.problems[0].hint


def test_a_full_disk_at_the_service_is_told(small_disk: Path, tmp_path: Path) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(3_000_000))
    with rclone(small_disk) as endpoint_url:
        store = S3Store(connect(make_bucket(endpoint_url), "", endpoint_url, None, patience=QUICK))
        with pytest.raises(StoreError) as caught:
            store.replace("a", big.read_bytes(), PAGE, None)
        assert store.stat("a") is None
    assert isinstance(caught.value, NoSpace | Unreachable)  # rclone says 500 InternalError and no more


def test_boto3_is_imported_only_for_s3() -> None:
    code = "import sys; from pathlib import Path; from sendung.store import open_store; "
    code += "open_store('public', Path(), None, None); sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def changed(store: S3Store, event: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the answers to a kind of request from now on."""

    def handle(parsed: dict[str, Any], **_: object) -> None:
        change(parsed)

    store._bucket.client.meta.events.register(f"after-call.s3.{event}", handle)


def test_a_listing_that_ends_before_its_end_is_not_taken_for_whole(target: Target) -> None:
    store = store_at(target, target.endpoint_url or "")
    store.create("a", b"", PAGE)
    changed(store, "ListObjectsV2", lambda parsed: parsed.update(IsTruncated=True))
    with pytest.raises(Damaged, match="ends a listing before its end"):
        list(store.list(""))


def test_an_answer_without_an_etag_is_asked_for_again(target: Target) -> None:
    """It was done all the same, once; what never says a version is no store."""
    store = store_at(target, target.endpoint_url or "")
    changed(store, "PutObject", lambda parsed: parsed.pop("ETag"))
    version = store.replace("feed.xml", b"mine", PAGE, None)
    assert store.read("feed.xml").version == version
    assert [write.key for write in store.writes] == ["feed.xml"]
    changed(store, "HeadObject", lambda parsed: parsed.pop("ETag"))
    with pytest.raises(Damaged, match="no ETag"):
        store.stat("feed.xml")


def test_what_a_service_does_by_itself_is_found_out(target: Target) -> None:
    store = store_at(target, target.endpoint_url or "")
    honours = target.honours_conditions
    assert store.abilities() == Abilities(create=honours, replace=honours, metadata=True)
    assert not list(store.list(""))


def test_a_listing_without_an_etag_is_completed_by_asking_for_the_object(target: Target) -> None:
    """As rclone lists what is being replaced at that moment."""
    bucket = connect(make_bucket(target.endpoint_url or ""), "show", target.endpoint_url, None)
    store = S3Store(bucket)
    for key in ("a", "b", "gone"):
        store.create(key, key.encode(), Headers("text/plain"))
    complete = list(store.list(""))

    def leave_out(parsed: dict[str, Any], **_: object) -> None:
        for found in parsed.get("Contents", []):
            del found["ETag"]
        bucket.client.delete_object(Bucket=bucket.name, Key=f"{bucket.prefix}gone")

    bucket.client.meta.events.register("after-call.s3.ListObjectsV2", leave_out)
    assert [(stat.key, stat.version, stat.size, stat.modified) for stat in store.list("")] == [
        (stat.key, stat.version, stat.size, stat.modified) for stat in complete[:2]
    ]
