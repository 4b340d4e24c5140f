"""What commands need from the world outside: the show's folder, the clock, the caches, who is working."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.completion import episodes, episodes_and_show
from sendung.cli.prose import echo
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.cli.terminal import Terminal
    from sendung.config.show import ShowConfig
    from sendung.core.model import Episode
    from sendung.net import NetPolicy
    from sendung.store import Store
    from sendung.workflows.context import RunContext

ShowOption = Annotated[
    Path | None,
    typer.Option(
        "--show", metavar="DIR", help="The folder of show.yaml. Else this folder or the nearest parent that has one."
    ),
]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="SENDUNG_STORE",
        help="A directory or s3://bucket/prefix, instead of show.yaml's.",
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]
OverrideOption = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="EPISODE",
        autocompletion=episodes_and_show,
        help='Let this one pass (a slug, a GUID, or "show"), although it changes a public date, takes back the other '
        "host's changes, or leaves the feed. May be repeated.",
    ),
]
NewOption = Annotated[
    list[str] | None,
    typer.Option(
        "--new",
        metavar="EPISODE",
        help="This draft is an episode of its own, although it looks like a published one. May be repeated.",
    ),
]
EachOption = Annotated[
    bool, typer.Option("--each", help="Show each warning, also those that many episodes have alike.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, and nothing else, on stdout.")]
EndpointOption = Annotated[
    str, typer.Option("--endpoint-url", metavar="URL", help="Where the bucket of the store is, unless it is AWS.")
]
RegionOption = Annotated[
    str, typer.Option("--region", metavar="NAME", help="Where that service keeps the bucket, if it asks for it.")
]
EpisodesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[EPISODE]...",
        help="A slug, a part or number that only one has, or an episode's folder.",
        show_default=False,
        autocompletion=episodes,
    ),
]


FetchOption = Annotated[
    bool | None,
    typer.Option(
        "--fetch-article/--no-fetch-article",
        help="Ask the articles' own pages for their cards on listen pages, and for a title or summary that a draft "
        "leaves out. Else as fetch_articles in show.yaml says.",
        show_default=False,
    ),
]
VerboseOption = Annotated[
    int,
    typer.Option(
        "--verbose",
        "-v",
        count=True,
        metavar="",
        show_default=False,
        help="Tell on stderr how long each step and each request took; twice: also each ffmpeg, request, cache hit.",
    ),
]
FeedUrlOption = Annotated[
    str, typer.Option("--feed-url", metavar="URL", help="The address that a FEED which is a file was saved from.")
]
PrivateOption = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from this machine and the local network, too.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")]
NotesOption = Annotated[bool, typer.Option("--notes", help="Show notes, too: what is worth knowing, but right.")]


def open_show(folder: Path | None) -> ShowConfig:
    """The show of a folder, or of the nearest one above this. Raises ConfigError."""
    from sendung.config.show import find_show, load_show

    return load_show(folder.resolve() if folder else find_show(Path.cwd()))


def open_show_alone(folder: Path | None) -> ShowConfig:
    """The same for a command that needs none of the files that show.yaml names: a server has that file alone."""
    from sendung.config.show import find_show, load_show_alone

    return load_show_alone(folder.resolve() if folder else find_show(Path.cwd()))


def find_folders(show: ShowConfig, episodes: list[str]) -> list[Path]:
    """The folders of episodes that were named by slug, number, a part of the slug, or path, each once.

    What was meant by a number or a part is said on stderr. Raises UsageError for all that are none.
    """
    from difflib import get_close_matches

    from sendung.config.episode import find_drafts
    from sendung.core.errors import Problem, UsageError
    from sendung.core.guesses import meant

    drafts = {folder.name: folder for folder in find_drafts(show)}
    problems, folders = [], []
    for name in episodes:
        path = Path(name)
        if name in drafts:
            folders.append(drafts[name])
        elif path.is_dir():
            folders.append(path.resolve())
        elif len(parts := meant(name, drafts, lambda slug: _number(drafts[slug], show))) == 1:
            echo(told("{name} is {parts}.", name=name, parts=parts[0]), err=True)
            folders.append(drafts[parts[0]])
        elif parts:
            problems.append(
                Problem(say("{name} may be {parts}.", name=name, parts=", ".join(parts)), "Name the one that you mean.")
            )
        else:
            near = get_close_matches(name, drafts, n=1)
            have = ", ".join(drafts) or say("none yet")
            hint = say("Did you mean {near}?", near=near[0]) if near else say("The episodes here: {have}.", have=have)
            problems.append(Problem(say("There is no episode {name}.", name=name), hint))
    if problems:
        raise UsageError.of(problems)
    return list(dict.fromkeys(folders))


def _number(folder: Path, show: ShowConfig) -> int | None:
    """The number of a draft; None for one that has mistakes, which its own command tells."""
    from sendung.config.episode import load_draft
    from sendung.core.errors import SendungError

    try:
        return load_draft(folder, show).file.number
    except SendungError:
        return None


def open_store(show: ShowConfig, url: str | None) -> Store:
    """The show's store, or another one that the command line names. Raises ConfigError, UsageError, StoreError."""
    from sendung import store
    from sendung.workflows.store_of import store_of

    if url:
        return store.open_store(url, Path.cwd(), show.file.store.endpoint_url, show.file.store.region)
    return store_of(show)


