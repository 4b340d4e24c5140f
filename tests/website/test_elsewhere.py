"""On other people's sites: the embed in WordPress's sandbox, and listen-now.js under a strict policy."""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Frame, Page, expect

from sendung.core.model import Article, listen_key
from sendung.core.teaser import Teaser
from sendung.website import plan
from sendung.website.environment import JSON
from sendung.website.listen_now import MARKED, PARTS, SPLIT_FROM, article_name, part_key, part_of
from sendung.website.share_kit import kit_of, qr_png, qr_svg
from tests.browser import Opened, until

from .samples import NOW, full_episode, full_show, make_episode, make_show
from .server import Site, serving

# What WordPress makes of an unknown provider's iframe (wp_filter_oembed_result) and the part of its script
# (wp-embed.js) that shows it: hidden until a height from 200 to 1000 comes with the right secret.
WORDPRESS = """<!DOCTYPE html><title>Artikel</title>
<blockquote class="wp-embedded-content" data-secret="AbC123xyZ0"><a href="https://magazin.example/">Folge</a></blockquote>
<iframe class="wp-embedded-content" sandbox="allow-scripts" security="restricted"
 style="position: absolute; clip: rect(1px, 1px, 1px, 1px);" title="Folge"
 src="%s#?secret=AbC123xyZ0" data-secret="AbC123xyZ0" width="600" height="200" frameborder="0"></iframe>
<script>
window.heard = [];
addEventListener("message", (event) => {
  const frame = document.querySelector("iframe");
  if (event.source !== frame.contentWindow || event.data.secret !== "AbC123xyZ0") return;
  heard.push(event.data);
  if (event.data.message === "height") {
    frame.removeAttribute("style");
    frame.height = Math.min(1000, Math.max(200, event.data.value));
  }
});
</script>"""


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    """The article's own site: another origin than the store."""
    with serving() as site:
        yield site


def embed(page: Page) -> Frame:
    frame = page.frames[1]
    frame.wait_for_load_state()
    return frame


def test_the_embed_works_in_the_sandbox_of_wordpress(store: Site, elsewhere: Site, opened: Opened) -> None:
    elsewhere.objects["artikel.html"] = (WORDPRESS % f"{store.url}/e/xiaomi/embed/index.html#t=90").encode()
    with opened(f"{elsewhere.url}/artikel.html") as page:
        until(page, "heard.length > 0")
        told = page.evaluate("heard[0]")
        assert told["message"] == "height"
        assert told["value"] <= 200
        frame = embed(page)
        frame.click("[data-play]")
        expect(frame.locator(".now")).to_have_text("1:31")
        frame.click("[data-skip='30']")
        expect(frame.locator(".now")).to_have_text(re.compile("2:0"))
        frame.click("h1 a")
        until(page, "heard.some((told) => told.message === 'link')")
        link = page.evaluate("heard.find((told) => told.message === 'link').value")
        assert link == f"{store.url}/{listen_key('xiaomi')}"


@pytest.mark.parametrize("width", [280, 320, 400, 480, 481, 600])
def test_the_embed_fits_in_200_pixels_of_height(store: Site, opened: Opened, width: int) -> None:
    size = {"width": width, "height": 200}
    with opened(f"{store.url}/e/xiaomi/embed/index.html#t=1:00", viewport=size) as page:
        root = page.evaluate("(({scrollHeight, scrollWidth}) => [scrollWidth, scrollHeight])(document.documentElement)")
        assert root == [width, 200]
        for control in ("button", "select", ".now", ".total", "h1 a", "h1"):
            for box in page.locator(f"{control}:visible").all():
                where = box.bounding_box()
                assert where
                assert where["x"] >= 0
                assert where["x"] + where["width"] <= width
                assert where["y"] + where["height"] <= 200
        expect(page.locator(".now")).to_have_text("1:00")


def test_the_frame_keeps_what_wordpress_keeps() -> None:
    answer = json.loads(next(p for p in plan(make_show(), [make_episode()], NOW) if "oembed" in p.key).render())
    quote, frame = re.fullmatch(r"(<blockquote>.*</blockquote>)(<iframe .*></iframe>)", answer["html"]).groups()  # type: ignore[union-attr]
    assert re.findall(r' ([a-z]+)="', quote) == ["href"]
    attributes = set(re.findall(r' ([a-z]+)="', frame))
    assert attributes <= {"src", "width", "height", "frameborder", "marginwidth", "marginheight", "scrolling", "title"}


