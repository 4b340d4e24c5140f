"""What to set at each storage service, so that the public reads what is published and nothing else.

Sources are named in docs/howto/ and docs/stores.md. Policies name what is public, and everything else stays private;
that works at every service with bucket policies, and for any number of shows in one bucket.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sendung.core.words import say, told
from sendung.store.keys import PRIVATE
from sendung.store.opening import bucket_of

PUBLIC = (
    "feed.xml",
    "feed.*.xml",
    "feed/*",
    "index.html",
    "episodes/*",
    "e/*",
    "audio/*",
    "customers/*",
    "assets/*",
    "listen-now.js",
    "listen-now.json",
)
"""All that the public may read, relative to the store's root; "*" stands for the rest of a key."""
_ABORT_DAYS = 7


class Service(StrEnum):
    """A kind of storage service."""

    AWS = "aws"
    R2 = "r2"
    MINIO = "minio"
    CEPH = "ceph"
    BACKBLAZE = "backblaze"


_ENDPOINTS = {
    "r2.cloudflarestorage.com": Service.R2,
    "backblazeb2.com": Service.BACKBLAZE,
    "your-objectstorage.com": Service.CEPH,  # Hetzner
    "amazonaws.com": Service.AWS,
}


def advice(url: str, endpoint_url: str | None) -> str:
    """Where it stands what to set at a store's service, in a sentence; `url` and `endpoint_url` are show.yaml's."""
    if bucket_of(url) is None:
        return "docs/stores.md says what to set at a web server."
    host = urlsplit(endpoint_url).hostname or "" if endpoint_url else "amazonaws.com"
    service = next((name for end, name in _ENDPOINTS.items() if f".{host}".endswith(f".{end}")), None)
    if service is None:
        return say(
            "sendung doctor --policy SERVICE ({services}) prints what to set, and docs/stores.md explains it.",
            services=", ".join(Service),
        )
    return say("sendung doctor --policy {service} prints what to set, and docs/stores.md explains it.", service=service)


@dataclass(frozen=True)
class ShowBucket:
    """Where a show is kept. `prefix` is empty or ends in "/"."""

    name: str
    prefix: str
    endpoint_url: str | None
    public_url: str


@dataclass(frozen=True)
class ServiceStep:
    """One thing to set: what it is for, the file that it needs, and the command that applies it."""

    purpose: str
    """One or more sentences."""
    file: str = ""
    document: dict[str, Any] | None = None
    """The file's content."""
    command: str = ""
    """For a POSIX shell; empty where the service has it as it should be."""


def steps(service: Service, bucket: ShowBucket) -> tuple[ServiceStep, ...]:
    """What to set at a service, in order."""
    return tuple(make(bucket) for make in _STEPS[service])


def script(steps: tuple[ServiceStep, ...]) -> str:
    """The steps as a shell script, each file written before it is used."""
    parts = []
    for step in steps:
        lines = [f"# {line}" for line in told(step.purpose).splitlines()]
        if step.document is not None:
            lines += [f"cat > {step.file} <<'END'", json.dumps(step.document, indent=2), "END"]
        if step.command:
            lines.append(step.command)
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _policy(bucket: ShowBucket) -> ServiceStep:
    resources = [f"arn:aws:s3:::{bucket.name}/{bucket.prefix}{key}" for key in PUBLIC]
    allow = {"Sid": "Public", "Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": resources}
    return ServiceStep(
        "Everybody may read what is published; records/ and state/ stay private.\n"
        "This replaces the bucket's policy: with several shows in it, list the resources of all of them.",
        "policy.json",
        {"Version": "2012-10-17", "Statement": [allow]},
        _s3api(bucket, "put-bucket-policy", "--policy file://policy.json"),
    )


def _cors_rule(**names: str) -> dict[str, Any]:
    """One rule in the words of a service: apps and article pages anywhere may read, in ranges, too."""
    rule = {
        "AllowedOrigins": ["*"],
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"],
        "MaxAgeSeconds": 86400,
    }
    return {names.get(name, name): value for name, value in rule.items()}


_CORS = "Apps in browsers and article pages on other sites may read transcripts, chapters and the list of episodes."


def _cors(bucket: ShowBucket) -> ServiceStep:
    command = _s3api(bucket, "put-bucket-cors", "--cors-configuration file://cors.json")
    return ServiceStep(_CORS, "cors.json", {"CORSRules": [_cors_rule()]}, command)


def _lifecycle(bucket: ShowBucket) -> ServiceStep:
    rule = {
        "ID": "abort-incomplete-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": bucket.prefix},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _ABORT_DAYS},
    }
    command = _s3api(bucket, "put-bucket-lifecycle-configuration", "--lifecycle-configuration file://lifecycle.json")
    purpose = say("What an interrupted upload left is deleted after {abort_days} days.", abort_days=_ABORT_DAYS)
    return ServiceStep(purpose, "lifecycle.json", {"Rules": [rule]}, command)


