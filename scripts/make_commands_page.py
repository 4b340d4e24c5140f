"""Writes docs/reference/ from the commands themselves, and from the errors that they end with."""

from pathlib import Path

from sendung.cli import reference

FOLDER = Path(__file__).parent.parent / "docs" / "reference"

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in (("commands.md", reference.commands()), ("exit-codes.md", reference.exit_codes())):
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")
