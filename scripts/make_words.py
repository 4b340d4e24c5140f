"""Writes core/locale/*/LC_MESSAGES/sendung.po in src/: the messages of the code, with the translations there are."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from words import TOP, sentences

from sendung.core.words import TRANSLATED

_LEFT_OUT = ('"PO-Revision-Date', '"POT-Creation-Date', '"Last-Translator', '"Generated-By')
"""Lines of the head that would differ from one machine or day to another."""


def path_of(tongue: str) -> Path:
    """The catalogue of a language."""
    return TOP / "core" / "locale" / tongue / "LC_MESSAGES" / "sendung.po"


def read(tongue: str) -> Catalog:
    """A language's catalogue as it is."""
    with path_of(tongue).open("rb") as file:
        return read_po(file, locale=tongue)


def anew(old: Catalog) -> Catalog:
    """A catalogue of the messages in the code, with an old one's translations; what the code no longer has is gone."""
    catalogue = Catalog(old.locale, project="Sendung", version=" ", fuzzy=False)
    for (text, plural), places in sentences().items():
        known = old.get(text)
        translation = known.string if known else ""
        files = sorted({(place.file, 0) for place in places})
        if plural:
            catalogue.add((text, plural), translation or ("", ""), locations=files)
        else:
            catalogue.add(text, translation, locations=files)
    return catalogue


def written(catalogue: Catalog) -> str:
    """A catalogue as a .po file; translators see the files that a message stands in."""
    result = BytesIO()
    write_po(result, catalogue, width=0, include_lineno=False, sort_by_file=True, omit_header=False)
    lines = result.getvalue().decode().splitlines()
    head = [line for line in lines if not line.startswith(_LEFT_OUT)]
    return "\n".join(head) + "\n"


def main() -> None:
    """Write each."""
    for tongue in TRANSLATED:
        path_of(tongue).write_text(written(anew(read(tongue))), encoding="utf-8")


if __name__ == "__main__":
    main()
