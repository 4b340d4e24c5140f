"""Sendung publishes podcast episodes: mastered, tagged, stored, listed in a feed, linked with their articles."""

__version__ = "0.1.0"
