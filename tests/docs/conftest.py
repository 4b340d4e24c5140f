"""Shows and the program come from the whole-program tests."""

from tests.whole.conftest import cache, pattern, workshop

__all__ = ["cache", "pattern", "workshop"]
