"""What the doctor says of a store, on every kind that there is."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sendung.store import Headers, open_store
from sendung.workflows.doctor.storage import check_store
from tests.end_to_end.conftest import Workshop
from tests.end_to_end.test_stores import SECRET, at
from tests.servers.ceph import Gateway
from tests.servers.fixtures import CREDENTIALS, Target, make_bucket
from tests.servers.proxy import Choose, Fault, Request, breaking_proxy, no_conditions
from tests.workflows.doctor.reading import by_subject, states


def now() -> datetime:
    return datetime.now(UTC)


def test_it_is_found_out_what_a_store_does_by_itself(target: Target) -> None:
    store = target.open()
    found = by_subject(check_store(store, now))
    conditions = "ok" if target.honours_conditions else "warn"
    assert (found.pop("creating"), found.pop("replacing")) == (conditions, conditions)
    assert found.pop("metadata", None) == (None if target.kind == "directory" else "ok")
    assert found == dict.fromkeys(("access", "listing", "clock", "reading", "deleting"), "ok")
    assert list(store.list("")) == []


def test_files_that_earlier_versions_closed_to_web_servers_are_named(tmp_path: Path) -> None:
    root = tmp_path / "public"
    store = open_store(str(root), tmp_path, None, None)
    for key in ("feed.xml", "e/eins/index.html", "e/zwei/index.html", "records/show/000001.json"):
        store.create(key, b"1", Headers("text/plain"))
    assert "rights" not in by_subject(check_store(store, now))
    for closed in (root, root / "e/eins", root / "records", root / "records/show"):
        closed.chmod(0o700)
    (root / "e/zwei/index.html").chmod(0o600)
    [diagnosis] = [diagnosis for diagnosis in check_store(store, now) if diagnosis.subject == "rights"]
    assert diagnosis.message.startswith("3 public files and folders are closed to other users")
    assert diagnosis.hint == f"In {root}: chmod a+rX . && chmod -R a+rX e"
    subprocess.run(diagnosis.hint.partition(": ")[2], shell=True, check=True, cwd=root)
    assert "rights" not in by_subject(check_store(store, now))
    assert (root / "records").stat().st_mode & 0o077 == 0, "records stay as they were"


@pytest.fixture
def ceph_bucket(ceph_gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The endpoint of a Ceph gateway, and a bucket there."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return ceph_gateway.http, make_bucket(ceph_gateway.http)


def only_replacing(request: Request) -> Fault | None:
    return Fault.NOT_IMPLEMENTED if request.method == "PUT" and "if-match" in request.headers else None


@pytest.mark.parametrize(
    ("choose", "creating", "replacing"), [(no_conditions, "warn", "warn"), (only_replacing, "ok", "warn")]
)
def test_creating_and_replacing_are_told_apart(
    ceph_bucket: tuple[str, str], choose: Choose, creating: str, replacing: str, tmp_path: Path
) -> None:
    endpoint_url, bucket = ceph_bucket
    with breaking_proxy(endpoint_url, choose) as proxy:
        found = by_subject(check_store(open_store(f"s3://{bucket}", tmp_path, proxy.url, None), now))
    assert (found["creating"], found["replacing"]) == (creating, replacing)
    assert found["deleting"] == "ok"


@pytest.mark.parametrize(("target", "minutes"), [("directory", 20), ("rclone", -20), ("ceph", 2)], indirect=["target"])
def test_a_wrong_clock_is_told_with_its_direction(target: Target, minutes: int) -> None:
    shift = timedelta(minutes=minutes)
    [finding] = [one for one in check_store(target.open(), lambda: now() + shift) if one.subject == "clock"]
    assert finding.state == ("bad" if abs(minutes) > 15 else "warn")
    assert f"{abs(minutes)} minutes {'ahead of' if minutes > 0 else 'behind'}" in finding.message


@pytest.mark.parametrize(
    ("target", "change"),
    [("rclone", "AWS_SECRET_ACCESS_KEY"), ("ceph", "AWS_ACCESS_KEY_ID")],
    indirect=["target"],
)
def test_wrong_credentials_are_bad_and_never_shown(target: Target, change: str, workshop: Workshop) -> None:
    result = at(workshop, target).run("doctor", "--json", **{change: SECRET})
    assert result.code == 6
    assert states(result)["store: access"] == "bad"
    for text in (result.out, result.err):
        assert SECRET not in text
        assert "testsecret" not in text


@pytest.mark.parametrize("target", ["rclone"], indirect=True)
def test_a_bucket_that_does_not_exist_is_bad(target: Target, workshop: Workshop) -> None:
    result = at(workshop, target).run("doctor", "--store", "s3://no-such-bucket-here/show")
    assert result.code == 6
    assert "bad  store: access: " in result.out
    assert "no-such-bucket-here" in result.out
