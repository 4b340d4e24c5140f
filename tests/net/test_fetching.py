"""Fetching small answers: what comes back, where it may go, how long it may take."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from sendung import net
from sendung.core.errors import FetchBroken, FetchError, exit_code
from sendung.net import Limits, NetPolicy, fetch
from tests.net.conftest import Site, serve, to_loopback
from tests.servers.certificate import make_certificate

QUICK = Limits(size=100_000, seconds=0.6)


def test_an_answer_comes_whole_with_its_headers(site: Site, local: NetPolicy) -> None:
    site.say("/a", b"body", ETag='"1"')
    got = fetch(site.url("/a?q=1#t"), policy=local)
    assert (got.status, got.body, got.headers["etag"], got.redirects, got.whole) == (200, b"body", '"1"', (), True)
    [(method, path, headers)] = site.requests
    assert (method, path) == ("GET", "/a?q=1")
    assert headers["user-agent"].startswith("Sendung/")
    assert headers["accept-encoding"] == "gzip"


def test_a_status_is_reported_and_refused_only_when_asked(site: Site, local: NetPolicy) -> None:
    got = fetch(site.url("/none"), policy=local)
    assert got.status == 404
    with pytest.raises(FetchError, match=r"/none answers 404 \(Not Found\)\.$"):
        got.expect_ok()


def test_head_and_ranges(site: Site, local: NetPolicy) -> None:
    site.say("/a", b"12345", status=206, Content_Range="bytes 0-4/100")
    assert fetch(site.url("/a"), method="HEAD", policy=local).headers["content-length"] == "5"
    assert fetch(site.url("/a"), headers={"Range": "bytes=0-4"}, policy=local).body == b"12345"
    assert [headers["accept-encoding"] for _, _, headers in site.requests] == ["identity", "identity"]
    assert site.requests[1][2]["range"] == "bytes=0-4"


def test_gzip_is_unpacked(site: Site, local: NetPolicy) -> None:
    text = b"wort " * 50_000
    site.say("/a", gzip.compress(text), Content_Encoding="gzip")
    assert fetch(site.url("/a"), policy=local).body == text


def test_a_gzip_bomb_stops_at_the_limit(site: Site, local: NetPolicy) -> None:
    site.say("/bomb", gzip.compress(bytes(100_000_000), 1), Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(FetchError, match=r"is larger than 1 MB\.$"):
        fetch(site.url("/bomb"), limits=Limits(1_000_000, 20), policy=local)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6_000_000


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (b"not packed", "gzip", "packed wrongly"),
        (gzip.compress(bytes(10_000), mtime=0)[:20], "gzip", "came only in part"),
        (b"?", "br", r"\('br'\)"),
    ],
    ids=["not packed", "cut off", "unknown packing"],
)
def test_wrong_packing_is_one_sentence(site: Site, local: NetPolicy, body: bytes, encoding: str, words: str) -> None:
    site.say("/a", body, Content_Encoding=encoding)
    with pytest.raises(FetchError, match=words):
        fetch(site.url("/a"), policy=local)


def test_a_body_above_the_limit_is_refused_or_cut(site: Site, local: NetPolicy) -> None:
    site.say("/a", bytes(300_000))
    with pytest.raises(FetchError, match=r"is larger than 1000 bytes\.$"):
        fetch(site.url("/a"), limits=Limits(1000, 5), policy=local)
    got = fetch(site.url("/a"), limits=Limits(1000, 5), policy=local, cut=True)
    assert (len(got.body), got.whole) == (1000, False)
    assert fetch(site.url("/a"), limits=Limits(300_000, 5), policy=local).whole


def test_redirects_are_followed_and_told(site: Site, local: NetPolicy) -> None:
    site.redirect("/1", "/2", 301)
    site.redirect("/2", site.url("/3"), 308)
    site.say("/3", b"end")
    got = fetch(site.url("/1"), policy=local)
    assert (got.url, got.redirects, got.body) == (site.url("/3"), (site.url("/1"), site.url("/2")), b"end")


def test_redirects_to_umlauts_arrive(site: Site, local: NetPolicy) -> None:
    site.redirect("/1", "/m\xc3\xbcnchen")  # UTF-8, as it stands on the wire
    site.say("/m%C3%BCnchen", b"end")
    assert fetch(site.url("/1"), policy=local).body == b"end"


def test_the_twenty_first_redirect_is_one_too_many(site: Site, local: NetPolicy) -> None:
    for n in range(21):
        site.redirect(f"/{n}", f"/{n + 1}")
    site.say("/21", b"end")
    assert fetch(site.url("/1"), policy=local).body == b"end"
    with pytest.raises(FetchError, match="redirects more than 20 times"):
        fetch(site.url("/0"), policy=local)


def test_redirects_with_spaces_arrive(site: Site, local: NetPolicy) -> None:
    site.redirect("/1", " /mit leer.mp3 ")
    site.say("/mit%20leer.mp3", b"end")
    assert fetch(site.url("/1"), policy=local).body == b"end"


@pytest.mark.parametrize("words", ["aws-chunked", "utf-8", "none", "identity", "aws-chunked, identity", ""])
def test_words_that_are_no_coding_are_passed_over(site: Site, local: NetPolicy, words: str) -> None:
    site.say("/a", b"text", Content_Encoding=words)
    assert fetch(site.url("/a"), policy=local).body == b"text"
    site.say("/b", gzip.compress(b"text"), Content_Encoding="aws-chunked, gzip")
    assert fetch(site.url("/b"), policy=local).body == b"text"


def test_a_password_is_sent_to_its_own_origin_only(site: Site, local: NetPolicy) -> None:
    site.redirect("/1", "/2")
    site.redirect("/2", site.url("/3", host="elsewhere.example.org"))
    site.say("/3", b"end")
    policy = replace(local, credentials={net.origin_of(site.url("/1")): "name:wort"})
    assert fetch(site.url("/1"), policy=policy).body == b"end"
    sent = [headers.get("authorization") for _, _, headers in site.requests]
    assert sent == ["Basic bmFtZTp3b3J0", "Basic bmFtZTp3b3J0", None]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/", "http://2130706433:{}/", "http://0x7f.1:{}/"],
)
def test_this_machine_is_not_reached_by_any_name(site: Site, url: str) -> None:
    site.say("/", b"secret")
    with pytest.raises(FetchError, match="is not a public address"):
        fetch(url.format(site.port))
    assert site.requests == []


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    """The first hop is let through by its name alone, the second one is looked at like the first."""
    site.redirect("/", site.url("/secret", host="inside.example.org"))
    site.say("/secret", b"secret")
    seen: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        seen.append(host)
        return ["127.0.0.1"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(net.request, "is_public", lambda address: seen[-1] == "outside.example.org")
        with pytest.raises(
            FetchError, match=r"^inside\.example\.org is not a public address, so nothing .* without --allow-private"
        ):
            fetch(site.url("/", host="outside.example.org"), policy=NetPolicy(resolve=resolver))
    assert seen == ["outside.example.org", "inside.example.org"]
    assert [path for _, path, _ in site.requests] == ["/"]


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "//[", "data:,x"]
)
def test_a_redirect_to_something_else_than_the_web_is_refused(site: Site, local: NetPolicy, target: str) -> None:
    site.redirect("/", target)
    with pytest.raises(FetchError, match=r"no address|not a web address"):
        fetch(site.url(), policy=local)


def test_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(FetchError, match="is not a public address"):
        fetch("http://example.org/", policy=NetPolicy(resolve=lambda _host, _port: ["8.8.8.8", "10.0.0.1"]))


def test_the_address_that_was_looked_at_is_the_one_connected_to(site: Site) -> None:
    """A name is asked for once: one that answers differently the second time gains nothing."""
    site.say("/", b"here")
    asked: list[str] = []

    def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["203.0.113.1"]

    got = fetch(site.url(host="name.example.org"), policy=NetPolicy(allow_private=True, resolve=resolver))
    assert (got.body, asked) == (b"here", ["name.example.org"])
    assert site.requests[0][2]["host"] == f"name.example.org:{site.port}"


def test_the_next_address_is_tried_when_the_first_is_dead(site: Site) -> None:
    site.say("/", b"here")
    policy = NetPolicy(allow_private=True, resolve=lambda _host, _port: ["::1", "127.0.0.1"])
    assert fetch(site.url(host="name.example.org"), policy=policy).body == b"here"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/", "is not a web address"),
        ("example.org", "is not a web address"),
        ("http://", "is not a web address"),
        ("http:///path", "is not a web address"),
        ("http://exa mple.org/", "is not a web address"),
        ("http://example.org/\r\nX-Evil: 1", "is not a web address"),
        ("http://[::1", "not a web address"),
        ("http://example.org:99999/", "is not a web address"),
        ("http://sven:hush@example.org/", "holds a user name or password"),
        ("http://nowhere.invalid/", r"The host nowhere\.invalid cannot be found"),
        ("http://" + "a" * 300 + ".example.org/", "cannot be found|not a web address"),
    ],
)
def test_what_is_no_address_is_one_sentence(url: str, words: str) -> None:
    with pytest.raises(FetchError, match=words) as caught:
        fetch(url)
    assert "hush" not in str(caught.value)
    assert exit_code(caught.value) == 6
    [problem] = caught.value.problems
    assert problem.hint.endswith(".")


def test_secrets_of_an_address_are_not_shown(site: Site, local: NetPolicy) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(site.url("/feed?token=hush"), policy=local).expect_ok()
    assert "hush" not in str(caught.value)


def test_silence_and_dripping_end_in_time(site: Site, local: NetPolicy) -> None:
    def drip_headers(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(120):
            request.wfile.write(b"x")
            time.sleep(0.05)

    def drip_body(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(120):
            request.wfile.write(b"x")
            time.sleep(0.05)

    site.answers = {"/headers": drip_headers, "/body": drip_body, "/silent": lambda _request: time.sleep(5)}
    for path in site.answers:
        start = time.monotonic()
        with pytest.raises(FetchBroken, match="did not answer in time"):
            fetch(site.url(path), limits=QUICK, policy=local)
        assert time.monotonic() - start < 3, path


def test_a_resolver_that_hangs_ends_in_time() -> None:
    def resolver(host: str, port: int) -> list[str]:
        time.sleep(5)
        return []

    start = time.monotonic()
    with pytest.raises(FetchError, match="cannot be found"):
        fetch("http://example.org/", limits=QUICK, policy=NetPolicy(resolve=resolver))
    assert time.monotonic() - start < 3


def test_an_answer_that_breaks_off_is_not_taken_for_whole(site: Site, local: NetPolicy) -> None:
    def half(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        request.close_connection = True

    def chunk(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
        request.close_connection = True

    def noise(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")
        request.close_connection = True

    site.answers = {"/half": half, "/chunk": chunk, "/noise": noise}
    for path in site.answers:
        with pytest.raises(FetchBroken, match=f"The connection to .*{path} broke"):
            fetch(site.url(path), policy=local)


def test_chunks_come_together(site: Site, local: NetPolicy) -> None:
    def chunks(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    site.answers["/"] = chunks
    assert fetch(site.url(), policy=local).body == b"abcde"


def test_nobody_answers(local: NetPolicy) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(FetchBroken, match="Nobody answers at"):
            fetch(f"http://127.0.0.1:{held.getsockname()[1]}/", policy=local)


def test_proxies_of_the_environment_are_not_used(site: Site, local: NetPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.say("/", b"direct")
    assert fetch(site.url(), policy=local).body == b"direct"


def test_certificates_are_checked_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    import ssl

    certificate = make_certificate(tmp_path)
    site = Site()
    server = serve(site)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    site.say("/", b"safe")
    trusting = NetPolicy(allow_private=True, resolve=to_loopback, authorities=certificate.authority)
    try:
        assert fetch(f"https://localhost:{site.port}/", policy=trusting).body == b"safe"
        with pytest.raises(FetchError, match=r"The certificate of https://other\.example\.org:\d+/ is not valid"):
            fetch(f"https://other.example.org:{site.port}/", policy=trusting)
        with pytest.raises(FetchError, match="is not valid"):
            fetch(f"https://localhost:{site.port}/", policy=NetPolicy(allow_private=True, resolve=to_loopback))
    finally:
        server.shutdown()
        server.server_close()


def test_plain_http_where_tls_is_expected(site: Site, local: NetPolicy) -> None:
    with pytest.raises(FetchError, match=r"no secure connection|broke"):
        fetch(site.url().replace("http:", "https:"), policy=local)
