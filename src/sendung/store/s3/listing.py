"""Reading a listing quickly, since large shows have tens of thousands of objects.

boto3 reads any answer by the description of its shape, member by member, and guesses the form of each date. Here the
objects are taken out of the answer before it reads the rest (whether the listing goes on, and errors). The hook is
botocore's own, for handlers that add to an answer (botocore.endpoint, "before-parse", `customized_response_dict`).
"""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from botocore.hooks import BaseEventHooks
from botocore.utils import parse_timestamp

EVENT = "before-parse.*.ListObjectsV2"
"""With the service left open, botocore calls this before its own handlers for "s3", which parse the whole answer once
more to see whether it is an error."""
_OBJECT = "Contents"


def read_quickly(events: BaseEventHooks) -> None:
    """Have the listings of a client read this way."""
    events.register(EVENT, take_out)


def take_out(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Take the objects out of an answer; what cannot be read so is left to boto3."""
    with contextlib.suppress(ElementTree.ParseError, KeyError, ValueError):
        root = ElementTree.fromstring(response_dict["body"])  # noqa: S314 - as botocore does
        objects = [one for one in root if one.tag.endswith(_OBJECT)]
        if objects:
            customized_response_dict[_OBJECT] = [_fields(one) for one in objects]
            root[:] = [one for one in root if not one.tag.endswith(_OBJECT)]
            response_dict["body"] = ElementTree.tostring(root)


def _fields(element: ElementTree.Element) -> dict[str, Any]:
    """Key, ETag, size and date, as boto3 names and types them."""
    fields: dict[str, Any] = {one.tag.rpartition("}")[2]: one.text or "" for one in element}
    return fields | {"Size": int(fields["Size"]), "LastModified": moment(fields["LastModified"])}


def moment(text: str) -> datetime:
    """When something was; what is in ISO 8601, as in listings, without boto3's guessing of the form."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return parse_timestamp(text)
    return found if found.tzinfo else parse_timestamp(text)