POLICY = (
    "default-src 'none'; script-src {store}; connect-src {store}; frame-src {frame}; style-src 'none'; img-src 'none'"
)
ARTICLE = """<!DOCTYPE html><html lang="de"><head><title>Artikel</title>{head}<link rel="canonical" href="{canonical}">
</head><body><main><h1>Xiaomi liefert</h1>{place}{text}</main></body></html>"""
PARAGRAPHS = "".join(f"<p>Absatz {n}. {'Wort ' * 80}</p>" for n in range(40))
SHIFTS = """() => new Promise((resolve) => new PerformanceObserver((list) => resolve(
    list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
    || setTimeout(() => resolve(0), 300))"""
COMPANION = "https://magazin.example/realitaetscheck"


def article(store: Site, canonical: str = COMPANION, place: str = "", tag: str = "") -> bytes:
    head = f'<script src="{store.url}/listen-now.js" {tag}></script>'
    return ARTICLE.format(head=head, canonical=canonical, place=place, text=PARAGRAPHS).encode()


LEAD = "<p>Vorspann</p><div data-listen-now></div>"


@pytest.mark.parametrize(("tag", "place"), [("", ""), ("", LEAD), ("async", ""), ("defer", LEAD)])
def test_an_article_gets_its_button_and_nothing_moves(
    store: Site, elsewhere: Site, opened: Opened, tag: str, place: str
) -> None:
    elsewhere.headers["Content-Security-Policy"] = POLICY.format(store=store.url, frame=store.url)
    elsewhere.objects["artikel.html"] = article(store, f"{COMPANION}/?utm_source=x#oben", place, tag)
    with opened("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{elsewhere.url}/artikel.html")
        link = page.get_by_role("link", name="Jetzt reinhören! (1 Std. 3 Min.)")
        expect(link).to_be_visible()
        assert link.get_attribute("href") == f"{store.url}/{listen_key('xiaomi')}"
        before = "Xiaomi liefert" if not place else "Vorspann"
        stands = page.locator("[data-listen-now]" if place else ".listen-now")
        assert stands.evaluate("(e) => e.previousElementSibling.textContent") == before
        assert page.locator(".listen-now").count() == 1
        if not tag:
            assert page.evaluate(SHIFTS) == 0
        assert [url for url in asked if url.startswith(store.url)] == [
            f"{store.url}/listen-now.js",
            f"{store.url}/listen-now.json",
        ]
        link.click()
        frame = page.frame_locator("iframe")
        expect(frame.locator(".now")).not_to_have_text("0:00")


def test_where_frames_are_forbidden_the_button_leads_to_the_listen_page(
    store: Site, elsewhere: Site, opened: Opened
) -> None:
    elsewhere.headers["Content-Security-Policy"] = POLICY.format(store=store.url, frame="'none'")
    elsewhere.objects["artikel.html"] = article(store)
    with opened(f"{elsewhere.url}/artikel.html", quiet=False) as page:
        page.get_by_role("link", name="Jetzt reinhören").click()
        page.wait_for_url(f"{store.url}/{listen_key('xiaomi')}")


@pytest.mark.parametrize("canonical", ["https://magazin.example/", "https://anderswo.example/realitaetscheck", "/x"])
def test_other_pages_are_left_alone(store: Site, elsewhere: Site, opened: Opened, canonical: str) -> None:
    elsewhere.objects["artikel.html"] = article(store, canonical, "<div data-listen-now></div>")
    with opened("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{elsewhere.url}/artikel.html", wait_until="networkidle")
        assert [url for url in asked if url.startswith(store.url)] == [f"{store.url}/listen-now.js"]
        assert page.locator(".listen-now, iframe, a").count() == 0
        assert page.evaluate("document.adoptedStyleSheets.length") == 0


def many_articles(count: int) -> list[Any]:
    address = "https://magazin.example/wirtschaft/{}-was-die-zahlen-sagen"
    return [make_episode(f"e{n}", articles=(Article(url=address.format(n), language="de"),)) for n in range(count)]


