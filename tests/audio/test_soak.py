"""Three hours: as loud, as long and as careful as three seconds, and held in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import children_of, hear, run_ffmpeg, speech, write_wav

PROGRAM = """
import json, sys
from pathlib import Path
from sendung.audio import Target, master
from sendung.core.progress import Silent
done = master(Path(sys.argv[1]), Target(), Path(sys.argv[2]), Silent())
print(json.dumps({"path": str(done.path), "duration_s": done.duration_s}))
"""


def _held(process: int) -> int:
    """Bytes that a process holds, of what several hold its part, by /proc; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads what is held from /proc")
@pytest.mark.parametrize("minutes", [10, 180])
def test_three_hours_are_as_good_as_ten_minutes_and_need_no_more_than_125_megabytes(
    minutes: int, tmp_path: Path
) -> None:
    minute = write_wav(tmp_path / "minute.wav", speech(60))
    source = tmp_path / "long.wav"
    run_ffmpeg("-stream_loop", "-1", "-i", minute, "-t", str(60 * minutes), "-c:a", "pcm_s16le", source)
    command = [sys.executable, "-c", PROGRAM, str(source), str(tmp_path / "cache")]
    highest = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            highest = max(highest, sum(map(_held, [process.pid, *children_of(process.pid)])))
            time.sleep(0.1)
        output, _ = process.communicate()
    result = json.loads(output)
    heard = hear(Path(result["path"]))
    assert heard.lufs == pytest.approx(-16, abs=0.3)
    assert heard.dbtp <= -1.0
    assert result["duration_s"] == pytest.approx(60 * minutes, abs=2)
    assert 0 < highest <= 125 * 2**20
