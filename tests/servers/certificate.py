"""A certificate for loopback, made for one test run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """PEM files: the authority that clients must trust, and a server's chain and key."""

    authority: Path
    chain: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """A fresh authority and a certificate by it for 127.0.0.1 and localhost."""
    made = Certificate(folder / "authority.pem", folder / "chain.pem", folder / "key.pem")
    authority = trustme.CA()
    server = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(str(made.authority))
    for number, blob in enumerate(server.cert_chain_pems):
        blob.write_to_path(str(made.chain), append=number > 0)
    server.private_key_pem.write_to_path(str(made.key))
    return made
