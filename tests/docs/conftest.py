"""Shows and the program come from the whole-program tests."""

from tests.end_to_end.conftest import cache, pattern, workshop

__all__ = ["cache", "pattern", "workshop"]
