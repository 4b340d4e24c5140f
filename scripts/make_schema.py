"""Writes the JSON Schemas of the two YAML files into schema/, for editors to complete from."""

from pathlib import Path

from sendung.config.schema import schemas

FOLDER = Path(__file__).parent.parent / "schema"

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"schema/{name}")
