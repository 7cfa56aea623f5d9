"""Where a request comes from, whatever its headers claim."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from edge.door.client_address import address_of, place_of

PEER = "198.51.100.1"


def scope(*forwarded: str, peer: str | None = PEER, **others: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in others.items()]
    return {"client": (peer, 1) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("hops", "forwarded", "found"),
    [
        (0, ("203.0.113.9",), PEER),
        (0, (), PEER),
        (1, ("203.0.113.9",), "203.0.113.9"),
        (1, ("1.1.1.1, 203.0.113.9",), "203.0.113.9"),
        (2, ("1.1.1.1, 203.0.113.9, 10.0.0.1",), "203.0.113.9"),
        (2, ("1.1.1.1, 203.0.113.9", "10.0.0.1"), "203.0.113.9"),
        (2, ("203.0.113.9",), PEER),
        (1, ("",), PEER),
        (1, ("not an address",), PEER),
        (1, ("203.0.113.9:443",), "203.0.113.9"),
        (1, ("[2001:db8::1]:443",), "2001:db8::1"),
        (1, ("::ffff:203.0.113.9",), "203.0.113.9"),
        (1, ("\xff",), PEER),
    ],
)
def test_client_is_the_nth_from_the_right(
    hops: int, forwarded: tuple[str, ...], found: str
) -> None:
    assert address_of(scope(*forwarded), hops=hops) == ip_address(found)


def test_forwarded_host_and_the_like_say_nothing() -> None:
    told = {
        "x_forwarded_host": "203.0.113.9",
        "forwarded": "for=203.0.113.9",
        "x_real_ip": "1.1.1.1",
    }

    assert address_of(scope(**told), hops=1) == ip_address(PEER)


def test_ten_thousand_spoofed_entries_are_one_place() -> None:
    places = {
        place_of(address_of(scope(f"10.{n >> 8}.{n & 255}.1, 203.0.113.9"), hops=1))
        for n in range(10_000)
    }

    assert places == {"203.0.113.9"}


def test_ten_thousand_spoofed_entries_without_a_proxy_are_one_place() -> None:
    places = {
        place_of(address_of(scope(f"10.{n >> 8}.{n & 255}.1"), hops=0)) for n in range(10_000)
    }

    assert places == {PEER}


def test_one_customer_of_ipv6_is_one_place() -> None:
    one, other = ip_address("2001:db8:1:2::3"), ip_address("2001:db8:1:2:ffff::9")

    assert place_of(one) == place_of(other) == "2001:db8:1:2::/64"
    assert place_of(ip_address("2001:db8:1:3::3")) != place_of(one)


def test_connection_without_an_address_is_nowhere() -> None:
    assert place_of(address_of(scope(peer=None), hops=0)) == "nowhere"
