"""`python -m sendung` is the command line."""

from sendung.cli import main

main()
