"""Who listens as a customer: one list of entries for all, each created once and never changed. Pure.

An entry holds hashes and dates, no name and no address. Folded from the first to the last, the entries say who has an
address now, the how manieth it is, and which of them moved the files last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from sendung.core.model import Fact

LOG = "records/customers/log/"
"""Below the records, but no key of one: versions before these skip it."""
_KEY = re.compile(rf"{LOG}(\d{{6,}})\.json")


class Action(StrEnum):
    """What happened to a customer, or to all."""

    ADDED = "added"
    REVOKED = "revoked"
    RENEWED = "renewed"
    """The customer got another address."""
    MOVED = "moved"
    """Nothing but the files moved."""


class CustomerStep(Fact):
    """One thing that happened."""

    action: Action
    customer: str = ""
    """The customer's number (CustomersKey.number_of)."""


class CustomersEntry(Fact):
    """What happened at once."""

    format: Literal[1] = 1
    number: int
    """Counts from 1."""
    key: str
    """The mark of the key that the numbers are made with."""
    steps: tuple[CustomerStep, ...]
    by: str
    at: AwareDatetime
    tool: str
    """The version of Sendung that wrote it."""

    @property
    def moves(self) -> bool:
        """Whether the files move with it: whoever lost an address knew where they were."""
        return any(step.action is not Action.ADDED for step in self.steps)


@dataclass(frozen=True)
class Customer:
    """One customer, as the entries leave them."""

    number: str
    serial: int
    """The how manieth address it is that they have, or had last."""
    since: datetime
    until: datetime | None = None
    """When they were revoked; None: they listen."""
    ended: tuple[tuple[int, datetime], ...] = ()
    """The serials of the addresses that are gone, and when they went."""


@dataclass(frozen=True)
class CustomerList:
    """All customers that there are or were."""

    by_number: dict[str, Customer] = field(default_factory=dict)
    moved: int = 0
    """The number of the entry that moved the files last."""
    last: int = 0
    """The number of the last entry."""
    mark: str = ""
    """That of the key; empty where there is no entry."""

    @property
    def active(self) -> list[Customer]:
        """Those who listen."""
        return [customer for customer in self.by_number.values() if customer.until is None]


def entry_key(number: int) -> str:
    """The key of an entry."""
    return f"{LOG}{number:06}.json"


def is_entry(key: str) -> bool:
    """Whether a key is that of an entry."""
    return _KEY.fullmatch(key) is not None


def entry_keys(keys: Iterable[str]) -> list[str]:
    """The keys of all entries among some keys, in order."""
    return sorted(filter(is_entry, keys), key=lambda key: (len(key), key))


def fold(entries: Sequence[CustomersEntry]) -> CustomerList:
    """What the entries say, in order."""
    if not entries:
        return CustomerList()
    by_number: dict[str, Customer] = {}
    for entry in entries:
        for step in entry.steps:
            if step.customer:
                by_number[step.customer] = _after(by_number.get(step.customer), step, entry.at)
    moved = next((entry.number for entry in reversed(entries) if entry.moves), 0)
    return CustomerList(by_number, moved, entries[-1].number, entries[-1].key)


def _after(customer: Customer | None, step: CustomerStep, at: datetime) -> Customer:
    """A customer after a step. One that changes nothing, as two hosts may add or revoke at once, changes nothing."""
    if customer is None:
        return Customer(step.customer, 1, at, None if step.action is Action.ADDED else at)
    listens = customer.until is None
    if step.action is Action.REVOKED and listens:
        return replace(customer, until=at, ended=(*customer.ended, (customer.serial, at)))
    if step.action is Action.RENEWED and listens:
        ended = (*customer.ended, (customer.serial, at))
        return replace(customer, serial=customer.serial + 1, ended=ended)
    if step.action is Action.ADDED and not listens:
        return replace(customer, serial=customer.serial + 1, since=at, until=None)
    return customer
