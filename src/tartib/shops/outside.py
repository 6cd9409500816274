"""Whether an address leads inwards: to this machine, or to a network that the open net cannot reach.

A shop's owner writes the address of the SMS service, and Tartib calls it. Without this check that would be a way to
call what only Tartib can reach: its database, a neighbour's administration, a cloud's metadata.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_THROUGH_V4 = IPv6Network("64:ff9b::/96")


def leads_inward(host: str) -> bool:
    """Whether any address of `host` is private, this machine's own, link-local, or otherwise not of the open net.

    A host that has no address at the moment leads nowhere.
    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(not _open(ip_address(str(address[0]).partition("%")[0])) for *_kind, address in found)


def _open(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _THROUGH_V4:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _open(inner)
    return address.is_global and not address.is_multicast
