"""The files that lie beside show.yaml in a show that is kept in a repository, as init and import write them."""

from __future__ import annotations

import textwrap

from sendung.core.words import told

_IGNORED_HEAD = (
    "What sendung publishes into a directory store; it can be made again from the records in there, and from nothing "
    "else, so keep a copy of it elsewhere."
)
_IGNORED = """\
public/
.venv/
"""
WORKFLOW = """\
name: Publish what is due
on:
  schedule:
    - cron: "7,22,37,52 * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: publish-due
  cancel-in-progress: false
jobs:
  due:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
          cache: pip
      - run: python -m pip install --requirement requirements.txt
      - run: sendung publish --due
        env:
          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}
          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}
          SENDUNG_BY: github-actions
"""
"""The workflow of docs/scheduling.md."""
_WORKFLOW_HEAD = (
    "Shows episodes whose date has come, for a show in a bucket (store.url: s3://...). The credentials are secrets of "
    "the repository. Schedules run from the default branch only, and late when many others run."
)


_CRON_HEAD = (
    'Shows episodes whose date has come, where no workflow does. On a machine that is always on, "crontab -e" takes '
    "these lines. What goes wrong is written to stderr, so cron mails it."
)


def comment(text: str) -> str:
    """A text as lines of a comment, in the host's language."""
    return "".join(f"# {line}\n" for line in textwrap.wrap(told(text), 118, break_on_hyphens=False))


def ignored() -> str:
    """.gitignore."""
    return comment(_IGNORED_HEAD) + _IGNORED


def workflow() -> str:
    """.github/workflows/publish-due.yml."""
    return comment(_WORKFLOW_HEAD) + WORKFLOW


def crontab(folder: str, program: str) -> str:
    """A crontab that shows episodes whose date has come; `folder` and `program` are quoted for a shell."""
    job = " ".join(("*/5 * * * * cd", folder, "&&", program, "publish --due >/dev/null"))
    return f"{comment(_CRON_HEAD)}# AWS_PROFILE=podcast\nSENDUNG_BY=cron\n{job}\n"


def systemd(name: str, folder: str, program: str) -> dict[str, str]:
    """A user's systemd units, by their files' names, that show episodes whose date has come (systemd.timer(5)).

    `folder` and `program` are absolute; `name` is the units' own.
    """
    service = f"""\
[Unit]
Description={told("Show the episodes of {name} whose date has come", name=name)}

[Service]
Type=oneshot
WorkingDirectory={_unit_value(folder)}
ExecStart="{_unit_value(program)}" publish --due --quiet
Environment=SENDUNG_BY=systemd
"""
    timer = f"""\
[Unit]
Description={told("Show the episodes of {name} every five minutes", name=name)}

[Timer]
OnCalendar=*:0/5
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{name}.service": service, f"{name}.timer": timer}


def _unit_value(text: str) -> str:
    """A path in a unit: per cent signs begin specifiers there (systemd.unit(5))."""
    return text.replace("%", "%%")
