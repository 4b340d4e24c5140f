"""sendung customers."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import JsonOption, ShowOption, StoreOption, YesOption
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.records.customers import Customer
    from sendung.workflows.context import RunContext
    from sendung.workflows.customers.members import Register


class CustomersAction(StrEnum):
    """What to do."""

    ADD = "add"
    IMPORT = "import"
    LIST = "list"
    LINKS = "links"
    REVOKE = "revoke"
    ROTATE = "rotate"
    EXPORT = "export"
    WHO = "who"
    KEY = "key"


def customers(
    action: Annotated[
        CustomersAction, typer.Argument(metavar="ACTION", help="What to do, as listed above.", show_default=False)
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="A customer's name or id; a table; an address.", show_default=False),
    ] = None,
    with_names: Annotated[bool, typer.Option("--names", help="Show names, too, from the file beside the key.")] = False,
    qr: Annotated[
        Path | None, typer.Option("--qr", metavar="FILE", help="With links: the QR code of the page, .svg or .png.")
    ] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="With links: a block for a mail to that customer, HTML with inlined styles.")
    ] = False,
    show: ShowOption = None,
    store: StoreOption = None,
    yes: YesOption = False,
    json: JsonOption = False,
) -> None:
    """Say who may listen as a customer, and find their addresses.

    key new: make the key that all addresses are made with. add NAME...: let some listen. import FILE: all in a table
    (CSV). list: who listens. links NAME: one's address, for a mail. revoke NAME...: end addresses, and move all files
    to where they cannot be found with them. rotate: move all files; rotate NAME...: and give these another address.
    export: a table with all addresses. who ADDRESS: whose it is.

    Examples: sendung customers key new · sendung customers add 4711 "Erika Muster" · sendung customers list --names ·
    sendung customers links 4711 · sendung customers rotate · sendung customers revoke 4711 --yes
    """
    from sendung.cli.options import run_on

    named = names or []
    if action is CustomersAction.KEY:
        _make_key(named)
        return
    _check_names(action, named)
    run = run_on(show, store)
    if action is CustomersAction.ADD:
        _add(named, run, json=json)
    elif action is CustomersAction.IMPORT:
        from sendung.workflows.customers.names import read_table

        _add(read_table(Path(named[0])), run, json=json)
    elif action in {CustomersAction.REVOKE, CustomersAction.ROTATE}:
        _change(action, named, run, yes=yes)
    else:
        _tell(action, named, run, _Telling(with_names, json, qr, mail))


class _Telling:
    """How a host wants it told."""

    def __init__(self, names: bool, json: bool, qr: Path | None, mail: bool) -> None:
        self.names, self.json, self.qr, self.mail = names, json, qr, mail


_COUNTS = {
    CustomersAction.ADD: (1, 10_000),
    CustomersAction.IMPORT: (1, 1),
    CustomersAction.LIST: (0, 0),
    CustomersAction.LINKS: (1, 1),
    CustomersAction.REVOKE: (1, 10_000),
    CustomersAction.ROTATE: (0, 10_000),
    CustomersAction.EXPORT: (0, 0),
    CustomersAction.WHO: (1, 1),
}


def _check_names(action: CustomersAction, names: list[str]) -> None:
    from sendung.core.errors import UsageError

    least, most = _COUNTS[action]
    if not least <= len(names) <= most:
        wanted = say("nothing more") if most == 0 else say("one more word") if most == 1 else say("at least one name")
        raise UsageError(
            say("customers {action} takes {wanted}.", action=action, wanted=wanted),
            "sendung customers --help lists what there is.",
        )


def _make_key(words: list[str]) -> None:
    """Write a new key where nobody else can read it."""
    import os

    from sendung.cli.options import named_key
    from sendung.core.errors import UsageError, unwritable
    from sendung.records.customers_key import CustomersKey
    from sendung.workflows.customers.key_file import key_file

    if words != ["new"]:
        raise UsageError('After customers key comes "new".', "sendung customers key new")
    path = key_file(named_key())
    if path is None:
        raise UsageError("SENDUNG_CUSTOMERS_KEY holds a key already.", "Unset it, or let it name a file.")
    if any((folder / ".git").exists() or (folder / "show.yaml").exists() for folder in path.resolve().parents):
        raise UsageError(
            say("{path} is in a repository or a show's folder.", path=path), "Keep the key outside of both."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        if not path.exists():
            raise unwritable(path, error, "Let SENDUNG_CUSTOMERS_KEY name another file.") from None
        message = say("There is a key already in {path}: another one would make other addresses.", path=path)
        raise UsageError(message, "Keep it. To end addresses: sendung customers revoke, or rotate.") from None
    with os.fdopen(file, "w", encoding="ascii") as opened:
        opened.write(f"{CustomersKey.new().written}\n")
    echo(told("The key is in {path}. Keep a copy where nobody finds it, and give one to the other host.", path=path))


def _add(names: list[str], run: RunContext, *, json: bool) -> None:
    from sendung.cli.options import named_key
    from sendung.cli.output import count, print_json
    from sendung.workflows.customers.key_file import names_file
    from sendung.workflows.customers.members import add
    from sendung.workflows.customers.names import read_names, remember

    path = names_file(named_key())
    if path:
        read_names(path)  # where that cannot be, nothing happens
    register, added = add(names, run)
    if path:
        remember(path, {register.key.number_of(name): name for name in names})
    if json:
        print_json({"customers": [_value(customer) for customer in added]})
        return
    echo(
        told(
            "{count} may listen; {active_count} do in all.",
            count=count(len(added), "customer"),
            active_count=len(register.listed.active),
        )
    )
    echo(told("Addresses: sendung customers links NAME, or sendung customers export"))


def _change(action: CustomersAction, names: list[str], run: RunContext, *, yes: bool) -> None:
    from sendung.cli.options import confirm
    from sendung.cli.output import count
    from sendung.workflows.customers.members import revoke, rotate

    if action is CustomersAction.REVOKE:
        confirm(told("End the addresses of {count}?", count=count(len(names), "customer")), yes=yes)
        register = revoke(names, run)
        echo(
            told(
                "They are ended, and all files have moved; {active_count} still listen.",
                active_count=len(register.listed.active),
            )
        )
        return
    register, renewed = rotate(names, run)
    echo(told("All files have moved, and every feed knows where."))
    for customer in renewed:
        typer.echo(register.page_url(customer))


def _tell(action: CustomersAction, named: list[str], run: RunContext, how: _Telling) -> None:
    from sendung.cli.options import named_key
    from sendung.workflows.customers.key_file import names_file
    from sendung.workflows.customers.members import open_register, who
    from sendung.workflows.customers.names import read_names

    register = open_register(run)
    path = names_file(named_key())
    names = read_names(path) if how.names and path else {}
    if action is CustomersAction.LINKS:
        _print_links(register, named[0], how)
    elif action is CustomersAction.EXPORT:
        _print_table(register, names)
    else:
        everyone = list(register.listed.by_number.values())
        _print_list(who(named[0], register) if action is CustomersAction.WHO else everyone, names, json=how.json)


def _print_links(register: Register, name: str, how: _Telling) -> None:
    from sendung.cli.output import write_file
    from sendung.core.errors import UsageError
    from sendung.website.customers import private_ways
    from sendung.website.newsletter import invitation
    from sendung.workflows.links import qr_code

    customer = register.listed.by_number[register.numbers([name])[0]]
    if customer.until:
        raise UsageError("That customer was revoked, and has no address.", "To give one again: customers add.")
    feed_url, page_url = register.feed_url(customer), register.page_url(customer)
    if how.qr:
        write_file(how.qr, qr_code(page_url, how.qr))
    if how.mail:
        typer.echo(invitation(register.show, page_url, feed_url))
        return
    echo(
        told("{title}\n{page_url}\n\nRSS: {feed_url}", title=register.show.title, page_url=page_url, feed_url=feed_url)
    )
    for way in private_ways(feed_url):
        typer.echo(f"{way.name}: {way.url}")


def _print_table(register: Register, names: dict[str, str]) -> None:
    import csv
    import sys

    from sendung.core.text import safe_cell

    table = csv.writer(sys.stdout)
    table.writerow(["number", *(["name"] if names else []), "since", "page", "feed"])
    for customer in register.listed.active:
        named = [safe_cell(names.get(customer.number, ""))] if names else []
        addresses = (register.page_url(customer), register.feed_url(customer))
        table.writerow([customer.number, *named, f"{customer.since:%Y-%m-%d}", *addresses])


def _print_list(customers: list[Customer], names: dict[str, str], *, json: bool) -> None:
    from sendung.cli.output import print_json

    if json:
        values = [_value(customer) | _named(customer, names) for customer in customers]
        print_json({"customers": values})
        return
    for customer in sorted(customers, key=lambda customer: customer.since):
        ended = told("  ended {until:%Y-%m-%d}", until=customer.until) if customer.until else ""
        typer.echo(f"{customer.number}  {customer.since:%Y-%m-%d}{ended}  {names.get(customer.number, '')}".rstrip())


def _value(customer: Customer) -> dict[str, Any]:
    until = customer.until.isoformat() if customer.until else None
    return {"number": customer.number, "since": customer.since.isoformat(), "until": until}


def _named(customer: Customer, names: dict[str, str]) -> dict[str, str]:
    return {"name": names[customer.number]} if customer.number in names else {}
