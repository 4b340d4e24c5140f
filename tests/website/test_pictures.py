"""Pictures of the pages: made anew by each run, and shown in the README from docs/images."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from sendung.core.model import listen_key
from tests.browser import Opened, until

from .server import Site

LISTEN = listen_key("xiaomi")
SIZES = {"desktop": (1280, 1000), "dark": (1280, 1000), "phone": (390, 844), "show": (1280, 800), "embed": (600, 200)}


@pytest.mark.parametrize("name", SIZES)
def test_pictures_of_the_pages(store: Site, opened: Opened, tmp_path: Path, name: str) -> None:
    """With PICTURES=<folder> in the environment they are kept there."""
    folder = Path(os.environ.get("PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    width, height = SIZES[name]
    scheme = "dark" if name == "dark" else "light"
    key = {"show": "index.html", "embed": "e/xiaomi/embed/index.html"}.get(name, LISTEN)
    window = {"viewport": {"width": width, "height": height}, "has_touch": name == "phone"}
    with opened(f"{store.url}/{key}", color_scheme=scheme, **window) as page:
        if name != "show":
            page.click("[data-play]")
            page.evaluate("location.hash = 't=1234'")
            until(page, "document.querySelector('.now').textContent.startsWith('20:3')")
            until(page, "!document.querySelector('.player.waiting')")
        page.screenshot(path=folder / f"page-{name}.png")
    with Image.open(folder / f"page-{name}.png") as picture:
        assert picture.size == (width, height)
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 50
