"""What was found in a recording, and cut of it, is told: before a publish, by `sendung audio`, and in --json."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import FIRST, Workshop, run_ffmpeg

SLUG = "erster-ton"
ONE_SIDED = "All sound is on the left side: it goes out as mono."


@pytest.fixture
def one_sided(workshop: Workshop) -> Workshop:
    """Two seconds of nothing, then a tone on the left side only, then three seconds of nothing."""
    tone = "0.05*(sin(2*PI*180*t)+0.5*sin(4*PI*180*t))*(0.6+0.4*sin(2*PI*3*t))*between(t\\,2\\,10)"
    source = ["-f", "lavfi", "-i", f"aevalsrc={tone}|0:s=44100:d=13"]
    run_ffmpeg(*source, str(workshop.path(f"{FIRST}/audio.flac")))
    return workshop


def test_the_card_says_what_was_found_and_cut(one_sided: Workshop) -> None:
    result = one_sided.run("publish", SLUG, "--dry-run")
    assert result.code == 0, result.err
    assert (
        f"  Recording {ONE_SIDED}\n            Silence was cut: 1.7 s at the start, 2.2 s at the end.\n" in result.out
    )


def test_json_has_it_after_a_publish_and_an_unchanged_episode_was_not_looked_at(one_sided: Workshop) -> None:
    [episode] = one_sided.run("publish", SLUG, "--json").json["episodes"]
    assert episode["recording"]["cut_start_s"] == pytest.approx(1.7, abs=0.1)
    assert episode["recording"]["cut_end_s"] == pytest.approx(2.2, abs=0.1)
    assert [finding["kind"] for finding in episode["recording"]["findings"]] == ["one-sided", "cut"]
    assert one_sided.run("publish", SLUG, "--json").json["episodes"][0]["recording"] is None


def test_the_report_on_mastering_has_it(one_sided: Workshop) -> None:
    assert ONE_SIDED in one_sided.run("audio", SLUG).out
    values = one_sided.run("audio", SLUG, "--json").json
    assert [finding["kind"] for finding in values["findings"]] == ["one-sided", "cut"]
    assert values["cut_head_s"] == pytest.approx(1.7, abs=0.1)


def test_what_wants_something_done_is_a_warning_that_names_the_line(one_sided: Workshop) -> None:
    """A voice on each side, which show.yaml asks for."""
    tone = "0.05*(sin(2*PI*180*t)+0.5*sin(4*PI*180*t))"
    apart = f"aevalsrc={tone}*between(mod(t\\,4)\\,0\\,2)|{tone}*between(mod(t\\,4)\\,2\\,4):s=44100:d=12"
    run_ffmpeg("-f", "lavfi", "-i", apart, str(one_sided.path(f"{FIRST}/audio.flac")))
    one_sided.edit("show.yaml", "store:", "audio:\n  channels: stereo\nstore:")
    result = one_sided.run("publish", SLUG, "--json")
    [warning] = [warning for warning in result.json["warnings"] if "hold a voice each" in warning["message"]]
    assert warning["message"].startswith(f"{FIRST}/episode.yaml:7:1: Left and right")
    assert "channels: stereo" in warning["hint"]


def test_check_says_what_it_knows_before_mastering(one_sided: Workshop, tmp_path: Path) -> None:
    audio = one_sided.path(f"{FIRST}/audio.flac")
    copy = audio.with_name("audio.mkv")
    run_ffmpeg("-i", str(audio), "-i", str(audio), "-map", "0", "-map", "1", "-c:a", "flac", str(copy))
    one_sided.edit(f"{FIRST}/episode.yaml", "audio.flac", "audio.mkv")
    audio.unlink()
    result = one_sided.run("check", SLUG, "--notes")
    assert (
        "episode.yaml:7:1: audio.mkv has 2 sound tracks, which are mixed: track 1, track 2." in result.err + result.out
    )


def test_a_settings_key_that_is_new_makes_no_edit_of_what_is_published(workshop: Workshop) -> None:
    """The usual high-pass stands in no record, so a show of before is unchanged; another one is an edit of the show."""
    workshop.run("publish", SLUG, "--json")
    audio = {key for key in workshop.store_files() if key.startswith("audio/")}
    [record] = [data for key, data in workshop.store_files().items() if key.startswith("records/show/")]
    assert b"high_pass" not in record
    workshop.edit("show.yaml", "store:", "audio:\n  high_pass: 0\nstore:")
    result = workshop.run("publish", "--all", "--json")
    assert [episode["status"] for episode in result.json["episodes"]] == ["unchanged"]
    assert {key for key in workshop.store_files() if key.startswith("audio/")} == audio
    records = [data for key, data in workshop.store_files().items() if key.startswith("records/show/")]
    assert len(records) == 2
    assert sum(b'"high_pass"' in data for data in records) == 1
