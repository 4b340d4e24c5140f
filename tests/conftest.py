"""What all tests share."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

os.environ["SENDUNG_LANG"] = "en"  # whatever language this machine speaks: tests hold English sentences

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So shells start what runs in the background, and all that it starts would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers.fixtures", "tests.browser", "tests.firefox"]


_TOGETHER = {"test_services.py": "ceph", "test_wordpress.py": "wordpress", "test_clip.py": "clip"}
"""Files whose tests share what takes long to start or to make."""


class _Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Tests that need Ceph share one process, so that it is started once; all others go wherever there is time.

    (xdist's own groups are a suffix of a test's `_nodeid`, which this pytest does not read.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        return "ceph" if "ceph" in name else _TOGETHER.get(file.rpartition("/")[2], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Groups:
    """As xdist asks for it."""
    return _Groups(config, log)
