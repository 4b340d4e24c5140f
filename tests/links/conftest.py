"""Shows, recordings and the program come from the whole-program tests."""

from tests.web.conftest import local, site
from tests.whole.conftest import cache, pattern, workshop

__all__ = ["cache", "local", "pattern", "site", "workshop"]
