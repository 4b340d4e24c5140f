"""docs/tutorial.md, followed to the letter: it ends with an episode that plays, and an app that has subscribed."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import podcastparser
import pytest
from feedparser.api import parse as parse_universally
from playwright.sync_api import Browser, Page

from tests.browser import until
from tests.docs.tutorial import (
    BACKGROUND,
    SUBSTITUTED,
    Block,
    blocks_of,
    free_port,
    missing_lines,
    program_on_path,
    run_blocks,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
GERMAN = ROOT / "docs" / "tutorial.de.md"
INSTALLATION = "python3 -m venv sendung-env\n. sendung-env/bin/activate\npip install ./sendung\n"
universally: Any = parse_universally
podcatcher: Any = podcastparser.parse
"""feedparser and gPodder's parser, which have no types."""
TITLE = "Realitätscheck Autoindustrie: Xiaomi liefert, SoftBank pivotet, Deutschland baut ab"


def test_the_tutorial_as_it_stands(tmp_path: Path, cache: Path, browser: Browser) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sendung").symlink_to(ROOT)
    follow(tmp_path / "start", cache, browser, installed=True)


@pytest.mark.soak
def test_the_tutorial_with_its_installation(tmp_path: Path, browser: Browser) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        target = tmp_path / "start" / "sendung" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    follow(tmp_path / "start", tmp_path / "cache", browser, installed=False)


def test_the_german_tutorial_has_the_same_commands() -> None:
    english, german = (blocks_of(page.read_text("utf-8")) for page in (PAGE, GERMAN))
    texts = [[re.sub(r'echo ".*"', "echo", block.commands) for block in blocks] for blocks in (english, german)]
    assert texts[0] == texts[1]
    assert [block.mark for block in english] == [block.mark for block in german]
    assert [len(block.printed) for block in english] == [len(block.printed) for block in german]


@pytest.mark.soak
def test_the_german_tutorial_as_it_stands(tmp_path: Path, cache: Path, browser: Browser) -> None:
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sendung").symlink_to(ROOT)
    follow(tmp_path / "start", cache, browser, installed=True, page=GERMAN, SENDUNG_LANG="de")


def follow(start: Path, cache: Path, browser: Browser, *, installed: bool, page: Path = PAGE, **more: str) -> None:
    """Run the page's commands in a folder, and look at what they are to have brought about.

    Ports that the page names may be taken on the machine that tests, so others stand in for them throughout.
    """
    preview, port = free_port(), free_port()
    blocks = blocks_of(page.read_text("utf-8").replace("8010", preview).replace("8000", port))
    assert [block.commands for block in blocks if block.mark == SUBSTITUTED] == [INSTALLATION]
    assert [block.mark for block in blocks if block.mark not in {"", SUBSTITUTED}] == [BACKGROUND, BACKGROUND]
    environment = {"SENDUNG_CACHE": str(cache), **more}
    if installed:
        environment = program_on_path(environment)
    else:
        blocks = [Block(block.commands, block.mark.replace(SUBSTITUTED, ""), block.printed) for block in blocks]
    with run_blocks(blocks, start, **environment) as printed:
        for block, text in zip(blocks, printed, strict=True):
            assert missing_lines(block, text) == [], text
        assert_previewed(f"http://127.0.0.1:{preview}/")
        assert_subscribed(f"http://127.0.0.1:{port}/feed.xml")
        assert_playing(browser, f"http://127.0.0.1:{port}/")


def assert_previewed(url: str) -> None:
    """The preview that was left running still shows the episode."""
    with urllib.request.urlopen(f"{url}e/realitaetscheck-autoindustrie/index.html", timeout=10) as answer:
        assert TITLE in answer.read().decode()


def assert_subscribed(url: str) -> None:
    """What an app does when somebody subscribes: it reads the feed, and gets the newest episode."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        feed = podcatcher(url, answer)
    assert feed["title"] == "Zweikanalton"
    [episode] = feed["episodes"]
    assert episode["title"] == TITLE
    [enclosure] = episode["enclosures"]
    with urllib.request.urlopen(enclosure["url"], timeout=10) as answer:
        audio = answer.read()
    assert len(audio) == enclosure["file_size"]
    assert audio[:3] == b"ID3"
    with urllib.request.urlopen(url, timeout=10) as answer:
        again: Any = universally(answer.read())
    assert not again.bozo
    assert [entry.title for entry in again.entries] == [TITLE]


def assert_playing(browser: Browser, url: str) -> None:
    """What a listener does: open the show's page, choose the episode, press play, and hear it go on."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    page.goto(url)
    page.get_by_role("link", name=TITLE).first.click()
    page.click("[data-play]")
    assert_goes_on(page)
    page.close()


def assert_goes_on(page: Page) -> None:
    until(page, "!document.querySelector('audio').paused && document.querySelector('audio').currentTime > 1")
    assert page.evaluate("Math.round(document.querySelector('audio').duration)") == 88
