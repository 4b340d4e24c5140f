"""The command line: one file a command; the only place that catches errors and prints."""

from sendung.cli.app import main, program

__all__ = ["main", "program"]
