"""Whether two machines master alike is told by what becomes of a known sound, and why not by their programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sendung.audio import Target
from sendung.audio.fingerprint import fingerprint


def test_a_machine_is_like_itself_and_unlike_what_masters_otherwise(tmp_path: Path) -> None:
    one, two = (fingerprint([Target(loudness=loudness)], tmp_path) for loudness in (-16, -16))
    assert one == two
    assert one.ffmpeg.startswith("ffmpeg version ")
    assert len(one.trial) == 1
    assert one.differences(two) == []
    rounding = replace(one, processor="riscv64", trial=("0",))
    assert one.differences(rounding) == [("processor", "riscv64", one.processor)]
    assert one.differences(replace(rounding, trial=one.trial)) == [], "another processor may round alike"
    older = replace(rounding, sendung="0.0.9")
    assert one.differences(older) == [("sendung", "0.0.9", one.sendung)]
    assert fingerprint([Target(loudness=-20)], tmp_path).trial != one.trial
    assert not list(tmp_path.glob("making-*"))