def test_the_article_of_a_teaser_leads_to_its_page(elsewhere: Site, opened: Opened) -> None:
    """By a plain link: a player would have nothing to play. A script from before there were teasers shows nothing."""
    alone = make_episode("nur-fuer-kunden", articles=(Article(url=COMPANION, language="de", title="Geheim"),))
    with serving() as store:
        others = many_articles(2 * SPLIT_FROM)
        show, teasers = make_show(public_url=store.url), [Teaser.of(alone)]
        pages = {page.key: page.render() for page in plan(show, others, NOW, teasers=teasers)}
        assert not [key for key, data in pages.items() if b"Geheim" in data]
        store.objects |= pages
        elsewhere.objects["artikel.html"] = article(store)
        with opened(f"{elsewhere.url}/artikel.html", quiet=False) as page:  # its cover is not there
            link = page.get_by_role("link", name="Für Kunden (42 Min.)")
            link.click()
            page.wait_for_url(f"{store.url}/{listen_key('nur-fuer-kunden')}")
        before = {page.key: page for page in plan(show, others, NOW)}
        store.objects["listen-now.js"] = before["listen-now.js"].render()
        assert b"customers" not in store.objects["listen-now.js"]
        with opened(f"{elsewhere.url}/artikel.html") as page:
            page.wait_for_load_state("networkidle")
            assert page.locator(".listen-now, iframe, a").count() == 0


def test_the_script_stays_tiny_with_many_articles() -> None:
    for count in (MARKED, 3 * MARKED):
        script = next(p for p in plan(make_show(), many_articles(count), NOW) if p.key == "listen-now.js").render()
        assert len(gzip.compress(script)) <= 3000


def test_the_script_knows_all_articles_up_to_its_limit() -> None:
    for count in (MARKED, MARKED + 1):
        pages = {page.key: page for page in plan(make_show(), many_articles(count), NOW)}
        assert (b'"yes"' in pages["listen-now.js"].render()) is (count == MARKED)


def test_with_more_articles_than_the_script_knows_all_get_their_button(elsewhere: Site, opened: Opened) -> None:
    with serving() as store:
        pages = plan(make_show(public_url=store.url), many_articles(MARKED + 100), NOW)
        store.objects |= {page.key: page.render() for page in pages if "listen-now" in page.key}
        elsewhere.objects["artikel.html"] = article(store, "https://magazin.example/wirtschaft/0-was-die-zahlen-sagen")
        elsewhere.objects["start.html"] = article(store, "https://magazin.example/")
        with opened(f"{elsewhere.url}/artikel.html") as page:
            expect(page.get_by_role("link", name="Jetzt reinhören")).to_be_visible()
            page.goto(f"{elsewhere.url}/start.html", wait_until="networkidle")
            assert page.locator(".listen-now, a").count() == 0


@pytest.mark.parametrize("refused", [False, True])
def test_an_article_page_fetches_a_small_part_of_a_large_index(elsewhere: Site, opened: Opened, refused: bool) -> None:
    """Where a server lets nobody read the parts, the button comes from the whole index, as it did before."""
    with serving() as store:
        pages = plan(make_show(public_url=store.url), many_articles(2 * MARKED), NOW)
        files = {page.key: page.render() for page in pages if "listen-now" in page.key}
        parts = {key: data for key, data in files.items() if key.startswith("episodes/")}
        assert len(parts) == PARTS
        store.objects |= {key: data for key, data in files.items() if key not in parts or not refused}
        address = "https://magazin.example/wirtschaft/7-was-die-zahlen-sagen"
        elsewhere.objects["artikel.html"] = article(store, f"{address}?ref=x")
        with opened("about:blank", quiet=not refused) as page:
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url.removeprefix(f"{store.url}/")))
            page.goto(f"{elsewhere.url}/artikel.html")
            link = page.get_by_role("link", name="Jetzt reinhören")
            expect(link).to_be_visible()
            assert link.get_attribute("href") == f"{store.url}/{listen_key('e7')}"
        assert ("listen-now.json" in asked) is refused
        assert part_key(part_of(article_name(address))) in asked or refused


