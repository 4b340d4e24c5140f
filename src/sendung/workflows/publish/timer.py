"""Having something run `publish --due` for a show: cron or systemd on this machine, or a workflow on GitHub."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
from enum import StrEnum
from pathlib import Path

from sendung.config.beside import WORKFLOW, crontab, systemd, workflow
from sendung.config.package_source import PackageSource, is_open
from sendung.core.errors import UsageError
from sendung.core.words import say

_WORKFLOW = ".github/workflows/publish-due.yml"
_BY_HAND = "docs/scheduling.md says what to write by hand."


class Timer(StrEnum):
    """What runs it."""

    CRON = "cron"
    SYSTEMD = "systemd"
    GITHUB = "github"


_PROGRAMS = {Timer.CRON: "crontab", Timer.SYSTEMD: "systemctl"}


def available(*, in_bucket: bool) -> tuple[Timer, ...]:
    """What this machine has; and GitHub, whose machines reach a store in a bucket only."""
    here = [timer for timer, name in _PROGRAMS.items() if shutil.which(name)]
    return (*here, *([Timer.GITHUB] if in_bucket else []))


def wants_source(folder: Path) -> bool:
    """Whether a workflow on GitHub must still be told where Sendung is installed from."""
    return not (folder / "requirements.txt").exists()


def set_timer(timer: Timer, folder: Path, program: Path, units: Path, source: PackageSource | None) -> str:
    """Have a timer run `publish --due` for the show in a folder; what was done, in a sentence.

    `program` is how this machine calls sendung, `units` the folder of the user's systemd units, `source` where GitHub's
    machines install it from (see `wants_source`). Raises UsageError for what is there already, and where the machine
    refuses.
    """
    match timer:
        case Timer.CRON:
            return _set_cron(folder, program)
        case Timer.SYSTEMD:
            return _set_systemd(folder, program, units)
        case Timer.GITHUB:
            return _set_github(folder, source)


def _set_cron(folder: Path, program: Path) -> str:
    lines = crontab(shlex.quote(str(folder)), shlex.quote(str(program)))
    job = lines.splitlines()[-1]
    command = ["crontab", "-l"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    present = shown.stdout if shown.returncode == 0 else ""
    if job in present.splitlines():
        raise UsageError("cron runs it already for this show.", "crontab -l shows it.")
    kept = f"{present.rstrip()}\n\n" if present.strip() else ""
    _run(["crontab", "-"], kept + lines)
    return "cron runs it every five minutes from now on (crontab -e shows the lines, and takes AWS_PROFILE there)."


def _set_systemd(folder: Path, program: Path, units: Path) -> str:
    name = f"sendung-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    files = systemd(name, str(folder), str(program))
    for file in files:
        if (units / file).exists():
            raise UsageError(
                say("{units} is there already.", units=units / file),
                say("systemctl --user status {name}.timer shows it.", name=name),
            )
    units.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (units / file).write_text(text, "utf-8")
    _run(["systemctl", "--user", "enable", "--now", f"{name}.timer"])
    return say(
        "systemd runs it every five minutes ({name}.timer); loginctl enable-linger keeps it going after you log out.",
        name=name,
    )


def _set_github(folder: Path, source: PackageSource | None) -> str:
    path = folder / _WORKFLOW
    if path.exists() and path.read_text("utf-8", "replace").endswith(WORKFLOW):
        return say(
            "{workflow} is there already: commit and push it with requirements.txt, and store AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY as secrets of the repository.",
            workflow=_WORKFLOW,
        )
    if path.exists():
        hint = "Commit and push it, and store the credentials as secrets of the repository (docs/scheduling.md)."
        raise UsageError(say("{workflow} is there already.", workflow=_WORKFLOW), hint)
    packages = folder / "requirements.txt"
    if packages.exists() and is_open(packages.read_text("utf-8", "replace")):
        message = "requirements.txt names sendung without saying where from: an index may have another of that name."
        raise UsageError(message, "Write sendung @ git+https://HOST/PATH@COMMIT there, or sendung @ a wheel's address.")
    files = {_WORKFLOW: workflow().encode(), **(source.files() if source and wants_source(folder) else {})}
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return say(
        "{workflow} is written: commit and push it with requirements.txt, and store "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as secrets of the repository.",
        workflow=_WORKFLOW,
    )


def _run(command: list[str], text: str | None = None) -> None:
    """Raises UsageError with what the program says."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise UsageError(
            say(
                "{command} refuses: {more}.",
                command=command[0],
                more=said[-1] if said else say("exit code {returncode}", returncode=done.returncode),
            ),
            _BY_HAND,
        )
