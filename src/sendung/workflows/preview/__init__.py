"""Flow: drafts as feed, listen page and embed on localhost, made anew with every save. Nothing leaves the machine."""

from sendung.workflows.preview.build import BuiltPreview
from sendung.workflows.preview.flow import Audience, PreviewSource, preview

__all__ = ["Audience", "BuiltPreview", "PreviewSource", "preview"]
