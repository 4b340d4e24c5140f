"""Which addresses are public: those that anybody on the Internet can reach, and nobody's own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

Resolver = Callable[[str, int], Sequence[str]]
"""From a host's name and a port to its IP addresses as text, best first. Raises OSError if there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in the last 32 bits; how networks without IPv4 reach all the rest."""
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.88.99.0/24",  # RFC 7526: relays of 6to4
        "2002::/16",  # RFC 3056: 6to4, any IPv4 address in disguise
        "2001::/32",  # RFC 4380: Teredo, the same
        "64:ff9b:1::/48",  # RFC 8215: NAT64 inside one network
        "fec0::/10",  # RFC 3879: site-local
    )
)


def resolve(host: str, port: int) -> list[str]:
    """The addresses that this machine's resolver knows for a host, without repeats. Raises OSError."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet (the IANA special-purpose address registries).

    An IPv6 address that stands for an IPv4 one is as public as that.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip in net for net in _NOT_PUBLIC if net.version == ip.version):
        return False
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    return ip.is_global and not (special or ip.is_multicast or ip.is_reserved)
