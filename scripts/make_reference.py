"""Writes the lists of keys at the ends of docs/show.md and docs/episode.md from the models that read the files."""

from pathlib import Path

from sendung.config.reference import FILES, with_reference

DOCS = Path(__file__).parent.parent / "docs"

if __name__ == "__main__":
    for name, model in FILES.items():
        page = DOCS / name
        page.write_text(with_reference(page.read_text(encoding="utf-8"), model), encoding="utf-8")
        print(f"docs/{name}")
