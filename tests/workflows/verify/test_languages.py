"""`sendung verify` of a show in several languages: its pages and feeds answer, and name each other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, make_tone
from tests.end_to_end.test_languages import ARABIC, add_languages
from tests.workflows.importer.old_host import OldHost, serving

from .conftest import publish_at
from .test_verify import found, look, status

ENGLISH = "/e/erster-ton/en/index.html"


@pytest.fixture(scope="module")
def published(
    pattern: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OldHost, dict[str, bytes]]]:
    workshop = Workshop(shutil.copytree(pattern, tmp_path_factory.mktemp("languages") / "show"), cache)
    add_languages(workshop)
    workshop.edit(f"{FIRST}/episode.yaml", "title: Der erste Ton\n", "title: Der erste Ton\n" + ARABIC)
    make_tone(workshop.path(f"{FIRST}/ar.flac"), seconds=9, pitch=210)
    with serving(OldHost()) as host:
        publish_at(host.url, workshop)
        yield host, {f"/{key}": data for key, data in workshop.store_files().items()}


@pytest.fixture
def host(published: tuple[OldHost, dict[str, bytes]]) -> OldHost:
    host, files = published
    host.files = dict(files)
    host.faults.clear()
    return host


def change(host: OldHost, path: str, old: str, new: str) -> None:
    before = host.files[path].decode()
    assert old in before
    host.files[path] = before.replace(old, new).encode()


def test_a_show_in_several_languages_is_clean(host: OldHost) -> None:
    assert found(look(host)) == {}
    asked = {path for _, path, _ in host.asked}
    pages = {f"/e/erster-ton/{language}index.html" for language in ("", "en/", "ar/")}
    assert asked >= {*pages, "/index.html", "/episodes/en/index.html", "/episodes/ar/index.html", "/feed.ar.xml"}


def test_what_is_missing_is_found(host: OldHost) -> None:
    for path in (ENGLISH, "/episodes/ar/index.html", "/feed.ar.xml"):
        host.faults[path] = status(404)
    assert len(found(look(host))["transport-status"]) == 3


def test_a_page_that_names_not_all_languages_or_another_is_found(host: OldHost) -> None:
    change(host, ENGLISH, 'hreflang="ar"', 'hreflang=""')
    change(host, "/e/erster-ton/ar/index.html", 'lang="ar" dir', 'lang="de" dir')
    rules = found(look(host))
    assert sorted(rules) == ["languages-named", "languages-said"]


def test_a_feed_of_another_show_is_found(host: OldHost) -> None:
    change(host, "/feed.ar.xml", "<podcast:guid>", "<podcast:guid>0")
    change(host, "/feed.ar.xml", 'rel="alternate" hreflang="de"', 'rel="related" hreflang="de"')
    assert sorted(found(look(host))) == ["languages-guid", "languages-named"]
    host.files["/feed.ar.xml"] = b"no feed"
    assert sorted(found(look(host))) == ["transport-opens"]


def test_a_transcript_of_another_language_is_the_one_that_was_published(host: OldHost) -> None:
    feed = host.files["/feed.xml"].decode()
    [name] = re.findall(rf'<podcast:transcript url="{host.url}(/assets/\w+\.vtt)"[^>]* language="en"', feed)
    host.files[name] = host.files[name].replace(b"Good day.", b"Bad day.")
    done = look(host)
    assert list(found(done)) == ["transport-opens"]
    [finding] = [finding for finding in done.findings if finding.rule == "transport-opens"]
    assert "is not what was published" in finding.message
    del host.files[name]
    assert list(found(look(host))) == ["transport-status"]


def test_an_article_in_another_language_leads_to_the_page_in_it(host: OldHost) -> None:
    link = f'<a href="{host.url}/e/erster-ton/en/">Listen now!</a>'
    host.files["/index.html"] = f"<html><h1>Artikel</h1>{link}</html>".encode()
    assert "article-links" not in found(look(host))
