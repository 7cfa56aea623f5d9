"""SinoPac's double as a process of its own: the same answers, over a socket."""

from __future__ import annotations

import json
import socket
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bus.values import SystemClock
from infra.local.doubles.shioaji.refusal import Refused
from infra.local.doubles.shioaji.remote import FarLine
from infra.local.doubles.shioaji.server import PLACED, STAND, serving
from infra.local.doubles.shioaji.venue import SinoVenue

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, SECRET = "double-key-0123456789", "double-secret"
ORDER = {
    "code": "2330",
    "action": "Buy",
    "price": 600.0,
    "quantity": 1,
    "price_type": "LMT",
    "time_in_force": "ROD",
    "custom_field": "abcdef",
}


@pytest.fixture
def venue() -> SinoVenue:
    venue = SinoVenue(SystemClock())
    venue.listed.list_everything()
    venue.open_account(KEY, SECRET)
    return venue


@pytest.fixture
def line(venue: SinoVenue) -> Iterator[FarLine]:
    with serving(venue) as address:
        yield FarLine(address)


def login(line: FarLine) -> str:
    asked: dict[str, Any] = {"key": KEY, "secret": SECRET, "simulation": True}
    return line.ask("login", None, asked)["token"]


def test_order_is_placed_told_and_shown(line: FarLine) -> None:
    token = login(line)
    line.ask(STAND, None, {"code": "2330", "price": "600"})

    shown = line.ask("place", token, {"timeout_ms": 1000, "order": ORDER})

    told = [line.next_told(token) for _ in range(2)]
    assert shown["status"]["status"] == "PendingSubmit"
    assert [each["state"] for each in told if each] == ["SORDER", "SDEAL"]
    [placed] = line.ask(PLACED, None, {})
    assert placed["status"]["status"] == "Filled"


def test_refusal_crosses_the_wire_in_its_own_words(line: FarLine) -> None:
    with pytest.raises(Refused) as caught:
        line.ask("login", None, {"key": KEY, "secret": "wrong", "simulation": True})

    assert caught.value.error == "TokenError"
    assert "not match signature" in caught.value.text


def test_session_that_was_ended_is_told_so(line: FarLine, venue: SinoVenue) -> None:
    token = login(line)

    venue.people.end_sessions(venue.people.find(KEY))

    assert line.next_told(token) == {"kind": "down"}


def test_session_ends_with_the_client_that_listened(venue: SinoVenue) -> None:
    with serving(venue) as address:
        line, place = FarLine(address), urlsplit(address)
        token = login(line)
        with socket.create_connection((place.hostname, place.port)) as listening:
            words: dict[str, Any] = {"question": "listen", "token": token, "asked": {}}
            listening.sendall(json.dumps(words).encode() + b"\n")
            listening.recv(1)

        # Each line to a client that is gone finds that out, and then the place is free.
        person = venue.people.find(KEY)
        for _ in range(100):
            if not person.sessions:
                break
            venue.people.told(token).put({"kind": "order"})
            line.ask(STAND, None, {"code": "2330", "price": str(Decimal(600))})

        assert person.sessions == []


def test_venue_that_is_away_is_a_lost_connection() -> None:
    with pytest.raises(Refused) as caught:
        FarLine("tcp://127.0.0.1:1").ask("login", None, {})

    assert caught.value.error == "ShioajiConnectionError"
