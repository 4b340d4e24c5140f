"""sendung import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import EachOption, FeedUrlOption, JsonOption, PrivateOption, clock, terminal
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.workflows.importer import Imported
    from sendung.workflows.importer.losses import Loss

_WEB = ("https://", "http://")
_FEED_SCHEMES = ("feed://", "podcast://", "itpc://", "pcast://")
"""What directories write before a feed's address in place of https."""

SkipOption = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="GUID", help="Leave out an episode, as its audio is gone; may be repeated."),
]
UserOption = Annotated[
    str,
    typer.Option(
        "--user",
        metavar="NAME:PASSWORD",
        help="Sent to the old feed's own server only.",
        envvar="SENDUNG_IMPORT_USER",
    ),
]
OwnerOption = Annotated[
    str, typer.Option("--owner", metavar="EMAIL", help="Import a locked feed that names this owner's address.")
]
ZoneOption = Annotated[
    str | None, typer.Option("--timezone", metavar="ZONE", help="The show's time zone, such as Europe/Berlin.")
]
PublicUrlOption = Annotated[
    str | None, typer.Option("--public-url", metavar="URL", help="Where the new show will be on the web.")
]


def import_(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The old feed: its address, or a file.")],
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="The show's new folder.", show_default="this folder")
    ] = Path(),
    public_url: PublicUrlOption = None,
    timezone: ZoneOption = None,
    no_audio: Annotated[
        bool, typer.Option("--no-audio", help="Leave the audio for later; the same command without this gets it.")
    ] = False,
    master: Annotated[
        bool, typer.Option("--master", help="Master the audio anew; else it goes out bit for bit as it is.")
    ] = False,
    feed_url: FeedUrlOption = "",
    skip: SkipOption = None,
    user: UserOption = "",
    own: Annotated[bool, typer.Option("--i-own-it", help="Import a locked feed: the show is yours.")] = False,
    owner: OwnerOption = "",
    allow_private: PrivateOption = False,
    each: EachOption = False,
    as_json: JsonOption = False,
) -> None:
    """Move a podcast here from any host: show.yaml and a folder for each episode, made from its feed.

    GUIDs are kept to the letter, so no app downloads an episode twice. Nothing that is there is written over; a
    second run goes on where the first one ended.

    Example: sendung import https://feeds.example.com/show.xml my-show --public-url https://cdn.example.org/show
    """
    from sendung.cli.output import print_json, problems_of
    from sendung.core.errors import SendungError
    from sendung.workflows.importer import ImportOptions, import_show

    address, credentials = _without_credentials(feed)
    options = ImportOptions(
        public_url=public_url,
        timezone=timezone,
        audio=not no_audio,
        master=master,
        own=own,
        owner=owner,
        feed_url=feed_url,
        skip=frozenset(skip or ()),
        user=user or credentials,
        allow_private=allow_private,
    )
    try:
        done = import_show(_source(address), folder.resolve(), options, clock(), terminal(quiet=as_json))
    except SendungError as error:
        if as_json:
            print_json({"episodes": [], "problems": problems_of(error)})
        raise
    if as_json:
        print_json(_document(done))
    else:
        _print(done, each=each)
    if done.error:
        raise done.error


def _without_credentials(feed: str) -> tuple[str, str]:
    """An address without its name and password, and these as "name:password"."""
    from urllib.parse import unquote, urlsplit

    if "://" not in feed or "@" not in urlsplit(feed).netloc:
        return feed, ""
    words = urlsplit(feed).netloc.rpartition("@")[0]
    return feed.replace(f"{words}@", "", 1), unquote(words)


def _source(feed: str) -> str | Path:
    """An address, or the path of a file. Raises UsageError for another kind of address."""
    from sendung.core.errors import UsageError

    if feed.startswith(_WEB):
        return feed
    for scheme in _FEED_SCHEMES:
        if feed.startswith(scheme):
            return "https://" + feed.removeprefix(scheme)
    if "://" in feed and not feed.startswith("file://"):
        raise UsageError(say("{feed} is no address that a feed is fetched from.", feed=feed), "Write it as https://...")
    return Path(feed.removeprefix("file://")).resolve()


