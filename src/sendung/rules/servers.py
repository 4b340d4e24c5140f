"""What apps need of the servers that answer for feed, audio, images, transcripts and chapters."""

from __future__ import annotations

from collections.abc import Iterator

from sendung.core.words import say
from sendung.feed.values import extension
from sendung.rules.observations import HttpObservation, Opened, Role
from sendung.rules.registry import ERROR, NOTE, WARNING, Hit, observed_rule

HTTP = "RFC 9110"
APPLE = "Apple Podcasts for Creators, Podcast RSS feed requirements"
DOCS = "podcast-namespace, docs"
_FEED_TYPES = {"application/rss+xml", "application/xml", "text/xml"}


@observed_rule("transport-answer", ERROR, HTTP, "Look at the address, the server and its certificate.", HttpObservation)
def there_is_an_answer(answer: HttpObservation) -> Iterator[Hit]:
    """Every address answers, over TLS that is valid."""
    if answer.status == 0:
        yield Hit(say("There is no answer: {fault}.", fault=answer.fault or "unknown"))


@observed_rule(
    "transport-status", ERROR, HTTP, "Upload the file, make it public, or mend the address.", HttpObservation
)
def status_is_ok(answer: HttpObservation) -> Iterator[Hit]:
    """Every address answers with success, without a password."""
    if answer.status and answer.status not in {200, 206}:
        yield Hit(say("The server answers {status}.", status=answer.status))


@observed_rule("transport-head", ERROR, APPLE, "Let the server answer HEAD as it does GET.", HttpObservation)
def head_works(answer: HttpObservation) -> Iterator[Hit]:
    """HEAD works on audio and artwork."""
    if _works(answer) and answer.role in {Role.AUDIO, Role.ARTWORK} and answer.head_status not in {200, 204}:
        yield Hit(say("The server answers {head_status} to HEAD.", head_status=answer.head_status))


@observed_rule("transport-ranges", ERROR, APPLE, "Let the server answer range requests.", HttpObservation)
def ranges_work(answer: HttpObservation) -> Iterator[Hit]:
    """Audio is served in ranges, so that players can jump."""
    if _works(answer) and answer.role is Role.AUDIO and not answer.ranges:
        yield Hit("The server does not serve byte ranges.")


@observed_rule("transport-octet-stream", ERROR, HTTP, "Set the object’s Content-Type.", HttpObservation)
def type_says_something(answer: HttpObservation) -> Iterator[Hit]:
    """No file is served as application/octet-stream."""
    if _works(answer) and _media_type(answer) in {"application/octet-stream", "binary/octet-stream", ""}:
        yield Hit(say("The Content-Type is “{content_type}”.", content_type=answer.content_type))


@observed_rule("transport-type", WARNING, HTTP, "Let the Content-Type be what the feed says.", HttpObservation)
def type_is_expected(answer: HttpObservation) -> Iterator[Hit]:
    """The Content-Type is what the feed says."""
    served, expected = _media_type(answer), answer.expected_type.partition(";")[0].strip().lower()
    if _works(answer) and served and expected and served != expected and "octet-stream" not in served:
        yield Hit(say("The feed says {expected}, the server {served}.", expected=expected, served=served))


@observed_rule("transport-length", ERROR, APPLE, "Write the file’s size into the feed.", HttpObservation)
def length_is_expected(answer: HttpObservation) -> Iterator[Hit]:
    """The enclosure's length is the file's."""
    expected, served = answer.expected_length, answer.content_length
    if _works(answer) and expected is not None and served is not None and expected != served:
        yield Hit(say("The feed says {expected} bytes, the server {served}.", expected=expected, served=served))


@observed_rule("transport-cors", ERROR, f"{DOCS}/tags", "Send Access-Control-Allow-Origin: *.", HttpObservation)
def other_origins_may_read(answer: HttpObservation) -> Iterator[Hit]:
    """Transcripts and chapters may be read from other origins: apps in browsers cannot load them otherwise."""
    if _works(answer) and answer.role in {Role.TRANSCRIPT, Role.CHAPTERS} and not answer.allow_origin:
        yield Hit("The server sends no Access-Control-Allow-Origin.")


@observed_rule("transport-validators", WARNING, APPLE, "Let the server send ETag or Last-Modified.", HttpObservation)
def feed_can_be_asked_for_news(answer: HttpObservation) -> Iterator[Hit]:
    """The feed has an ETag or a Last-Modified date, so that apps can ask for news only."""
    if _works(answer) and answer.role is Role.FEED and not (answer.etag or answer.last_modified):
        yield Hit("The feed has neither ETag nor Last-Modified.")


@observed_rule(
    "transport-unchanged", WARNING, f"{HTTP}, section 13", "Let the server answer 304 to it.", HttpObservation
)
def feed_is_sent_when_it_changed(answer: HttpObservation) -> Iterator[Hit]:
    """A feed that has not changed is not sent again: what its ETag and Last-Modified promise holds.

    Apps ask many times a day; without this each of them fetches the whole feed each time.
    """
    if answer.ignored:
        yield Hit(
            say("The feed is sent again although it has not changed ({ignored}).", ignored=", ".join(answer.ignored))
        )


@observed_rule("transport-feed-type", WARNING, "RFC 7303", "Serve it as application/rss+xml.", HttpObservation)
def feed_is_xml(answer: HttpObservation) -> Iterator[Hit]:
    """The feed is served as RSS or XML."""
    served = _media_type(answer)
    if _works(answer) and answer.role is Role.FEED and served not in _FEED_TYPES and "octet-stream" not in served:
        yield Hit(say("The feed is served as “{served}”.", served=served))


@observed_rule("transport-compressed", NOTE, HTTP, "Switch gzip on for XML.", HttpObservation)
def feed_is_compressed(answer: HttpObservation) -> Iterator[Hit]:
    """The feed is compressed on its way."""
    if _works(answer) and answer.role is Role.FEED and not answer.compressed:
        yield Hit("The feed comes without compression.")


@observed_rule(
    "transport-redirect", WARNING, APPLE, "Let redirects end in an address with the extension.", HttpObservation
)
def redirects_keep_the_extension(answer: HttpObservation) -> Iterator[Hit]:
    """Redirects of audio end in an address with the same extension."""
    if answer.role is Role.AUDIO and answer.final_url and extension(answer.final_url) != extension(answer.url):
        yield Hit(say("The redirect ends in “{final_url}”.", final_url=answer.final_url))


@observed_rule("transport-opens", ERROR, APPLE, "Look at what the address holds; upload the right file.", Opened)
def file_can_be_opened(opened: Opened) -> Iterator[Hit]:
    """What is served can be opened: audio, pictures, transcripts and chapters are what the feed says they are."""
    if opened.fault:
        yield Hit(say("What is served {fault}.", fault=opened.fault))


@observed_rule("transport-tags", NOTE, "ID3v2.3", "Tag the audio with its title.", Opened)
def audio_has_tags(opened: Opened) -> Iterator[Hit]:
    """Audio says in its own tags what it is, wherever it ends up."""
    if opened.role is Role.AUDIO and not opened.fault and not opened.title:
        yield Hit("The audio has no title in its tags.")


def _works(answer: HttpObservation) -> bool:
    return answer.status in {200, 206}


def _media_type(answer: HttpObservation) -> str:
    return answer.content_type.partition(";")[0].strip().lower()
