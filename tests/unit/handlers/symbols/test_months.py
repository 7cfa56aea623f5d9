"""Which month a contract is of."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.symbols import is_to_come

_MARCH = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("TXFB6", False),
        ("TXFC6", False),
        ("TXFD6", True),
        ("TXFL6", True),
        ("TXFL5", False),
        ("TXFA7", True),
        ("MX1C6", False),
        ("TXF202603", False),
        ("TXF202604", True),
        ("TXF202512", False),
        ("TXFR1", False),
        ("2330", False),
        ("BTCUSDT", False),
    ],
)
def test_month_that_has_not_begun_is_to_come(symbol: str, *, expected: bool) -> None:
    assert is_to_come(symbol, _MARCH) is expected


@pytest.mark.parametrize("symbol", ["TXFA0", "TXFC0", "TXFF1"])
def test_decade_ends_between_two_months(symbol: str) -> None:
    assert is_to_come(symbol, date(2029, 12, 20))
    assert not is_to_come(symbol, date(2031, 6, 20))
