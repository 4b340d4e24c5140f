"""Everyone can use the pages: axe-core's rules (WCAG 2.2 AA), sizes of controls, narrow windows, valid HTML."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Page

from sendung.core.model import listen_key
from tests.browser import Opened, missing

from .conftest import NODE_MODULES
from .samples import NOW, full_episode, full_show, make_episode, render_pages
from .server import Site

LISTEN = listen_key("xiaomi")
EMBED = "e/xiaomi/embed/index.html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
ZOOMED = {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2}
"""What 200 % makes of a window 1280 pixels wide."""
SIZES: dict[str, dict[str, Any]] = {"wide": {"viewport": WIDE}, "narrow": {"viewport": NARROW}, "zoomed": ZOOMED}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    return [
        f"{v['id']}: {node['html'][:120]} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]
    ]


@pytest.mark.parametrize(
    "options", [{"viewport": WIDE}, {"viewport": NARROW}, ZOOMED], ids=["wide", "narrow", "zoomed"]
)
@pytest.mark.parametrize("german", [True, False], ids=["de", "en"])
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
            assert (scheme, violations(page, axe)) == (scheme, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("german", "key", "options"),
    [
        (True, "index.html", {"viewport": WIDE, "color_scheme": "dark"}),
        (False, "index.html", {"viewport": NARROW, "color_scheme": "light"}),
        (True, EMBED, {"viewport": NARROW}),
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


def test_every_page_is_valid_html(tmp_path: Path) -> None:
    validator = NODE_MODULES / "html-validate" / "bin" / "html-validate.mjs"
    if not validator.exists():
        missing("html-validate", f"npm install in {NODE_MODULES.parent.name}")
    hostile = make_episode("b", title="<b>&amp; \"quoted\" 'twice'", notes="<table><p>x", summary="a\x00b\x1f<i>")
    episodes = [
        full_episode(),
        hostile,
        make_episode("c", articles=(), notes="", guests=(), chapters=(), transcript=None),
    ]
    for key, data in render_pages(full_show("https://cdn.example/show"), episodes, NOW).items():
        if key.endswith(".html"):
            (tmp_path / key.replace("/", "-")).write_bytes(data)
    (tmp_path / ".htmlvalidate.json").write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))
    node = compute_driver_executable()[0]
    command = [node, str(validator), "--formatter", "text", "--max-warnings", "0", *map(str, tmp_path.glob("*.html"))]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (result.stdout.replace(f"{tmp_path}/", ""), result.returncode) == ("", 0), result.stderr
