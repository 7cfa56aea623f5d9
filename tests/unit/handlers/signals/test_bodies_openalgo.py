from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

TEMPLATE = (
    '{"apikey":"notreal","strategy":"Test Strategy","symbol":"SBIN","action":"BUY",'
    '"exchange":"NSE","pricetype":"MARKET","product":"MIS","quantity":"1","position_size":"5",'
    '"price":"0","trigger_price":"0","disclosed_quantity":"0"}'
)
UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the smart order": (
        TEMPLATE,
        {
            "dialect": "openalgo",
            "ticker": "SBIN",
            "exchange": "NSE",
            "action": "buy",
            "quantity": "1",
            "position_size": "5",
            "order_type": "market",
            "price": None,
            "stop_price": None,
            "warnings": "product is kept",
        },
    ),
    "a sell to a short position": (
        TEMPLATE.replace("BUY", "SELL").replace('"5"', '"-100"'),
        {"action": "sell", "position_size": "-100"},
    ),
    "flat": (
        TEMPLATE.replace("BUY", "SELL").replace('"5"', '"0"').replace('"1"', '"0"'),
        {"action": "sell", "quantity": "0", "position_size": "0"},
    ),
    "a limit order": (
        (
            '{"symbol":"SBIN","action":"BUY","pricetype":"LIMIT","product":"CNC","quantity":"10",'
            '"price":"801.55","trigger_price":"0"}'
        ),
        {"order_type": "limit", "limit_price": "801.55", "price": "801.55", "stop_price": None},
    ),
    "a stop at its trigger": (
        (
            '{"symbol":"SBIN","action":"SELL","pricetype":"SL-M","product":"MIS","quantity":"10",'
            '"price":"0","trigger_price":"790.5"}'
        ),
        {"order_type": "stop", "stop_price": "790.5", "price": None},
    ),
    "a stop whose price is for reference": (
        (
            '{"symbol":"SBIN","action":"SELL","pricetype":"SL","product":"MIS","quantity":"10",'
            '"price":"789","trigger_price":"790.5"}'
        ),
        {
            "order_type": "stop",
            "stop_price": "790.5",
            "price": "789",
            "limit_price": None,
            "warnings": "is for reference only",
        },
    ),
    "the product alone is the mark": (
        '{"symbol":"NIFTY24NOVFUT","action":"BUY","product":"NRML","quantity":50}',
        {"dialect": "openalgo", "order_type": "market"},
    ),
    "the mark in another spelling": (
        '{"symbol":"SBIN","action":"BUY","Price_Type":"mkt","quantity":5}',
        {"dialect": "openalgo", "order_type": "market"},
    ),
    "a disclosed quantity is read and told": (
        TEMPLATE.replace('"disclosed_quantity":"0"', '"disclosed_quantity":"10"'),
        {"warnings": "disclosed_quantity would change what is traded"},
    ),
    "a trigger beside a market order is read and told": (
        TEMPLATE.replace('"trigger_price":"0"', '"trigger_price":"9"'),
        {"order_type": "market", "stop_price": "9", "warnings": "trigger_price would change"},
    ),
    "the marks of traderspost beside": (
        '{"ticker":"SBIN","action":"BUY","pricetype":"MARKET","sentiment":"long"}',
        {"dialect": "openalgo", "position": "long"},
    ),
    "an action of our own beside": (
        '{"ticker":"SBIN","action":"long_entry","pricetype":"MARKET","quantity":1}',
        {"dialect": "openalgo", "action": "long_entry"},
    ),
}
REFUSED = {
    "a limit order at nought": (
        '{"symbol":"SBIN","action":"BUY","pricetype":"LIMIT","price":"0","trigger_price":"0"}',
        Refused("price_required", "limit_price"),
    ),
    "a stop at nought": (
        '{"symbol":"SBIN","action":"BUY","pricetype":"SL-M","price":"5","trigger_price":"0"}',
        Refused("price_required", "stop_price"),
    ),
    "an unknown price type": (
        '{"symbol":"SBIN","action":"BUY","pricetype":"AMO","quantity":1}',
        Refused("invalid_order_type", "pricetype"),
    ),
    "two order types": (
        '{"symbol":"SBIN","action":"BUY","pricetype":"LIMIT","type":"market","price":5}',
        Refused("conflicting_fields"),
    ),
    "a quantity of nought without a size": (
        '{"symbol":"SBIN","action":"BUY","pricetype":"MARKET","quantity":"0"}',
        Refused("invalid_quantity", "quantity"),
    ),
    "a position size that is none": (
        TEMPLATE.replace('"5"', '"five"'),
        Refused("invalid_quantity", "position_size"),
    ),
    "a nested strategy beside": (
        '{"symbol":"SBIN","product":"MIS","strategy":{"order_action":"buy"}}',
        Refused("ambiguous_payload"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
