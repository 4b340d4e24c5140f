"""Write docs/rules.md from the rules themselves."""

from __future__ import annotations

from pathlib import Path

from sendung import rules

if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "rules.md"
    page.write_text(rules.markdown(), encoding="utf-8")
