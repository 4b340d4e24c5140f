"""sendung init."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sendung.cli.options import EndpointOption, RegionOption
from sendung.cli.prose import echo, wrapped
from sendung.core.words import say, told

if TYPE_CHECKING:
    from sendung.workflows.init import MadeShow


FolderArgument = Annotated[Path, typer.Argument(metavar="[DIR]", help="The show's folder.", show_default="this folder")]
TitleOption = Annotated[str | None, typer.Option("--title", help="The show's name.", show_default=False)]
DescriptionOption = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What it is about. Else its name.")
]
HostOption = Annotated[list[str] | None, typer.Option("--host", metavar="NAME", help="Who is heard. May be repeated.")]
EmailOption = Annotated[
    str | None, typer.Option("--email", help="Where directories write to; it is public in the feed.")
]
LanguageOption = Annotated[
    str | None, typer.Option("--language", metavar="TAG", help='Such as "de". Else this machine\'s.')
]
TimezoneOption = Annotated[
    str | None, typer.Option("--timezone", metavar="ZONE", help='Such as "Europe/Berlin". Else this machine\'s.')
]
PublicUrlOption = Annotated[
    str | None, typer.Option("--public-url", metavar="URL", help="Where listeners will find the show on the web.")
]
WebsiteOption = Annotated[str, typer.Option("--website", metavar="URL", help="The site with the articles.")]
CategoryOption = Annotated[str, typer.Option("--category", help="One of Apple's categories.")]
ShowStoreOption = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Where it is kept: a directory or s3://bucket/prefix. Else public/."),
]
CoverOption = Annotated[
    Path | None, typer.Option("--cover", metavar="FILE", help="A square JPEG or PNG. Else one is drawn.")
]
AudioOption = Annotated[
    Path | None, typer.Option("--audio", metavar="FILE", help="The first episode's recording. Else it is a chime.")
]
InstallOption = Annotated[
    str | None,
    typer.Option(
        "--install-from",
        metavar="SOURCE",
        help="Where other machines install Sendung from: git+https://HOST/PATH@COMMIT, or a wheel's address or path.",
        show_default="as this one was",
    ),
]


def init(
    folder: FolderArgument = Path(),
    title: TitleOption = None,
    description: DescriptionOption = None,
    host: HostOption = None,
    email: EmailOption = None,
    language: LanguageOption = None,
    timezone: TimezoneOption = None,
    public_url: PublicUrlOption = None,
    website: WebsiteOption = "https://www.example.org/",
    category: CategoryOption = "Technology",
    store: ShowStoreOption = None,
    endpoint_url: EndpointOption = "",
    region: RegionOption = "",
    cover: CoverOption = None,
    audio: AudioOption = None,
    install_from: InstallOption = None,
) -> None:
    """Make a new show: show.yaml, a first episode, and what runs it, ready to be checked and published.

    On a terminal it asks for what no option says. Nothing that is there is ever written over.

    Examples: sendung init · sendung init my-show --title "Ada and Friends" --host "Ada Example" --email
    ada@example.org
    """
    import uuid

    from sendung.cli.options import clock, terminal
    from sendung.workflows.init import Answers, make_show, mended

    options = {
        "title": title,
        "description": description,
        "host": ",".join(host or ()) or None,
        "email": email,
        "language": language,
        "timezone": timezone,
        "store": store,
        "endpoint_url": endpoint_url or None,
        "region": region or None,
        "public_url": public_url,
        "website": website,
        "category": category,
        "install_from": install_from,
    }
    known = _complete({name: mended(name, value) for name, value in options.items() if value is not None})
    values: dict[str, Any] = {
        **known,
        "description": known.get("description") or known["title"],
        "host": tuple(name.strip() for name in known["host"].split(",") if name.strip()),
    }
    answers = Answers(**values, cover=cover, audio=audio)
    program = str(Path(sys.executable).with_name("sendung"))
    guids = (str(uuid.uuid4()), str(uuid.uuid4()))
    _print(make_show(folder.resolve(), answers, guids, clock(), program, terminal()))


def _complete(answers: dict[str, str]) -> dict[str, str]:
    """The answers, asked for where no option gives them. Raises UsageError if there is nobody to ask."""
    from sendung.cli.installed import installed_from
    from sendung.core.errors import UsageError

    guesses = {
        "language": _language(),
        "timezone": _timezone(),
        "store": "public",
        "public_url": _PUBLIC_URL,
        "install_from": installed_from(),
    }
    if sys.stdin.isatty() and sys.stdout.isatty():
        skipped = {*answers, *(() if answers.get("store", "").startswith("s3://") else _OF_BUCKETS)}
        return answers | _asked([name for name in _QUESTIONS if name not in skipped], guesses)
    missing = [f"--{name}" for name in ("title", "host", "email") if name not in answers]
    if missing:
        message = say("A new show needs {missing}, and there is no terminal to ask on.", missing=", ".join(missing))
        example = 'sendung init my-show --title "My Show" --host "My Name" --email me@example.org'
        raise UsageError(message, say("For example: {example}", example=example))
    return guesses | answers


_QUESTIONS = {
    "title": "What is the show's name?",
    "description": "What is it about, in a sentence or two?",
    "host": "Who is heard in it? (names, with commas between)",
    "email": "Which e-mail address may directories write to? (it is public)",
    "language": "Which language is spoken?",
    "timezone": "In which time zone are your dates?",
    "store": "Where is it kept? (a folder, or s3://bucket/prefix)",
    "endpoint_url": "At which address is the service that has the bucket? (https://…; Enter: AWS)",
    "region": "In which region is the bucket? (Enter: the service asks for none)",
    "public_url": "Where will listeners find it on the web? (Enter: not known yet)",
    "install_from": "Where do other machines install sendung from? (git+https://…@COMMIT, or a wheel; Enter: none do)",
}
_OF_BUCKETS = ("endpoint_url", "region")
"""What is asked of a store that is a bucket."""
_PUBLIC_URL = "https://podcast.example.org"


def _asked(names: list[str], guesses: dict[str, str]) -> dict[str, str]:
    """The answers to some questions. Whoever goes back sees what they said, and can say it again with Enter."""
    echo(told("Enter takes what stands in brackets; < goes back."))
    answers: dict[str, str] = {}
    names = list(names)
    number = 0
    while number < len(names):
        name = names[number]
        answer = _ask(name, _QUESTIONS[name], answers.get(name, guesses.get(name)))
        if answer is None:
            number = max(number - 1, 0)
            continue
        answers[name] = answer
        number += 1
        if name == "store":
            names = [other for other in names if other not in _OF_BUCKETS]
            names[number:number] = _OF_BUCKETS if answer.startswith("s3://") else ()
    return {name: answers[name] for name in names}


def _ask(name: str, question: str, default: str | None) -> str | None:
    """An answer that fits; asked again until it does. None: back to the question before."""
    from rich.console import Console

    from sendung.cli.terminal import print_problem
    from sendung.workflows.init import fault_of, mended

    while True:
        shown = f" [{default}]" if default else ""
        words = wrapped(told(question) + shown, shutil.get_terminal_size().columns)
        typed = str(typer.prompt(words, default=default or "", show_default=False, prompt_suffix=" ")).strip()
        if typed == "<":
            return None
        answer = mended(name, typed)
        if not (problem := fault_of(name, answer, say("The answer"))):
            return answer
        print_problem(Console(highlight=False), problem)


def _language() -> str:
    """The language of whoever sits here, by the locale's name: de_DE.UTF-8 is de."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    language = named.partition(".")[0].partition("_")[0].lower()
    return language if len(language) == 2 and language.isalpha() else "en"