def _aws_public_access(bucket: ShowBucket) -> ServiceStep:
    settings = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=false,RestrictPublicBuckets=false"
    return ServiceStep(
        "AWS refuses public policies unless the bucket allows them. Access control lists stay blocked.",
        command=_s3api(bucket, "put-public-access-block", f"--public-access-block-configuration {settings}"),
    )


def _minio_cors(bucket: ShowBucket) -> ServiceStep:
    return ServiceStep(
        say(
            "{cors}\nMinIO's community edition has no CORS rules for single buckets. The server "
            "allows every origin, unless it\nwas told otherwise; this tells it again (ALIAS is the "
            "server's name in mc).",
            cors=_CORS,
        ),
        command='mc admin config set ALIAS api cors_allow_origin="*"',
    )


def _minio_lifecycle(bucket: ShowBucket) -> ServiceStep:
    return ServiceStep(
        say(
            "MinIO itself deletes what an interrupted upload left, after 24 hours. This makes it "
            "{abort_days} days, so\nthat an upload can still be taken up again. MinIO has no "
            "lifecycle rule for it.",
            abort_days=_ABORT_DAYS,
        ),
        command=f"mc admin config set ALIAS api stale_uploads_expiry={_ABORT_DAYS * 24}h",
    )


def _r2_domain(bucket: ShowBucket) -> ServiceStep:
    host = urlsplit(bucket.public_url).hostname or "cdn.example.org"
    return ServiceStep(
        "R2 has no bucket policies: a custom domain makes the bucket public, and a rule at that domain keeps records/\n"
        "and state/ private. Leave the r2.dev address off, since rules do not apply to it.",
        command=f"wrangler r2 bucket domain add {bucket.name} --domain {shlex.quote(host)} --zone-id $ZONE_ID",
    )


def _cloudflare_rule(bucket: ShowBucket) -> ServiceStep:
    parts = urlsplit(bucket.public_url)
    paths = [f'starts_with(url_decode(http.request.uri.path), "{parts.path}/{folder}")' for folder in PRIVATE]
    rule = {
        "description": "Keep the podcast's records private",
        "expression": f'http.host eq "{parts.hostname}" and ({" or ".join(paths)})',
        "action": "block",
        "enabled": True,
    }
    address = "https://api.cloudflare.com/client/v4/zones/$ZONE_ID/rulesets/$RULESET_ID/rules"
    return ServiceStep(
        "The public must not read records/ and state/. RULESET_ID is the zone's ruleset of the phase\n"
        "http_request_firewall_custom; or paste the expression under Security > WAF > Custom rules, with Block.",
        "rule.json",
        rule,
        f'curl -X POST "{address}" -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" --json @rule.json',
    )


def _r2_cors(bucket: ShowBucket) -> ServiceStep:
    rule = _cors_rule(ExposeHeaders="exposeHeaders", MaxAgeSeconds="maxAgeSeconds")
    allowed = {
        "origins": rule.pop("AllowedOrigins"),
        "methods": rule.pop("AllowedMethods"),
        "headers": rule.pop("AllowedHeaders"),
    }
    command = f"wrangler r2 bucket cors set {bucket.name} --file cors.json"
    return ServiceStep(_CORS, "cors.json", {"rules": [{"allowed": allowed, **rule}]}, command)


def _r2_lifecycle(bucket: ShowBucket) -> ServiceStep:
    return ServiceStep(
        say(
            "What an interrupted upload left is deleted by R2 itself after {abort_days} days. There is nothing to do.",
            abort_days=_ABORT_DAYS,
        )
    )


def _backblaze_private(bucket: ShowBucket) -> ServiceStep:
    return ServiceStep(
        "Backblaze has no bucket policies: a public bucket is public as a whole. So keep it private, and let a\n"
        "Cloudflare Worker with a read-only application key serve it at your own domain (see docs/stores.md).",
        command=f"b2 bucket update {bucket.name} allPrivate",
    )


def _s3api(bucket: ShowBucket, action: str, arguments: str) -> str:
    endpoint = f" --endpoint-url {shlex.quote(bucket.endpoint_url)}" if bucket.endpoint_url else ""
    return f"aws s3api {action}{endpoint} --bucket {bucket.name} {arguments}"


_STEPS = {
    Service.AWS: (_aws_public_access, _policy, _cors, _lifecycle),
    Service.R2: (_r2_domain, _cloudflare_rule, _r2_cors, _r2_lifecycle),
    Service.MINIO: (_policy, _minio_cors, _minio_lifecycle),
    Service.CEPH: (_policy, _cors, _lifecycle),
    Service.BACKBLAZE: (_backblaze_private, _cloudflare_rule, _cors, _lifecycle),
}
