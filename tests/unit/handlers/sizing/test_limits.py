from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from bus.values import Side
from handlers.records.sizing_rules import Close, Direction, Fixed
from handlers.sizing.limits import Denied, check_prices, check_quantity
from handlers.sizing.sized import size
from tests.unit.handlers.sizing.sizing_builders import D, a_holding, an_instrument, in_words


def code_of(denied: Denied | None) -> str | None:
    return None if denied is None else denied.code


@pytest.mark.parametrize(
    ("quantity", "price", "code"),
    [
        ("0.1", "100", None),
        ("0", "100", "precision_or_size"),
        ("0.04", "100", "precision_or_size"),
        ("0.05", "99", "precision_or_size"),
        ("0.05", "100", None),
        ("0.05", None, None),
        ("10.001", "100", "precision_or_size"),
        ("10", "100", None),
    ],
)
def test_quantities_stay_within_the_venues_bounds(
    quantity: str, price: str | None, code: str | None
) -> None:
    instrument = an_instrument(min_quantity="0.05", max_quantity="10", min_notional="5")

    denied = check_quantity(
        D(quantity), instrument, price=None if price is None else Decimal(price)
    )

    assert code_of(denied) == code


def test_the_value_of_a_contract_is_its_multiple() -> None:
    instrument = an_instrument(step="1", min_notional="1000", multiplier="0.0001")

    assert code_of(check_quantity(D(1), instrument, price=D(60000))) == "precision_or_size"
    assert check_quantity(D(200), instrument, price=D(60000)) is None


def test_an_exit_worth_too_little_is_left_to_the_venue() -> None:
    instrument = an_instrument(min_notional="50")
    held = a_holding("0.1")

    leaving = size(Close(direction=Direction.ANY), held, instrument, can_flip=True)
    entering = size(Fixed(side=Side.BUY, quantity=D("0.1")), held, instrument, can_flip=True)

    assert in_words(leaving) == "sell 0.1 reduce"
    assert in_words(entering) == "precision_or_size"


@pytest.mark.parametrize(
    ("limit", "stop", "code"),
    [
        ("100", None, None),
        ("110.1", None, "price_band"),
        ("89.9", None, "price_band"),
        (None, "110.1", "price_band"),
        ("100", "89", "price_band"),
        ("0", None, "precision_or_size"),
        (None, None, None),
    ],
)
def test_prices_stay_within_the_band(limit: str | None, stop: str | None, code: str | None) -> None:
    instrument = msgspec.structs.replace(an_instrument(), price_floor=D(90), price_ceiling=D(110))

    denied = check_prices(
        None if limit is None else D(limit), None if stop is None else D(stop), instrument
    )

    assert code_of(denied) == code


def test_without_a_band_every_price_passes() -> None:
    assert check_prices(D(1), D(10**9), an_instrument()) is None
