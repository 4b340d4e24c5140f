"""Whether the public's server knows a page by its folder, as `store.pretty` says."""

from __future__ import annotations

from tests.end_to_end.conftest import FIRST, Workshop
from tests.website.server import serving


def test_a_server_that_does_not_know_folders_is_bad_where_links_rely_on_it(workshop: Workshop) -> None:
    with serving() as site:
        workshop.edit("show.yaml", "https://cdn.example.org/show", f"{site.url}\n  pretty: true")
        workshop.edit("show.yaml", "store:\n", "allow: [podcast-local]\nstore:\n")
        workshop.edit(f"{FIRST}/episode.yaml", "date: 2026-11-01", "date: 2025-11-01")
        assert workshop.run("publish", "erster-ton").code == 0
        site.objects |= workshop.store_files()
        assert f"{site.url}/e/erster-ton/".encode() in site.objects["listen-now.json"] + site.objects["feed.xml"]
        for folders in (True, False):
            site.folders = folders
            result = workshop.run("doctor", "--allow-private", "--json")
            [found] = [finding for finding in result.json["findings"] if finding["subject"] == "pages"]
            assert found["state"] == ("ok" if folders else "bad")
            assert folders or "store.pretty" in found["hint"]
