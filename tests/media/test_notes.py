"""What becomes of show notes: nothing dangerous survives, nothing readable is lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml.html import fragments_fromstring, fromstring

from sendung.media.notes import feed_html, page_html, plain_text, printable

NOTES = """# Über die Folge

Mit **Nachdruck** und [einem Link](https://example.org/a?b=1&c=2).

> Ein Zitat.

- eins
- zwei

![Ein Bild](https://elsewhere.example/i.png)
"""


def test_feed_html_holds_only_what_directories_show() -> None:
    assert feed_html(NOTES) == (
        "<p>Über die Folge</p>\n"
        '<p>Mit Nachdruck und <a href="https://example.org/a?b=1&amp;c=2">einem Link</a>.</p>\n\n'
        "<p>Ein Zitat.</p>\n\n<ul>\n<li>eins</li>\n<li>zwei</li>\n</ul>\n<p>Ein Bild</p>"
    )


def test_page_html_keeps_formatting_and_moves_headings_below_the_title() -> None:
    page = page_html(NOTES + "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert page.startswith("<h2>Über die Folge</h2>")
    assert "<strong>Nachdruck</strong>" in page
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noopener">einem Link</a>' in page
    assert "<blockquote>" in page
    assert "<td>1</td>" in page


def test_plain_text_is_one_line_a_block() -> None:
    assert plain_text(NOTES).splitlines() == [
        "Über die Folge", "Mit Nachdruck und einem Link.", "Ein Zitat.", "eins", "zwei", "Ein Bild",
    ]  # fmt: skip


def test_plain_text_shows_markup_that_was_written_as_text() -> None:
    assert plain_text("1 &lt; 2 `<b>`") == "1 < 2 <b>"


ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    '<iframe src="https://elsewhere.example"></iframe>',
    '<a href="data:text/html,x">x</a>',
    '<p style="background:url(//elsewhere.example)">x</p>',
    '![x](https://elsewhere.example/"onerror="x)',
    "<svg onload=alert(1)>",
    '<img alt="<script>alert(1)</script>">',
]


@pytest.mark.parametrize("render", [feed_html, page_html])
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_loads_survives(render: Callable[[str], str], attack: str) -> None:
    for element in fragments_fromstring(render(attack), no_leading_text=False):
        if not isinstance(element, str):
            assert {part.tag for part in element.iter()} <= {"p", "a"}
            assert not [name for part in element.iter() for name in part.attrib if name != "rel"]


def test_relative_links_lose_their_address() -> None:
    assert feed_html("[x](../y)") == "<p><a>x</a></p>"


@pytest.mark.parametrize("text", ["a\x00b\x0cc\x1bd", "a\ud800b", "a\ufffeb", "👩‍🚀 \u202eabc", "x" * 10_000, ""])
def test_hostile_characters_never_raise_and_fit_into_xml(text: str) -> None:
    for render in (feed_html, page_html, plain_text, printable):
        etree.Element("x").text = render(text)


@given(st.text() | st.text(alphabet="<>&\"'[]()*_#`-\n\\!a \x00\ud800"))
def test_feed_html_of_anything_is_within_the_allowed_tags(text: str) -> None:
    left = feed_html(text)
    assert set(re.findall(r"</?([a-z0-9]+)", left)) <= {"p", "ol", "ul", "li", "a", "br"}
    etree.Element("x").text = left


def test_printable_keeps_what_xml_allows() -> None:
    assert printable("Grüße 🎧\tund\n中文") == "Grüße 🎧\tund\n中文"


def test_printable_shows_where_half_a_character_was() -> None:
    assert printable("a\ud800b\x00c") == "a\ufffdbc"


SECTIONS = {
    "<div>eins</div><div>zwei</div><div><br></div>": ["eins", "zwei"],
    "<div><p>eins</p></div><section><div>zwei</div>drei</section><blockquote>vier</blockquote>fünf": [
        *("eins", "zwei", "drei", "vier", "fünf")
    ],
    "<table><tr><th>Zeit</th><th>Thema</th></tr><tr><td>00:10</td><td>Anfang</td></tr></table>": [
        *("Zeit | Thema", "00:10 | Anfang")
    ],
    "vor<hr>nach<h3>Titel</h3>Text<dl><dt>Wort</dt><dd>Sinn</dd></dl>": [
        "vor",
        "nach",
        "Titel",
        "Text",
        "Wort",
        "Sinn",
    ],
    "<article>eins</article><figure>zwei</figure><figcaption>drei</figcaption>vier": ["eins", "zwei", "drei", "vier"],
    "<ul><li>eins<div>zwei</div></li><li><div>drei</div></li></ul>": ["eins", "zwei", "drei"],
    "<div><a href='https://a.example/'>eins<div>zwei</div></a></div>": ["eins", "zwei"],
}


@pytest.mark.parametrize(("text", "lines"), SECTIONS.items())
def test_sections_and_tables_part_words_everywhere(text: str, lines: list[str]) -> None:
    assert plain_text(text).split("\n") == lines
    assert plain_text(feed_html(text)).split("\n") == lines
    shown = fromstring(f"<div>{feed_html(text)}</div>")
    assert {element.tag for element in shown.iter()} <= {"div", "p", "ul", "li", "a", "br"}
    assert not [paragraph for paragraph in shown.iter("p") if paragraph.find(".//p") is not None]
    paragraphs = fromstring(f"<body>{page_html(text)}</body>").iter("div", "p", "td", "th", "li")
    assert not [element for element in paragraphs if element.text and "einszwei" in element.text]