def terminal(*, quiet: bool = False, verbose: int = 0) -> Terminal:
    """Where a command shows its progress; `verbose` is how often that option was given."""
    from rich.console import Console

    from sendung.cli.terminal import Terminal

    progress = Terminal(Console(highlight=False), quiet=quiet, verbose=verbose > 0)
    if verbose > 1:
        progress.hear_log()
    return progress


def ask(question: str) -> bool:
    """A yes or a no, in the host's language or in English; Enter means yes."""
    yes, no = told("yes"), told("no")
    while True:
        answer = (
            typer.prompt(f"{question} [{yes[0].upper()}/{no[0]}]", default=yes[0], show_default=False).strip().lower()
        )
        if answer in ("y", "yes", "n", "no", yes, no, yes[0], no[0]):
            return answer[0] in ("y", yes[0])
        echo(told("Say yes or no."))


def need_terminal() -> None:
    """Raise UsageError where nobody can be asked, and --yes is needed."""
    from sendung.core.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("This needs a yes, and there is no terminal to ask on.", "Add --yes.")


def confirm(question: str, *, yes: bool) -> None:
    """Ask before something is undone. Without a terminal to ask on, --yes is needed: raises UsageError."""
    if yes:
        return
    need_terminal()
    if not ask(told(question)):
        echo(told("Nothing was changed."))
        raise typer.Exit


def episode_words(episode: Episode) -> str:
    """A published episode, as questions name it."""
    return say('{slug} ("{title}", {date:%Y-%m-%d})', slug=episode.slug, title=episode.title, date=episode.date)


def cache_folder() -> Path:
    """Where this machine keeps what can be made again: SENDUNG_CACHE, or the user's cache folder."""
    from platformdirs import user_cache_path

    from sendung.core.errors import UsageError

    named = os.environ.get("SENDUNG_CACHE")
    try:
        folder = Path(named).expanduser() if named else user_cache_path("sendung", appauthor=False)
    except RuntimeError:  # nobody knows where that is; older versions of platformdirs leave "~" as it is
        folder = Path("~")
    if folder.parts[0].startswith("~"):
        message = "This machine knows no home folder of whoever runs Sendung, so it has no place for its cache."
        raise UsageError(message, "Set SENDUNG_CACHE to a folder that can be written.")
    return folder


def net_policy(show: ShowConfig, wanted: bool | None, *, allow_private: bool = False) -> NetPolicy | None:
    """How to reach the articles, if the host wants that: on the command line, else in show.yaml."""
    from sendung.net import NetPolicy

    asks = show.file.fetch_articles if wanted is None else wanted
    return NetPolicy(allow_private=allow_private) if asks else None


def clock() -> datetime:
    """The present moment, by this machine's clock."""
    return datetime.now(UTC)


def run_on(show: Path | None, store: str | None, **options: Any) -> RunContext:
    """A run on the show and the store that a command line names, as `run_context` makes it."""
    config = open_show_alone(show)
    return run_context(config, open_store(config, store), **options)


def run_context(config: ShowConfig, store: Store, **options: Any) -> RunContext:
    """A run on a store, by whoever works here (SENDUNG_BY, or the user at this machine), by this machine's clock.

    `options` are fields of RunContext.
    """
    from sendung.workflows.context import RunContext
    from sendung.workflows.customers.key_file import read_key

    key = read_key(named_key())
    fields = {"templates": config.templates, "announces": True, "customers_key": key, **options}
    return RunContext(store, _who(), clock, cache_folder(), **fields)


def bare_context(store: Store) -> RunContext:
    """A run on a store of which there is no show.yaml here."""
    from sendung.workflows.context import RunContext

    return RunContext(store, _who(), clock, cache_folder())


def named_key() -> str:
    """What says where the customers' key is: the key itself, its file, or nothing for that in the user's settings."""
    return os.environ.get("SENDUNG_CUSTOMERS_KEY", "")


def _who() -> str:
    """Whoever works here, in one line; in a container the user may be a number without a name."""
    import getpass
    import socket

    from sendung.core.text import clean

    named = os.fsencode(os.environ.get("SENDUNG_BY", ""))
    try:
        by = clean(named.decode())
    except UnicodeDecodeError:
        by = clean(named.decode("latin-1"))
    if by:
        return by
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return clean(f"{user}@{socket.gethostname()}")
