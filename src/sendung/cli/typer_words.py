"""What Typer says of a wrong command line, in the host's language: it makes English sentences, without gettext."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from sendung.core.words import recognised, say, told

_SENTENCES = (
    say("No such option: {name}"),
    say("{sentence} (Possible options: {names})"),
    say("{sentence} Did you mean {names}?"),
    say("No such command {name}."),
    say("Missing command."),
    say("Missing argument {name}."),
    say("Missing option {name}."),
    say("Got unexpected extra argument(s) ({names})"),
    say("Got unexpected extra argument ({names})"),
    say("Got unexpected extra arguments ({names})"),
    say("Invalid value for {name}: {sentence}"),
    say("Invalid value: {sentence}"),
    say("Option {name} requires an argument."),
    say("Option {name} requires {number} arguments."),
    say("Option {name} does not take a value."),
    say("Input should be a valid integer, unable to parse string as an integer"),
    say("Input should be a valid number, unable to parse string as a number"),
    say("Input should be greater than or equal to {number}"),
    say("Input should be less than or equal to {number}"),
    say("{value} is not a valid integer."),
    say("{value} is not one of {names}."),
    say("{value} is not in the range {span}."),
    say("Value error, {value} does not match the formats {names}."),
    say("Show this message and exit."),
    say("Install completion for the current shell."),
    say("Show completion for the current shell, to copy it or customize the installation."),
)


def in_words(sentence: str) -> str:
    """A sentence of Typer's; one that is not known stays as it is."""
    return told(recognised(sentence, _SENTENCES))


def tell(error: Exception) -> None:
    """Let an error of Typer's speak the host's language; any other stays as it is."""
    if hasattr(error, "format_message"):
        words = in_words(error.format_message())
        error.format_message = lambda: words


def usage(line: str) -> str:
    """The line that begins a command's help."""
    return line.replace("Usage:", told("Usage:"), 1).replace("[OPTIONS]", told("[OPTIONS]"), 1)


def tell_parameters(parameters: list[Any]) -> None:
    """Let the help of options and arguments speak the host's language."""
    for parameter in parameters:
        parameter.help = told(getattr(parameter, "help", None) or "")
        if isinstance(getattr(parameter, "show_default", None), str):
            parameter.show_default = told(parameter.show_default)
        parameter.metavar = told(parameter.metavar) if parameter.metavar else parameter.metavar


def paragraphs(text: str) -> str:
    """A command's help."""
    return "\n\n".join(told(paragraph) for paragraph in text.split("\n\n"))


class Command(TyperCommand):
    """A command whose help and mistakes are in the host's language."""

    def get_usage(self, ctx: Any) -> str:
        """The line that begins the help."""
        tell_parameters(self.get_params(ctx))
        return usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help."""
        tell_parameters(self.get_params(ctx))
        self.help = paragraphs(self.help or "")
        self.epilog = (self.epilog or "").replace("Examples:", told("Examples:"), 1)
        super().format_help(ctx, formatter)
