"""Shows and the program come from the whole-program tests, the small disk from the stores'."""

from tests.end_to_end.conftest import cache, pattern, workshop
from tests.store.conftest import small_disk

__all__ = ["cache", "pattern", "small_disk", "workshop"]
