"""An episode's pages in several languages: whole in each, and each names all others."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from lxml import html as lxml_html
from playwright.sync_api import expect

from sendung.core.model import Article, Chapter, Cue, Edition, Episode, Transcript, Translation, listen_key
from sendung.website import plan, plan_gone
from sendung.website.listen_now import index
from tests.browser import Opened, until

from .samples import NOW, asset, full_episode, full_show, make_episode, objects, render_pages
from .server import Site, serving
from .test_listening import long_transcript
from .test_reach import violations

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


SHOW_PAGES = {"de": "index.html", "en": "episodes/en/index.html", "ar": "episodes/ar/index.html"}


def test_the_show_page_is_there_in_every_language_that_episodes_are_in() -> None:
    power = Translation(language="ar", title="من يدفع ثمن الكهرباء؟", summary=".", machine=True)
    episodes = [translated(), make_episode("strom", date=NOW.replace(day=13), translations=(power,))]
    editions = (*EDITIONS, Edition(language="fr"))
    pages = render_pages(full_show("https://cdn.example/show", languages=editions), episodes, NOW)
    assert "episodes/fr/index.html" not in pages, "no episode is in that language"
    named = {}
    for language, key in SHOW_PAGES.items():
        page = parsed(pages[key])
        assert (page.get("lang"), page.xpath("//link[@rel='canonical']/@href")) == (
            language,
            [f"https://cdn.example/show/{key}"],
        )
        links = page.xpath("//link[@rel='alternate'][@hreflang]")
        named[key] = {
            link.get("hreflang"): link.get("href").removeprefix("https://cdn.example/show/") for link in links
        }
        [current] = page.xpath("//nav[@class='tongues']//a[@aria-current]")
        assert current.get("lang") == language
        assert json.loads(page.xpath("//script[@type='application/ld+json']/text()")[0])["url"].endswith(f"/{key}")
        home = listen_key("xiaomi" if language == "de" else f"xiaomi/{language}")
        for link in parsed(pages[home]).xpath("//a[@class='brand']/@href"):
            assert link == "../" * home.count("/") + key
        listed = [link.get("href").rpartition("../")[2] for link in page.xpath("//ol[@class='episodes']//h3/a")]
        assert home in listed
    assert named == dict.fromkeys(named, SHOW_PAGES | {"x-default": "index.html"})
    assert [len(parsed(pages[key]).xpath("//li[@data-guid]")) for key in SHOW_PAGES.values()] == [2, 1, 2]
    arabic = parsed(pages["episodes/ar/index.html"])
    assert [row.get("data-guid") for row in arabic.xpath("//li[@data-guid][.//small]")] == ["guid-strom"], (
        "by a machine"
    )


def test_the_show_in_another_language_says_what_is_still_in_its_own() -> None:
    pages = render_pages(show(), [translated()], NOW)
    english, arabic = parsed(pages["episodes/en/index.html"]), parsed(pages["episodes/ar/index.html"])
    assert (english.xpath("//h1/text()"), english.xpath("//h1/@lang")) == (["Headwind"], [])
    for path in ("//h1", "//p[@class='summary']", "//section[@class='newsletter']/h2", "//footer/p", "//a/span"):
        assert (arabic.xpath(f"{path}/@lang"), arabic.xpath(f"{path}/@dir")) == (["de"], ["ltr"]), path
    assert english.xpath("//p[@class='summary']/@lang") == ["de"]
    assert not parsed(pages["index.html"]).xpath("//body//*[@lang][not(ancestor::nav)]")


def test_a_show_page_of_a_language_that_is_gone_leads_to_the_show() -> None:
    many = [make_episode(f"e{n}", date=NOW - timedelta(days=n + 1), translations=(ENGLISH, ARABIC)) for n in range(210)]
    before = {page.key for page in plan(show(), many, NOW)}
    assert {"episodes/en/1.html", "episodes/en/2.html", "episodes/1.html"} <= before
    after = {page.key: page for page in plan(show(), [translated(translations=(), former_languages=("ar",))], NOW)}
    assert b'href="../../index.html"' in after["episodes/ar/index.html"].render()
    gone = {page.key: page.render() for page in plan_gone(show(), ["episodes/en/index.html", "episodes/en/2.html"])}
    assert all(b'href="../../index.html"' in page for page in gone.values())
    assert len(gone) == 2


def test_budgets_hold_in_every_language() -> None:
    """Of a long episode with everything: page and show page at most 30 KB, script 8 KB, embed 15 KB, gzipped."""
    words = {"notes": ENGLISH.notes * 40, "chapters": full_episode().chapters}
    translations = tuple(words_in.model_copy(update=words) for words_in in (ENGLISH, ARABIC))
    pages = render_pages(
        show(age_notice=180), [translated(translations=translations, transcript=long_transcript(7200))], NOW
    )
    limits = {"index.html": 30_000, "embed/index.html": 15_000, "kit.html": 30_000}
    for language in ("", "en/", "ar/"):
        for name, limit in limits.items():
            page = pages[f"e/xiaomi/{language}{name}"].decode()
            assert len(gzip.compress(page.encode())) <= limit, (language, name)
            [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
            assert len(gzip.compress(script.encode())) <= 8_000
    assert all(len(gzip.compress(pages[key])) <= 30_000 for key in SHOW_PAGES.values())
    assert len(gzip.compress(pages["listen-now.js"])) <= 8_000


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
    assert changed == {"e/xiaomi/index.html", "e/xiaomi/kit.html", "index.html", "listen-now.json"}
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
        power = Translation(language="en", title="Who pays?", summary="Of grids.")
        site.objects |= objects(
            editions, [translated(), make_episode("strom", date=NOW.replace(day=13), translations=(power,))]
        )
        yield site


@pytest.mark.parametrize("language", ["", "episodes/en/", "episodes/ar/"])
def test_show_pages_in_each_language_can_be_read_and_worked(
    many: Site, opened: Opened, axe: str, language: str
) -> None:
    for width, scheme in ((320, "light"), (1280, "dark")):
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
        with opened(f"{many.url}/{language}index.html", **options) as page:
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert violations(page, axe) == []
            page.click("[data-guid=guid-xiaomi] [data-audio]")
            until(page, "document.querySelector('audio').currentTime > 0")
            page.locator(".tongues a[hreflang=ar]").click(modifiers=["Shift"], trial=True)
            page.locator("h3 a").first.click(trial=True)


def test_what_is_shared_is_read_from_its_own_side(many: Site, opened: Opened) -> None:
    """On a page from right to left: the panel is in sight, its words are at the right, code begins at the left."""
    for width in (320, 1280):
        with opened(f"{many.url}/e/xiaomi/ar/index.html", viewport={"width": width, "height": 800}) as page:
            page.click(".share summary")
            box = page.locator(".share > div").bounding_box()
            assert box
            assert (box["x"] >= 0, box["x"] + box["width"] <= width) == (True, True)
            directions = "(selector) => getComputedStyle(document.querySelector(selector)).direction"
            assert page.evaluate(directions, ".share > div") == "rtl"
            assert page.evaluate(directions, ".share textarea") == "ltr"


@pytest.mark.parametrize(("path", "label", "slug"), [
    ("realitaetscheck", "Jetzt reinhören! (1 Std. 3 Min.)", "xiaomi"),
    ("en/reality-check", "Listen now! (1 hr 3 min)", "xiaomi/en"),
])  # fmt: skip
def test_the_player_in_an_article_is_in_its_language(
    many: Site, opened: Opened, path: str, label: str, slug: str
) -> None:
    with serving() as magazine, opened("about:blank") as page:
        canonical = f'<link rel="canonical" href="https://magazin.example/{path}">'
        script = f'<script src="{many.url}/listen-now.js"></script>'
        magazine.objects["a.html"] = (
            f"<!DOCTYPE html><title>A</title>{canonical}{script}<main><h1>A</h1></main>".encode()
        )
        page.goto(f"{magazine.url}/a.html")
        expect(page.locator(".listen-now a")).to_have_text(label)
        page.click(".listen-now a")
        frame = page.locator(".listen-now iframe")
        expect(frame).to_have_attribute("src", f"{many.url}/e/{slug}/embed/index.html#play")
        title = frame.content_frame.locator("h1 a")
        expect(title).to_have_text(ENGLISH.title if "en" in slug else translated().title)


def test_more_topics_are_in_the_language_of_the_page(many: Site, opened: Opened) -> None:
    with opened(f"{many.url}/e/strom/en/index.html") as page:
        page.locator("footer").scroll_into_view_if_needed()
        expect(page.locator(".topics li a")).to_have_text([ENGLISH.title])
        page.locator(".topics li a").click()
        page.wait_for_url(re.compile(r"/e/xiaomi/en/index.html"))


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["", "en/", "ar/"])
def test_every_kind_of_page_can_be_read_at_every_width(
    many: Site, opened: Opened, axe: str, language: str, scheme: str
) -> None:
    show = f"episodes/{language}index.html" if language else "index.html"
    pages = [f"e/xiaomi/{language}{name}" for name in ("index.html", "embed/index.html", "kit.html")]
    for width in (320, 390, 768, 1280):
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
        with opened("about:blank", **options) as page:
            for key in (show, *pages):
                page.goto(f"{many.url}/{key}")
                assert page.evaluate("document.documentElement.scrollWidth") == width, key
                assert violations(page, axe) == [], key


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
