"""`sendung verify`: a good show is clean, and each way of serving it badly is found."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest

from sendung.core.errors import FetchError, RulesError, Severity
from sendung.core.progress import Silent
from sendung.net import NetPolicy
from sendung.workflows.verify.flow import Verified, verify
from tests.end_to_end.conftest import Workshop
from tests.workflows.importer.old_host import OldHost, Reply

LOCAL = NetPolicy(allow_private=True)


def look(host: OldHost, **options: Any) -> Verified:
    return verify(f"{host.url}/feed.xml", LOCAL, Silent(), **options)


def found(done: Verified) -> dict[str, list[str]]:
    """Rules that are broken (but for notes), and the endings of the addresses that break them."""
    rules: dict[str, list[str]] = {}
    for one in done.findings:
        if one.severity is not Severity.NOTE:
            rules.setdefault(one.rule, []).append(one.url.rpartition(".")[2])
    return rules


def path(host: OldHost, ending: str) -> str:
    [name] = [name for name in host.files if name.endswith(ending) and "records" not in name]
    return name


def test_what_sendung_serve_serves_is_clean(served: Workshop) -> None:
    result = served.run("verify", "--allow-private")
    assert (result.code, result.err) == (0, "")
    assert re.search(r"“Zwei Töne” is served well: 1 episode and \d+ addresses were looked at\.", result.out)


def test_the_json_document_holds_notes_too(served: Workshop) -> None:
    document = served.run("verify", "--allow-private", "--json").json
    assert document["episodes"] == 1
    assert document["feed_url"].endswith("/feed.xml")
    assert {problem["severity"] for problem in document["problems"]} <= {"note"}


def test_private_addresses_need_the_switch(served: Workshop) -> None:
    result = served.run("verify")
    assert result.code == 6
    assert "127.0.0.1 is not a public address" in result.err


def test_the_server_of_these_tests_serves_well_as_long_as_nothing_is_broken(host: OldHost) -> None:
    done = look(host)
    assert found(done) == {}
    assert done.error is None
    assert done.addresses > 7


def header(name: str, value: str) -> Callable[[str, Reply], None]:
    def fault(_method: str, reply: Reply) -> None:
        reply.headers[name] = value

    return fault


def without(name: str) -> Callable[[str, Reply], None]:
    def fault(_method: str, reply: Reply) -> None:
        reply.headers.pop(name, None)

    return fault


def status(code: int, method: str = "") -> Callable[[str, Reply], None]:
    def fault(asked: str, reply: Reply) -> None:
        if method in ("", asked):
            reply.status, reply.body = code, b""

    return fault


def test_a_wrong_length_is_found(host: OldHost) -> None:
    host.files[path(host, ".mp3")] += b"\0"
    assert found(look(host)) == {"transport-length": ["mp3"]}


def test_a_wrong_type_is_found(host: OldHost) -> None:
    host.faults[path(host, ".mp3")] = header("Content-Type", "audio/mp4")
    host.faults[path(host, ".vtt")] = header("Content-Type", "application/octet-stream")
    assert found(look(host)) == {"transport-type": ["mp3"], "transport-octet-stream": ["vtt"]}


def test_missing_ranges_are_found(host: OldHost) -> None:
    name = path(host, ".mp3")
    data = host.files[name]

    def fault(_method: str, reply: Reply) -> None:
        reply.status, reply.body = 200, data
        reply.headers.pop("Content-Range", None)

    host.faults[name] = fault
    assert found(look(host)) == {"transport-ranges": ["mp3"]}


@pytest.mark.parametrize("ending", [".mp3", ".opus", ".vtt", ".chapters.json"])
def test_a_missing_file_is_found(host: OldHost, ending: str) -> None:
    del host.files[path(host, ending)]
    rules = found(look(host))
    assert rules["transport-status"] == [ending.rpartition(".")[2]]
    assert not set(rules) - {"transport-status", "transport-head"}


def test_a_missing_article_and_a_missing_cover_are_found(host: OldHost) -> None:
    host.faults["/index.html"] = status(404)
    for name in [name for name in host.files if name.endswith(".jpg")]:
        host.faults[name] = status(403)
    assert found(look(host)) == {"transport-status": ["jpg", "html"]}


def test_an_article_that_does_not_lead_to_its_episode_is_found(host: OldHost, served: Workshop) -> None:
    host.files["/index.html"] = b"<a href='/impressum'>Impressum</a>"
    assert found(look(host)) == {"article-links": ["html"]}
    assert found(look(host, allow=["article-links"])) == {}
    arguments = ("verify", f"{host.url}/feed.xml", "--allow-private")
    assert served.run(*arguments).code == 0
    strict = served.run(*arguments, "--strict")
    assert strict.code == 4
    assert f"{host.url}/index.html: The article does not lead to erster-ton. [article-links]" in strict.err


def test_an_article_may_lead_to_where_the_episode_was_and_not_to_one_that_is_gone(host: OldHost) -> None:
    host.files["/index.html"] = b"<a href='e/alter-ton/index.html'>Jetzt!</a><a href='e/weg/'>Auch</a>"
    canonical = f"<link rel='canonical' href='{host.url}/e/erster-ton/index.html'>"
    host.files["/e/alter-ton/index.html"] = canonical.encode()
    assert found(look(host)) == {"article-dead-link": ["html"]}
    host.files["/e/weg/index.html"] = b"Diese Folge gibt es nicht mehr."
    assert found(look(host)) == {"article-dead-link": ["html"]}
    del host.files["/e/alter-ton/index.html"]
    assert sorted(found(look(host))) == ["article-dead-link", "article-links"]


def test_an_article_that_calls_itself_otherwise_is_found(host: OldHost) -> None:
    host.files["/index.html"] = b"<link rel='canonical' href='/artikel'><script src='listen-now.js'></script>"
    assert found(look(host)) == {"article-canonical": ["html"]}


def test_an_episode_without_an_article_is_found(host: OldHost) -> None:
    feed = host.files["/feed.xml"].decode()
    link = f"<link>{host.url}/e/erster-ton/index.html</link>"
    host.files["/feed.xml"] = feed.replace(f"<link>{host.url}/index.html</link>", link).encode()
    host.files["/listen-now.json"] = b'{"version": 1, "articles": {}}'
    assert list(found(look(host))) == ["article-missing"]


def test_of_other_programs_feeds_no_links_are_expected(host: OldHost) -> None:
    host.files["/index.html"] = b""
    host.files["/feed.xml"] = host.files["/feed.xml"].replace(b"<generator>Sendung", b"<generator>Other")
    assert found(look(host)) == {}


def test_missing_cors_is_found(host: OldHost) -> None:
    for ending in (".vtt", ".srt", ".chapters.json"):
        host.faults[path(host, ending)] = without("Access-Control-Allow-Origin")
    assert sorted(found(look(host))["transport-cors"]) == ["json", "srt", "vtt"]


def test_head_that_does_not_work_is_found(host: OldHost) -> None:
    host.faults[path(host, ".mp3")] = status(405, "HEAD")
    assert found(look(host)) == {"transport-head": ["mp3"]}


def test_audio_that_is_another_file_is_found(host: OldHost) -> None:
    name = path(host, ".mp3")
    host.files[name] = b"<html>" * (len(host.files[name]) // 6) + b"x" * (len(host.files[name]) % 6)
    assert found(look(host)) == {"transport-opens": ["mp3"]}


def test_an_opus_file_that_is_cut_is_found(host: OldHost) -> None:
    host.files[path(host, ".opus")] = host.files[path(host, ".opus")][:30_000]
    assert found(look(host))["transport-length"] == ["opus"]


def test_a_wrong_duration_is_found(host: OldHost) -> None:
    feed = host.files["/feed.xml"]
    host.files["/feed.xml"] = re.sub(rb"<itunes:duration>\d+<", b"<itunes:duration>75<", feed)
    assert found(look(host)) == {"apple-duration-true": ["mp3", "opus"]}


def test_a_cover_that_is_no_picture_and_texts_that_are_none_are_found(host: OldHost) -> None:
    feed = host.files["/feed.xml"].decode()
    cover = re.search(r'itunes:image href="[^"]+(/assets/[^"]+)"', feed)
    assert cover
    host.files[cover[1]] = b"no picture"
    host.files[path(host, ".vtt")] = b"<html>"
    host.files[path(host, ".chapters.json")] = b"[]"
    assert sorted(found(look(host))["transport-opens"]) == ["jpg", "json", "vtt"]


def test_a_feed_without_validators_and_with_another_type_is_found(host: OldHost) -> None:
    def fault(_method: str, reply: Reply) -> None:
        del reply.headers["ETag"]
        reply.headers["Content-Type"] = "text/html"

    host.faults["/feed.xml"] = fault
    assert found(look(host)) == {"transport-validators": ["xml"], "transport-feed-type": ["xml"]}


def test_a_feed_that_is_sent_again_though_it_has_not_changed_is_found(host: OldHost) -> None:
    feed = host.files["/feed.xml"]

    def forgetful(_method: str, reply: Reply) -> None:
        reply.status, reply.body = 200, feed
        reply.headers |= {"Content-Type": "application/rss+xml", "Last-Modified": "Sun, 01 Nov 2026 05:00:00 GMT"}

    host.faults["/feed.xml"] = forgetful
    [finding] = [one for one in look(host).findings if one.rule == "transport-unchanged"]
    assert finding.severity is Severity.WARNING
    assert "(If-None-Match, If-Modified-Since)" in finding.message


def test_a_compressed_feed_is_better_than_one_that_is_not(host: OldHost) -> None:
    def fault(_method: str, reply: Reply) -> None:
        reply.headers["Content-Encoding"] = "gzip"
        reply.body = gzip.compress(reply.body)

    assert "transport-compressed" in {one.rule for one in look(host).findings}
    host.faults["/feed.xml"] = fault
    done = look(host)
    assert "transport-compressed" not in {one.rule for one in done.findings}
    assert done.episodes == 1


def test_a_host_that_does_not_answer_is_found(host: OldHost) -> None:
    name = path(host, ".mp3")
    feed = host.files["/feed.xml"].decode()
    host.files["/feed.xml"] = feed.replace(f"{host.url}{name}", f"http://127.0.0.1:9{name}").encode()
    assert found(look(host)) == {"transport-answer": ["mp3"]}


def test_only_the_newest_episodes_are_looked_at_if_so_asked(host: OldHost) -> None:
    feed = host.files["/feed.xml"].decode()
    item = feed[feed.index("    <item>") : feed.index("</item>") + 8]
    older = item.replace("/audio/", "/gone/")
    host.files["/feed.xml"] = feed.replace(item, item + older).encode()
    assert look(host).episodes == 2
    assert "transport-status" in found(look(host))
    host.asked.clear()
    assert found(look(host, latest=1)) == {}
    assert not [name for _, name, _ in host.asked if "/gone/" in name]


def test_errors_are_exit_code_4_and_name_the_address(host: OldHost, served: Workshop) -> None:
    host.files[path(host, ".mp3")] += b"\0"
    result = served.run("verify", f"{host.url}/feed.xml", "--allow-private")
    assert result.code == 4
    assert f"error: {host.url}{path(host, '.mp3')}: The feed says" in result.err
    assert "[transport-length]" in result.err


def test_what_is_no_feed_is_an_error_and_not_a_bug(host: OldHost) -> None:
    host.files["/feed.xml"] = b"<html></html>"
    with pytest.raises(RulesError, match="web page"):
        look(host)
    host.faults["/feed.xml"] = status(500)
    with pytest.raises(FetchError, match="answers 500"):
        look(host)
