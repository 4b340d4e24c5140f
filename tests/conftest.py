"""What all tests share."""

from __future__ import annotations

import os
import signal

import pytest

os.environ["SENDUNG_LANG"] = "en"  # whatever language this machine speaks: tests hold English sentences

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So shells start what runs in the background, and all that it starts would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers.fixtures", "tests.browser", "tests.firefox"]


_ALONE = {"test_services.py": "ceph", "test_wordpress.py": "wordpress", "test_clip.py": "clip"}
"""Files whose tests share what takes long to start or to make."""


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need Ceph share one process, so that it is started once; all others go wherever there is time."""
    for item in items:
        ceph = "ceph" in item.name or "ceph_gateway" in getattr(item, "fixturenames", ())
        if group := "ceph" if ceph else _ALONE.get(item.path.name, ""):
            item.add_marker(pytest.mark.xdist_group(group))
