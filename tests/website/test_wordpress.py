"""In articles on a real WordPress: the button of listen-now.js, and the player that oEmbed brings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from sendung.core.model import Article, listen_key
from sendung.website.share_kit import kit_of
from sendung.website.theme import contrast
from tests.browser import Opened, missing, until
from tests.servers.wordpress import PACKAGES, WordPress, missing_programs, wordpress

from .samples import full_episode, full_show, objects
from .server import Site, serving

HOWTO = Path(__file__).parents[2] / "docs/howto/wordpress.md"
POST = "<!-- wp:paragraph --><p>{}</p><!-- /wp:paragraph -->"
EMBED = """<!-- wp:embed {{"url":"{0}","type":"rich"}} -->
<figure class="wp-block-embed is-type-rich"><div class="wp-block-embed__wrapper">
{0}
</div></figure>
<!-- /wp:embed -->"""
TEXT = POST.format("Xiaomi liefert Zehntausende Autos aus, hierzulande fallen Stellen weg. " * 12) * 8
CLASSIC, BLOCK = "twentytwentyone", "twentytwentythree"
WIDTHS = [320, 390, 768, 1280]

SHIFT = """() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => resolve(sum), 300);
})"""


@dataclass(frozen=True)
class Magazine:
    """A site with articles, and the store whose script and players they show."""

    site: WordPress
    store: Site

    def page(self, slug: str, theme: str) -> str:
        return f"{self.site.url}/{slug}/?theme={theme}"


@pytest.fixture(scope="session")
def running_magazine() -> Iterator[Magazine]:
    if missing_programs():
        missing(missing_programs(), f"apt-get install {PACKAGES}")
    with wordpress() as site, serving() as store:
        article = Article(url=f"{site.url}/xiaomi-liefert/", language="de")
        show, episode = full_show(store.url), full_episode(articles=(article,))
        store.objects |= objects(show, [episode])
        kit = kit_of(show, episode, at_s=60)
        site.add(
            {
                "xiaomi-liefert": ("Xiaomi liefert", TEXT),
                "anderes": ("Etwas anderes", TEXT),
                "eingebettet": ("Eingebettet", EMBED.format(kit.url) + TEXT),
                "eingefuegt": ("Eingefügt", f"<!-- wp:html -->{kit.iframe}<!-- /wp:html -->" + TEXT),
            }
        )
        yield Magazine(site, store)


@pytest.fixture
def magazine(running_magazine: Magazine) -> Magazine:
    """With the plugin that docs/howto/wordpress.md tells to write."""
    blocks = re.findall(r"```php\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)
    plugin = "\n".join(blocks).replace("https://cdn.example.org/show", running_magazine.store.url)
    running_magazine.site.use(plugin)
    return running_magazine


def themes(magazine: Magazine, theme: str) -> None:
    if theme not in magazine.site.themes:
        missing(theme, f"apt-get install wordpress-theme-{theme}, or WORDPRESS=<folder> with a version that has it")


def rgb(colour: str) -> str:
    """#rrggbb of what getComputedStyle says."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


def expect_a_button(page: Page, usual: int = 0) -> None:
    """One that can be read, below the article's headline, as wide as its column at most.

    `usual` is by how much the theme's pages without it are wider than the screen.
    """
    link = page.locator(".listen-now a")
    expect(link).to_have_count(1)
    expect(link).to_have_text("Jetzt reinhören! (1 Std. 3 Min.)")
    colours = link.evaluate("(e) => (({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(e))")
    assert contrast(*map(rgb, colours)) >= 4.5
    assert page.locator(".listen-now").evaluate("(e) => e.previousElementSibling.textContent") == "Xiaomi liefert"
    assert page.locator(".listen-now").evaluate("(e) => e.previousElementSibling.localName") == "h1"
    box = link.bounding_box()
    assert box
    assert box["height"] >= 56
    assert page.evaluate(OVERFLOW) <= usual


@pytest.mark.parametrize(
    ("theme", "width", "scheme"),
    [
        (CLASSIC, 390, "dark"),
        (BLOCK, 1280, "light"),
        *(
            pytest.param(f"twentytwenty{name}", width, scheme, marks=pytest.mark.soak)
            for name in ("one", "two", "three", "four")
            for width in WIDTHS
            for scheme in ("light", "dark")
        ),
    ],
)
def test_every_theme_shows_a_button_and_nothing_moves(
    magazine: Magazine, opened: Opened, theme: str, width: int, scheme: str
) -> None:
    themes(magazine, theme)
    viewport = {"width": width, "height": 800}
    with opened(magazine.page("anderes", theme), viewport=viewport, color_scheme=scheme) as page:
        # Twenty Twenty-Two's own comment field is wider, and its own font moves its page, with the button and without.
        usual, shift = max(0, page.evaluate(OVERFLOW)), page.evaluate(SHIFT)
        page.goto(magazine.page("xiaomi-liefert", theme))
        expect_a_button(page, usual)
        assert page.evaluate(SHIFT) <= 0.02 + shift
        page.click(".listen-now a")
        player = page.frame_locator(".listen-now iframe")
        expect(player.locator(".now")).not_to_have_text("0:00")
        expect(page.locator(".listen-now a")).to_have_count(0)
        page.goto(magazine.page("anderes", theme))
        page.wait_for_load_state("networkidle")
        expect(page.locator(".listen-now")).to_have_count(0)


