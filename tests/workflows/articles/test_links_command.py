"""`sendung links`: what an author pastes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from PIL import Image

from sendung.core.errors import UsageError
from sendung.store import open_store
from sendung.workflows.links import Links, links_of, qr_code
from tests.end_to_end.conftest import Workshop

LISTEN = "https://cdn.example.org/show/e/erster-ton/index.html"


def test_every_form_leads_to_the_listen_page_and_none_to_the_audio(published: Workshop) -> None:
    found = published.run("links", "erster-ton", "--json").json
    assert found["url"] == LISTEN
    assert found["public"] is True
    assert found["article"] == "https://www.example.org/erster-ton"
    assert html.fromstring(found["link"]).get("href") == LISTEN
    assert html.fromstring(found["link"]).text == "Jetzt reinhören! (1 Min.)"
    assert found["markdown"] == f"[Jetzt reinhören! (1 Min.)]({LISTEN})"
    assert html.fromstring(found["iframe"]).get("src") == found["embed_url"]
    assert LISTEN in [link.get("href") for link in html.fromstring(found["card"]).iter("a")]
    linked = json.loads(found["json_ld"].split(">", 1)[1].split("<")[0])
    assert linked["url"] == "https://www.example.org/erster-ton"
    pasted = "".join(found[key] for key in ("url", "text", "link", "markdown", "iframe", "card", "script"))
    assert ".mp3" not in pasted
    keys = set(published.store_files())
    for address in (found["url"], found["embed_url"], found["kit_url"]):
        assert address.removeprefix("https://cdn.example.org/show/") in keys


def test_a_moment_goes_into_every_link(published: Workshop) -> None:
    found = published.run("links", "erster-ton", "--at", "0:04.5", "--json").json
    for form in ("url", "text", "link", "markdown", "iframe", "card"):
        assert "#t=4.5" in found[form], form


def test_forms_are_printed_bare_to_be_copied(published: Workshop) -> None:
    result = published.run("links", "erster-ton", "--qr", "qr.svg", COLUMNS="40")
    lines = result.out.splitlines()
    kit = take(published, "erster-ton").kit
    assert {kit.url, kit.link, kit.markdown, kit.iframe, kit.json_ld, kit.script} <= set(lines)
    assert (result.code, result.err, lines[-1]) == (0, "", "The QR code is in qr.svg.")
    assert etree.fromstring(published.path("qr.svg").read_bytes()).tag.endswith("svg")


def test_qr_codes_are_sharp_pictures() -> None:
    with Image.open(BytesIO(qr_code(LISTEN, Path("qr.PNG")))) as image:
        assert image.size[0] == image.size[1] > 300


def take(published: Workshop, name: str, at_ms: int | None = None) -> Links:
    store = open_store("public", published.folder, None, None)
    return links_of(store, published.cache, name, datetime(2026, 11, 22, tzinfo=UTC), at_ms)


def test_a_moment_after_the_end_is_refused(published: Workshop) -> None:
    assert take(published, "erster-ton", 7_000).kit.url.endswith("#t=7")
    with pytest.raises(UsageError, match=r"^00:00:09 is after the end of the episode"):
        take(published, "erster-ton", 9_000)


def test_an_episode_is_found_by_its_guid_too(published: Workshop) -> None:
    found = take(published, "erster-ton")
    assert take(published, found.episode.guid) == found
    with pytest.raises(UsageError, match="There is no published episode zweiter-ton"):
        take(published, "zweiter-ton")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "bald"], '--at: "bald" is not a time'),
        (["--language", "fr"], "erster-ton has no pages in fr."),
        (["--qr", "qr.gif"], "qr.gif is neither .svg nor .png."),
        (["--qr", "none/qr.svg"], "none/qr.svg cannot be written: No such file or directory."),
    ],
)
def test_what_cannot_be_is_one_sentence(published: Workshop, arguments: list[str], words: str) -> None:
    result = published.run("links", "erster-ton", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {words}")


def test_a_scheduled_episode_says_from_when_and_a_withdrawn_one_has_no_links(workshop: Workshop) -> None:
    workshop.edit("episodes/erster-ton/episode.yaml", "2026-11-01 06:00", "2099-11-01 06:00")
    assert workshop.run("publish", "erster-ton").code == 0
    assert "They lead somewhere from 2099-11-01 05:00 UTC on." in workshop.run("links", "erster-ton").out
    assert workshop.run("withdraw", "erster-ton", "--yes").code == 0
    with pytest.raises(UsageError, match=r"^erster-ton was withdrawn"):
        take(workshop, "erster-ton")


def test_mail_prints_a_block_that_is_ready_to_paste(published: Workshop) -> None:
    result = published.run("links", "erster-ton", "--mail")
    assert (result.code, result.err) == (0, "")
    tree: Any = html.fromstring(result.out)
    links = {link.text_content().strip(): link.get("href") for link in tree.iter("a")}
    assert links["Jetzt reinhören! (1 Min.)"] == f"{LISTEN}?from=newsletter"
    assert links["Mitte"] == f"{LISTEN}?from=newsletter#t=4"
    [picture] = tree.iter("img")
    assert str(picture.get("src")).removeprefix("https://cdn.example.org/show/") in published.store_files()


def test_a_newsletter_is_written_as_html_text_and_draft(published: Workshop) -> None:
    result = published.run("newsletter", "erster-ton", "--out", "brief", "--language", "en", "--json")
    assert result.json["episodes"] == ["erster-ton"]
    assert result.json["bytes"] < 102 * 1024
    assert [Path(name).name for name in result.json["files"]] == ["newsletter.html", "newsletter.txt", "newsletter.eml"]
    page = published.path("brief/newsletter.html").read_text("utf-8")
    assert "Listen now! (1 min)" in page
    assert "https://www.example.org/en/first-tone" in page
    assert published.path("brief/newsletter.eml").read_bytes().startswith(b"Subject: ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "2099-01-01"], "No episode became public since 2099-01-01."),
        (["--since", "gestern"], "--since "),
        (["zweiter-ton"], "There is no published episode zweiter-ton."),
        (["erster-ton", "--since", "2026-01-01"], "--since chooses the episodes"),
        (["erster-ton", "--out", "show.yaml"], "show.yaml cannot be written"),
    ],
)
def test_a_newsletter_that_cannot_be_is_one_sentence(published: Workshop, arguments: list[str], words: str) -> None:
    result = published.run("newsletter", *arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"error: {words}")
