"""`python -m sendung` is the command line."""

from sendung.cli import program

program()
