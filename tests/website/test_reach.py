"""Everyone can use the pages: axe-core's rules (WCAG 2.2 AA), sizes of controls, narrow windows, valid HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Page

from sendung.core.model import Edition, Translation, listen_key
from sendung.core.teaser import Teaser
from sendung.website import plan
from tests.browser import Opened, missing

from .conftest import NODE_MODULES
from .samples import NOW, full_episode, full_show, make_episode
from .server import Site

LISTEN = listen_key("xiaomi")
EMBED = "e/xiaomi/embed/index.html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WIDE = {"width": 1280, "height": 900}
DESKTOP = {"width": 1280, "height": 1024}
"""What pa11y looks at."""
NARROW = {"width": 320, "height": 640}
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
"""What 200 % makes of a window 1280 pixels wide."""
SIZES: dict[str, dict[str, Any]] = {"wide": {"viewport": WIDE}, "narrow": {"viewport": NARROW}, "zoomed": ZOOMED}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def violations(page: Page, axe: str, overlaid: bool = False) -> list[str]:
    """What axe finds wrong, and where it cannot see what is behind a text.

    But for the dial's texts, which are in a picture, and for a page on which something lies over the rest.
    """
    page.evaluate(axe)
    found = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    unseen = [] if overlaid else [v for v in found["incomplete"] if v["id"] == "color-contrast"]
    return [
        f"{v['id']}: {node['html'][:120]} {node['failureSummary']}"
        for v in found["violations"] + unseen
        for node in v["nodes"]
        if v not in unseen or not node["html"].startswith("<text ")
    ]


@pytest.mark.parametrize(
    ("german", "options"),
    [
        pytest.param(True, {"viewport": WIDE}, id="de-wide"),
        pytest.param(True, {"viewport": NARROW}, id="de-narrow"),
        pytest.param(True, ZOOMED, id="de-zoomed"),
        pytest.param(False, {"viewport": WIDE}, id="en-wide"),
        pytest.param(False, {"viewport": NARROW}, id="en-narrow", marks=pytest.mark.soak),
        pytest.param(False, ZOOMED, id="en-zoomed", marks=pytest.mark.soak),
    ],
)
def test_nobody_is_kept_out_of_listening(
    store: Site, english_store: Site, opened: Opened, axe: str, german: bool, options: dict[str, Any]
) -> None:
    """In each language, at each size, in light and dark, with everything open that can be opened."""
    site = store if german else english_store
    with opened(f"{site.url}/{LISTEN}", bypass_csp=True, **options) as page:
        page.click(".transcript summary")
        page.click(".share summary")
        page.click(".qr summary")
        page.evaluate("location.hash = 't=90'")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert (scheme, violations(page, axe, overlaid=True)) == (scheme, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("german", "key", "options"),
    [
        (True, "index.html", {"viewport": WIDE, "color_scheme": "dark"}),
        (False, "index.html", {"viewport": NARROW, "color_scheme": "light"}),
        (True, EMBED, {"viewport": NARROW}),
        (True, EMBED, {"viewport": DESKTOP}),
        (True, LISTEN, {"viewport": DESKTOP}),
        (True, "e/xiaomi/kit.html", {"viewport": NARROW, "color_scheme": "dark"}),
    ],
)
def test_nobody_is_kept_out_of_the_other_pages(
    store: Site, english_store: Site, opened: Opened, axe: str, german: bool, key: str, options: dict[str, Any]
) -> None:
    site = store if german else english_store
    with opened(f"{site.url}/{key}", bypass_csp=True, **options) as page:
        assert violations(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("key", [LISTEN, EMBED, "index.html", "e/xiaomi/kit.html"])
def test_controls_are_large_enough_for_fingers(store: Site, opened: Opened, key: str) -> None:
    with opened(f"{store.url}/{key}", viewport=NARROW) as page:
        if key == LISTEN:
            page.click(".transcript summary")
            page.click(".share summary")
        small = page.evaluate("""() => [...document.querySelectorAll('button,select,summary,a.button,.chapters a,' +
            'input:not([type=checkbox]),label:has([type=checkbox])')]
            .filter((e) => e.checkVisibility())
            .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)""")
        assert small == []


@pytest.fixture
def every_kind_of_page(tmp_path: Path) -> Path:
    """A folder with a page of every kind, some of them with texts that could break it."""
    hostile = make_episode("b", title="<b>&amp; \"quoted\" 'twice'", notes="<table><p>x", summary="a\x00b\x1f<i>")
    plain = make_episode("c", season=1, articles=(), notes="", guests=(), chapters=(), transcript=None)
    episodes = [full_episode(former_slugs=("autos",)), hostile, plain]
    show = full_show("https://cdn.example/show", age_notice=180)
    teaser = Teaser.of(make_episode("innen", date=NOW - timedelta(days=1)))
    pages = list(plan(show, episodes, NOW, withdrawn=[make_episode("weg")], teasers=[teaser]))
    power = Translation(language="en", title=hostile.title, summary="Of <grids>.", machine=True)
    words = (power, power.model_copy(update={"language": "ar"}))
    spoken = full_episode("sprachen", translations=words, former_languages=("fr",))
    pages += plan(show.model_copy(update={"languages": (Edition(language="en", title="Headwind"),)}), [spoken], NOW)
    for number, page in enumerate(pages):
        if page.key.endswith(".html"):
            (tmp_path / f"{number}-{page.key.replace('/', '-')}").write_bytes(page.render())
    return tmp_path


def test_every_page_is_valid_html(every_kind_of_page: Path) -> None:
    tmp_path = every_kind_of_page
    validator = NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"
    if not validator.exists():
        missing("html-validate", f"npm install in {NODE_MODULES.parent.name}")
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    node = compute_driver_executable()[0]
    command = [node, str(validator), "--formatter", "text", "--max-warnings", "0", *map(str, tmp_path.glob("*.html"))]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (result.stdout.replace(f"{tmp_path}/", ""), result.returncode) == ("", 0), result.stderr


def test_the_validator_of_w3c_finds_no_error(every_kind_of_page: Path) -> None:
    """The Nu Html Checker, styles included. Its warnings take a folder on disk for another origin than the store's."""
    validator, java = NODE_MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar", shutil.which("java")
    if not validator.exists() or not java:
        missing("vnu-jar or Java", f"npm install in {NODE_MODULES.parent.name}; apt-get install default-jre-headless")
    pages = sorted(map(str, every_kind_of_page.glob("*.html")))
    command = [str(java), "-Xss2m", "-jar", str(validator), "--errors-only", *pages]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (result.stderr.strip(), result.returncode) == ("", 0)
