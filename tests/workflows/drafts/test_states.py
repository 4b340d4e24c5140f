"""Which episode a draft is, and how it stands: the table in docs/design.md, row by row."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sendung.records import EpisodeRecord, Status
from sendung.records.reader import Archive
from sendung.workflows.drafts.identity import Identity, Marks, identify, marks_of
from sendung.workflows.drafts.state import State, conflict_of, decide
from tests.feed.shows import episode

SHOW = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
DAY = datetime(2026, 11, 1, 6, tzinfo=UTC)
SOURCE: dict[str, Any] = {
    "title": "Der Ton",
    "audio": "a.wav",
    "file:a.wav": "aa",
    "listen_on": {"Apple": "https://a.example/1"},
    "hosts": [{"name": "Sven Kramer"}],
}
GUID = str(uuid.uuid5(uuid.UUID(SHOW), "ton"))


def record(
    number: int, source: dict[str, Any], *, slug: str = "ton", guid: str = GUID, gone: bool = False
) -> EpisodeRecord:
    facts = episode(1).model_copy(
        update={"slug": slug, "guid": GUID, "title": source["title"], "date": DAY, "number": None, "articles": ()}
    )
    return EpisodeRecord(
        number=number, source=source, by="sven", at=DAY, tool="0.1.0", withdrawn=gone, meant=gone, episode=facts
    )


def archive(*records: EpisodeRecord) -> Archive:
    return Archive({}, None, {item.episode.guid: item for item in records})


def marks(**changes: Any) -> Marks:
    same = Marks("ton", "aa", frozenset(), "Der Ton", DAY, None)
    return replace(same, **changes)


OTHER = {"recording": "bb", "title": "Ein anderer", "date": datetime(2026, 12, 1, tzinfo=UTC)}
FIRST = record(1, SOURCE)


@pytest.mark.parametrize(
    ("draft", "published", "present", "clash"),
    [
        (marks(), [], (), None),
        (marks(), [FIRST], (), None),
        (marks(**OTHER), [FIRST], (), Status.TAKEN),
        (marks(**OTHER | {"recording": "aa"}), [FIRST], (), None),
        (marks(**OTHER | {"title": "Der Ton"}), [FIRST], (), None),
        (marks(**OTHER | {"date": DAY}), [FIRST], (), Status.TAKEN),
        (marks(slug="neu"), [FIRST], (), Status.RENAMED),
        (marks(slug="neu"), [FIRST], ("ton",), None),
        (marks(slug="neu"), [FIRST], (GUID,), None),
        (marks(slug="neu", **OTHER), [FIRST], (), None),
        (marks(slug="neu", **OTHER | {"recording": "aa"}), [FIRST], (), Status.RENAMED),
        (marks(slug="neu", **OTHER | {"title": "Der Ton"}), [FIRST], (), None),
        (marks(slug="neu", **OTHER | {"title": "Der Ton", "date": DAY}), [FIRST], (), Status.RENAMED),
    ],
)
def test_a_draft_is_recognised_by_what_names_it(
    draft: Marks, published: list[EpisodeRecord], present: tuple[str, ...], clash: Status | None
) -> None:
    assert identify(draft, archive(*published), SHOW, present).clash is clash


@pytest.mark.parametrize(
    ("number", "clash"),
    [((None, 7), Status.RENAMED), ((1, 7), None), ((None, 8), None)],
    ids=["same", "season", "other"],
)
def test_season_and_number_name_an_episode_whose_folder_is_gone(
    number: tuple[int | None, int], clash: Status | None
) -> None:
    seven = FIRST.model_copy(update={"episode": FIRST.episode.model_copy(update={"number": 7})})
    assert marks_of(seven).number == (None, 7)
    assert identify(marks(slug="neu", **OTHER, number=number), archive(seven), SHOW, ()).clash is clash


def test_what_is_said_to_be_new_is_new_and_what_uses_a_former_name_has_a_guid_of_its_own() -> None:
    moved = record(2, SOURCE, slug="umbenannt")
    new = identify(marks(slug="neu"), archive(FIRST), SHOW, (), new=True)
    assert (new.clash, new.guid) == (None, str(uuid.uuid5(uuid.UUID(SHOW), "neu")))
    again = identify(marks(**OTHER), archive(moved), SHOW, ("umbenannt",))
    assert again.clash is None
    assert again.guid not in {GUID, new.guid}
    assert again == identify(marks(**OTHER), archive(moved), SHOW, ("umbenannt",)), "the same on every machine"
    stale = identify(marks(), archive(moved), SHOW, ())
    assert (stale.guid, stale.clash) == (GUID, None), "a checkout from before the renaming"


EDITED = SOURCE | {"title": "Der neue Ton"}
THIRD = SOURCE | {"title": "Der dritte Ton"}


@pytest.mark.parametrize(
    ("source", "slug", "revisions", "meant", "base", "status", "due", "conflict"),
    [
        (SOURCE, "ton", [], False, None, Status.NEW, True, None),
        (SOURCE, "ton", [FIRST], False, 1, Status.UNCHANGED, False, None),
        (EDITED, "ton", [FIRST], False, 1, Status.EDITED, True, None),
        (SOURCE, "anders", [FIRST], False, 1, Status.EDITED, True, None),
        (SOURCE, "ton", [FIRST, record(2, SOURCE, slug="anders")], False, 1, Status.STALE, False, "is older than"),
        (SOURCE, "ton", [FIRST, record(2, EDITED)], False, 1, Status.STALE, False, "is older than"),
        (SOURCE, "ton", [FIRST, record(2, EDITED)], True, 1, Status.EDITED, True, None),
        (THIRD, "ton", [FIRST, record(2, EDITED)], False, 1, Status.EDITED, False, '"title" would go back'),
        (THIRD, "ton", [FIRST, record(2, EDITED)], False, 2, Status.EDITED, True, None),
        (THIRD, "ton", [FIRST, record(2, EDITED)], False, None, Status.EDITED, True, None),
        (THIRD, "ton", [FIRST, record(2, EDITED)], True, 1, Status.EDITED, True, None),
        (SOURCE, "ton", [FIRST, record(2, SOURCE, gone=True)], False, 2, Status.WITHDRAWN, False, None),
        (EDITED, "ton", [FIRST, record(2, SOURCE, gone=True)], False, 2, Status.WITHDRAWN, False, "is withdrawn"),
        (SOURCE, "ton", [FIRST, record(2, SOURCE, gone=True)], True, 2, Status.EDITED, True, None),
        (EDITED, "ton", [FIRST, record(2, SOURCE, gone=True)], True, 2, Status.EDITED, True, None),
    ],
)
def test_a_draft_stands_as_the_table_says(
    source: dict[str, Any],
    slug: str,
    revisions: list[EpisodeRecord],
    meant: bool,
    base: int | None,
    status: Status,
    due: bool,
    conflict: str | None,
) -> None:
    state = decide(Identity(GUID), slug, source, revisions, meant=meant, base=base)
    assert (state.status, state.due) == (status, due)
    error = conflict_of(state, slug)
    assert (error is None) == (conflict is None)
    assert conflict is None or conflict in str(error)


def losses(source: dict[str, Any], newest: dict[str, Any], base: int | None) -> list[str]:
    state: State[EpisodeRecord] = decide(
        Identity(GUID), "ton", source, [FIRST, record(2, newest)], meant=False, base=base
    )
    return [loss.change.key for loss in state.taken_back]


def test_entries_of_one_key_are_compared_one_by_one() -> None:
    apple, spotify = {"Apple": "https://a.example/1"}, {"Spotify": "https://s.example/1"}
    theirs = SOURCE | {"listen_on": apple | spotify}
    assert losses(SOURCE | {"listen_on": apple | {"Deezer": "https://d.example/1"}}, theirs, 1) == ["listen_on.Spotify"]
    assert losses(SOURCE | {"listen_on": apple | {"Deezer": "https://d.example/1"}}, theirs, None) == [
        "listen_on.Spotify"
    ]
    berta = SOURCE | {"hosts": [{"name": "Sven Kramer"}, {"name": "Berta Bär"}]}
    assert losses(SOURCE | {"hosts": [{"name": "Sven Kramer", "role": "guest"}]}, berta, 1) == ["hosts.Berta Bär.name"]
    assert losses(berta | {"title": "Neu"}, berta, 1) == []
    notes = SOURCE | {"notes": "Meine Notizen."}
    assert losses(SOURCE | {"notes": "Andere Notizen."}, notes, 1) == ["notes"], "both wrote, from the same revision"
