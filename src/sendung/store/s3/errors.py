"""What S3 services and the network say, as errors that a host can mend."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import Any

import botocore.exceptions as boto
import botocore.parsers
import urllib3.exceptions

from sendung.core.errors import (
    AccessDenied,
    ConfigError,
    Damaged,
    NoSpace,
    ObjectMissing,
    SendungError,
    StoreError,
    StoreMissing,
    Unreachable,
)
from sendung.core.words import say

FAULTS = (
    boto.ClientError,
    boto.BotoCoreError,
    botocore.parsers.ResponseParserError,
    urllib3.exceptions.HTTPError,
    Damaged,
)
"""Everything that a request to a service fails with: what boto3 raises, and answers that cannot be right."""

TIMEOUTS = (boto.ConnectTimeoutError, boto.ReadTimeoutError)
"""No answer in time."""

_NETWORK = (
    boto.HTTPClientError,
    boto.ConnectionError,
    boto.IncompleteReadError,
    boto.ResponseStreamingError,
    botocore.parsers.ResponseParserError,
    urllib3.exceptions.HTTPError,
)
_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.NoAuthTokenError,
    boto.TokenRetrievalError,
    boto.ProfileNotFound,
    boto.SSOError,
    boto.LoginError,
    boto.MetadataRetrievalError,
    boto.ConfigParseError,
)
# BadDigest, IncompleteBody, MalformedXML: what was sent was right, so it was broken on the way
_PASSING_CODES = {
    "BadDigest",
    "IncompleteBody",
    "MalformedXML",
    "OperationAborted",
    "RequestLimitExceeded",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "XAmzContentSHA256Mismatch",
}
_LASTING_5XX = {501, 505, 507}


class UploadGone(StoreError):
    """A multipart upload is of no more use: somebody completed or aborted it, or a part of it is wrong."""


@dataclass(frozen=True)
class Reply:
    """Status and error code of an answer that was no success. HEAD has no body: its code is the status."""

    status: int
    code: str

    @classmethod
    def of(cls, error: BaseException | None) -> Reply:
        """What was answered; status 0 and no code where nothing was."""
        if not isinstance(error, boto.ClientError):
            return cls(0, "")
        response: dict[str, Any] = dict(error.response)
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return cls(int(status), str(response.get("Error", {}).get("Code", "")))

    @property
    def missing(self) -> bool:
        """Whether the key (not the bucket) holds nothing."""
        return self.status == http.HTTPStatus.NOT_FOUND and self.code in {"NoSuchKey", "404", "NotFound"}

    @property
    def refused(self) -> bool:
        """Whether a condition did not hold: AWS says 412, 409 or 404, others 412."""
        return self.status in {404, 409, 412} and self.code not in {"NoSuchBucket", "NoSuchUpload"}

    @property
    def unsupported(self) -> bool:
        """Whether the service does not know what was asked of it."""
        return self.status in {405, 501} or self.code == "NotImplemented"


def passes(error: BaseException) -> bool:
    """Whether the same request may well succeed when it is sent again."""
    if isinstance(error, Damaged):
        return True
    if isinstance(error, _NETWORK):
        return "CERTIFICATE_VERIFY_FAILED" not in str(error)
    reply = Reply.of(error)
    return (
        reply.code in _PASSING_CODES
        or reply.status == http.HTTPStatus.TOO_MANY_REQUESTS
        or (reply.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR and not _lasts(reply))
    )


def _lasts(reply: Reply) -> bool:
    return reply.status in _LASTING_5XX or reply.code == "NotImplemented"


def explain(error: BaseException, bucket: str, service: str) -> SendungError:
    """The error to show: what happened at which bucket and service, and what to do. Holds nothing secret."""
    if isinstance(error, SendungError):
        return error
    if isinstance(error, boto.ClientError):
        return _explain_reply(error, bucket, service)
    if isinstance(error, _CREDENTIALS):
        return _explain_credentials(error, service)
    if isinstance(error, _NETWORK):
        return _explain_network(error, service)
    return ConfigError(
        say(
            "{service} cannot be asked for the bucket {bucket}: {name}.",
            service=service,
            bucket=bucket,
            name=type(error).__name__,
        ),
        "Check store.url, store.endpoint_url and store.region in show.yaml.",
    )


def _explain_credentials(error: BaseException, service: str) -> SendungError:
    if isinstance(error, boto.ProfileNotFound):
        return AccessDenied(
            "The AWS profile that is asked for does not exist.", "Check AWS_PROFILE and your ~/.aws/config."
        )
    if isinstance(error, boto.NoCredentialsError):
        return AccessDenied(say("There are no credentials for {service}.", service=service), _WHERE_CREDENTIALS)
    return AccessDenied(
        say("The credentials for {service} are incomplete or cannot be fetched.", service=service), _WHERE_CREDENTIALS
    )


_WHERE_CREDENTIALS = (
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE for a profile in ~/.aws/credentials. "
    "Where a bucket is not at AWS, endpoint_url in show.yaml says so."
)
_TLS = "Check that the address and the machine's date are right; for a certificate of your own set AWS_CA_BUNDLE."
_NETWORK_HINT = "Check the network and store.endpoint_url in show.yaml, then run the command again."


def _explain_network(error: BaseException, service: str) -> SendungError:
    text = f"{error} {getattr(error, 'kwargs', {}).get('error')}"
    if isinstance(error, boto.SSLError) or "SSL" in text:
        return Unreachable(
            say("No secure connection to {service}: its TLS certificate or protocol is not accepted.", service=service),
            _TLS,
        )
    if isinstance(error, boto.ProxyConnectionError):
        return Unreachable(
            say("The proxy on the way to {service} does not answer.", service=service),
            "Check HTTP_PROXY and HTTPS_PROXY.",
        )
    if any(words in text for words in ("resolve", "Name or service", "getaddrinfo", "nodename")):
        return Unreachable(say("The name of {service} cannot be resolved.", service=service), _NETWORK_HINT)
    if "refused" in text:
        return Unreachable(
            say("{service} refuses the connection: nothing listens there.", service=service), _NETWORK_HINT
        )
    if isinstance(error, TIMEOUTS) or "timed out" in text:
        return Unreachable(say("{service} does not answer in time.", service=service), _NETWORK_HINT)
    return Unreachable(say("The connection to {service} breaks again and again.", service=service), _NETWORK_HINT)


_REPLIES: dict[str, tuple[type[SendungError], str, str]] = {
    "NoSuchBucket": (
        StoreMissing,
        "The bucket {bucket} does not exist at {service}.",
        "Create it, or correct store.url in show.yaml.",
    ),
    "InvalidBucketName": (
        ConfigError,
        "{bucket} cannot be the name of a bucket.",
        "Correct store.url in show.yaml: lower-case letters, digits and hyphens, at least three.",
    ),
    "InvalidAccessKeyId": (
        AccessDenied,
        "{service} does not know the access key.",
        "Check AWS_ACCESS_KEY_ID or the profile, and that it belongs to this service.",
    ),
    "SignatureDoesNotMatch": (
        AccessDenied,
        "The secret key is not the one that belongs to the access key at {service}.",
        "Check AWS_SECRET_ACCESS_KEY or the profile.",
    ),
    "ExpiredToken": (AccessDenied, "The credentials for {service} have expired.", "Sign in again, then run again."),
    "RequestTimeTooSkewed": (
        AccessDenied,
        "This machine's clock differs too much from {service}'s.",
        "Set the clock (switch on network time), then run again.",
    ),
    "QuotaExceeded": (NoSpace, "The quota at {service} is used up.", "Make room or raise the quota, then run again."),
    "InsufficientStorage": (NoSpace, "{service} has no space left.", "Make room there, then run again."),
    "PermanentRedirect": (
        StoreError,
        "The bucket {bucket} is in another region of {service}.",
        "Set store.region in show.yaml to the bucket's region.",
    ),
    "NoSuchUpload": (UploadGone, "{service} has lost an upload to the bucket {bucket}.", "Run the command again."),
    "InvalidPart": (UploadGone, "{service} has lost parts of an upload to {bucket}.", "Run the command again."),
    "BadDigest": (
        Damaged,
        "What arrives at {service} is not what was sent, again and again.",
        "Check the network (and any proxy on the way), then run again.",
    ),
}
_SAME = {
    "InvalidToken": "InvalidAccessKeyId",
    "InvalidClientTokenId": "InvalidAccessKeyId",
    "TokenRefreshRequired": "ExpiredToken",
    "RequestExpired": "RequestTimeTooSkewed",
    "XMinioStorageFull": "InsufficientStorage",
    "XMinioAdminBucketQuotaExceeded": "QuotaExceeded",
    "ServiceQuotaExceededException": "QuotaExceeded",
    "AuthorizationHeaderMalformed": "PermanentRedirect",
    "IllegalLocationConstraintException": "PermanentRedirect",
    "XAmzContentSHA256Mismatch": "BadDigest",
}


def _explain_reply(error: boto.ClientError, bucket: str, service: str) -> SendungError:
    reply = Reply.of(error)
    if reply.missing:
        return ObjectMissing(
            say("The bucket {bucket} at {service} does not hold the object.", bucket=bucket, service=service)
        )
    code = _SAME.get(reply.code, reply.code)
    if reply.status == http.HTTPStatus.INSUFFICIENT_STORAGE or "no space left" in str(error).lower():
        code = "InsufficientStorage"
    if code in _REPLIES:
        kind, sentence, hint = _REPLIES[code]
        return kind(sentence.format(bucket=bucket, service=service), hint)
    what = f"{reply.status} {code}".strip() if code != str(reply.status) else code
    if reply.status in {401, 403}:
        return AccessDenied(
            say("{service} denies access to the bucket {bucket} ({what}).", service=service, bucket=bucket, what=what),
            "Check that the credentials may list, read, write and delete there (`s3:ListBucket` included).",
        )
    if reply.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or passes(error):
        return Unreachable(
            say(
                "{service} answers again and again that it cannot serve the request ({what}).",
                service=service,
                what=what,
            ),
            "Wait a while, then run the command again.",
        )
    return StoreError(
        say("{service} refuses a request for the bucket {bucket} ({what}).", service=service, bucket=bucket, what=what),
        "Check store in show.yaml.",
    )
