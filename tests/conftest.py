"""What all tests share."""

from __future__ import annotations

import signal

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # So shells start what runs in the background, and all that it starts would not hear Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["tests.servers.fixtures", "tests.browser", "tests.firefox"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need Ceph share one process, so that it is started once; all others go wherever there is time."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "ceph" in item.name or "ceph_gateway" in fixtures or item.path.name == "test_services.py":
            item.add_marker(pytest.mark.xdist_group("ceph"))
