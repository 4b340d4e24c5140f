"""The files that lie beside show.yaml in a show that is kept in a repository, as init and import write them."""

from __future__ import annotations

IGNORED = """\
# What sendung publishes into a directory store; it can be made again from the records in there, and from nothing else,
# so keep a copy of it elsewhere.
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
_WORKFLOW_HEAD = """\
# Shows episodes whose date has come, for a show in a bucket (store.url: s3://...). The credentials are secrets of the
# repository. Schedules run from the default branch only, and late when many others run.
"""


def workflow() -> str:
    """.github/workflows/publish-due.yml."""
    return _WORKFLOW_HEAD + WORKFLOW


def crontab(folder: str, program: str) -> str:
    """A crontab that shows episodes whose date has come; `folder` and `program` are quoted for a shell."""
    return f"""\
# Shows episodes whose date has come, where no workflow does. On a machine that is always on, "crontab -e" takes these
# lines. What goes wrong is written to stderr, so cron mails it.
# AWS_PROFILE=podcast
SENDUNG_BY=cron
*/5 * * * * cd {folder} && {program} publish --due >/dev/null
"""


def systemd(name: str, folder: str, program: str) -> dict[str, str]:
    """A user's systemd units, by their files' names, that show episodes whose date has come (systemd.timer(5)).

    `folder` and `program` are absolute; `name` is the units' own.
    """
    service = f"""\
[Unit]
Description=Show the episodes of {name} whose date has come

[Service]
Type=oneshot
WorkingDirectory={_unit_value(folder)}
ExecStart="{_unit_value(program)}" publish --due --quiet
Environment=SENDUNG_BY=systemd
"""
    timer = f"""\
[Unit]
Description=Show the episodes of {name} every five minutes

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
