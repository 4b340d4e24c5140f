"""Flow: a new show, from nothing to something that can be published at once.

`answers` is what a host says of it, `flow` writes the files, `text` is what stands in them, `cover` and `sound` are the
picture and the recording of a show that has none yet.
"""

from sendung.workflows.init.answers import Answers, fault_of, mended
from sendung.workflows.init.flow import FILES, MadeShow, make_show

__all__ = ["FILES", "Answers", "MadeShow", "fault_of", "make_show", "mended"]
