"""How `make docs` makes a site of these pages. The pages stay plain Markdown, with relative links, for the web view."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sendung import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Sendung"
author = "Sendung's authors"
version = release = __version__
html_title = f"Sendung {__version__}"

extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
nitpicky = True
smartquotes = False

html_theme = "furo"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#b3311b", "color-brand-content": "#b3311b"},
    "dark_css_variables": {"color-brand-primary": "#ff7d5f", "color-brand-content": "#ff7d5f"},
}
html_copy_source = False
html_show_sphinx = False

MENU = {
    "Begin": ["tutorial", "tutorial.de", "preview", "publishing", "design"],
    "How to": [
        "howto/install",
        "howto/aws",
        "howto/r2",
        "howto/hetzner",
        "howto/minio",
        "stores",
        "howto/tracks",
        "howto/wordpress",
        "howto/newsletter",
        "howto/github-actions",
        "scheduling",
        "customers",
        "howto/moving",
        "howto/statistics",
        "howto/cluster",
        "privacy",
    ],
    "Reference": [
        "reference/commands",
        "show",
        "episode",
        "rules",
        "reference/feeds",
        "reference/recordings",
        "reference/exit-codes",
        "reference/language",
        "library",
    ],
    "More": ["performance", "comparison", "decisions/README"],
}
"""What stands beside the pages. A page that is missing here fails the build."""
DECISIONS = sorted(page.stem for page in (Path(__file__).parent / "decisions").glob("[!R]*.md"))


def _menu(caption: str, pages: list[str]) -> str:
    title = [f":caption: {caption}"] if caption else []
    return "\n".join(["", "```{toctree}", ":hidden:", *title, "", *pages, "```", ""])


def _append_menu(app: Sphinx, docname: str, source: list[str]) -> None:
    """Give pages the menus that Sphinx reads from them, and that nobody wants to read in the web view."""
    if docname == "index":
        source[0] += "".join(_menu(caption, pages) for caption, pages in MENU.items())
    if docname == "decisions/README":
        source[0] += _menu("", DECISIONS)


def setup(app: Sphinx) -> None:
    """What Sphinx calls before it reads the pages."""
    app.connect("source-read", _append_menu)
