"""Ceph's RADOS gateway: the smallest cluster there is (one monitor, one OSD in memory), on free loopback ports.

Debian: `apt-get install --no-install-recommends radosgw ceph-mon ceph-osd`. Takes 12 s to start and 200 MB.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.certificate import Certificate
from tests.servers.process import free_ports, listens, running, wait_until

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")

_CONF = """\
[global]
fsid = {fsid}
keyring = {folder}/keyring
mon host = [v2:127.0.0.1:{v2}/0,v1:127.0.0.1:{v1}/0]
mon initial members = a
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind port min = {low}
ms bind port max = {high}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
run dir = {folder}/run
log file = {folder}/log/$name.log
log to stderr = false
err to stderr = false
admin socket = {folder}/run/$name.asok
pid file = {folder}/run/$name.pid
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 939524096
[client.rgw]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{http} ssl_endpoint=127.0.0.1:{https} ssl_certificate={chain} ssl_private_key={key}
rgw thread pool size = 64
rgw run sync thread = false
rgw dns name = localhost
"""  # noqa: E501 - one setting is one line


@dataclass(frozen=True)
class Gateway:
    """Endpoint URLs of one running gateway, for testkey/testsecret (and testkey2/testsecret2, another account)."""

    http: str
    https: str


def missing_programs() -> list[str]:
    """Which of Ceph's programs this machine lacks."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


@contextlib.contextmanager
def gateway(certificate: Certificate) -> Iterator[Gateway]:
    """A running gateway, gone without a trace when the context ends."""
    # not below pytest's own folder: Unix sockets take paths of at most 107 bytes
    folder = Path(tempfile.mkdtemp(prefix="ceph-"))
    try:
        with contextlib.ExitStack() as running_parts:
            yield _start(folder, certificate, running_parts)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, certificate: Certificate, parts: contextlib.ExitStack) -> Gateway:
    v2, v1, http, https = free_ports(4)
    (low,) = free_ports(1)
    fsid = str(uuid.uuid4())
    for name in ("mon", "osd", "rgw", "run", "log"):
        (folder / name).mkdir()
    conf, log = folder / "ceph.conf", folder / "log/start.out"
    conf.write_text(
        _CONF.format(
            fsid=fsid, folder=folder, v2=v2, v1=v1, http=http, https=https, low=low, high=low + 200,
            chain=certificate.chain, key=certificate.key,
        )
    )  # fmt: skip
    keyring = folder / "keyring"
    _make_keys(keyring)
    _run(
        "monmaptool",
        "--create",
        "--fsid",
        fsid,
        "--addv",
        "a",
        f"[v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]",
        folder / "map",
    )
    _run("ceph-mon", "-c", conf, "--mkfs", "-i", "a", "--monmap", folder / "map", "--keyring", keyring)
    mon = parts.enter_context(running(["ceph-mon", "-c", conf, "-i", "a", "-f"], log))
    wait_until(lambda: listens(v2), "ceph-mon", [mon], log)
    osd = parts.enter_context(running(_make_osd(folder, conf), log))
    rgw = parts.enter_context(running(["radosgw", "-c", conf, "-n", "client.rgw", "--keyring", keyring, "-f"], log))
    wait_until(lambda: listens(http) and listens(https), "radosgw", [mon, osd, rgw], log)
    for number in ("", "2"):
        _run(
            "radosgw-admin", "-c", conf, "-n", "client.rgw", "--keyring", keyring, "user", "create",
            f"--uid=t{number}", f"--display-name=t{number}", f"--access-key=testkey{number}",
            f"--secret-key=testsecret{number}", "--max-buckets=0",
        )  # fmt: skip
    return Gateway(f"http://127.0.0.1:{http}", f"https://127.0.0.1:{https}")


def _make_keys(keyring: Path) -> None:
    everything = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
    some = ["--cap", "mon", "allow rwx", "--cap", "osd", "allow rwx", "--cap", "mgr", "allow rw"]
    _run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    _run("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
    _run("ceph-authtool", keyring, "--gen-key", "-n", "client.rgw", *some)


def _make_osd(folder: Path, conf: Path) -> list[str | Path]:
    """Register and format OSD 0; the command that runs it."""
    key = _run("ceph-authtool", "--gen-print-key").strip()
    osd_id = str(uuid.uuid4())
    keyring = folder / "osd/keyring"
    secret = json.dumps({"cephx_secret": key})
    _run("ceph", "-c", conf, "--connect-timeout", "30", "osd", "new", osd_id, "0", "-i", "-", stdin=secret)
    _run("ceph-authtool", "--create-keyring", keyring, "-n", "osd.0", "--add-key", key)
    command: list[str | Path] = ["ceph-osd", "-c", conf, "-i", "0", "--keyring", keyring]
    _run(*command, "--mkfs", "--osd-uuid", osd_id)
    return [*command, "-f"]


def _run(*command: str | Path, stdin: str = "") -> str:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=90)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout
