"""What each answer of a service means: sent again, or shown; and how long is waited before it is sent again."""

from __future__ import annotations

import ssl

import botocore.exceptions as boto
import pytest

from sendung.core.errors import AccessDenied, Damaged, NoSpace, SendungError, StoreError, StoreMissing, Unreachable
from sendung.store.s3.bucket import Patience
from sendung.store.s3.errors import UploadGone, explain, passes


def answer(status: int, code: str) -> boto.ClientError:
    """An answer that is no success, as boto3 raises it."""
    response = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(response, "PutObject")  # type: ignore[arg-type]


SENT_AGAIN = [
    *((400, code) for code in ("BadDigest", "IncompleteBody", "MalformedXML", "RequestTimeout", "ThrottlingException")),
    *((409, "OperationAborted"), (429, "429"), (500, "InternalError"), (502, "502"), (503, "SlowDown")),
]
SHOWN: list[tuple[int, str, type[SendungError], str]] = [
    (400, "InvalidBucketName", SendungError, "cannot be the name"),
    (400, "InvalidPart", UploadGone, "lost parts"),
    (400, "InvalidToken", AccessDenied, "does not know the access key"),
    (400, "ExpiredToken", AccessDenied, "have expired"),
    (400, "RequestExpired", AccessDenied, "clock"),
    (400, "AuthorizationHeaderMalformed", StoreError, "another region"),
    (301, "PermanentRedirect", StoreError, "another region"),
    (403, "InvalidAccessKeyId", AccessDenied, "does not know the access key"),
    (403, "SignatureDoesNotMatch", AccessDenied, "secret key"),
    (403, "RequestTimeTooSkewed", AccessDenied, "clock"),
    (403, "QuotaExceeded", NoSpace, "quota"),
    (403, "403", AccessDenied, "denies access"),
    (404, "NoSuchBucket", StoreMissing, "does not exist"),
    (404, "NoSuchUpload", UploadGone, "lost an upload"),
    (418, "Teapot", StoreError, "418 Teapot"),
    (501, "NotImplemented", Unreachable, "501 NotImplemented"),
    (507, "507", NoSpace, "no space left"),
    (507, "XMinioStorageFull", NoSpace, "no space left"),
]


@pytest.mark.parametrize(("status", "code"), SENT_AGAIN)
def test_what_may_pass_is_sent_again_and_is_unreachable_or_damaged_if_it_does_not(status: int, code: str) -> None:
    error = answer(status, code)
    assert passes(error)
    assert isinstance(explain(error, "bucket", "service"), Unreachable | Damaged)


@pytest.mark.parametrize(("status", "code", "kind", "words"), SHOWN)
def test_what_lasts_is_shown_at_once(status: int, code: str, kind: type[SendungError], words: str) -> None:
    error = answer(status, code)
    shown = explain(error, "bucket", "service")
    assert not passes(error)
    assert isinstance(shown, kind)
    assert words in str(shown)
    assert shown.problems[0].hint


def test_a_certificate_is_not_tried_again_and_every_other_break_is() -> None:
    untrusted = boto.SSLError(endpoint_url="https://service", error=ssl.SSLError("CERTIFICATE_VERIFY_FAILED"))
    assert not passes(untrusted)
    assert passes(boto.SSLError(endpoint_url="https://service", error=ssl.SSLError("unexpected end")))
    assert passes(boto.ConnectionClosedError(endpoint_url="https://service"))
    assert "TLS" in str(explain(untrusted, "bucket", "service"))


def test_a_host_waits_longer_each_time_but_never_for_long() -> None:
    patience = Patience(first=0.2, most=8)
    for number in range(20):
        full = min(8, 0.2 * 2**number)
        assert full / 2 <= patience.seconds(number) <= full
    assert len({patience.seconds(5) for _ in range(20)}) > 1
