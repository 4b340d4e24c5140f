"""Flow: drafts as feed, listen page and embed on localhost, made anew with every save. Nothing leaves the machine."""

from sendung.preview.flow import Audience, Subject, preview
from sendung.preview.made import Made

__all__ = ["Audience", "Made", "Subject", "preview"]
