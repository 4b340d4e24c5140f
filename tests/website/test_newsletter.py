"""What a newsletter has: held against caniemail.com's list of what mail programs show, and looked at without it."""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterator, Mapping
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from lxml import html as lxml_html

from sendung.core.model import Chapter, Episode, SharePictures
from sendung.website.newsletter import MOST_BYTES, Mailing, eml, mailing_of
from tests.browser import Opened, missing

from .conftest import NODE_MODULES
from .samples import asset, full_episode, full_show, make_episode, make_show

HOSTILE = 'Strom & <b>"Gas"</b>\r\nBcc: opfer@example.org\x07'
SHOW = full_show("https://cdn.example/show")
PROGRAMS = (
    ("gmail", "desktop-webmail"), ("gmail", "android"), ("gmail", "ios"), ("outlook", "windows"), ("outlook", "macos"),
    ("outlook", "outlook-com"), ("outlook", "ios"), ("outlook", "android"), ("apple-mail", "macos"),
    ("apple-mail", "ios"), ("yahoo", "desktop-webmail"), ("thunderbird", "macos"), ("samsung-email", "android"),
    ("gmx", "desktop-webmail"), ("web-de", "desktop-webmail"), ("t-online-de", "desktop-webmail"),
)  # fmt: skip
GRACEFUL = {
    "css-word-break": "a word that is wider than the column makes it wider",
    "css-border-radius": "corners are square then",
    "css-at-media": "pictures stay beside the words, and it is light",
    "css-at-media-prefers-color-scheme": "it is light then, or the program makes it dark itself",
    "html-meta-color-scheme": "it is light then, or the program makes it dark itself",
    "css-important": "only in what programs know that obey media queries",
    "html-style": "only media queries are in it",
    "html-role": "readers say that it is a table",
    "html-lang": "readers guess the language",
    "html-body": "the table has the same colour",
    "html-dir": "cells are aligned to the right as well",
}
"""What not every program shows, and what then becomes of it."""


def mailing(**changes: Any) -> Mailing:
    share = SharePictures(card=asset("assets/card.jpg", "image/jpeg"), play=asset("assets/play.jpg", "image/jpeg"))
    return mailing_of(SHOW, [full_episode(**({"share": share} | changes)), make_episode("strom", articles=())])


def parsed(page: str) -> Any:
    return lxml_html.fromstring(page)


@pytest.fixture(scope="module")
def abilities() -> dict[str, Any]:
    """Of mail programs, by feature."""
    path = NODE_MODULES / "caniemail" / "data" / "caniemail.json"
    if not path.exists():
        missing("caniemail", f"npm install in {NODE_MODULES.parent.name}")
    return {feature["slug"]: feature for feature in json.loads(path.read_text("utf-8"))["data"]}


def features_of(page: str, known: Mapping[str, Any]) -> Iterator[str]:
    """The features of caniemail's list that a page uses, by element, attribute, property and at-rule."""
    tree = parsed(page)
    styles = " ".join([*tree.xpath("//@style"), *tree.xpath("//style/text()")])
    names = [f"html-{element.tag}" for element in tree.iter() if isinstance(element.tag, str)]
    names += [f"html-{attribute}" for element in tree.iter() for attribute in element.attrib]
    names += [f"css-{name}" for name in re.findall(r"[;{\"' ]([a-z-]+):", f" {styles}")]
    names += ["css-at-media"] * ("@media" in styles) + ["css-important"] * ("!important" in styles)
    names += ["css-at-media-prefers-color-scheme"] * ("prefers-color-scheme" in styles)
    names += ["html-h1-h6"] * bool(tree.xpath("//h1|//h2|//h3"))
    names += ["html-meta-color-scheme"] * bool(tree.xpath("//meta[@name='color-scheme']"))
    yield from (name for name in dict.fromkeys(names) if name in known)


def test_mail_uses_only_what_mail_programs_show(abilities: dict[str, Any]) -> None:
    used = set(features_of(mailing().html, abilities))
    assert {"html-table", "css-padding", "css-font-size", "css-line-height", "html-width", "css-at-media"} <= used
    refused = {}
    for name in used:
        stats = abilities[name]["stats"]
        newest = {program: [*stats.get(program[0], {}).get(program[1], {"": "y"}).values()][-1] for program in PROGRAMS}
        refused[name] = [program for program, answer in newest.items() if answer.startswith("n")]
    assert {name for name, programs in refused.items() if programs} == GRACEFUL.keys()
    forbidden = ("css-position", "css-float", "css-display-flex", "css-display-grid", "css-background-image")
    assert not used & {*forbidden, "html-video", "html-audio", "html-form", "html-svg"}


def test_nothing_runs_and_nothing_is_asked_for_but_pictures() -> None:
    tree = parsed(mailing().html)
    assert not tree.xpath("//script|//form|//link|//iframe|//input|//video|//audio|//@onclick|//@onload|//base")
    assert set(tree.xpath("//@src")) == {
        "https://cdn.example/show/assets/play.jpg",
        "https://cdn.example/show/assets/cover-480.png",
    }
    assert "url(" not in mailing().html
    assert "@import" not in mailing().html
    assert all(picture.get("alt") and picture.get("width") for picture in tree.iter("img"))


