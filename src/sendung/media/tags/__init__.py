"""Tags: what the audio file says about itself, so that it is known wherever it ends up; and the marks it came with.

`values` is what goes in, `id3`, `mp4` and `ogg` write it, `mp4_chapters` reads the chapters of MP4 files, `reading`
reads what a recording brings along.
"""

from sendung.media.tags.reading import RecordingMarks, read_chapters, read_marks, read_title
from sendung.media.tags.values import ChapterTag, EpisodeTags, Picture
from sendung.media.tags.writing import write

__all__ = [
    "ChapterTag",
    "EpisodeTags",
    "Picture",
    "RecordingMarks",
    "read_chapters",
    "read_marks",
    "read_title",
    "write",
]
