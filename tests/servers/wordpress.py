"""A real WordPress on loopback: Debian's package under PHP's own web server, with a MariaDB of its own.

On Debian: `apt-get install wordpress php-cli php-mysql mariadb-server-core` and the themes' packages. Another version,
unpacked, is taken from WORDPRESS=<folder>. Of the machine's own WordPress
only the program files are read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import free_ports, listens, running, wait_until

PROGRAM = Path(os.environ.get("WORDPRESS", "/usr/share/wordpress"))
PLUGIN = Path(__file__).with_name("wordpress_plugin.php")
SETUP = Path(__file__).with_name("wordpress_setup.php")
PACKAGES = "wordpress php-cli php-mysql mariadb-server-core"

CONFIG = """<?php
define('DB_NAME', 'wp'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s');
define('DB_CHARSET', 'utf8mb4'); define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s');
define('WP_CONTENT_DIR', '%(content)s'); define('WP_CONTENT_URL', '%(url)s/wp-content');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', false); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', '%(root)s/');
require_once ABSPATH . 'wp-settings.php';
"""


@dataclass(frozen=True)
class WordPress:
    """A running WordPress: its address, and how to put things into it."""

    url: str
    root: Path

    @property
    def themes(self) -> list[str]:
        """The default themes that are installed, oldest first."""
        return [name for name in ("twentytwentyone", "twentytwentytwo", "twentytwentythree", "twentytwentyfour")
                if (self.root / "wp-content/themes" / name).exists()]  # fmt: skip

    def add(self, posts: dict[str, tuple[str, str]]) -> None:
        """Publishes posts, `{slug: (title, content in the editor's HTML)}`."""
        _php(self.root, {"posts": posts})

    def use(self, plugin: str) -> None:
        """From the next request on the site has this PHP file as a must-use plugin."""
        (self.root / "wp-content/mu-plugins/site.php").write_text(plugin, encoding="utf-8")


def missing_programs() -> str:
    """What is not installed, for a message; empty where nothing is missing."""
    absent = [name for name in ("php", "mariadbd") if not shutil.which(name)]
    return ", ".join([*absent, *([] if (PROGRAM / "wp-load.php").exists() else ["wordpress"])])


@contextmanager
def wordpress() -> Iterator[WordPress]:
    """An installed WordPress with pretty permalinks and no posts. Takes some seconds."""
    with ExitStack() as stack:
        # Not pytest's folder: a socket's path is at most 107 bytes long.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp", ignore_cleanup_errors=True)))
        socket = folder / "sql"
        (port,) = free_ports(1)
        site = WordPress(f"http://127.0.0.1:{port}", folder / "site")
        stack.enter_context(_database(folder, socket))
        _lay_out(site, socket)
        _php(site.root, {"socket": str(socket)})
        log = folder / "php.log"
        # What a test writes counts from its next request on, and not when the opcode cache looks again (2 s).
        php = [
            str(shutil.which("php")),
            "-d",
            "opcache.revalidate_freq=0",
            "-S",
            f"127.0.0.1:{port}",
            "-t",
            str(site.root),
        ]
        server = stack.enter_context(running(php, log))
        wait_until(lambda: listens(port), "WordPress", [server], log)
        yield site


@contextmanager
def _database(folder: Path, socket: Path) -> Iterator[None]:
    """A MariaDB without tables of its own, rights or a port: as the only user of its socket nobody needs them."""
    data, log = folder / "data", folder / "sql.log"
    data.mkdir()
    command = [str(shutil.which("mariadbd")), "--no-defaults", f"--datadir={data}", f"--socket={socket}"]
    command += [f"--pid-file={folder / 'pid'}", "--skip-networking", "--skip-grant-tables", "--user=root"]
    command += ["--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"]
    with running(command, log) as server:
        wait_until(socket.exists, "MariaDB", [server], log)
        yield


def _lay_out(site: WordPress, socket: Path) -> None:
    """A folder with the program's own files, linked, and a configuration and contents of its own."""
    root = site.root
    content = root / "wp-content"
    (content / "themes").mkdir(parents=True)
    (content / "mu-plugins").mkdir()
    for name in ("wp-admin", "wp-includes"):
        (root / name).symlink_to(PROGRAM / name)
    for file in PROGRAM.glob("*.php"):
        if file.name != "wp-config.php":
            shutil.copyfile(file, root / file.name)
    for theme in (PROGRAM / "wp-content/themes").iterdir():
        if theme.is_dir():
            shutil.copytree(theme, content / "themes" / theme.name)
    shutil.copyfile(PLUGIN, content / "mu-plugins/tests.php")
    shutil.copyfile(SETUP, root / "setup.php")
    facts = {"socket": socket, "url": site.url, "content": content, "root": root}
    (root / "wp-config.php").write_text(CONFIG % facts, encoding="utf-8")


def _php(root: Path, wishes: dict[str, Any]) -> None:
    """Runs the setup within WordPress."""
    result = subprocess.run(
        [str(shutil.which("php")), "setup.php"],
        cwd=root, input=json.dumps(wishes), text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    if result.returncode or result.stdout.strip() != "done":
        raise RuntimeError(f"WordPress: {result.stdout}\n{result.stderr}")
