"""Shows and the program come from the whole-program tests, the small disk from the stores'."""

from tests.store.conftest import small_disk
from tests.whole.conftest import cache, pattern, workshop

__all__ = ["cache", "pattern", "small_disk", "workshop"]
