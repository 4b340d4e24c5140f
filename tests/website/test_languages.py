"""An episode's pages in several languages: whole in each, and each names all others."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from lxml import html as lxml_html

from sendung.core.model import Article, Chapter, Cue, Edition, Episode, Transcript, Translation, listen_key
from sendung.website import plan
from sendung.website.listen_now import index
from tests.browser import Opened

from .samples import NOW, asset, full_episode, full_show, make_episode, objects, render_pages
from .server import Site, serving

ENGLISH = Translation(
    language="en",
    title="Reality check: Xiaomi delivers",
    summary="Xiaomi delivers, SoftBank turns away.",
    notes="Three stories, *one* question.",
    chapters=(Chapter(start_ms=0, title="Welcome"), Chapter(start_ms=83_000, title="Xiaomi delivers")),
    transcript=Transcript(
        language="en",
        assets=(asset("assets/xiaomi.en.vtt", "text/vtt"),),
        cues=(Cue(start_ms=0, end_ms=4000, text="Welcome to Headwind.", speaker="Sven Kramer"),),
    ),
    machine=True,
)
ARABIC = Translation(language="ar", title="فحص الواقع: شاومي تسلم", summary="شاومي تسلم سياراتها.")
EDITIONS = (Edition(language="en", title="Headwind"), Edition(language="ar"))
ARTICLES = (
    Article(url="https://magazin.example/realitaetscheck", language="de"),
    Article(url="https://magazin.example/en/reality-check", language="en"),
    Article(url="https://magazin.example/fr/realite", language="fr"),
)


def translated(**changes: Any) -> Episode:
    facts: dict[str, Any] = {"translations": (ENGLISH, ARABIC), "articles": ARTICLES, "number": 29}
    return full_episode(**(facts | changes))


def parsed(page: bytes) -> Any:
    return lxml_html.fromstring(page.decode())


def show(**changes: Any) -> Any:
    return full_show("https://cdn.example/show", languages=EDITIONS, **changes)


PAGES = ("e/xiaomi/index.html", "e/xiaomi/en/index.html", "e/xiaomi/ar/index.html")


def test_every_page_names_all_its_languages_and_is_named_by_them() -> None:
    pages = render_pages(show(), [translated()], NOW)
    named = {}
    for key in PAGES:
        links = parsed(pages[key]).xpath("//link[@rel='alternate'][@hreflang]")
        named[key] = {
            link.get("hreflang"): link.get("href").removeprefix("https://cdn.example/show/") for link in links
        }
        switch = {
            link.get("hreflang"): link.get("href") for link in parsed(pages[key]).xpath("//nav[@class='tongues']//a")
        }
        depth = key.count("/")
        assert switch == {code: "../" * depth + named[key][code] for code in ("de", "en", "ar")}
        [current] = parsed(pages[key]).xpath("//nav[@class='tongues']//a[@aria-current]")
        assert current.get("lang") == parsed(pages[key]).get("lang")
    expected = dict(zip(("de", "en", "ar"), PAGES, strict=True)) | {"x-default": PAGES[0]}
    assert named == dict.fromkeys(PAGES, expected)
    for key in PAGES:
        assert parsed(pages[key]).xpath("//link[@rel='canonical']/@href") == [f"https://cdn.example/show/{key}"]
        for other in ("embed/index.html", "kit.html", "oembed.json"):
            assert key.replace("index.html", other) in pages


def test_a_page_is_whole_in_its_language() -> None:
    pages = render_pages(show(), [translated()], NOW)
    page = parsed(pages["e/xiaomi/en/index.html"])
    assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
    assert page.xpath("//h1/text()") == ["Reality check: Xiaomi delivers"]
    assert page.xpath("//meta[@property='og:title']/@content") == ["Reality check: Xiaomi delivers"]
    assert [name.text for name in page.xpath("//nav[@class='chapters']//b")] == ["Welcome", "Xiaomi delivers"]
    assert "Welcome to Headwind." in page.xpath("//details[@class='transcript']")[0].text_content()
    assert page.xpath("//*[@id='article-title']/a/@href") == ["https://magazin.example/en/reality-check"]
    assert page.xpath("//h2[@id='chapters-title']/text()") == ["Chapters"]
    assert page.xpath("//p[@class='machine']/text()") == ["Translated by a machine."]
    assert page.xpath("//audio/@src") == ["../../../audio/xiaomi.wav"]
    assert not parsed(pages["e/xiaomi/index.html"]).xpath("//p[@class='machine']")
    frame = parsed(pages["e/xiaomi/en/embed/index.html"])
    assert (frame.get("lang"), frame.xpath("//h1/a/@href")) == ("en", ["../../../../e/xiaomi/en/index.html"])
    answer = json.loads(pages["e/xiaomi/en/oembed.json"])
    assert answer["title"] == "Reality check: Xiaomi delivers"
    assert "e/xiaomi/en/embed/index.html" in answer["html"]


def test_what_a_translation_leaves_out_says_in_which_language_it_is() -> None:
    neighbours = [make_episode("strom", title="Wer zahlt?", date=NOW.replace(day=13)), translated()]
    page = parsed(render_pages(show(), neighbours, NOW)["e/xiaomi/ar/index.html"])
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    for path in ("//section[@class='notes']", "//nav[@class='chapters']/ol", "//a[@rel='prev']/span"):
        [part] = page.xpath(path)
        assert (part.get("lang"), part.get("dir")) == ("de", "ltr"), path
    assert page.xpath("//div[@class='scroller']/@lang") == ["de"]
    assert page.xpath("//a[@rel='prev']/@href") == ["../../../e/strom/index.html"]
    english = parsed(render_pages(show(), neighbours, NOW)["e/xiaomi/en/index.html"])
    assert not english.xpath("//section[@class='notes']/@lang|//nav[@class='chapters']/ol/@lang")


def test_a_neighbour_in_the_language_is_linked_in_it() -> None:
    older = make_episode(
        "strom", date=NOW.replace(day=13), translations=(Translation(language="en", title="Power", summary="."),)
    )
    page = parsed(render_pages(show(), [translated(), older], NOW)["e/xiaomi/en/index.html"])
    [link] = page.xpath("//a[@rel='prev']")
    assert (link.get("href"), link.text_content().split()[-1]) == ("../../../e/strom/en/index.html", "Power")
    assert not link.xpath("./span")


def test_pages_without_translations_stay_as_they_are() -> None:
    """An episode's own page changes where a language comes to it, and no other's does."""
    first, second = full_episode(), make_episode("strom", date=NOW.replace(day=13))
    before = render_pages(full_show("https://cdn.example/show"), [first, second], NOW)
    after = render_pages(show(), [translated(articles=first.articles, number=1), second], NOW)
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"e/xiaomi/index.html", "e/xiaomi/kit.html", "listen-now.json"}
    assert b'hreflang="x-default"' not in before["e/xiaomi/index.html"]


def test_an_article_leads_to_the_page_in_its_language() -> None:
    articles = json.loads(index([translated()]))["articles"]
    assert {name: (entry[0], entry[2], entry[3]) for name, entry in articles.items()} == {
        "magazin.example/realitaetscheck": ("xiaomi", translated().title, "de"),
        "magazin.example/en/reality-check": ("xiaomi/en", "Reality check: Xiaomi delivers", "en"),
        "magazin.example/fr/realite": ("xiaomi", translated().title, "fr"),
    }
    assert articles["magazin.example/en/reality-check"][1] == "Listen now! (1 hr 3 min)"


def test_the_kit_has_the_links_in_each_language() -> None:
    pages = render_pages(show(), [translated()], NOW)
    assert "Listen now! (1 hr 3 min)" in parsed(pages["e/xiaomi/en/kit.html"]).text_content()
    assert "e/xiaomi/en/index.html" in parsed(pages["e/xiaomi/en/kit.html"]).xpath("//textarea/text()")[0]
    for key in ("e/xiaomi/kit.html", "e/xiaomi/en/kit.html"):
        links = parsed(pages[key]).xpath("//nav[@class='tongues']//a/@href")
        assert [link.rpartition("../")[2] for link in links] == [
            "e/xiaomi/kit.html", "e/xiaomi/en/kit.html", "e/xiaomi/ar/kit.html",
        ]  # fmt: skip


def test_a_language_that_was_taken_away_leads_to_the_episode() -> None:
    episode = translated(translations=(ENGLISH,), former_languages=("ar",), former_slugs=("autos",))
    pages = render_pages(show(), [episode], NOW)
    assert b"../../../e/xiaomi/index.html" in pages["e/xiaomi/ar/index.html"]
    assert b"../../../../e/xiaomi/embed/index.html" in pages["e/xiaomi/ar/embed/index.html"]
    assert b"../../../e/xiaomi/en/index.html" in pages["e/autos/en/index.html"]
    assert b"../../../e/xiaomi/index.html" in pages["e/autos/ar/index.html"]
    assert json.loads(pages["e/xiaomi/ar/oembed.json"])["title"] == episode.title
    assert not parsed(pages["e/xiaomi/index.html"]).xpath("//a[@hreflang='ar']")
    gone = {page.key: page.render() for page in plan(show(), [], NOW, None, [episode])}
    assert {"e/xiaomi/en/index.html", "e/xiaomi/ar/index.html", "e/autos/en/index.html"} <= gone.keys()


@pytest.fixture(scope="module")
def many() -> Any:
    with serving() as site:
        editions = full_show(site.url, languages=EDITIONS)
        site.objects |= objects(editions, [translated(), make_episode("strom", date=NOW.replace(day=13))])
        yield site


@pytest.mark.parametrize("language", ["", "en/", "ar/"])
def test_pages_in_each_language_can_be_read_and_worked(many: Site, opened: Opened, axe: str, language: str) -> None:
    """At 320 pixels and at 1280, light and dark: nothing is wider than the screen, axe has no complaint."""
    url = f"{many.url}/e/xiaomi/{language}index.html"
    for width, scheme in ((320, "dark"), (1280, "light")):
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
        with opened(url, **options) as page:
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.evaluate(axe)
            found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice']})")[
                "violations"
            ]
            assert [violation["id"] for violation in found] == []
            page.locator(".tongues a[hreflang=en]").click()
            page.wait_for_url(re.compile(r"/e/xiaomi/en/index.html"))
            assert page.locator("h1").inner_text() == ENGLISH.title
            assert page.locator("audio").evaluate("e => new URL(e.src).pathname").endswith(translated().audio.asset.key)


def test_listen_key_of_a_language_is_below_the_episode() -> None:
    assert listen_key("xiaomi/en") == PAGES[1]
