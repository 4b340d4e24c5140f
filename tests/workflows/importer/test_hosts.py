"""What becomes of feeds in the style of each hosting service."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sendung.config.document import load_yaml
from sendung.workflows.importer import Imported, ImportStatus
from tests.workflows.importer.conftest import FEEDS, NOW, Move
from tests.workflows.importer.old_host import OldHost

HOSTS = sorted(file.stem for file in FEEDS.glob("*.xml") if file.stem != "podlove-2")


def show_of(done: Imported) -> Any:
    return load_yaml(done.folder / "show.yaml").data


def episode_of(done: Imported, slug: str) -> Any:
    return load_yaml(done.folder / "episodes" / slug / "episode.yaml").data


def warnings_of(done: Imported) -> str:
    return "\n".join(
        problem.message for problem in [*done.warnings, *(w for one in done.episodes for w in one.warnings)]
    )


@pytest.mark.parametrize("name", HOSTS)
def test_every_item_with_audio_becomes_an_episode(move: Move, name: str) -> None:
    done = move(name)
    assert done.error is None
    assert {one.status for one in done.episodes} == {ImportStatus.IMPORTED}
    expected = {"podcasting20": 2, "wordpress": 1, "podlove": 2, "anchor": 3, "acast": 1, "libsyn": 2, "buzzsprout": 1}
    assert len(done.episodes) == expected[name]
    assert sorted(path.name for path in (done.folder / "episodes").iterdir()) == sorted(e.slug for e in done.episodes)
    assert not (done.folder / ".import").exists()


def test_podcasting_20(move: Move, old_host: OldHost) -> None:
    done = move("podcasting20")
    show = show_of(done)
    assert show["title"] == "Hafen & Horizont"
    assert show["author"] == "Hafen & Horizont"
    assert show["guid"] == "3f5c1cf4-7c0d-5a6e-9a3f-6c5c3b1b0a11"
    assert show["category"] == ["Society & Culture", "Places & Travel"]
    assert show["owner"] == {"name": "Mara Brandt", "email": "Mara@hafen.example.org"}
    assert [host["name"] for host in show["hosts"]] == ["Mara Brandt", "Jonas Petersen"], "the editor is not heard"
    assert show["feed"] == {
        "new_feed_url": "https://cdn.example.com/show/feed.xml",
        "locked": False,
        "funding": [{"title": "Spenden", "url": "https://hafen.example.org/spenden"}],
        "license": {"name": "CC-BY-4.0"},
        "txt": [{"text": "hafen-1234", "purpose": "verify"}],
        "value": {
            "type": "lightning",
            "method": "keysend",
            "suggested": "0.00000005",
            "recipients": [
                {
                    "name": "Mara",
                    "type": "node",
                    "address": "03ae9f",
                    "split": 95,
                    "custom_key": "7629169",
                    "custom_value": "mara",
                },
                {"name": "Der alte Hafen", "type": "node", "address": "02d5c1", "split": 5, "fee": True},
            ],
        },
        "blocked_at": ["spotify"],
        "seasons": {1: "Der Hafen"},
        "schedule": {
            "text": "Jeden Freitag",
            "rrule": "FREQ=WEEKLY;BYDAY=FR",
            "start": "2025-03-07T06:00:00+01:00",
        },
        "podroll": [
            {
                "guid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
                "url": "https://podnews.example.org/rss",
                "title": "Podnews",
            }
        ],
        "hubs": ["https://hub.example.org/"],
    }
    assert show["cover_alt"] == "Ein Boot"
    assert show["store"] == {"public_url": "https://cdn.example.com/show"}
    assert "Whom listeners pay (feed: value) was taken over as the old feed says it." in warnings_of(done)
    assert {
        *(
            "podcast:alternateEnclosure@type",
            "podcast:podping@usesPodping",
            "podcast:remoteItem@feedGuid",
        ),
        *("podcast:soundbite", "podcast:trailer", "podcast:valueTimeSplit@startTime"),
    } <= {loss.tag for loss in done.losses}

    episode = episode_of(done, "der-lotse-und-das-boot")
    assert episode["guid"] == "HH-0002 / Lotse"
    assert episode["article"] == "https://hafen.example.org/lotse"
    assert (episode["number"], episode["season"], episode["explicit"]) == (2, 1, True)
    assert episode["hosts"] == [{"name": "Mara Brandt"}], "not those of the show"
    assert episode["guests"] == [{"name": "Kai Lüders", "url": "https://lotsen.example.org/"}]
    assert (episode["number_label"], episode["cover_alt"]) == ("Kanal 2", "Ein Lotse")
    assert episode["links"] == [{"title": "Der Film", "url": "https://video.example.org/lotse"}], "not the article"
    assert episode["chapters"] == [
        {"at": "00:00:00", "title": "Ablegen", "image": "chapter-1.jpg"},
        {"at": "00:00:02.500", "title": "Anlegen", "url": "https://hafen.example.org/kai"},
    ], "the one behind the end is left out"
    assert "/art/fort.jpg answers 404" in warnings_of(done), "that picture is left out, and the chapter is not"
    assert episode["soundbites"] == [{"at": 1, "duration": 20, "title": "Eng wird es"}]
    assert [one["url"] for one in episode["feed"]["discussions"]] == [
        "https://a.example.org/1",
        "https://b.example.org/2",
    ]
    assert [one["name"] for one in episode["feed"]["locations"]] == ["Hamburg"]
    assert episode["transcript"] == "transcript.vtt", "WebVTT is better than SubRip, and HTML cannot be read"
    folder = done.folder / "episodes/der-lotse-und-das-boot"
    assert (folder / "chapter-1.jpg").read_bytes() == old_host.files["/art/klein.jpg"]
    assert (folder / "transcript.vtt").read_bytes() == old_host.files["/text/zwei.vtt"]
    assert (folder / "cover.png").read_bytes() == old_host.files["/art/zwei.png"]
    assert (folder / "audio.mp3").read_bytes() == old_host.files["/audio/zwei.mp3"], "bit for bit"
    notes = (folder / "notes.md").read_text("utf-8")
    assert notes.startswith("Wer geht an Bord, wenn es **eng** wird?\n")
    assert "[Die Lotsen](https://lotsen.example.org/?a=1&b=2)" in notes
    trailer = episode_of(done, "leinen-los")
    assert trailer["type"] == "trailer"
    assert trailer["feed"] == {"block": True}, "Apple does not list it, as before"
    assert "explicit" not in trailer


def test_wordpress(move: Move) -> None:
    done = move("wordpress")
    show = show_of(done)
    assert show["title"] == "Brot & Butter"
    assert show["description"] == "Ein Blog mit Podcast – und Krümeln"
    assert show["owner"] == {"name": "Lena Krug", "email": "redaktion@brot.example.com"}, "from managingEditor"
    assert [host["name"] for host in show["hosts"]] == ["Lena Krug", "Tom Weiß"]
    assert show["category"] == ["Science", "Social Sciences"], "the one that Apple retired has a successor"
    assert "“Ein Beitrag ohne Ton” was left out: it has no enclosure." in warnings_of(done)
    episode = episode_of(done, "sauerteig-und-geduld")
    assert episode["title"] == "Sauerteig & Geduld", "escaped twice"
    assert episode["guid"] == "https://brot.example.com/?p=42"
    assert episode["summary"] == "Teig braucht Zeit. […]"
    assert episode["keywords"] == ["Teig", "Brot", "Zeit"]
    notes = (done.folder / "episodes/sauerteig-und-geduld/notes.md").read_text("utf-8")
    assert "alert" not in notes
    assert "Wasser" in notes


def test_podlove_with_two_pages_of_feed(move: Move) -> None:
    done = move("podlove")
    assert [one.slug for one in done.episodes] == ["nr001-der-draht", "nr002-die-antenne"]
    assert [host["name"] for host in show_of(done)["hosts"]] == ["Uta Funk"], "a show's name is no host's"
    assert episode_of(done, "nr002-die-antenne")["article"] == "https://netz.example.org/nr002"
    assert "The links of 1 episode(s) begin with http:" in warnings_of(done)
    chapters = episode_of(done, "nr002-die-antenne")["chapters"]
    assert [(one["at"], one["title"], one.get("url")) for one in chapters] == [
        ("00:00:00", "Anfang", None), ("00:00:01.500", "Mitte & Ende", "https://funk.example.org/mitte")
    ]  # fmt: skip
    notes = (done.folder / "episodes/nr002-die-antenne/notes.md").read_text("utf-8")
    assert notes == "Alles über Antennen.  \n[Funk](https://funk.example.org)\n"


def test_anchor(move: Move, old_host: OldHost) -> None:
    done = move("anchor")
    assert [one.slug for one in done.episodes][:2] == ["kueche", "kueche-2"], "the older one has the plain name"
    first, second, third = (episode_of(done, one.slug) for one in done.episodes)
    assert first["guid"] == "3c0ed29d-3333-4f9e-8f5a-0f1e2d3c4b5a"
    assert (second["explicit"], second["summary"]) == (True, "Küche")
    assert third["audio"] == "audio.m4a"
    assert third["summary"] == "Löffel & Gabeln."
    assert "notes" not in third, "the summary says it all"
    assert "cover" not in third, "the show's own picture again"
    assert "article" not in third, "a page of the hosting service ends with the move"
    [m4a] = [data for name, data in old_host.files.items() if name.endswith(".m4a")]
    assert (done.folder / "episodes" / done.episodes[2].slug / "audio.m4a").read_bytes() == m4a


def test_acast(move: Move) -> None:
    done = move("acast")
    show = show_of(done)
    assert (show["language"], show["timezone"]) == ("de-AT", "Europe/Vienna")
    assert (show["type"], show["explicit"]) == ("serial", True)
    assert show["description"] == "Geschichten von drüben.\nHosted on Acast."
    episode = episode_of(done, "am-zaun")
    assert episode["type"] == "bonus"
    assert not {"number", "season", "explicit", "cover"} & set(episode), "0 is none, and a small cover is no cover"
    assert "300 × 300" in warnings_of(done)
    assert "has moved" not in warnings_of(done)


def test_libsyn_of_old(move: Move, old_host: OldHost) -> None:
    done = move("libsyn")
    show = show_of(done)
    assert show["description"] == "Züge, Züge, Züge.\nUnd Weichen.", "in Latin-1"
    assert show["category"] == ["Leisure", "Hobbies"]
    assert show["website"] == "https://gleis.example.org/bahn%20h%C3%B6fe"
    assert [host["name"] for host in show["hosts"]] == ["Bo Schiene", "Ella Weiche"]
    assert "names no owner's e-mail address" in warnings_of(done)
    without_guid = episode_of(done, "ohne-kennung")
    assert without_guid["guid"] == f"{old_host.url}/audio/eins.mp3?dest-id=1&x=2", "as apps do"
    assert without_guid["date"] == "2025-01-04 12:00:00+01:00", "Sa, 04 Jän 2025"
    undated = episode_of(done, "ohne-datum")
    assert undated["guid"] == "abc/def?ghi=1&jkl=Zug"
    assert undated["date"] == "2025-01-04 11:59:00+01:00"
    said = warnings_of(done)
    assert "“Ohne Datum” has no date that can be read." in said
    assert "“Das Video” was left out: its enclosure is no audio file (video/mp4)." in said
    assert "“Doppelt” was left out: an item before it has the same GUID." in said


def test_buzzsprout_with_broken_extras(move: Move) -> None:
    done = move("buzzsprout")
    show = show_of(done)
    assert show["description"] == "Talks at night.\nAnd tea."
    assert [host["name"] for host in show["hosts"]] == ["Ann Lee", "Bob Ray"]
    assert "author" not in show
    episode = episode_of(done, "tea-at-three")
    assert not {"transcript", "chapters"} & set(episode)
    said = warnings_of(done)
    assert "“Tea at Three”: The cue ends before it starts" in said
    assert "text/fehlt.json answers 404" in said
    folder = done.folder / "episodes/tea-at-three"
    assert sorted(file.name for file in folder.iterdir()) == ["audio.mp3", "episode.yaml", "notes.md"]


def test_a_host_who_names_zone_and_no_place_gets_both(move: Move) -> None:
    done = move("buzzsprout", public_url=None, timezone="America/New_York")
    show = show_of(done)
    assert show["timezone"] == "America/New_York"
    assert show["store"]["public_url"] == "https://cdn.example.org/small-hours"
    assert "new_feed_url" not in show.get("feed", {})
    assert done.moving is None
    assert "Nobody said where the new feed will be" in warnings_of(done)
    date = episode_of(done, "tea-at-three")["date"]
    assert date == "2025-03-05 00:00:00-05:00"
    assert NOW.astimezone(ZoneInfo("America/New_York")).utcoffset()


def test_the_note_for_the_old_host_names_both_addresses(move: Move, old_host: OldHost, tmp_path: Path) -> None:
    done = move("acast")
    assert done.moving == tmp_path / "show/moving.md"
    text = done.moving.read_text("utf-8")
    assert f"{old_host.url}/acast.xml" in text
    assert "<itunes:new-feed-url>https://cdn.example.com/show/feed.xml</itunes:new-feed-url>" in text
    assert "301" in text