def test_the_parts_are_the_whole_and_small() -> None:
    for count in (SPLIT_FROM, SPLIT_FROM + 1, 3000):
        pages = {page.key: page for page in plan(make_show(), many_articles(count), NOW) if page.content_type == JSON}
        whole = json.loads(pages["listen-now.json"].render())["articles"]
        parts = [pages[part_key(n)].render() for n in range(PARTS) if part_key(n) in pages]
        assert len(parts) == (PARTS if count > SPLIT_FROM else 0)
        if parts:
            assert {name: entry for data in parts for name, entry in json.loads(data)["articles"].items()} == whole
            assert max(map(len, parts)) <= 20_000


def test_a_new_episode_changes_the_parts_of_its_articles_alone() -> None:
    older = many_articles(2 * SPLIT_FROM)
    newer = make_episode("new", articles=(Article(url="https://magazin.example/neu", language="de"),))
    before, after = ({p.key: p.inputs for p in plan(make_show(), e, NOW)} for e in (older, [*older, newer]))
    changed = {key for key in after if key.startswith("episodes/listen-now/") and before[key] != after[key]}
    assert changed == {part_key(part_of("magazin.example/neu"))}


SPELLINGS = [
    ("https://www.Magazin.example/Prüfung/", "magazin.example/Prüfung"),
    ("http://magazin.example/Pr%C3%BCfung#teil-2", "magazin.example/Prüfung"),
    ("https://magazin.example/Pru%CC%88fung", "magazin.example/Prüfung"),
    ("https://magazin.example:443/a//", "magazin.example/a"),
    ("http://magazin.example:80/a", "magazin.example/a"),
    ("https://magazin.example:80/a", "magazin.example:80/a"),
    ("https://magazin.example:8443/a?p=1&q=ü", "magazin.example:8443/a?p=1&q=%C3%BC"),
    ("https://müller.example/a", "xn--mller-kva.example/a"),
    ("https://magazin.example/%FF", "magazin.example/%FF"),
    ("https://magazin.example", "magazin.example"),
    ("https://magazin.example/a b/'x'", "magazin.example/a b/'x'"),
]


def test_script_and_index_write_addresses_alike(opened: Opened) -> None:
    shown = make_show()
    with opened("about:blank") as page:
        for url, name in SPELLINGS:
            assert article_name(url) == name
            episode = make_episode(articles=(Article(url=url, language="de"),))
            script = next(p for p in plan(shown, [episode], NOW) if p.key == "listen-now.js").render().decode()
            page.set_content(f'<link rel="canonical" href="{html.escape(url)}"><h1>x</h1>')
            names = page.evaluate(
                """(script) => {
                    let asked = null;
                    delete window["https://cdn.example/show/listen-now.js"];
                    window.fetch = (url) => { asked = String(url); return new Promise(() => {}); };
                    (0, eval)(script);
                    return asked;
                }""",
                script,
            )
            assert names == f"{shown.public_url}/listen-now.json", url


def test_the_kit_is_ready_to_paste(tmp_path: Any) -> None:
    show, episode = full_show("https://cdn.example/show"), full_episode(title='Eins & "zwei" <drei>')
    kit = kit_of(show, episode, at_s=750)
    url = "https://cdn.example/show/e/xiaomi/index.html#t=750"
    assert kit.url == url
    assert kit.link == f'<a href="{url}">Jetzt reinhören! (1 Std. 3 Min.)</a>'
    assert kit.markdown == f"[Jetzt reinhören! (1 Std. 3 Min.)]({url})"
    assert "embed/index.html#t=750" in kit.iframe
    assert "Eins &amp; &#34;zwei&#34; &lt;drei&gt;" in kit.card
    for text in vars(kit).values():
        assert "audio/" not in text
    data = json.loads(kit.json_ld.removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    assert (data["@type"], data["url"]) == ("Article", COMPANION)
    assert "#" not in kit_of(show, episode, at_s=0).url
    assert qr_svg(kit.url).startswith(b"<?xml")
    assert qr_png(kit.url).startswith(b"\x89PNG")


@given(st.from_regex(r"https?://(www\.)?(www\.)?[a-z0-9.-]{1,20}(/[A-Za-z0-9/._~-]{0,12})?", fullmatch=True))
def test_an_article_has_the_same_name_whether_or_not_its_address_needs_taking_to_pieces(url: str) -> None:
    assert article_name(url) == article_name(f"{url}#fragment")
