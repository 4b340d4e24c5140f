"""Tables of customers with mistakes, each told at its line; and names that could not be typed again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sendung.core.errors import ConfigError, UsageError
from sendung.workflows.customers.names import check_names, read_names, read_table, remember

from .conftest import Command


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Kunden-Nr.;Firma\n1;A\n2;B\n", ["1", "2"]),
        ('sep=;\n"ID";"Name"\n"1";"A; B"\n', ["1"]),
        ("name|Kundennummer\nA|7\n", ["7"]),
        ("anna@example.org\r\nbert@example.org\r\n", ["anna@example.org", "bert@example.org"]),
        ("\ufeffE-Mail\tName\n\na@example.org\tA\n", ["a@example.org"]),
    ],
)
def test_tables_as_programs_write_them_are_read(tmp_path: Path, text: str, names: list[str]) -> None:
    (tmp_path / "crm.csv").write_text(text, "utf-8", newline="")
    assert read_table(tmp_path / "crm.csv") == names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('id;name\n1;"A\n2;B\n3;C\n', ["2: The line cannot be taken apart"]),
        (f'id;name\n1;A\n2;"{"y" * 200_000}"\n', ["3: The line cannot be taken apart"]),
        ("name\nJu\u0308rgen\nJürgen\n", ["3: This customer is in an earlier line"]),
        ("name\nErika\u200b\n\x1b[31mrot\nErika\n", ["2: The name has a character", "3: The name has a character"]),
        ("Firma;Ort\nA;B\n", ["1: No column is named"]),
        ("name\n" + "x" * 201 + "\n", ["2: The name has more than 200"]),
    ],
)
def test_a_mistake_is_told_at_its_line_and_nobody_is_swallowed(tmp_path: Path, text: str, told: list[str]) -> None:
    (tmp_path / "crm.csv").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_table(tmp_path / "crm.csv")
    sentences = [str(problem).rpartition("crm.csv:")[2] for problem in caught.value.problems]
    assert [sentence.startswith(start) for sentence, start in zip(sentences, told, strict=True)] == [True] * len(told)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "Erika\u00ad", "x" * 201])
def test_what_nobody_could_type_again_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="Name 2 of the command is none"):
        check_names(["Erika", name])
    check_names(["نام\u200cها", "Erika  Muster"])


def test_files_that_cannot_be_used_are_one_sentence_and_nothing_happens(command: Command, tmp_path: Path) -> None:
    command("customers", "key", "new")
    command("customers", "add", "Erika")
    assert "nosuch/qr.svg cannot be written" in command(
        "customers", "links", "Erika", "--qr", str(tmp_path / "nosuch/qr.svg")
    )
    names = next(tmp_path.rglob("customers-names.csv"))
    names.write_bytes(b"\xff")
    for words in (("list", "--names"), ("add", "Hans")):
        assert "customers-names.csv, cannot be used" in command("customers", *words)
    names.unlink()
    assert command("customers", "list").count("\n") == 1, "Hans is not among them"


def test_a_key_that_cannot_be_made_is_one_sentence(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SENDUNG_CUSTOMERS_KEY", str(tmp_path / "file" / "customers.key"))
    assert "customers.key cannot be written" in command("customers", "key", "new")
    monkeypatch.setenv("SENDUNG_CUSTOMERS_KEY", str(tmp_path))
    assert "The customers' key in" in command("customers", "list")


def test_names_stay_in_a_file_that_only_the_hosts_can_read(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "customers-names.csv"
    remember(path, {"ab": 'Erika "die" Große; Muster'})
    remember(path, {"ab": "wer anders", "cd": "Hans"})
    assert read_names(path) == {"ab": 'Erika "die" Große; Muster', "cd": "Hans"}
    assert path.stat().st_mode & 0o777 == 0o600
