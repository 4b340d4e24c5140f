"""Flow: drafts as feed, listen page and embed on localhost, made anew with every save. Nothing leaves the machine."""

from sendung.workflows.preview.build import Made
from sendung.workflows.preview.flow import Audience, Subject, preview

__all__ = ["Audience", "Made", "Subject", "preview"]
