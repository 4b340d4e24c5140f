"""Flow: a new draft, filled with what its article and its recording say already.

`flow` finds the facts and writes the folder, `text` is the commented episode.yaml.
"""

from sendung.workflows.new.flow import NewDraft, NewEpisode, make_draft

__all__ = ["NewDraft", "NewEpisode", "make_draft"]
