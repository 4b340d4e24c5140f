"""How a show's pages look: templates of its own, and portraits."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from tests.end_to_end.conftest import FIRST, Workshop

LISTEN = "e/erster-ton/index.html"
OWN = """\
{% extends "sendung/listen.html" %}
{% block title %}Eigener Titel{% endblock %}
{% block main %}
<p>Von uns.</p>
{{ super() }}
{% endblock %}
"""


def test_a_template_of_the_show_is_used_and_a_broken_one_stops_before_anything_is_sent(workshop: Workshop) -> None:
    workshop.write("templates/listen.html", "<p>\n{{ episode.titel }}</p>")
    workshop.write("templates/embed.html", "{% extends 'frame.html' %}")
    for command in ("check", "publish"):
        broken = workshop.run(command, "erster-ton")
        assert broken.code == 3
        reason = "'sendung.core.model.Episode object' has no attribute 'titel'"
        assert f"error: templates/listen.html:2: The template cannot be rendered: {reason}.\n" in broken.err
        missing = "templates/embed.html:1: The template cannot be rendered: there is no template frame.html.\n"
        assert missing in broken.err
    assert workshop.store_files() == {}
    workshop.path("templates/embed.html").unlink()
    workshop.write("templates/listen.html", OWN)
    assert workshop.run("publish", "erster-ton").code == 0
    page = workshop.store_files()[LISTEN].decode()
    assert "<title>Eigener Titel</title>" in page
    assert "<p>Von uns.</p>" in page
    assert "Kapitel" in page


def test_a_template_that_fails_on_a_published_episode_only_stops_before_anything_is_sent(workshop: Workshop) -> None:
    """Its page would be rendered last of all, when the new episode is recorded already."""
    assert workshop.run("publish", "erster-ton").code == 0
    before = workshop.store_files()
    workshop.add_episode("zweiter-ton", "Der zweite Ton", 240)
    own = OWN.replace("Von uns.", '{% if episode.slug == "erster-ton" %}{{ episode.titel }}{% endif %}')
    workshop.write("templates/listen.html", own)
    result = workshop.run("publish", "zweiter-ton")
    assert result.code == 3
    assert "error: templates/listen.html:4: The template cannot be rendered: " in result.err
    assert workshop.store_files() == before


def picture(path: Path) -> None:
    Image.linear_gradient("L").resize((900, 700)).save(path)


def test_portraits_are_shown_from_the_store_and_those_elsewhere_only_named_in_the_feed(workshop: Workshop) -> None:
    workshop.write("sven.png", b"no picture")
    workshop.edit("show.yaml", "- name: Sven Kramer", "- name: Sven Kramer\n    image: sven.png")
    guests = "guests:\n  - name: Ada\n    image: ada.png\n  - name: Eve\n    image: https://www.example.org/eve.jpg\n"
    workshop.edit(f"{FIRST}/episode.yaml", "audio: ", f"{guests}audio: ")
    wrong = workshop.run("check")
    assert wrong.code == 3
    assert "show.yaml:13:5: sven.png is not a picture." in wrong.err
    assert "episode.yaml:9:5: ada.png is not there." in wrong.err
    picture(workshop.path("sven.png"))
    picture(workshop.path(f"{FIRST}/ada.png"))
    published = workshop.run("publish", "erster-ton")
    assert published.code == 0, published.err
    files = workshop.store_files()
    page, feed = files[LISTEN].decode(), files["feed.xml"].decode()
    assert len(re.findall('<img src="data:image/webp;base64,[^"]+" alt="" width="44" height="44">', page)) == 2
    assert "eve.jpg" not in page.replace('"image":"https://www.example.org/eve.jpg"', "")
    assert 'img="https://www.example.org/eve.jpg"' in feed
    portraits = set(re.findall('img="https://cdn.example.org/show/(assets/[^"]+)"', feed))
    assert portraits
    assert portraits <= set(files)
    assert "Nothing was sent" in workshop.run("publish", "erster-ton").out
    picture(workshop.path(f"{FIRST}/ada.png").with_suffix(".jpg"))
    workshop.path(f"{FIRST}/ada.jpg").replace(workshop.path(f"{FIRST}/ada.png"))
    assert "ada.png is a JPEG" in workshop.run("publish", "erster-ton").err, "a new picture is an edit"