def test_chapters_lead_to_their_moment_and_the_label_says_how_long_it_is() -> None:
    tree = parsed(mailing().block)
    links = {link.text_content(): link.get("href") for link in tree.iter("a")}
    listen = "https://cdn.example/show/e/xiaomi/index.html?from=newsletter"
    assert links["Jetzt reinhören! (1 Std. 3 Min.)"] == listen
    assert links["SoftBank pivotet"] == f"{listen}#t=433"
    assert links["Den Artikel lesen"] == "https://magazin.example/realitaetscheck"
    english = parsed(mailing_of(SHOW, [full_episode()], "en").block)
    links = {link.text_content(): link.get("href") for link in english.iter("a")}
    assert links["Listen now! (1 hr 3 min)"] == listen
    assert links["Read the article"] == "https://magazin.example/en/reality-check"


def opened_mail(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=policy.default)


def test_a_hostile_title_is_text_everywhere() -> None:
    letter = mailing(title=HOSTILE)
    message = opened_mail(eml(letter, make_show(title=HOSTILE)))
    assert message["Bcc"] is None
    assert message["Subject"] == 'Gegenwind: Strom & <b>"Gas"</b> Bcc: opfer@example.org …'
    assert message["From"].addresses[0].display_name == 'Strom & <b>"Gas"</b> Bcc: opfer@example.org'
    assert not message.defects
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert text.get_content().startswith('Strom & <b>"Gas"</b> Bcc')
    tree = parsed(page.get_content())
    assert not tree.xpath("//b")
    assert tree.xpath("//title/text()")[0] == message["Subject"]
    assert eml(letter, SHOW) == eml(letter, SHOW), "the same mail has the same bytes"


def test_what_looks_encoded_in_a_title_stays_as_it_is_written() -> None:
    """RFC 2047, section 2: a mail program would show "Gewinn" for it."""
    message = opened_mail(
        eml(mailing(title="=?utf-8?q?Gewinn?= =?UTF-8?B?WA==?="), make_show(title="=?utf-8?b?WA==?="))
    )
    assert message["Subject"] == "Gegenwind: = ?utf-8?q?Gewinn?= = ?UTF-8?B?WA==?= …"
    assert message["From"].addresses[0].display_name == "= ?utf-8?b?WA==?="


def test_what_is_not_in_the_readers_language_says_in_which_it_is() -> None:
    arabic, english = (mailing_of(SHOW, [full_episode()], language).html for language in ("ar", "en"))
    for path in ("//h2", "//td[@class='chapter']", "//p[@class='text'][1]"):
        title = parsed(arabic).xpath(path)[0]
        assert (title.get("lang"), title.get("dir")) == ("de", "ltr")
        title = parsed(english).xpath(path)[0]
        assert (title.get("lang"), title.get("dir")) == ("de", None)


def test_a_mail_is_never_cut_off_and_says_what_is_missing() -> None:
    chapters = tuple(Chapter(start_ms=1000 * n, title=f"Kapitel mit einem Namen {n}") for n in range(60))
    episodes: list[Episode] = [make_episode(f"e{n}", chapters=chapters, summary="Wort " * 150) for n in range(40)]
    letter = mailing_of(SHOW, episodes)
    assert 60_000 < len(letter.html.encode()) <= MOST_BYTES
    assert 1 < len(letter.episodes) < 40
    assert letter.without_chapters == len(letter.episodes)
    some = mailing_of(SHOW, episodes[:5])
    assert (len(some.episodes), 0 < some.without_chapters < 5) == (5, True)


def test_it_can_be_read_without_style_and_without_pictures(opened: Opened) -> None:
    """In a browser: every link in view, nothing wider than the screen, with all CSS gone, too, and on a phone."""
    page = mailing(title="Donaudampfschifffahrtsgesellschaftskapitän").html
    bare = re.sub(r"<style>.*?</style>| style=\"[^\"]*\"", "", mailing().html, flags=re.DOTALL)
    for content, viewport in ((page, {"width": 390, "height": 800}), (bare, {"width": 640, "height": 800})):
        with opened("about:blank", quiet=False, viewport=viewport) as mail:
            mail.route("**/*", lambda route: route.abort())
            mail.set_content(content)
            assert mail.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
            words = mail.inner_text("body")
            for text in ("Jetzt reinhören! (1 Std. 3 Min.)", "SoftBank pivotet", "52:20", "Den Artikel lesen"):
                assert text in words
    with opened("about:blank", color_scheme="dark") as mail:
        mail.set_content(page.replace("https://cdn", "data:,"))
        style = "getComputedStyle(document.querySelector('.episode'))"
        assert mail.evaluate(f"[{style}.color, {style}.backgroundColor]") == ["rgb(236, 234, 227)", "rgb(18, 20, 18)"]
