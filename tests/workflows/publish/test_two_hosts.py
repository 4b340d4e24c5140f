"""Two hosts with checkouts and machines of their own: what each is told of the other's words."""

from __future__ import annotations

import shutil

from sendung.config.show import load_show
from sendung.core.errors import ConflictError
from sendung.records import Status
from sendung.workflows.history.rollback import roll_back, withdraw
from sendung.workflows.publish.flow import publish
from sendung.workflows.rename import rename
from tests.end_to_end.conftest import make_tone
from tests.workflows.publish.conftest import Host

GUID = "aa15e24a-5c1e-547c-af51-800c59def997"
"""What the episode has without a word."""


def test_a_text_that_would_be_lost_is_shown_line_by_line(both: tuple[Host, Host]) -> None:
    sven, sebastian = both
    assert sebastian.publish()[0].status is Status.UNCHANGED
    sven.write("notes.md", "Erste Zeile\n\nZweite Zeile von Sven\n\n00:04 Mitte\n")
    assert sven.publish()[0].status is Status.PUBLISHED
    sebastian.write("notes.md", "Erste Zeile von Sebastian\n\nZweite Zeile\n\n00:04 Mitte\n")
    result, words = sebastian.publish()
    assert result.status is Status.STALE
    shown = [line for line in words.splitlines() if line.startswith("  ")]
    assert shown == [
        "  - Erste Zeile",
        "  + Erste Zeile von Sebastian",
        "  - Zweite Zeile von Sven",
        "  + Zweite Zeile",
    ]
    assert '"notes.md" would go back to other words than those of revision 2, published by sven' in words


def test_a_text_of_one_short_line_is_shown_as_well(both: tuple[Host, Host]) -> None:
    sven, sebastian = both
    sebastian.publish()
    sven.write("notes.md", "Von Sven.\n")
    sven.publish()
    sebastian.write("notes.md", "Von Sebastian.\n")
    assert "  - Von Sven.\n  + Von Sebastian." in sebastian.publish()[1]


def test_what_is_said_in_a_transcript_is_shown_too(both: tuple[Host, Host]) -> None:
    sven, sebastian = both
    sebastian.publish()
    text = (sven.draft / "transcript.vtt").read_text("utf-8")
    sven.write("transcript.vtt", text.replace("Guten Tag auch", "Auch guten Tag"))
    sven.publish()
    sebastian.write("transcript.vtt", text.replace("<v Sven>Guten", "<v Sven>Schönen guten"))
    result, words = sebastian.publish()
    assert result.status is Status.STALE
    assert "  - Sebastian Karger: Auch guten Tag.\n" in words


def test_what_a_machine_without_a_memory_replaces_is_named_before(both: tuple[Host, Host]) -> None:
    """Nobody knows whether the host has seen it: the edit was made on a checkout that was never looked at."""
    sven, sebastian = both
    sebastian.edit("title: Folge eins", "title: Sebastians Titel")
    sebastian.write("notes.md", "Anders\n")
    result, words = sebastian.publish()
    assert result.status is Status.PUBLISHED
    assert '"title" goes to "Sebastians Titel" from "Folge eins" of revision 1, published by sven' in words
    assert "  - Zweite Zeile\n" in words
    sven.edit("title: Folge eins", "title: Svens Titel")
    assert sven.publish()[0].status is Status.STALE, "this machine knows what it agreed with"


def test_its_own_words_are_not_told_to_a_host(both: tuple[Host, Host]) -> None:
    sven, _ = both
    shutil.rmtree(sven.cache / "agreed")
    sven.edit("title: Folge eins", "title: Neuer Titel")
    result, words = sven.publish()
    assert (result.status, words) == (Status.PUBLISHED, "")


def test_to_remaster_what_comes_out_the_same_is_no_revision(both: tuple[Host, Host]) -> None:
    sven, _ = both
    before = len(sven.store.writes)
    assert sven.publish(remaster=True)[0].status is Status.UNCHANGED
    assert len(sven.store.writes) == before


def test_a_rollback_to_a_withdrawal_is_finished_and_repeated_like_any_other(both: tuple[Host, Host]) -> None:
    sven, _ = both
    withdraw("eins", sven.run(), delete_audio=False)
    sven.edit("title: Folge eins", "title: Wieder da")
    assert sven.publish(sven.run(override=["eins"]))[0].status is Status.PUBLISHED
    for _ in range(2):
        record = roll_back("eins", None, sven.run())
        assert (record.number, record.withdrawn) == (4, True)


def test_a_new_guid_for_a_recording_whose_folder_is_gone_is_the_host_s_word(both: tuple[Host, Host]) -> None:
    """The rule `apple-guid-changed`; with `--new` it is another episode."""
    sven, _ = both
    other = sven.draft.with_name("zwei")
    sven.draft.rename(other)
    text = (other / "episode.yaml").read_text("utf-8")
    (other / "episode.yaml").write_text(f"guid: ein-anderer\n{text}", "utf-8")
    config = load_show(sven.folder)
    refused = publish([other], config, sven.run()).episodes[0]
    assert refused.status is Status.FAILED
    assert refused.error
    assert "apple-guid-changed" in [problem.rule for problem in refused.error.problems]
    assert publish([other], config, sven.run(new=["zwei"])).episodes[0].status is Status.PUBLISHED


def test_an_episode_whose_name_another_folder_took_is_still_that_episode(both: tuple[Host, Host]) -> None:
    """Moved by hand, and a new episode begun under the old name: neither is published as something that it is not."""
    sven, _ = both
    moved, taken = sven.draft.with_name("zwei"), sven.draft
    sven.draft.rename(moved)
    shutil.copytree(moved, taken)
    other_recording(sven)
    sven.edit("title: Folge eins", "title: Etwas ganz anderes")
    config, before = load_show(sven.folder), len(sven.store.writes)
    for folder in (moved, taken):
        result = publish([folder], config, sven.run()).episodes[0]
        assert (result.status, type(result.error)) == (Status.FAILED, ConflictError)
    assert len(sven.store.writes) == before


def test_a_folder_whose_name_is_taken_is_renamed_without_becoming_the_other_episode(both: tuple[Host, Host]) -> None:
    sven, _ = both
    other_recording(sven)
    sven.edit("title: Folge eins", "title: Etwas ganz anderes")
    renamed = rename(sven.draft, "zwei", load_show(sven.folder), sven.run())
    assert (renamed.written, renamed.published) == (False, False)
    assert publish([renamed.folder], load_show(sven.folder), sven.run(new=["zwei"])).episodes[0].guid != GUID


def test_a_copied_folder_that_kept_the_guid_replaces_nothing(both: tuple[Host, Host]) -> None:
    """The folder that it was copied from may be gone; only a word makes it that episode."""
    sven, _ = both
    other_recording(sven)
    sven.edit("title: Folge eins", f"guid: {GUID}\ntitle: Etwas ganz anderes")
    before = len(sven.store.writes)
    result, words = sven.publish()
    assert (result.status, len(sven.store.writes)) == (Status.FAILED, before)
    assert "Another episode, “Folge eins” of 2026-11-01, has this GUID" in words
    assert sven.publish(sven.run(override=["eins"]))[0].status is Status.PUBLISHED


def other_recording(host: Host) -> None:
    (host.draft / "audio.flac").unlink()
    make_tone(host.draft / "audio.flac", pitch=300)
