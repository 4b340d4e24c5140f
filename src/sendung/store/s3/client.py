"""The boto3 client that works on every S3 service."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3.session
import botocore.exceptions
import botocore.session
from botocore.config import Config
from botocore.utils import parse_timestamp

from sendung.core.addresses import shown
from sendung.core.errors import ConfigError
from sendung.core.words import say
from sendung.store.s3.bucket import CONNECTIONS, Bucket, Patience
from sendung.store.s3.errors import explain

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?")
CONNECT_TIMEOUT: float = 10
"""Seconds for making a connection, and for each block of a body to leave."""
READ_TIMEOUT: float = 30
"""Seconds for an answer to begin, and for each block of it to come."""


def connect(
    bucket: str, prefix: str, endpoint_url: str | None, region: str | None, *, patience: Patience | None = None
) -> Bucket:
    """A bucket, and a prefix in it ("" for none), at a service. Nothing is sent yet.

    Credentials come from boto3's usual chain.
    Raises ConfigError if the endpoint or region cannot be right, AccessDenied if a profile does not exist.
    """
    service = _service(endpoint_url)
    try:
        client = _client(endpoint_url, region)
    except ValueError as error:
        raise _no_address(endpoint_url) from error
    except botocore.exceptions.BotoCoreError as error:
        raise explain(error, bucket, service) from error
    return Bucket(client, bucket, f"{prefix}/" if prefix else "", service, patience or Patience())


def _client(endpoint_url: str | None, region: str | None) -> S3Client:
    """A client that sends nothing twice (`Bucket.ask` does).

    It sends checksums only where the protocol demands them: boto3's own default is refused by Ceph and others over
    TLS. Content-MD5, which services check and which is part of what is signed, takes their place; boto3 relies on it
    over TLS anyway and here everywhere, since a SHA-256 of each body besides would cost more than sending it to a
    service nearby.
    """
    core = botocore.session.Session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    session = boto3.session.Session(botocore_session=core)
    return session.client(
        "s3",
        endpoint_url=endpoint_url,
        region_name=region or session.region_name or ("us-east-1" if endpoint_url else None),
        config=Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_pool_connections=CONNECTIONS,
            tcp_keepalive=True,
            retries={"total_max_attempts": 1},
            s3={"payload_signing_enabled": False},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _moment(text: str) -> datetime:
    """When something was. boto3 tries the forms of a date one by one, for each object of a listing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return parse_timestamp(text)
    return moment if moment.tzinfo else parse_timestamp(text)


def _service(endpoint_url: str | None) -> str:
    """What messages call the service: AWS, or the endpoint's host and port."""
    if endpoint_url is None:
        return "AWS S3"
    if "@" in endpoint_url:  # wherever it is: a secret may hold a slash
        raise ConfigError(
            "store.endpoint_url holds credentials.",
            "Take them out (and change them); set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead.",
        )
    try:
        parts = urlsplit(endpoint_url)
        right = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.netloc) and parts.port != 0
    except ValueError:
        right = None
    if not right:
        raise _no_address(endpoint_url)
    return parts.netloc


def _no_address(endpoint_url: str | None) -> ConfigError:
    return ConfigError(
        say(
            "store.endpoint_url is not the address of a service: {endpoint_url}.",
            endpoint_url=shown(endpoint_url or ""),
        ),
        "Write it like https://s3.example.com, without the bucket.",
    )