TAGS = {
    "blocking": "<script src='{}'></script>",
    "module": "<script type=module src='{}'></script>",
    "twice": "<script src='{0}' async></script><script src='{0}' defer></script>",
    "inlined": "<script><?php echo file_get_contents('{}'); ?></script>",
    "inlined module": "<script type=module><?php echo file_get_contents('{}'); ?></script>",
}


@pytest.mark.parametrize("tag", TAGS)
def test_the_script_acts_once_however_it_comes(magazine: Magazine, opened: Opened, tag: str) -> None:
    element = TAGS[tag].format(f"{magazine.store.url}/listen-now.js")
    magazine.site.use(f"<?php add_action('wp_head', function () {{ ?>{element}<?php }});")
    with opened(magazine.page("xiaomi-liefert", BLOCK)) as page:
        expect_a_button(page)
        assert page.evaluate(SHIFT) <= 0.02


def test_what_comes_late_moves_nothing(magazine: Magazine, opened: Opened) -> None:
    """It floats at the lower edge while the headline is in sight, and a click opens the player in its place."""
    tag = f"Object.assign(document.createElement('script'), {{src: '{magazine.store.url}/listen-now.js'}})"
    element = f"<script>setTimeout(() => document.head.append({tag}), 600)</script>"
    magazine.site.use(f"<?php add_action('wp_head', function () {{ ?>{element}<?php }});")
    with opened(magazine.page("xiaomi-liefert", BLOCK)) as page:
        expect_a_button(page)
        box = page.locator(".listen-now a").bounding_box()
        assert box
        assert 820 <= box["y"] + box["height"] <= 900
        page.mouse.wheel(0, 900)
        expect(page.locator(".listen-now")).to_be_hidden()
        assert page.evaluate(SHIFT) <= 0.02
        page.reload()
        page.click(".listen-now.late a")
        expect(page.frame_locator(".listen-now iframe").locator(".now")).not_to_have_text("0:00")
        assert page.locator("iframe").evaluate("(e) => e.getBoundingClientRect().bottom <= innerHeight")


CONTROLS = ["[data-play]", "[data-skip='-15']", "[data-skip='30']", ".speed select", ".now", "h1 a"]


def expect_all_in_sight(page: Page, player: FrameLocator, height: float) -> None:
    for control in CONTROLS:
        box = player.locator(control).bounding_box()
        frame = page.locator("iframe").bounding_box()
        assert box
        assert frame
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"], control
        assert box["y"] + box["height"] <= frame["y"] + height, control


@pytest.mark.parametrize(
    "theme", [CLASSIC, pytest.param("twentytwentytwo", marks=pytest.mark.soak), BLOCK,
              pytest.param("twentytwentyfour", marks=pytest.mark.soak)]
)  # fmt: skip
def test_the_address_alone_becomes_a_player(magazine: Magazine, opened: Opened, theme: str) -> None:
    themes(magazine, theme)
    with opened(magazine.page("anderes", theme), viewport={"width": 320, "height": 640}) as page:
        usual = max(0, page.evaluate(OVERFLOW))
        page.goto(magazine.page("eingebettet", theme))
        player = page.frame_locator("iframe.wp-embedded-content")
        expect(player.locator("[data-play]")).to_be_visible()
        expect(page.locator("iframe.wp-embedded-content")).to_be_visible()
        expect(page.locator("blockquote.wp-embedded-content")).to_be_hidden()
        assert page.evaluate(OVERFLOW) <= usual
        expect_all_in_sight(page, player, 200)
        expect(player.locator(".now")).to_have_text("1:00")
        page.set_viewport_size({"width": 1280, "height": 800})
        until(page, "document.querySelector('iframe').height === '200'")
        expect_all_in_sight(page, player, 200)
        player.locator("[data-play]").click()
        expect(player.locator(".now")).to_have_text("1:01")
        player.locator("h1 a").click()
        page.wait_for_url(f"{magazine.store.url}/{listen_key('xiaomi')}*")


def test_the_frame_is_as_tall_as_its_content_both_ways(magazine: Magazine, opened: Opened) -> None:
    with opened(magazine.page("eingebettet", BLOCK)) as page:
        frame = page.locator("iframe.wp-embedded-content")
        expect(frame).to_have_attribute("height", "200")
        inside = page.frames[1]
        inside.evaluate("Object.assign(document.querySelector('.trouble'), {hidden: false}).style.height = '90px'")
        until(page, "document.querySelector('iframe').height > 250")
        inside.evaluate("document.querySelector('.trouble').hidden = true")
        until(page, "document.querySelector('iframe').height === '200'")


def test_what_is_pasted_fits_and_keeps_its_time(magazine: Magazine, opened: Opened) -> None:
    with opened(magazine.page("eingefuegt", CLASSIC), viewport={"width": 320, "height": 640}) as page:
        player = page.frame_locator("iframe")
        expect(player.locator(".now")).to_have_text("1:00")
        expect_all_in_sight(page, player, 200)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
