"""sendung customers, and that no command prints an address or a name that nobody asked for."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from lxml import html

from sendung import desk_of, publish
from sendung.config.show import load_show
from sendung.core.errors import ObjectMissing
from sendung.records.customers_key import FOLDER
from sendung.store.keys import PRIVATE
from sendung.workflows.customers.members import add, open_register
from sendung.workflows.history.prune import delete_unnamed, find_unnamed
from sendung.workflows.publish.site import refresh
from tests.end_to_end.conftest import FIRST

from .conftest import CUT, KEY, Command, Studio, feed_of, key_of, reachable


def test_no_command_prints_what_was_not_asked_for(command: Command, studio: Studio) -> None:
    assert "no customers' key" in command("customers", "list")
    said = command("customers", "key", "new")
    path = studio.folder.parent / "keys" / "customers.key"
    assert path.stat().st_mode & 0o777 == 0o600
    key = path.read_text("ascii").strip()
    assert key not in said
    assert "There is a key already" in command("customers", "key", "new")
    added = command("customers", "add", "Erika Muster", "4711", "--json")
    numbers = [customer["number"] for customer in json.loads(added.rpartition("exit")[0])["customers"]]
    links = command("customers", "links", "erika muster")
    [token] = set(re.findall(rf"{FOLDER}([0-9a-f]{{32}})", links))
    studio.edit("title: Der erste Ton", "title: Der allererste Ton")
    printed = [
        added,
        command("publish", "erster-ton", "--dry-run", "--verbose", "--verbose"),
        command("publish", "erster-ton", "--yes", "--verbose", "--verbose"),
        command("customers", "list"),
        command("customers", "list", "--json"),
        command("customers", "revoke", "4711", "--yes", "-y"),
        command("status"),
        command("customers", "links", "Geheimer Name"),
    ]
    assert "exit 0" in printed[2]
    for text in printed:
        assert not re.search(rf"{FOLDER}[0-9a-f]{{32}}", text)
        assert not [word for word in (key, token, "Erika", "4711", "Geheimer") if word in text.replace("4711-", "")]
    assert f"{FOLDER}…" in printed[2], "what is sent is told, but for the digits"
    assert "Erika Muster" in command("customers", "list", "--names")
    table = command("customers", "export")
    assert token in table
    assert numbers[0] in table
    assert numbers[1] not in table
    block = html.fromstring(command("customers", "links", "Erika Muster", "--mail").rpartition("exit")[0])
    folder = f"https://cdn.example.org/show/{FOLDER}{token}"
    assert {link.get("href") for link in block.iter("a")} == {f"{folder}/index.html", f"{folder}/feed.xml"}
    assert not block.xpath("//@src | //script | //form | //link"), "no request tells that it was read"
    assert numbers[0] in command("customers", "who", f"https://x.example/{FOLDER}{token}/feed.xml")
    path.chmod(0o644)
    assert "Others on this machine can read" in command("customers", "list")
    path.chmod(0o600)
    path.write_text("sendung-customers-12", "ascii")
    assert "The customers' key is not one" in command("customers", "list")


def test_no_name_in_an_exported_table_is_a_formula(command: Command) -> None:
    command("customers", "key", "new")
    command("customers", "add", '=HYPERLINK("http://evil.example")', "@sum", "Ordinary")
    printed = command("customers", "export", "--names")
    table = [row for row in csv.reader(io.StringIO(printed)) if len(row) == 5]  # without what another test's log adds
    assert {row[1] for row in table[1:]} == {'\'=HYPERLINK("http://evil.example")', "'@sum", "Ordinary"}


def test_what_is_for_customers_alone_is_told_without_an_address(command: Command, studio: Studio) -> None:
    studio.edit(CUT, "for: customers")
    studio.add_episode("zweiter-ton", "Der zweite Ton")
    assert "exit 0" in command("publish", "zweiter-ton", "--yes")
    said = command("publish", "erster-ton", "--yes", "--override", "erster-ton")
    assert "customers, and nobody else" in said
    assert "e/erster-ton" not in said
    document, _ = json.JSONDecoder().raw_decode(command("publish", "erster-ton", "--json"))
    [episode] = document["episodes"]
    assert (episode["for"], episode["listen_url"], episode["audio"], episode["links"]) == (
        "customers",
        None,
        None,
        None,
    )


def test_a_program_that_publishes_brings_customers_the_episode_as_the_command_does(
    command: Command, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("customers", "key", "new")
    command("customers", "add", "Erika")
    path = studio.folder.parent / "keys" / "customers.key"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(studio.folder.parent / "settings"))  # where there is no key

    def published(title: str, customers_key: str) -> tuple[int, bool]:
        """How many feeds of customers have the title, and whether a warning says that they were left as they are."""
        studio.edit(f"title: {titles[-1]}", f"title: {title}")
        titles.append(title)
        show = load_show(studio.folder)
        desk = desk_of(show, "cms", studio.cache, customers_key=customers_key)
        outcome = publish([studio.folder / FIRST], show, studio.store, desk)
        assert outcome.error is None
        feeds = [data for key, data in studio.objects().items() if re.fullmatch(rf"{FOLDER}\w+/feed.xml", key)]
        told = any("no customers' key" in warning.message for warning in outcome.warnings)
        return sum(title.encode() in data for data in feeds), told

    titles = ["Der erste Ton"]
    assert published("Ohne Schlüssel", "") == (0, True)
    assert published("Mit der Datei", str(path)) == (1, False)
    assert published("Mit dem Wort", path.read_text("ascii")) == (1, False)
    (studio.folder.parent / "settings" / "sendung").mkdir(parents=True)
    path.rename(studio.folder.parent / "settings" / "sendung" / "customers.key")
    assert published("Wie der Befehl", "") == (1, False)


def test_prune_deletes_nothing_that_a_customers_feed_names(keyed: Studio) -> None:
    register, _ = add(["Erika"], keyed.run())
    keyed.edit('"0:05"', '"0:04.5"')
    assert keyed.publish().error is None
    run = keyed.run()
    late = keyed.run()
    object.__setattr__(late, "clock", lambda: run.clock() + timedelta(days=90))
    assert find_unnamed(late, timedelta(days=30)) == ()
    unnamed = find_unnamed(late, timedelta(days=30), old_revisions=True)
    assert unnamed, "the first public part, and the whole with the tags that it had"
    list(delete_unnamed(late, unnamed, old_revisions=True))
    data = feed_of(register, keyed.store, "Erika")
    keys = reachable(keyed.store, data)
    assert all(keyed.store.stat(key) for key in keys)
    for key in [key for key in keys if key.startswith(FOLDER) and not key.endswith("feed.xml")]:
        keyed.store.delete(key)
    run = keyed.run()

    refresh(run)
    assert all(keyed.store.stat(key) for key in keys), "all that customers fetch can be made again"


def test_what_is_private_stays_below_folders_that_no_policy_opens(keyed: Studio) -> None:
    add(["Erika"], keyed.run())
    register = open_register(keyed.run())
    [erika] = register.listed.active
    with pytest.raises(ObjectMissing):
        keyed.store.read("customers/index.html")
    assert key_of(register.page_url(erika)).startswith(FOLDER)
    assert all(key.startswith(PRIVATE) for key in keyed.objects() if "customers" in key and not key.startswith(FOLDER))
    assert KEY.of_show("a").files(1) != KEY.of_show("b").files(1)
