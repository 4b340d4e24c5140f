"""`python -m sendung` is the command line; processes that it starts look at this file, too."""

from sendung.cli import program

if __name__ == "__main__":
    program()
