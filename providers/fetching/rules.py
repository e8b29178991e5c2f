"""What may be fetched: which addresses, and how much of them."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Public by their number, and yet not of the public internet.
SPECIAL = tuple(
    ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's own services, on each of its machines
        "192.0.0.0/24",  # protocol assignments, a cloud's metadata among them
        "192.88.99.0/24",  # relays from IPv6, given up
        "::ffff:0:0:0/96",  # IPv4 in the clothes of IPv6, inside of networks
        "64:ff9b:1::/48",  # the same
        "100::/64",  # to be thrown away
        "2001::/23",  # protocol assignments, tunnels among them
        "2002::/16",  # tunnels that have an IPv4 address inside
        "3fff::/20",  # for documentation
        "5f00::/16",  # inside of networks that route by segments
    )
)
# Where a network without IPv4 reaches it: the last four bytes are the address.
TRANSLATION = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits of one fetch: times in seconds, sizes in bytes.

    ``stall``: how long nothing may come. ``wire``: what comes, before it is unpacked. ``networks``:
    what is reached although it is not public, which is for tests and for services of one's own.
    ``tls``: whom to believe; None: the usual authorities.
    """

    connect: float = 10
    stall: float = 20
    whole: float = 120
    wire: int = 100 << 20
    body: int = 100 << 20
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443, 6080, 6443, 8080, 8443})  # with map servers' own
    networks: tuple[Network, ...] = ()
    tls: ssl.SSLContext | None = None

    def reaches(self, address: Address) -> bool:
        """Whether a connection to this address is allowed."""
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped is not None:
                return self.reaches(address.ipv4_mapped)
            if address in TRANSLATION:
                return self.reaches(IPv4Address(int(address) & 0xFFFFFFFF))
        return any(address in network for network in self.networks) or _is_public(address)


RULES = Rules()


def parse_address(text: str) -> Address:
    """An address as the system writes it, without the name of an interface (`fe80::1%eth0`)."""
    return ip_address(text.partition("%")[0])


def literal_address(host: str) -> Address | None:
    """The address that a host is written as, the short and odd ways that systems read too
    (`127.1`, `0x7f000001`); None for a name."""
    with suppress(ValueError):
        return parse_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in SPECIAL)
        and not (isinstance(address, IPv6Address) and address.is_site_local)
    )
