"""The feed: what podcast apps and directories read."""

from sendung.feed.rss import render

__all__ = ["render"]
