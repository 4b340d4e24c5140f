"""Pages, embed and button in Debian's Firefox: on every width, light and dark, in three languages, on WordPress."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sendung.core.model import listen_key
from sendung.website.theme import contrast
from tests.firefox import Firefox

from .samples import full_show
from .server import Site, serving
from .test_comfort import long_words
from .test_wordpress import BLOCK, CLASSIC, WIDTHS, Magazine, magazine, rgb, running_magazine, themes

__all__ = ["magazine", "running_magazine"]

pytestmark = pytest.mark.soak
"""What plays is muted: without a sound card Firefox plays nothing else."""

LISTEN = listen_key("xiaomi")
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module", params=["de", "en", "ar"])
def spoken(request: pytest.FixtureRequest) -> Iterator[Site]:
    with serving() as site:
        site.objects |= long_words(full_show(site.url, language=request.param, age_notice=1))
        yield site


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_play_and_find(firefoxes: Firefox, spoken: Site, width: int) -> None:
    tab = firefoxes
    for key in ("index.html", "e/xiaomi/kit.html", "e/xiaomi/embed/index.html", LISTEN):
        tab.open(f"{spoken.url}/{key}", width)
        assert tab.evaluate(FITS), key
    tab.evaluate("document.querySelector('.transcript').open = true")
    tab.evaluate("Object.assign(document.querySelector('.transcript [type=search]'), {value: 'forderung'})"
                 ".dispatchEvent(new InputEvent('input', {bubbles: true}))")  # fmt: skip
    assert tab.evaluate("document.querySelectorAll('.cues p:not([hidden])').length") == 2
    tab.evaluate("location.hash = 't=754'")
    tab.evaluate("document.querySelector('[data-mute]').click()")
    tab.evaluate("document.querySelector('[data-play]').click()")
    tab.until("document.querySelector('audio').currentTime > 754")
    tab.evaluate("document.querySelector('.speed select').value = '3'")
    assert tab.evaluate(FITS)
    spoken.down = True
    try:
        tab.evaluate("location.hash = 't=3500'")
        tab.until("document.querySelector('.player.waiting') || document.querySelector('audio').currentTime > 3501")
    finally:
        spoken.down = False
    tab.evaluate("dispatchEvent(new Event('online'))")
    tab.until("document.querySelector('audio').currentTime > 3500 && !document.querySelector('.player.waiting')")
    tab.evaluate("document.querySelector('[data-play]').click()")


@pytest.mark.parametrize("width", [280, 320, 480, 600])
def test_the_embed_fits_in_200_pixels(firefoxes: Firefox, spoken: Site, width: int) -> None:
    firefoxes.open(f"{spoken.url}/e/xiaomi/embed/index.html", width, 200)
    assert firefoxes.evaluate("document.documentElement.scrollHeight") == 200
    assert firefoxes.evaluate(FITS)


@pytest.mark.parametrize("theme", [CLASSIC, "twentytwentytwo", BLOCK])
@pytest.mark.parametrize("width", WIDTHS)
def test_articles_have_button_and_player(firefoxes: Firefox, magazine: Magazine, theme: str, width: int) -> None:
    themes(magazine, theme)
    tab = firefoxes
    tab.open(magazine.page("anderes", theme), width)
    usual = max(width, tab.evaluate("document.documentElement.scrollWidth"))  # Twenty Twenty-Two's own comment field
    tab.open(magazine.page("xiaomi-liefert", theme), width)
    link = "document.querySelector('.listen-now')?.shadowRoot.querySelector('a')"
    tab.until(link)
    colours = tab.evaluate(f"(({{color, backgroundColor}}) => [color, backgroundColor])(getComputedStyle({link}))")
    assert contrast(*map(rgb, colours)) >= 4.5
    assert tab.evaluate("document.querySelector('.listen-now').previousElementSibling.textContent") == "Xiaomi liefert"
    assert tab.evaluate("document.documentElement.scrollWidth") <= usual
    tab.evaluate(f"{link}.click()")
    tab.until("document.querySelector('.player.playing')", frame=0)
    tab.open(magazine.page("eingebettet", theme), width)
    tab.until("document.querySelector('iframe').checkVisibility() && !document.querySelector('iframe').style.clip")
    assert tab.evaluate("document.querySelector('iframe').height") == "200"
    assert tab.evaluate("document.querySelector('.now').textContent", frame=0) == "1:00"
    assert tab.evaluate("document.documentElement.scrollWidth") <= usual
