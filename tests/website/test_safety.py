"""Whatever a title, a note or a transcript holds, it is only ever text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sendung.core.model import Article, Asset, Chapter, Cue, Episode, Person, Transcript, listen_key
from sendung.website.theme import CARD, FACE, NIGHT_CARD, contrast, readable, variables
from tests.browser import Opened

from .samples import NOW, full_episode, full_show, make_show, objects, render_pages
from .server import serving

EVIL = "</title></script></textarea></style><script>hacked=1</script><img src=x onerror=hacked=1>\"' onload='hacked=1"
NOTES = f"""# {EVIL}

<script>hacked=1</script><iframe src="javascript:hacked=1"></iframe>
<a href="javascript:hacked=1" onclick="hacked=1">x</a>
[y](javascript:hacked=1) ![z](x "a" onerror=hacked=1) <svg onload=hacked=1> <style>*{{display:none}}</style>
<form action="https://boese.example/"><input name=q></form>
"""


def hostile() -> Episode:
    file = Asset(key="assets/x.vtt", media_type="text/vtt", size=10, sha256="0" * 64)
    return full_episode(
        title=EVIL,
        summary=EVIL,
        notes=NOTES,
        keywords=(EVIL,),
        guests=(
            Person(name=EVIL, role=EVIL, url="javascript:hacked=1", face=f"data:image/{EVIL}"),
            Person(name=EVIL, face="https://boese.example/x"),
        ),
        chapters=(Chapter(start_ms=0, title=EVIL, url=" javascript:hacked=1"), Chapter(start_ms=5000, title=EVIL)),
        articles=(
            Article(url="https://magazin.example/x", language="de", title=EVIL, summary=EVIL),
            Article(url="javascript:hacked=1", language="en"),
        ),
        transcript=Transcript(
            language="de", assets=(file,), cues=(Cue(start_ms=0, end_ms=900, text=EVIL, speaker=EVIL),)
        ),
    )


@pytest.mark.parametrize("key", [listen_key("xiaomi"), "index.html", "e/xiaomi/embed/index.html", "e/xiaomi/kit.html"])
def test_hostile_texts_do_nothing(opened: Opened, key: str) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url, title=EVIL, author=EVIL, copyright=EVIL), [hostile()])
        # Without the policy, too: it is the second line of defence, not the first.
        with opened(f"{site.url}/{key}", bypass_csp=True) as page:
            if "kit" not in key and key != "index.html":
                page.click("[data-play]")
            page.wait_for_timeout(100)
            assert page.evaluate("typeof hacked") == "undefined"
            assert page.locator("form, main img[src=x], [onerror], [onload], [onclick]").count() == 0
            own = {f"{site.url}/e/xiaomi/embed/index.html"} if "kit" in key else set()
            assert set(page.evaluate("[...document.querySelectorAll('iframe')].map(frame => frame.src)")) == own
            assert page.locator("a[href*='javascript:']").count() == 0
            assert EVIL[:60] in page.title()
            assert {path for path in site.requests if path.endswith("x")} == set()


def data_of(page: bytes) -> Any:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.decode(), re.DOTALL)
    assert found
    return json.loads(found[1])


def test_hostile_texts_stay_whole_in_the_data() -> None:
    pages = render_pages(full_show("https://cdn.example", title=EVIL), [hostile()], NOW)
    data = data_of(pages[listen_key("xiaomi")])
    assert data["name"] == EVIL
    assert data["partOfSeries"]["name"] == EVIL
    assert json.loads(pages["e/xiaomi/oembed.json"])["title"] == EVIL
    assert b"<img src=x" not in json.loads(pages["e/xiaomi/oembed.json"])["html"].encode()


def test_the_policy_stops_what_slips_in(opened: Opened) -> None:
    with serving() as site:
        site.objects |= objects(full_show(site.url), [full_episode()])
        key = listen_key("xiaomi")
        slipped = b"<script>hacked=1</script><img src=/x onerror=hacked=1><style>main{display:none}</style></main>"
        site.objects[key] = site.objects[key].replace(b"</main>", slipped)
        with opened(f"{site.url}/{key}", quiet=False) as page:
            page.wait_for_timeout(100)
            assert page.evaluate("typeof hacked") == "undefined"
            assert page.locator("main").is_visible()


@pytest.mark.parametrize("accent", ["#ffffff", "#000000", "#c8401f", "#ffe600", "#0033ff", "#7f7f7f"])
def test_every_accent_colour_is_readable(accent: str) -> None:
    for ground in (CARD, NIGHT_CARD, FACE):
        shade = readable(accent, ground)
        assert contrast(shade, ground) >= 4.5
        assert shade == accent or contrast(accent, ground) < 4.5


@pytest.mark.parametrize(
    "theme",
    [
        {"accent": "red;}*{display:none"},
        {"accent": "#12345"},
        {"font": "x;}body{display:none}"},
        {"font": "</style><script>"},
        {"font": "a\\"},
        {"font": "url(https://boese.example)"},
    ],
)
def test_a_theme_cannot_leave_its_place(theme: dict[str, str]) -> None:
    assert variables(make_show(theme=theme).theme) == variables(make_show().theme)