def _document(done: Imported) -> dict[str, Any]:
    """What an import did, as `--json` prints it."""
    from sendung.cli.output import problem_value, problems_of

    return {
        "folder": str(done.folder),
        "old_feed_url": done.show.url or None,
        "moving": str(done.moving) if done.moving else None,
        "episodes": [
            {
                "slug": episode.slug,
                "guid": episode.guid,
                "title": episode.title,
                "status": str(episode.status),
                "problems": [*map(problem_value, episode.warnings), *problems_of(episode.error)],
            }
            for episode in done.episodes
        ],
        "moved": done.moved,
        "missing": done.missing,
        "hidden": done.hidden,
        "changed_guids": done.changed_guids,
        "losses": [
            {"item": loss.item, "guid": loss.guid or None, "tag": loss.tag, "value": loss.value, "why": loss.why}
            for loss in done.losses
        ],
        "problems": [problem_value(problem) for problem in done.warnings],
    }


def _print_losses(losses: Sequence[Loss]) -> None:
    """What the old feed has and the result has not: a line for each tag and reason, with the first value."""
    from collections import defaultdict

    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from sendung.cli.terminal import error_console

    if not losses:
        return
    alike = defaultdict(list)
    for loss in losses:
        alike[loss.tag, loss.why].append(loss)
    table = Table(
        box=box.SIMPLE_HEAD,
        title=told("{count} values of the old feed are not kept (--json lists each)", count=len(losses)),
    )
    for name in (told("tag"), told("value"), told("of"), told("why")):
        table.add_column(name, overflow="fold")
    for (tag, why), group in sorted(alike.items()):
        item = told("“{title}”", title=group[0].item[:30]) if group[0].item else told("the show")
        more = told(" and {group_count} more", group_count=len(group) - 1) if len(group) > 1 else ""
        table.add_row(tag, escape(group[0].value[:60]), escape(f"{item}{more}"), escape(told(why)))
    error_console().print(table)


def _print(done: Imported, *, each: bool) -> None:
    """What an import did, in words."""
    from sendung.cli.groups import grouped
    from sendung.cli.terminal import error_console, print_problem, show_place
    from sendung.core.errors import Place

    console = error_console()
    warnings = [*done.warnings, *(problem for episode in done.episodes for problem in episode.warnings)]
    for problem in warnings if each else grouped(warnings):
        print_problem(console, problem)
    _print_losses(done.losses)
    count = {
        status: sum(episode.status == status for episode in done.episodes) for status in ("imported", "there", "failed")
    }
    parts = [
        told("{count} imported", count=count["imported"]),
        told("{count} were there", count=count["there"]),
        told("{count} failed", count=count["failed"]),
    ]
    closing = told(
        "{moved} moved, {missing} missing, {hidden} hidden, {changed_guids} GUIDs changed.",
        moved=done.moved,
        missing=done.missing,
        hidden=done.hidden,
        changed_guids=done.changed_guids,
    )
    echo(
        told(
            "“{title}” in {show_place}: {parts}.",
            title=done.show.title,
            show_place=show_place(Place(done.folder)),
            parts=", ".join(parts),
        )
    )
    typer.echo(closing)
    if count["failed"]:
        echo(told("Run the same command again: it goes on where this one ended."))
        echo(told("What is gone for ever is left out with --skip GUID; the others can be published now."))
    else:
        folder = show_place(Place(done.folder))
        into = "" if folder == "." else say("cd {folder}, then ", folder=folder)
        echo(told("Next: {into}sendung check, then sendung publish --all.", into=into))
    if done.moving:
        echo(told("How listeners come along stands in {show_place}.", show_place=show_place(Place(done.moving))))
