"""What `sendung doctor --json` printed, by what it is about."""

from __future__ import annotations

from collections.abc import Iterable

from sendung.workflows.doctor import Diagnosis
from tests.end_to_end.conftest import Result

_WORST = ["ok", "warn", "bad"]


def states(result: Result) -> dict[str, str]:
    """The state of each subject, as "area: subject"; the worst where there are several."""
    found: dict[str, str] = {}
    for one in result.json["findings"]:
        subject = f"{one['area']}: {one['subject']}"
        found[subject] = max(found.get(subject, "ok"), one["state"], key=_WORST.index)
    return found


def messages(result: Result, state: str) -> list[str]:
    """What is said and what to do, for all findings in a state."""
    return [f"{one['message']} {one['hint']}" for one in result.json["findings"] if one["state"] == state]


def by_subject(findings: Iterable[Diagnosis]) -> dict[str, str]:
    """The state of each finding, by its subject."""
    return {finding.subject: str(finding.state) for finding in findings}
