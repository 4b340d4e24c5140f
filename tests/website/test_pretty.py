"""Where the server knows e/slug/ as the page in it, no link says index.html, and each still leads somewhere."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from sendung.core.model import listen_key
from sendung.website import kit_of

from .samples import NOW, full_episode, full_show, make_episode, make_show, objects

ROOT = "https://cdn.example/show/"
FILES = {"feed.xml", "assets/cover.png", "assets/xiaomi.vtt", "assets/xiaomi.json", "assets/zwei.vtt"}


def test_no_link_says_index_html_and_each_leads_to_a_page() -> None:
    long = full_episode().transcript
    assert long
    asset = long.assets[0].model_copy(update={"size": 30_000})
    talk = long.model_copy(update={"assets": (asset,)})
    episodes = [full_episode(transcript=talk, former_slugs=("autos",)), make_episode("zwei", date=NOW)]
    show = full_show(ROOT.rstrip("/"), pretty=True)
    pages = objects(show, episodes)
    for key, data in pages.items():
        if not key.endswith((".html", ".js", ".json")):
            continue
        text = data.decode()
        assert "index.html" not in text, key
        here = ROOT + show.path_of(key)
        for link in re.findall(r' (?:href|src)="([^"]+)"', text) if key.endswith(".html") else ():
            target = urljoin(here, link)
            if target.startswith(ROOT):
                path = urlsplit(target).path.removeprefix("/show/")
                found = path + "index.html" if path.endswith("/") or not path else path
                assert found in pages or found in FILES or found.startswith("audio/"), (key, link)
    kit = kit_of(show, episodes[0])
    assert kit.url == f"{ROOT}e/xiaomi/"
    assert f'src="{ROOT}e/xiaomi/embed/"' in kit.iframe


def test_without_the_key_links_name_the_file() -> None:
    show = make_show()
    assert show.url_of(listen_key("a")) == "https://cdn.example/show/e/a/index.html"
    assert b"pretty" not in show.model_dump_json().encode()
