"""Where a request comes from, as far as the proxies that are ours can tell.

Each trusted proxy appends the address it was called from to X-Forwarded-For, so the client is the
N-th entry from the right; whatever stands left of it, anybody may have written. X-Forwarded-Host
and Forwarded are never read.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NETWORK_BITS = 64


def address_of(scope: Mapping[str, Any], *, hops: int) -> IPv4Address | IPv6Address | None:
    """Return the client's address; `None` where the connection has none (a unix socket).

    With fewer entries than proxies, somebody went round them: the connection's own address counts.
    """
    peer = _parsed(scope["client"][0]) if scope.get("client") else None
    if hops == 0:
        return peer
    entries = _forwarded(scope["headers"])
    return (_parsed(entries[-hops]) if len(entries) >= hops else None) or peer


def place_of(address: IPv4Address | IPv6Address | None) -> str:
    """Print an address as limits count it: one customer of IPv6 has a whole /64."""
    if isinstance(address, IPv6Address):
        network = int(address) >> _NETWORK_BITS << _NETWORK_BITS
        return f"{IPv6Address(network)}/{_NETWORK_BITS}"
    return str(address) if address is not None else "nowhere"


def _forwarded(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    values = [value for name, value in headers if name == b"x-forwarded-for"]
    return b",".join(values).decode("latin-1").split(",") if values else []


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, with a port or in brackets as some proxies print it."""
    entry = text.strip()
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        found = ip_address(entry.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
