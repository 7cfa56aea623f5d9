"""A double that is started again gives no number that it gave before, as the venue would not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from infra.local.doubles.gateio.clock import VirtualClock
from infra.local.doubles.gateio.ledger import Ledger
from infra.local.doubles.shioaji.venue import SinoVenue
from tests.builders import ManualClock

if TYPE_CHECKING:
    from bus.values import Clock

_ORDER = {
    "code": "2330",
    "action": "Buy",
    "price": 600.0,
    "quantity": 1,
    "price_type": "LMT",
    "time_in_force": "ROD",
}


def _gate_ids(clock: Clock) -> set[int]:
    ledger = Ledger(VirtualClock(clock), kept_unfilled=timedelta(0), is_spot=True)
    return {ledger.new_id() for _ in range(10)}


def _sino_ids(clock: Clock) -> set[str]:
    venue = SinoVenue(clock)
    venue.listed.list_everything()
    person = venue.open_account("a-key", "a-secret")
    return {venue.write(person, _ORDER).id for _ in range(10)}


def test_gate_numbers_its_orders_on() -> None:
    clock = ManualClock()
    before = _gate_ids(clock)
    clock.go_on(timedelta(seconds=1))

    assert not before & _gate_ids(clock)


def test_sinopac_numbers_its_orders_on() -> None:
    clock = ManualClock()
    before = _sino_ids(clock)
    clock.go_on(timedelta(seconds=1))

    after = _sino_ids(clock)

    assert not before & after
    assert {len(each) for each in before | after} == {8}
