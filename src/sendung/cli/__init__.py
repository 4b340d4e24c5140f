"""The command line: one file a command; the only place that catches errors and prints."""

from sendung.cli.app import main

__all__ = ["main"]
