"""Fixtures that give every test a fresh, empty place for one show, in every kind of store there is.

Load them with `pytest_plugins = ["tests.servers.fixtures"]`. Then:

- `target`: a `Target`; the test runs once for each kind in `KINDS` (directory, rclone, ceph). To choose the kinds:
  `@pytest.mark.parametrize("target", ["ceph-tls", "rclone-tls"], indirect=True)`.
- `new_target`: a function from a kind to a `Target`, for tests that need several or choose at run time.
- `rclone_server`, `rclone_tls_server`, `ceph_gateway`, `certificate`: the servers (one each per test run), for tests
  that put something between.

    def test_publishes(target: Target) -> None:
        subprocess.run([..., "publish", "--store", target.url], env=os.environ | target.environment)
        assert target.open().stat("feed.xml")

`target.url` and `target.endpoint_url` are what show.yaml's store takes; `target.environment` holds the credentials
and what else a child process needs, and is set in this process too while the test runs.

A test that needs Ceph is skipped, saying so, where Ceph is not installed; if CI or SENDUNG_REQUIRE_CEPH is set, it
fails.
"""

from __future__ import annotations

import functools
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config

from sendung.store import Store, open_store
from tests.servers.ceph import Gateway, gateway, missing_programs
from tests.servers.certificate import Certificate, make_certificate
from tests.servers.rclone import rclone

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KINDS = ("directory", "rclone", "ceph")
"""One of each kind of store."""
TLS_KINDS = ("rclone-tls", "ceph-tls")
"""The same servers behind a certificate that `environment` makes trusted."""

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testkey",
    "AWS_SECRET_ACCESS_KEY": "testsecret",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What a process needs to use the servers, and nothing of whoever runs the tests."""


@dataclass(frozen=True)
class Target:
    """A fresh, empty place for one show."""

    kind: str
    url: str
    endpoint_url: str | None
    environment: dict[str, str]

    @property
    def honours_conditions(self) -> bool:
        """Whether the store itself enforces conditional writes."""
        return not self.kind.startswith("rclone")

    def open(self) -> Store:
        """A new store object for this place."""
        return open_store(self.url, Path.cwd(), self.endpoint_url, None)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def rclone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint URL of `rclone serve s3`."""
    with rclone(tmp_path_factory.mktemp("rclone")) as url:
        yield url


@pytest.fixture(scope="session")
def rclone_tls_server(tmp_path_factory: pytest.TempPathFactory, certificate: Certificate) -> Iterator[str]:
    """The endpoint URL of `rclone serve s3` over TLS."""
    with rclone(tmp_path_factory.mktemp("rclone-tls"), certificate) as url:
        yield url


@pytest.fixture(scope="session")
def ceph_gateway(certificate: Certificate) -> Iterator[Gateway]:
    """A running Ceph gateway."""
    missing = missing_programs()
    if missing:
        reason = f"Ceph is not installed (no {', '.join(missing)}): apt-get install radosgw ceph-mon ceph-osd"
        if os.environ.get("CI") or os.environ.get("SENDUNG_REQUIRE_CEPH"):
            pytest.fail(reason)
        pytest.skip(reason)
    with gateway(certificate) as running:
        yield running


@pytest.fixture
def new_target(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Target]:
    """A function that makes a fresh place of a kind."""

    def make(kind: str) -> Target:
        if kind == "directory":
            return Target(kind, str(tmp_path / f"public-{secrets.token_hex(4)}"), None, {})
        environment = dict(CREDENTIALS)
        if kind.endswith("-tls"):
            environment["AWS_CA_BUNDLE"] = str(request.getfixturevalue("certificate").authority)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        endpoint_url = endpoint(request, kind)
        return Target(kind, f"s3://{make_bucket(endpoint_url)}/show", endpoint_url, environment)

    return make


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, new_target: Callable[[str], Target]) -> Target:
    """A fresh place, of each kind in turn."""
    return new_target(request.param)


def endpoint(request: pytest.FixtureRequest, kind: str) -> str:
    """The endpoint URL of a server, started when it is first asked for."""
    if kind.startswith("rclone"):
        url: str = request.getfixturevalue("rclone_tls_server" if kind.endswith("-tls") else "rclone_server")
        return url
    running: Gateway = request.getfixturevalue("ceph_gateway")
    return running.https if kind.endswith("-tls") else running.http


def make_bucket(endpoint_url: str) -> str:
    """The name of a new bucket at a server, with the credentials of the environment."""
    name = f"test-{secrets.token_hex(6)}"
    client_at(endpoint_url).create_bucket(Bucket=name)
    return name


@functools.cache
def client_at(endpoint_url: str) -> S3Client:
    """boto3's own client for a server, with the credentials of the environment when it is first asked for."""
    config = Config(request_checksum_calculation="when_required", retries={"mode": "standard", "max_attempts": 5})
    return boto3.client("s3", endpoint_url=endpoint_url, region_name="us-east-1", config=config)
