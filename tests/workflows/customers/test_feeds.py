"""A feed for each customer: what is in it, whom it tells, and that nothing else tells where it is."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import podcastparser
import pytest
from lxml import etree

from sendung.core.errors import ConfigError, UsageError
from sendung.records.customers_key import CustomersKey
from sendung.workflows.customers.members import add, open_register, revoke, rotate, who
from sendung.workflows.customers.names import read_table
from sendung.workflows.history.rollback import withdraw
from sendung.workflows.publish.site import refresh

from .conftest import (
    BASE,
    BEHIND,
    CUT,
    KEY,
    Studio,
    addresses_in,
    feed_of,
    key_of,
    reachable,
    texts_of,
)

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


def test_a_customer_gets_the_whole_at_an_address_of_their_own(keyed: Studio) -> None:
    register, [erika] = add(["Erika  Muster"], keyed.run())
    data = feed_of(register, keyed.store, "erika muster")
    parsed = podcastparser.parse(register.feed_url(erika), io.BytesIO(data))
    [item] = parsed["episodes"]
    assert (parsed["title"], item["total_time"]) == ("Zwei Töne für Kunden", 8)
    [enclosure] = item["enclosures"]
    stat = keyed.store.stat(key_of(enclosure["url"]))
    assert stat is not None
    assert stat.size == enclosure["file_size"]
    public = etree.fromstring(keyed.store.read("feed.xml").data)
    assert item["guid"] == public.findtext(".//item/guid"), "who moves from feed to feed keeps what was heard"
    channel = etree.fromstring(data)
    assert channel.findtext(f".//channel/{ITUNES}block") == "Yes"
    assert b"<podcast:locked owner=" in data
    assert b">yes</podcast:locked>" in data
    guids = [etree.ElementTree(root).getroot().findtext(".//{*}channel/{*}guid") for root in (public, channel)]
    assert guids[0] != guids[1]
    for word in ("Kundenkapitel", "Geheimwissen"):
        assert word in data.decode()
    for key in reachable(keyed.store, data):
        assert keyed.store.stat(key), key
    page = keyed.store.read(key_of(register.page_url(erika))).data.decode()
    assert 'content="noindex, nofollow, noarchive"' in page
    assert f"podcast://{register.feed_url(erika).removeprefix('https://')}" in page
    [whole] = [key for key in reachable(keyed.store, data) if key.endswith("e/erster-ton/index.html")]
    assert all(word in keyed.store.read(whole).data.decode() for word in BEHIND)


def test_nothing_but_what_is_a_customers_own_tells_an_address_or_a_name(keyed: Studio) -> None:
    register, _ = add(["Erika Muster", "4711"], keyed.run())
    revoke(["4711"], keyed.run())
    register = open_register(keyed.run())
    key, listed = register.key, register.listed
    secrets = {key.token(number, 1) for number in listed.by_number} | {key.files(entry) for entry in range(9)}
    secrets |= {key.placeholder, KEY.written, KEY.secret.hex(), "Erika", "Muster", "4711"}
    for name, data in keyed.objects().items():
        text = texts_of(name, data)
        if not name.startswith("customers/"):
            assert not [secret for secret in secrets if secret in text], name
            assert name.startswith("records/") or not [word for word in BEHIND if word in text], name
        else:
            assert key.placeholder not in text, name
    assert "4711" not in str(KEY) + repr(keyed.run())
    assert KEY.secret.hex() not in repr(KEY) + repr(keyed.run())


def test_publishing_again_writes_no_feed_and_an_edit_writes_each(keyed: Studio) -> None:
    register, _ = add(["a", "b", "c"], keyed.run())
    before = keyed.objects()
    refresh(keyed.run())
    assert keyed.objects() == before
    keyed.edit("title: Der erste Ton", "title: Der allererste Ton")
    assert keyed.publish().error is None
    changed = {name for name, data in keyed.objects().items() if before.get(name) != data}
    feeds = {key_of(register.feed_url(customer)) for customer in register.listed.active}
    assert feeds <= changed
    pages = {key_of(register.page_url(customer)) for customer in register.listed.active}
    assert not pages & changed


def test_what_a_revoked_customer_knew_leads_nowhere_and_all_others_go_on(placed: Studio) -> None:
    register, _ = add(["Erika", "Hans"], placed.run())
    known = feed_of(register, placed.store, "Hans")
    hans = register.listed.by_number[register.key.number_of("Hans")]
    addresses = {key for key in reachable(placed.store, known) if key.startswith("customers/")}
    addresses |= {key_of(register.feed_url(hans)), key_of(register.page_url(hans))}
    assert len(addresses) > 6
    register = revoke(["hans"], placed.run())
    for key in addresses:
        if placed.store.stat(key):
            text = placed.store.read(key).data.decode()
            assert "Dieses Abo ist beendet" in text or "Diese Adresse gilt nicht mehr" in text, key
    ended = feed_of(register, placed.store, "Hans")
    assert reachable(placed.store, ended) == set()
    assert len(podcastparser.parse("https://example.org/", io.BytesIO(ended))["episodes"]) == 1
    left = feed_of(register, placed.store, "Erika")
    assert addresses_in(left)
    assert all(placed.store.stat(key) for key in reachable(placed.store, left))
    assert revoke(["hans"], placed.run()).listed.last == register.listed.last, "revoking twice is revoking once"
    _, [again] = add(["Hans"], placed.run())
    assert again.serial == 2


def test_an_address_that_leaked_is_found_again_and_replaced(keyed: Studio) -> None:
    register, [erika, hans] = add(["Erika", "Hans"], keyed.run())
    old = register.feed_url(erika)
    assert who(f"see {old}?x", register) == [erika]
    page = next(key for key in reachable(keyed.store, feed_of(register, keyed.store, "Erika")) if "/e/" in key)
    assert {customer.number for customer in who(BASE + page, register)} == {erika.number, hans.number}
    register, [renewed] = rotate(["Erika"], keyed.run())
    assert register.feed_url(renewed) != old
    assert "beendet" in keyed.store.read(key_of(old)).data.decode()
    assert who(old, register) == [renewed]
    with pytest.raises(UsageError, match="no address of this show"):
        who("https://example.org/", register)
    with pytest.raises(UsageError, match="Name 2 of the command is no customer's") as caught:
        rotate(["Erika", "Geheimer Name"], keyed.run())
    assert "Geheimer" not in str(caught.value)


def test_without_the_key_all_else_goes_on_and_with_another_one_it_is_said(keyed: Studio) -> None:
    add(["Erika"], keyed.run())
    keyed.edit("title: Der erste Ton", "title: Der allererste Ton")
    before = {key: data for key, data in keyed.objects().items() if key.startswith("customers/")}
    bare = replace(keyed, options={})
    assert bare.publish().error is None
    assert any("no customers' key" in warning for warning in bare.heard.words)
    assert {key: data for key, data in keyed.objects().items() if key.startswith("customers/")} == before
    other = {"customers_key": CustomersKey(bytes(32))}
    with pytest.raises(ConfigError, match="not the key that the customers' addresses were made with"):
        add(["Hans"], keyed.run(**other))
    with pytest.raises(ConfigError, match="not the key"):
        refresh(keyed.run(**other))
    refresh(keyed.run())
    feed = feed_of(open_register(keyed.run()), keyed.store, "Erika")
    assert "Der allererste Ton" in feed.decode()


def test_withdrawn_and_scheduled_episodes_are_in_no_customers_feed(keyed: Studio) -> None:
    keyed.add_episode("zweiter-ton", "Der zweite Ton")
    keyed.edit("date: 2026-11-01 06:00", "date: 2999-11-01 06:00", "episodes/zweiter-ton/episode.yaml")
    assert keyed.publish("zweiter-ton").error is None
    register, _ = add(["Erika"], keyed.run())
    data = feed_of(register, keyed.store, "Erika")
    assert b"zweite" not in data
    withdraw("erster-ton", keyed.run(), delete_audio=True)
    assert b"<item>" not in feed_of(register, keyed.store, "Erika")
    left = [key for key in keyed.objects() if key.endswith(".mp3") and "erster" in key]
    assert left == []


def test_an_episode_for_customers_alone_is_in_their_feeds(keyed: Studio) -> None:
    add(["Erika"], keyed.run())
    keyed.edit(CUT, "for: customers")
    keyed.add_episode("zweiter-ton", "Der zweite Ton")
    assert keyed.publish("zweiter-ton").error is None
    assert keyed.publish(override=("erster-ton",)).error is None
    data = feed_of(open_register(keyed.run()), keyed.store, "Erika").decode()
    assert "Der erste Ton" in data
    assert "Der zweite Ton" in data
    assert all(keyed.store.stat(key) for key in reachable(keyed.store, data.encode()))


def test_notes_for_customers_alone_leave_the_sound_as_it_is(keyed: Studio) -> None:
    add(["Erika"], keyed.run())
    keyed.edit(f"{CUT}\n", "")
    assert keyed.publish().error is None
    assert not [key for key, data in keyed.public().items() if "Geheimwissen" in texts_of(key, data)]
    data = feed_of(open_register(keyed.run()), keyed.store, "Erika")
    assert b"Geheimwissen" in data
    [enclosure] = etree.fromstring(data).iterfind(".//enclosure")
    assert enclosure.get("url", "").startswith(f"{BASE}audio/"), "the public file is whole"


def test_a_table_of_a_thousand_is_one_entry_and_its_mistakes_are_told_by_line(keyed: Studio, tmp_path: Path) -> None:
    table = tmp_path / "crm.csv"
    lines = ["Kundennummer;Name", *(f"{number};Kunde {number}" for number in range(1000))]
    table.write_text("\n".join(lines), "utf-8")
    names = read_table(table)
    assert names[:2] == ["0", "1"]
    register, added = add(names[:60], keyed.run())
    assert (len(names), len(added), register.listed.last) == (1000, 60, 1)
    lines[4], lines[7], lines[9] = "3;Zu;viel", ";Ohne", "1;Kunde 1"
    table.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_table(table)
    told = [str(problem).rpartition("crm.csv")[2] for problem in caught.value.problems]
    assert told == [
        ":5: The line has 3 columns, and the first one 2.",
        ":8: The line does not say who it is.",
        ":10: This customer is in an earlier line already.",
    ]
