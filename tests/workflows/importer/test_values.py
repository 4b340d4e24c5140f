"""Dates, prose, slugs and addresses of feeds, in the ways they occur."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from sendung.config.slugs import SLUG, slug_of, unique
from sendung.config.yaml_writer import dump
from sendung.media.notes import feed_html
from sendung.workflows.importer import html_text
from sendung.workflows.importer.urls import absolute, ends_with_the_move, same, truth
from sendung.workflows.importer.yaml import entry


def test_explicit_is_read_in_every_spelling() -> None:
    assert [truth(word) for word in ("yes", "Yes", "true", " TRUE ", "explicit", "1")] == [True] * 6
    assert [truth(word) for word in ("no", "false", "clean", "Clean", "0")] == [False] * 5
    assert [truth(word) for word in ("", "maybe")] == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "<p>Eins &amp; <a href='https://a.example/?x=1&amp;y=_2_'>zwei_drei</a></p>\n\n    <p>1. vier *fünf*</p>",
        "Plain\nlines & <signs\n\nA second *one* with https://a.example/_x_y_",
        "<ul><li>a</li><li>b <a href='mailto:x@y.example'>c</a></li></ul>text<br>more<br/><br/>last",
        "<h2># Kapitel</h2>00:00 Intro<br />\n01:00 Los",
        "&lt;p&gt;Doppelt &amp;amp; dreifach&lt;/p&gt;",
        "<p>a</p><!-- gone --><script>alert(1)</script><style>p{}</style><p>` ``b`` `</p>",
        "<p>[x](y) ![z](q) \\ &lt;b&gt; 5 &lt; 6</p><table><tr><td>c1</td><td>c2</td></tr></table>",
        "<div>\n\n<p>a\n\n\nb</p>\n</div>",
        "- a\n- b\n\n1. c",
        "<p>unclosed <b>bold <a href='https://x.example'>link",
    ],
)
def test_notes_say_the_same_in_a_feed_as_before(text: str) -> None:
    def shown(notes: str) -> tuple[list[str], list[str]]:
        page = html.fromstring(f"<div>{feed_html(notes)}</div>")
        links = [str(link.get("href")) for link in page.iter("a")]
        return " ".join(map(str, page.itertext())).split(), links

    once = html_text.markdown(text)
    assert shown(once) == shown(html_text.markup(text))
    assert "alert" not in once


@pytest.mark.parametrize(
    "piece", ["<ul><li>", "<blockquote>", "&lt;p ", "<script", "<!--", "<p ", "<b>", "* ", "<table><tr><td>"]
)
def test_hostile_notes_take_no_time(piece: str) -> None:
    start = time.process_time()
    html_text.markdown(piece * 10_000)
    html_text.summary(piece * 10_000)
    assert time.process_time() - start < 5


def test_simple_notes_become_markdown() -> None:
    text = "<p>Eins <a href='https://a.example/'>zwei</a><br>drei</p><ul><li>vier</li></ul>"
    assert html_text.markdown(text) == "Eins [zwei](https://a.example/)  \ndrei\n\n  * vier"


def test_a_comma_behind_bold_words_stays_beside_them() -> None:
    assert html_text.markdown("<p>Von <b>Xiaomi</b>, <i>vor</i>: 5.</p>") == "Von **Xiaomi**, _vor_: 5."


def test_a_summary_is_one_paragraph_of_4000_bytes_at_most() -> None:
    assert html_text.summary("<p>Eins</p>\n\n<p>zwei &amp; drei</p>") == "Eins zwei & drei"
    long = html_text.summary("äöü " * 2000)
    assert len(long.encode()) <= 4000
    assert long.endswith("äöü …")


def test_slugs_are_folder_names_that_config_takes() -> None:
    assert slug_of("Über Löffel & Gabeln", "x") == "ueber-loeffel-und-gabeln"
    assert slug_of("Ça va? L’été, Łódź", "x") == "ca-va-lete-lodz"
    assert slug_of("漢字", "episode-3") == "episode-3"
    assert slug_of("../../etc/passwd", "x") == "etc-passwd"
    for title in ("a" * 300, "wort " * 50, "--", "12", "A.B.C"):
        slug = slug_of(title, "x")
        assert SLUG.fullmatch(slug)
        assert len(slug) <= 60
    assert unique("a", {"a", "a-2"}) == "a-3"


def test_addresses_become_ascii_and_absolute_or_nothing() -> None:
    assert absolute("https://a.example/feed", "/b c/ü.mp3?q=ä b") == "https://a.example/b%20c/%C3%BC.mp3?q=%C3%A4%20b"
    assert absolute("https://a.example/feed", "//b.example/x") == "https://b.example/x"
    assert absolute("", "http://bücher.example/x%20y") == "http://xn--bcher-kva.example/x%20y"
    assert absolute("", "https://[::1]:8/x") == "https://[::1]:8/x"
    assert absolute("", "https://user:secret@a.example/x") == "https://a.example/x"
    for bad in ("", "x.mp3", "file:///etc/passwd", "javascript:alert(1)", "https://", "http://[", "https://a:99999/"):
        assert absolute("", bad) is None
    assert same("http://A.example/feed/", "https://a.example/feed")
    assert not same("http://a.example/feed?x", "https://a.example/feed")


def test_pages_of_hosting_services_are_known() -> None:
    assert ends_with_the_move("https://shows.acast.com/a/b")
    assert ends_with_the_move("https://x.libsyn.com/b")
    assert not ends_with_the_move("https://notacast.com/a")


PLAIN = ["true", "No", "null", "~", "y", "2024-01-10 06:00:00+01:00", "1e3", "a: b", "F 1: Vom Bau", "a #b", "a ", "b:"]


@given(
    st.text(st.sampled_from("abzÄß 019.,:/_()!?&+=%~@;-#'\"[]{}*|>`\n\t"), max_size=30)
    | st.text(max_size=20)
    | st.sampled_from(PLAIN)
    | st.booleans()
    | st.integers()
)
def test_what_is_written_quickly_is_what_the_yaml_writer_writes(value: object) -> None:
    assert entry("title", value) == dump({"title": value})
