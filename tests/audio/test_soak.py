"""Three hours: as loud, as long and as careful as three seconds, and held in no more memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import hear, run_ffmpeg, speech, write_wav

PROGRAM = """
import json, re, sys
from pathlib import Path
from sendung.audio import Target, master
from sendung.core.progress import Silent
done = master(Path(sys.argv[1]), Target(), Path(sys.argv[2]), Silent())
held = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(json.dumps({"path": str(done.path), "duration_s": done.duration_s, "kilobytes": int(held)}))
"""


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what it held from /proc")
@pytest.mark.parametrize("minutes", [10, 180])
def test_three_hours_are_as_good_as_ten_minutes(minutes: int, tmp_path: Path) -> None:
    one = write_wav(tmp_path / "one.wav", speech(60))
    source = tmp_path / "long.wav"
    run_ffmpeg("-stream_loop", "-1", "-i", one, "-t", str(60 * minutes), "-c:a", "pcm_s16le", source)
    command = [sys.executable, "-c", PROGRAM, str(source), str(tmp_path / "cache")]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    heard = hear(Path(found["path"]))
    assert heard.lufs == pytest.approx(-16, abs=0.3)
    assert heard.dbtp <= -1.0
    assert found["duration_s"] == pytest.approx(60 * minutes, abs=2)
    # Two ffmpegs of about 45 MB come on top.
    assert found["kilobytes"] < 150_000
