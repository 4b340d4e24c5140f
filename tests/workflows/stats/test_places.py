"""Logs in a bucket of a real S3 server."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import boto3
import make_logs as logs
import pytest

from sendung.core.errors import StoreError, UsageError
from sendung.workflows.context import RunContext
from sendung.workflows.stats.flow import statistics
from sendung.workflows.stats.request import StatsRequest
from tests.servers.fixtures import Target

pytest_plugins = ["tests.servers.fixtures"]
Corpus = Callable[[str], tuple[Path, logs.Truth]]


def test_a_buckets_logs_are_counted_and_no_copy_stays(
    run: RunContext, corpus: Corpus, new_target: Callable[[str], Target]
) -> None:
    folder, truth = corpus("s3")
    target = new_target("rclone")
    bucket = target.url.removeprefix("s3://").partition("/")[0]
    client = boto3.client("s3", endpoint_url=target.endpoint_url, region_name="us-east-1")
    lines = (folder / "access.log").read_bytes().splitlines(keepends=True)
    for number in range(4):
        body = gzip.compress(b"".join(lines[number::4]))
        client.put_object(Bucket=bucket, Key=f"logs/access-2026-10-{number}.gz", Body=body)
    client.put_object(Bucket=bucket, Key="logs/empty", Body=b"")
    client.put_object(Bucket=bucket, Key="elsewhere/x", Body=b"nothing\n")
    request = StatsRequest(places=(f"s3://{bucket}/logs/access-",), endpoint_url=target.endpoint_url)
    told = statistics(run, request)
    assert (told.read, told.warnings[0].message[:5]) == (truth.lines, "Note:")
    assert not [path for path in run.cache.rglob("*") if path.is_file() and b"REST.GET" in path.read_bytes()]
    with pytest.raises(UsageError, match=f"There is no file in s3://{bucket}/nothing"):
        statistics(run, StatsRequest(places=(f"s3://{bucket}/nothing/",), endpoint_url=target.endpoint_url))
    with pytest.raises(StoreError):
        statistics(run, StatsRequest(places=("s3://no-such-bucket-here/x",), endpoint_url=target.endpoint_url))
