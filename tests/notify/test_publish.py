"""Publishing tells the hubs that show.yaml names, once the feed was written."""

from __future__ import annotations

from tests.notify.test_websub import Hub, hub
from tests.whole.conftest import Workshop, cache, pattern, workshop

__all__ = ["cache", "hub", "pattern", "workshop"]


def test_hubs_hear_of_each_new_feed_and_of_nothing_else(hub: Hub, workshop: Workshop) -> None:
    hubs = f"[{hub.url('204')}, {hub.url('404')}]"
    workshop.edit("show.yaml", "store:", f"feed:\n  hubs: {hubs}\nallow: [podcast-https]\nstore:")
    assert workshop.run("publish", "erster-ton", "--dry-run").code == 0
    assert hub.told == []
    result = workshop.run("publish", "erster-ton")
    assert result.code == 0
    assert sorted(path for path, _, _ in hub.told) == ["/204", "/404"], "each once; they are told at the same time"
    assert result.err.count("warning: ") == 1, "a hub that does not take it is a warning"
    workshop.run("publish", "erster-ton")
    assert len(hub.told) == 2, "nothing was written"
    assert b'rel="hub"' in workshop.store_files()["feed.xml"]
    workshop.run("withdraw", "erster-ton", "--yes")
    assert len(hub.told) == 4
