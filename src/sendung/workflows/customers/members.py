"""Entries of the customers' list: who is added, revoked, gets another address; and what comes of it in the store."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sendung.core.errors import ConflictError, Problem, UsageError
from sendung.core.model import Show
from sendung.core.version import __version__
from sendung.core.words import say
from sendung.records.customers import Action, Customer, CustomerList, CustomersEntry, CustomerStep
from sendung.records.customers_key import FOLDER, CustomersKey
from sendung.workflows.context import RunContext
from sendung.workflows.customers.names import check_names
from sendung.workflows.publish.customers import NO_KEY_HINT, check_key
from sendung.workflows.publish.site import refresh

_ATTEMPTS = 200
"""How often others may write to the list in between. Each attempt that fails is another's success."""
_TOKEN = re.compile(r"[0-9a-f]{32}")

Plan = Callable[[CustomerList], list[CustomerStep]]
"""What is to happen, as the list is now."""


@dataclass(frozen=True)
class Register:
    """The customers of a published show, and the key that makes their addresses."""

    show: Show
    listed: CustomerList
    key: CustomersKey

    def feed_url(self, customer: Customer) -> str:
        """The address of a customer's feed."""
        return self.show.url_of(f"{self._folder(customer)}feed.xml")

    def page_url(self, customer: Customer) -> str:
        """The address of a customer's page, which has buttons for apps."""
        return self.show.url_of(f"{self._folder(customer)}index.html")

    def _folder(self, customer: Customer) -> str:
        return f"{FOLDER}{self.key.token(customer.number, customer.serial)}/"

    def numbers(self, names: Sequence[str]) -> list[str]:
        """The customers of some names, ids or numbers. Raises UsageError, which repeats none of them."""
        numbers = [name if name in self.listed.by_number else self.key.number_of(name) for name in names]
        unknown = [place for place, number in enumerate(numbers, 1) if number not in self.listed.by_number]
        if unknown:
            hint = "A name counts as it was added, but for capitals and spaces; sendung customers list shows numbers."
            raise UsageError.of(
                Problem(say("Name {place} of the command is no customer's.", place=place), hint) for place in unknown
            )
        return list(dict.fromkeys(numbers))


def open_register(run: RunContext) -> Register:
    """The customers as the store has them now. Raises UsageError without a key or a published show; ConfigError."""
    archive = run.reader.archive()
    if archive.show is None:
        raise UsageError("The show is not published yet, so nobody can listen to it.", "Publish an episode first.")
    if run.customers_key is None:
        raise UsageError(
            "This machine has no customers' key.",
            say("{no_key_hint} The first host: customers key new.", no_key_hint=NO_KEY_HINT),
        )
    key, listed = run.customers_key.of_show(archive.show.show.guid), run.reader.customers(archive.listing)
    check_key(key, listed)
    return Register(archive.show.show, listed, key)


def add(names: Sequence[str], run: RunContext) -> tuple[Register, list[Customer]]:
    """Let some listen, and make their feeds; who listens already stays as they are. Raises as `open_register`.

    UsageError too for what is no name.
    """
    check_names(names)
    key = open_register(run).key
    numbers = list(dict.fromkeys(map(key.number_of, names)))

    def plan(listed: CustomerList) -> list[CustomerStep]:
        known = {customer.number for customer in listed.active}
        return [CustomerStep(action=Action.ADDED, customer=number) for number in numbers if number not in known]

    register = _write(plan, run)
    return register, [register.listed.by_number[number] for number in numbers]


def revoke(names: Sequence[str], run: RunContext) -> Register:
    """End the addresses of some, and move all files to where they cannot find them."""
    numbers = open_register(run).numbers(names)

    def plan(listed: CustomerList) -> list[CustomerStep]:
        known = {customer.number for customer in listed.active}
        return [CustomerStep(action=Action.REVOKED, customer=number) for number in numbers if number in known]

    return _write(plan, run)


def rotate(names: Sequence[str], run: RunContext) -> tuple[Register, list[Customer]]:
    """Move all files; who is named gets another address as well, and the old one ends. Raises UsageError."""
    register = open_register(run)
    numbers = register.numbers(names)
    gone = [place for place, number in enumerate(numbers, 1) if register.listed.by_number[number].until]
    if gone:
        message = say("Name {gone} of the command was revoked, and has no address.", gone=gone[0])
        raise UsageError(message, "To give one again: sendung customers add.")
    steps = [CustomerStep(action=Action.RENEWED, customer=number) for number in numbers]
    register = _write(lambda _listed: steps or [CustomerStep(action=Action.MOVED)], run)
    return register, [register.listed.by_number[number] for number in numbers]


def who(address: str, register: Register) -> list[Customer]:
    """Whose address it is, or was; everybody who had it, if it is of what all share. Raises UsageError."""
    tokens, key = set(_TOKEN.findall(address)), register.key
    customers = list(register.listed.by_number.values())
    owners = [
        customer
        for customer in customers
        if tokens & {key.token(customer.number, serial) for serial in range(1, customer.serial + 1)}
    ]
    if owners:
        return owners
    if tokens & {key.files(entry) for entry in range(register.listed.last + 1)}:
        return customers
    raise UsageError("That is no address of this show's customers.", "Give the whole address as it was found.")


def _write(plan: Plan, run: RunContext) -> Register:
    """Write the next entry, whoever else writes, and make it true; nothing where nothing is to happen."""
    for _ in range(_ATTEMPTS):
        register = open_register(run)
        steps = plan(register.listed)
        if not steps:
            break
        entry = CustomersEntry(
            number=register.listed.last + 1,
            key=register.key.mark,
            steps=tuple(steps),
            by=run.by,
            at=run.moment(),
            tool=__version__,
        )
        if run.reader.add_entry(entry):
            break
    else:
        raise ConflictError("Others keep writing to the list of customers.", "Run the same command again.")
    refresh(run)
    return open_register(run)
