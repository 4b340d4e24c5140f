"""docs/stores.md and docs/howto/ say what the doctor prints, and the commands of docs/scheduling.md run."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from sendung.core.field_types import resolve_date
from sendung.workflows.doctor.services import Service, ShowBucket, script, steps
from tests.end_to_end.conftest import Workshop

DOCS = Path(__file__).parents[3] / "docs"
HETZNER = "https://fsn1.your-objectstorage.com"


@pytest.mark.parametrize(
    ("name", "service", "endpoint_url", "blocks"),
    [
        ("howto/aws", Service.AWS, None, 1),
        ("howto/hetzner", Service.CEPH, HETZNER, 3),
        ("howto/r2", Service.R2, None, 1),
        ("howto/minio", Service.MINIO, None, 2),
        ("stores", Service.BACKBLAZE, None, 1),
    ],
)
def test_what_the_page_shows_is_what_the_doctor_prints(
    name: str, service: Service, endpoint_url: str | None, blocks: int
) -> None:
    page = (DOCS / f"{name}.md").read_text("utf-8")
    printed = script(steps(service, ShowBucket("my-bucket", "show/", endpoint_url, "https://cdn.example.org/show")))
    shown = re.findall(r"^```sh\n(.*?)\n```$", page, re.DOTALL | re.MULTILINE)
    assert len(shown) == blocks
    for block in shown:
        assert block in printed
    if service is Service.CEPH:
        assert "\n\n".join(shown) == printed


def test_the_cron_line_finishes_what_is_due_and_says_nothing(workshop: Workshop) -> None:
    [line] = re.findall(r"^    (?:\S+ ){5}(cd .*)$", (DOCS / "scheduling.md").read_text("utf-8"), re.MULTILINE)
    command = line.replace("/srv/podcast", str(workshop.folder))
    workshop.path(".venv").symlink_to(Path(sys.executable).parents[1])
    assert workshop.run("publish", "erster-ton").code == 0
    feed = workshop.store_files()["feed.xml"]
    workshop.path("public/feed.xml").unlink()
    variables = workshop.variables(PATH="/usr/bin:/bin")
    done = subprocess.run(["sh", "-c", command], env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert workshop.store_files()["feed.xml"] == feed


def test_the_workflow_is_complete(workshop: Workshop) -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```$", (DOCS / "scheduling.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    workflow = YAML(typ="safe").load(text)
    assert set(workflow) == {"name", "on", "permissions", "concurrency", "jobs"}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    last = workflow["jobs"]["due"]["steps"][-1]
    program, *arguments = last["run"].split()
    assert program == "sendung"
    result = workshop.run(*arguments, **{name: "x" for name in last["env"] if name.startswith("AWS")})
    assert result.code == 0, result.err


def test_dates_are_what_the_page_says() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    five = datetime(2026, 11, 20, 5, tzinfo=UTC)
    for text in ("2026-11-20 06:00", "2026-11-20T06:00+01:00", "2026-11-20T05:00Z"):
        assert resolve_date(text, berlin) == five
    assert resolve_date("2026-10-25 02:30", berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert resolve_date("2026-10-25T02:30+01:00", berlin) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="the clocks skip"):
        resolve_date("2027-03-28 02:30", berlin)
