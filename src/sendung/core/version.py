"""The version of Sendung."""

__version__ = "0.1.0"
