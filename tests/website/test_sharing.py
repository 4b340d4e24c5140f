"""Passing on: a quote of the transcript with its time, and the author's kit."""

from __future__ import annotations

from typing import Any

from lxml import html

from sendung.core.model import Article
from tests.browser import Opened

from .samples import NOW, full_episode, full_show, render_pages
from .server import Site

SELECT = """() => {
  document.querySelector("details.transcript").open = true;
  const cues = document.querySelectorAll(".scroller span[data-t]");
  const range = document.createRange();
  range.setStart(cues[1].firstChild, 4);
  range.setEnd(cues[2].firstChild, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def test_a_quote_is_shared_with_the_moment_at_which_it_is_said(store: Site, opened: Opened) -> None:
    url = f"{store.url}/e/xiaomi/index.html"
    with opened(url, permissions=["clipboard-read", "clipboard-write"]) as page:
        button = page.locator(".quote")
        assert not button.is_visible()
        page.evaluate(SELECT)
        button.wait_for(state="visible")
        button.click()
        page.wait_for_timeout(300)
        text, address = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert text.startswith("“ist keine Meinung, das steht im Quartalsbericht. Und trotzdem” – Realitätscheck")
        assert address == f"{url}#t=5"
        assert button.inner_text() == "Kopiert"
        page.evaluate("getSelection().removeAllRanges()")
        button.wait_for(state="hidden")


def test_the_kit_begins_with_what_an_author_needs_and_shows_how_it_looks() -> None:
    articles = (*full_episode().articles, Article(url="https://magazin.example/fr/x", language="fr"))
    pages = render_pages(full_show("https://cdn.example/show"), [full_episode(articles=articles)], NOW)
    page: Any = html.fromstring(pages["e/xiaomi/kit.html"].decode())
    names = [title.text for title in page.xpath("//div[@class='kit']//h2")]
    assert names[:3] == ["Link (HTML)", "Link (HTML) – English", "Link (HTML) – Français"]
    assert names[-3:-1] == ["Einmal, in die Vorlage aller Artikel", "Newsletter (HTML)"]
    looks = page.xpath("//div[@class='look']")
    assert looks[0].xpath("a")[0].text == "Jetzt reinhören! (1 Std. 3 Min.)"
    assert looks[1].xpath("a")[0].text == "Listen now! (1 hr 3 min)"
    assert [len(looks[n].xpath(".//iframe")) for n in (3, 4)] == [1, 0]
    block = page.xpath("//div[@class='kit']//textarea/text()")[-1]
    assert 'href="https://cdn.example/show/e/xiaomi/index.html?from=newsletter"' in block
    assert ("Jetzt reinhören! (1 Std. 3 Min.)" in block, "<script" in block) == (True, False)


def test_boxes_of_the_kit_show_all_of_their_code(store: Site, opened: Opened) -> None:
    for width in (320, 1280):
        with opened(f"{store.url}/e/xiaomi/kit.html", viewport={"width": width, "height": 800}) as page:
            cut = "[...document.querySelectorAll('textarea')].filter(b => b.scrollHeight > b.clientHeight + 2).length"
            assert page.evaluate(cut) == 0
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator(".look iframe").content_frame.locator(".play").is_visible()
