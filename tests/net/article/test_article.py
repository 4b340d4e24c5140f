"""What an article's page says of itself, and whether it leads to its episode."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendung.net.article import ArticleFacts, links_of, read_article, resolve, same_page

URL = "https://www.example.org/2026/erster-ton/"
LISTEN = "https://cdn.example.org/show/e/erster-ton/index.html"

# As WordPress with its most used SEO plugin writes it: one graph, its parts referring to each other.
GRAPH = {
    "@context": "https://schema.org",
    "@graph": [
        {
            "@type": ["Article", "BlogPosting"],
            "@id": f"{URL}#article",
            "isPartOf": {"@id": URL},
            "author": {"name": "Sven Kramer", "@id": "https://www.example.org/#/person/1"},
            "headline": "Der erste Ton &#8211; und was &amp;#8222;er&amp;#8220; heißt",
            "datePublished": "2026-11-20T05:00:00+00:00",
            "image": {"@id": f"{URL}#primaryimage"},
            "publisher": {"@id": "https://www.example.org/#organization"},
            "inLanguage": "de",
        },
        {"@type": "WebPage", "@id": URL, "url": URL, "name": "Der erste Ton - Beispielblatt", "description": "Worum?"},
        {"@type": "ImageObject", "@id": f"{URL}#primaryimage", "url": "/bilder/ton.jpg"},
        {"@type": "Organization", "@id": "https://www.example.org/#organization", "name": "Beispielblatt"},
        {
            "@type": "Person",
            "@id": "https://www.example.org/#/person/1",
            "name": "Sven Kramer",
            "url": "https://x.example",
        },
    ],
}


def page(head: str = "", body: str = "", lang: str = "") -> bytes:
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'.encode()


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def read(head: str = "", body: str = "", lang: str = "") -> ArticleFacts:
    return read_article(page(head, body, lang), URL)


def test_a_page_with_a_graph() -> None:
    head = (
        f'<link rel="canonical" href="{URL}"><meta property="og:site_name" content="Beispielblatt">'
        '<meta property="og:description" content="Worum es&nbsp;geht.">'
        '<link rel="alternate" hreflang="de" href="/2026/erster-ton/">'
        '<link rel="alternate" hreflang="en-us" href="/en/2026/first-tone/">'
        '<link rel="alternate" hreflang="x-default" href="/2026/erster-ton/">' + ld(GRAPH)
    )
    assert read(head, lang="de-DE") == ArticleFacts(
        url=URL,
        title="Der erste Ton – und was „er“ heißt",
        summary="Worum es geht.",
        image="https://www.example.org/bilder/ton.jpg",
        authors=("Sven Kramer",),
        date=datetime(2026, 11, 20, 5, tzinfo=UTC),
        language="de-DE",
        alternates={"de": URL, "en-US": "https://www.example.org/en/2026/first-tone/"},
    )


def test_a_page_with_open_graph_only() -> None:
    head = """
        <meta property="og:title" content="Der erste Ton | Beispielblatt">
        <meta property="og:site_name" content="Beispielblatt">
        <meta property="og:description" content="Worum.">
        <meta property="og:image" content="//bilder.example.org/ton.jpg">
        <meta property="og:url" content="https://example.org/2026/erster-ton">
        <meta property="og:locale" content="de_AT">
        <meta property="article:published_time" content="2026-11-20T06:00:00+01:00">
        <meta property="article:author" content="https://www.example.org/sven">
        <meta name="author" content="Sven &amp; Co">
    """
    zone = timezone(timedelta(hours=1))
    assert read(head) == ArticleFacts(
        url="https://example.org/2026/erster-ton",
        title="Der erste Ton",
        summary="Worum.",
        image="https://bilder.example.org/ton.jpg",
        authors=("Sven & Co",),
        date=datetime(2026, 11, 20, 6, tzinfo=zone),
        language="de-AT",
    )


def test_a_page_of_the_old_kind() -> None:
    facts = read(
        '<title>Der erste\n Ton</title><meta name="description" content="Worum.">'
        '<meta name="date" content="2026-11-20">'
    )
    assert (facts.url, facts.title, facts.summary) == (URL, "Der erste Ton", "Worum.")
    assert facts.date == datetime(2026, 11, 20)  # noqa: DTZ001 - the page names no zone
    assert (facts.image, facts.authors, facts.language, dict(facts.alternates)) == (None, (), "", {})


@pytest.mark.parametrize(
    "value",
    [
        {"@type": "NewsArticle", "headline": "T", "author": [{"name": "A"}, {"name": "B"}, "A"]},
        [{"@type": "BreadcrumbList"}, {"@type": "NewsArticle", "headline": "T", "author": ["A", "B"]}],
        {"@type": "http://schema.org/BlogPosting", "headline": "T", "author": [{"@id": "#a"}, {"@id": "#b"}]}
        | {"@graph": [{"@id": "#a", "name": "A"}, {"@id": "#b", "name": "B"}, {"@id": "#a"}]},
        {"@type": "WebPage", "name": "W", "mainEntity": {"@type": "Article", "headline": "T", "author": ["A", "B"]}},
        [{"@type": "WebPage", "headline": "W"}, {"@type": ["Thing", "Article"], "headline": "T", "author": ["A", "B"]}],
    ],
)
def test_every_shape_of_linked_data(value: object) -> None:
    facts = read(ld(value) + "<title>Other</title>")
    assert (facts.title, facts.authors) == ("T", ("A", "B"))


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("/2026/anders/", "https://www.example.org/2026/anders/"),
        ("http://example.org/2026/erster-ton", "http://example.org/2026/erster-ton"),
        ("https://original.example.com/2026/erster-ton/", URL),
        ("https://www.example.org/", URL),
        ("javascript:alert(1)", URL),
        ("http://[broken", URL),
        ("", URL),
    ],
)
def test_the_canonical_address_is_believed_where_it_can_be_right(canonical: str, expected: str) -> None:
    html = page(f'<link rel="Canonical nofollow" href="{canonical}">')
    assert read_article(html, f"{URL}#part").url == expected


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "gestern", "2026-13-01"])
def test_impossible_dates_are_passed_over(date: str) -> None:
    meta = '<meta property="article:published_time" content="2026-11-20T06:00:00Z">'
    value = {"@type": "Article", "datePublished": date}
    assert read(ld(value) + meta).date == datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_relative_addresses_go_by_the_base_element() -> None:
    head = '<base href="https://cdn.example.org/x/"><meta property="og:image" content="ton.jpg">'
    assert read(head).image == "https://cdn.example.org/x/ton.jpg"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("<title>Größe „groß“</title>".encode(), ""),
        ("<title>Größe „groß“</title>".encode("cp1252"), ""),
        ("<title>Größe „groß“</title>".encode("cp1252"), "text/html; charset=ISO-8859-1"),
        ('<meta charset="windows-1252"><title>Größe „groß“</title>'.encode("cp1252"), ""),
        ("\ufeff<title>Größe „groß“</title>".encode("utf-16-le"), "text/html; charset=utf-8"),
        ('<meta charset="punycode"><title>Größe „groß“</title>'.encode(), "text/html; charset=nonsense"),
    ],
)
def test_encodings(data: bytes, content_type: str) -> None:
    assert read_article(data, URL, content_type).title == "Größe „groß“"


def leads(data: bytes) -> bool:
    """Whether a page leads to the episode."""
    return any(same_page(url, LISTEN) for url in links_of(data, URL))


@pytest.mark.parametrize(
    "link",
    [
        f'<a href="{LISTEN}">Jetzt reinhören!</a>',
        '<a href="http://www.cdn.example.org:80/show/e/erster-ton/#t=90">x</a>',
        '<a href="https://cdn.example.org/show/e/erster%2Dton?utm_source=mail">x</a>',
        '<base href="https://cdn.example.org/show/"><a href="e/erster-ton/">x</a>',
        '<area href="//cdn.example.org/show/e/erster-ton/index.html">',
        f'<iframe src="{LISTEN}"></iframe>',
    ],
)
def test_a_page_leads_to_its_episode_however_it_spells_the_address(link: str) -> None:
    assert leads(page(body=link))


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://cdn.example.org/show/e/zweiter-ton/index.html">x</a>',
        '<a href="https://cdn.example.org/show/">x</a>',
        f"<!-- <a href='{LISTEN}'></a> -->{LISTEN}",
        f"<script>'<a href=\"{LISTEN}\">'</script>",
        '<a href="http://[">x</a><a>y</a><a href>z</a>',
        "",
    ],
)
def test_a_page_that_does_not_lead_to_its_episode(link: str) -> None:
    assert not leads(page(body=link))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/größe?q=ä b#t", "https://www.example.org/gr%C3%B6%C3%9Fe?q=%C3%A4%20b"),
        ("https://www.münchen.example/", "https://www.xn--mnchen-3ya.example/"),
        ("//[2001:db8::1]:8080/a%20b|c", "https://[2001:db8::1]:8080/a%20b%7Cc"),
        ("https://sven:hush@example.org/", None),
        ("https://\x00/", None),
        ("mailto:a@example.org", None),
        ("http:///", None),
        ("http://example.org:x/", None),
    ],
)
def test_addresses_become_ascii_or_nothing(url: str, expected: str | None) -> None:
    assert resolve(URL, url) == expected


def test_same_page() -> None:
    assert same_page("https://www.münchen.example/%C3%BC/", "http://xn--mnchen-3ya.example/u\u0308")
    assert same_page("https://example.org/a?p=1&utm_medium=x", "https://example.org/a?p=1")
    assert not same_page("https://example.org/a?p=1", "https://example.org/a?p=2")
    assert not same_page("https://example.org:8443/a", "https://example.org/a")


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "null",
        "3",
        '"text"',
        "[[[[[[[[[]]]]]]]]]",
        "[" * 100_000,
        '{"a":' * 100_000,
        "9" * 10_000,
        '{"@type": {"a": 1}, "@id": [], "headline": {"@id": 7}}',
        '{"@type": "Article", "headline": 5, "author": [null, {"name": []}], "image": [[{"url": 1}]], "url": "http://["}',
        '{"@type": "Article", "@id": "a", "author": {"@id": "a"}, "image": {"@id": "a"}, "datePublished": "gestern"}',
    ],
)
def test_broken_linked_data_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script><title>Titel</title>'
    assert read(head).title == "Titel"


def test_scripts_hidden_from_old_browsers_are_read() -> None:
    head = '<script type="application/ld+json">//<![CDATA[\n{"@type":"Article","headline":"T\nT"}\n//]]></script>'
    assert read(head).title == "T T"


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 400_000,
        b"<p><b>" * 100_000,
        b"<table><div>" * 100_000,
        b"<title>" + b"<" * 500_000,
        b"<meta name=description content='" + b"<a" * 500_000 + b"'>",
        b"<meta name=a content=b>" * 80_000,
        b"<link rel=alternate hreflang=de href=/a>" * 50_000,
        b"\0" * 100_000,
        b"&amp;" * 300_000,
        b'<meta charset="punycode">-' + b"a" * 2_000_000,
    ],
)
def test_hostile_pages_cost_little(data: bytes) -> None:
    start = time.process_time()
    read_article(data, URL)
    links_of(data, URL)
    assert time.process_time() - start < 3


def test_what_lies_deeper_than_any_honest_page_is_not_seen_but_the_head_is() -> None:
    html = page("<title>Titel</title>", "<div>" * 10_000 + f'<a href="{LISTEN}">')
    assert read_article(html, URL).title == "Titel"
    assert not leads(html)
    assert leads(page(body="<div><p>" * 400 + f'<a href="{LISTEN}">'))
    assert leads(page(body="<div><i>x</i></div><p>" * 2000 + f'<a href="{LISTEN}">'))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=20),
            st.sampled_from(
                [
                    b'<script type="application/ld+json">',
                    b"</script>",
                    b'{"@type":"Article",',
                    b'"url":"http://[',
                    b"<base",
                    b"<html lang=",
                    b'<meta property="og:image" content="',
                    b'">',
                    b"<title>",
                    b"<a href=",
                    b"&#xd800;",
                ]
            ),
        ),
        max_size=12,
    )
)
def test_nothing_raises(parts: list[bytes]) -> None:
    data = b"".join(parts)
    facts = read_article(data, URL, parts[0].decode("latin-1") if parts else "")
    assert facts.url.startswith(("http://", "https://"))
    facts.title.encode()
    links_of(data, URL)
