"""Flow: moving a podcast here, from any host's feed, into folders that `sendung check` and `publish` take.

`flow` is the whole of it. `channel` and `reading` say what the feed holds (`found`, with the help of `dates`, `links`,
`prose`), `settling` and `gathering` fetch what it names, `writing`, `slugs` and `moving` are what becomes of it on
disk. What the feed says is never trusted, and a GUID is kept to the letter.
"""

from sendung.workflows.importer.choices import ImportOptions
from sendung.workflows.importer.flow import EpisodeImport, Imported, ImportStatus, import_show

__all__ = ["EpisodeImport", "ImportOptions", "ImportStatus", "Imported", "import_show"]