def _timezone() -> str:
    """The time zone of this machine, by TZ or by where /etc/localtime leads."""
    from zoneinfo import available_timezones

    named = os.environ.get("TZ", "").removeprefix(":")
    linked = os.path.realpath("/etc/localtime").rpartition("zoneinfo/")[2]
    return next((name for name in (named, linked) if name in available_timezones()), "UTC")


def _print(show: MadeShow) -> None:
    from sendung.cli.terminal import show_place
    from sendung.core.errors import Place
    from sendung.workflows.init import FILES

    folder = show_place(Place(show.folder))
    echo(told("The show is in {folder}:", folder=folder))
    for name in show.files:
        typer.echo(f"  {name:<17} {told(FILES[name])}")
    if ".github/" not in show.files:
        echo(told("No workflow shows scheduled episodes on GitHub: that needs --install-from."))
    elif not show.in_bucket:
        echo(told("The workflow shows nothing yet: a machine at GitHub reaches a store in a bucket only."))
    echo(told("Next:"))
    commands = ["sendung check", "sendung publish", "sendung serve"]
    if show.in_bucket:
        commands = ["sendung doctor", *commands[:2]]
    for command in [*([] if folder == "." else [told("cd {folder}", folder=folder)]), *commands]:
        typer.echo(f"  {command}")
