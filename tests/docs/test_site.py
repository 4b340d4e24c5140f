"""docs/ becomes a site without a warning, the site needs no other host, and the pages read well without it."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import make_commands_page
import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LINK = re.compile(r"(?:\]\(|src=\")(?!https?://|#)([^)\s\"]+)[)\"]")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: dead links and pages that are in no menu are errors."""
    folder = tmp_path_factory.mktemp("site")
    [recipe] = re.findall(r"^\t\$\(BIN\)/sphinx-build (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    arguments = recipe.replace("build/doctrees", str(folder / "doctrees")).replace("build/docs", str(folder / "html"))
    command = [sys.executable, "-m", "sphinx", *arguments.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "html"


class Fetches(HTMLParser):
    """Gathers every address that a browser fetches by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        fetched = [values.get(name) for name in ("src", "srcset", "poster", "data")]
        if tag == "link" and values.get("rel") not in {"canonical", "author", "license"}:
            fetched.append(values.get("href"))
        self.addresses += [address for address in fetched if address]


def test_the_site_needs_no_other_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= len(list(DOCS.rglob("*.md")))
    fetches = Fetches()
    for page in pages:
        fetches.feed(page.read_text("utf-8"))
    assert len(fetches.addresses) > len(pages)
    assert [address for address in fetches.addresses if "//" in address] == []
    styles = "".join(style.read_text("utf-8") for style in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\s]*", styles) == []


def test_the_site_has_every_page_in_its_menu(site: Path) -> None:
    menu = (site / "index.html").read_text("utf-8")
    for page in DOCS.rglob("*.md"):
        assert f'href="{page.relative_to(DOCS).with_suffix(".html")}"' in menu or page.stem == "index", page


def stem_of(link: str) -> str:
    return Path(link).stem


@pytest.mark.parametrize("page", ["README.md", "README.de.md", "CONTRIBUTING.md"])
def test_links_of_pages_outside_docs_lead_somewhere(page: str) -> None:
    links = LINK.findall((ROOT / page).read_text("utf-8"))
    assert page != "README.md" or {"page-desktop", "page-dark", "page-phone", "page-embed"} <= {*map(stem_of, links)}
    missing = [link for link in links if not (ROOT / link.partition("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("name", ["commands", "exit_codes"])
def test_the_reference_is_what_the_program_says(name: str) -> None:
    page = DOCS / "reference" / f"{name.replace('_', '-')}.md"
    assert page.read_text("utf-8") == getattr(make_commands_page, name)(), "run make schema"


def test_the_reference_has_an_example_for_every_command() -> None:
    sections = (DOCS / "reference/commands.md").read_text("utf-8").split("\n### ")[1:]
    assert len(sections) >= 16
    for section in sections:
        command = section.partition("\n")[0].strip("`")
        assert f"```sh\n{command}" in section
