"""Writes docs/rules.md from the rules themselves."""

from __future__ import annotations

from pathlib import Path

from sendung import rules
from sendung.rules import (
    apple_episode,
    apple_files,
    apple_show,
    articles,
    languages,
    podcasting20,
    psp1,
    rss,
    servers,
    spotify,
    youtube,
)
from sendung.rules.registry import Rule

PAGE = Path(__file__).parent.parent / "docs" / "rules.md"

_TITLES = {
    rss: "RSS",
    apple_show: "Apple Podcasts: the show",
    apple_episode: "Apple Podcasts: episodes",
    apple_files: "Apple Podcasts: files",
    psp1: "PSP-1",
    podcasting20: "Podcasting 2.0",
    spotify: "Spotify",
    youtube: "YouTube",
    servers: "Transport",
    articles: "Articles and episodes",
    languages: "Languages",
}
"""Every file of rules, in the order of docs/rules.md."""


def markdown() -> str:
    """docs/rules.md: every rule by the file that defines it."""
    lines = [
        "# Rules",
        "",
        "What `sendung check` looks at in a feed, `sendung check --links` between episodes and articles, `sendung",
        "publish` and `diff` between an episode as it is published and as it is to be, and `sendung verify` in all",
        "that it fetches and measures. Allow a rule by its id under `allow:` in show.yaml. “(S)” marks what is known",
        "at second hand only. This page is generated.",
    ]
    for module, title in _TITLES.items():
        lines += ["", f"## {title}", "", "| id | severity | what holds where all is well | what to do | source |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_row(rule) for rule in rules.ALL.values() if rule.test.__module__ == module.__name__]
    return "\n".join([*lines, ""])


def _row(rule: Rule) -> str:
    said = " ".join([rule.summary, *rule.reason.split()])
    cells = (f"`{rule.id}`", rule.severity.value, said, rule.hint, rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8")
    print("docs/rules.md")
