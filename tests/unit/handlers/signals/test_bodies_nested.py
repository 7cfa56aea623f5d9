from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

TUTORIAL = (
    '{"passphrase":"notreal","time":"2026-11-20T14:31:07Z","exchange":"NASDAQ_DLY",'
    '"ticker":"AAPL","bar":{"time":"2026-11-20T14:30:00Z","open":1,"high":3,"low":1,"close":2,'
    '"volume":900},"strategy":{"position_size":-5,"order_action":"sell","order_contracts":10,'
    '"order_price":231.5,"order_id":"Short","market_position":"short","market_position_size":5,'
    '"prev_market_position":"long","prev_market_position_size":5}}'
)
UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the tutorial's body": (
        TUTORIAL,
        {
            "dialect": "nested",
            "ticker": "AAPL",
            "exchange": "NASDAQ",
            "action": "sell",
            "quantity": "10",
            "price": "231.5",
            "order_id": "Short",
            "position": "short",
            "position_size": "-5",
            "prev_position": "long",
            "prev_position_size": "5",
            "time": "2026-11-20T14:31:07Z",
            "warnings": "delayed",
        },
    ),
    "the least": (
        '{"ticker":"A","strategy":{"order_action":"buy"}}',
        {"dialect": "nested", "action": "buy"},
    ),
    "an order in the strategy": (
        '{"ticker":"A","strategy":{"order":{"action":"sell","contracts":"2","id":"S","price":9}}}',
        {"action": "sell", "quantity": "2", "order_id": "S", "id": None, "price": "9"},
    ),
    "an order's id says nothing of which alert it is": (
        '{"ticker":"A","action":"buy","order":{"id":"Long"},"id":"7"}',
        {"order_id": "Long", "id": "7"},
    ),
    "in camel case": (
        '{"ticker":"A","Strategy":{"orderAction":"buy","orderContracts":"2","orderId":"L"}}',
        {"dialect": "nested", "quantity": "2", "order_id": "L"},
    ),
    "a secret inside": (
        '{"ticker":"A","strategy":{"order_action":"buy","token":"notreal"}}',
        {"dialect": "nested", "warnings": ""},
    ),
    "the marks of traderspost come first": (
        '{"ticker":"A","sentiment":"long","strategy":{"order_action":"buy"}}',
        {"dialect": "traderspost", "action": "buy", "position": "long"},
    ),
    "the same said outside": (
        '{"ticker":"A","action":"BUY","strategy":{"order_action":"buy"}}',
        {"dialect": "nested", "action": "buy"},
    ),
    "an order block": (
        '{"ticker":"A","order":{"amount":"3"},"strategy":{"order_action":"buy"}}',
        {"dialect": "nested", "quantity": "3"},
    ),
    "a strategy without an order is no mark": (
        '{"ticker":"A","action":"buy","strategy":{"market_position":"long"}}',
        {"dialect": "plain", "position": "long"},
    ),
    "a strategy that is a name": (
        '{"ticker":"A","action":"buy","strategy":"RSI"}',
        {"dialect": "plain", "extras": {"strategy": "RSI"}, "warnings": "strategy is kept"},
    ),
    "the names with their block before them": (
        (
            '{"ticker":"A","strategy.order_action":"buy","strategy.order_contracts":"2",'
            '"strategy.order_id":"L1"}'
        ),
        {"dialect": "plain", "action": "buy", "quantity": "2", "order_id": "L1"},
    ),
    "the amount with its block before it": (
        '{"ticker":"A","action":"buy","order.amount":"2"}',
        {"quantity": "2"},
    ),
}
REFUSED = {
    "another action outside": (
        '{"ticker":"A","action":"sell","strategy":{"order_action":"buy"}}',
        Refused("conflicting_fields", "order_action"),
    ),
    "a placeholder inside": (
        '{"ticker":"A","strategy":{"order_action":"{{strategy.order.action}}"}}',
        Refused("unresolved_placeholder", "order_action"),
    ),
    "a typo inside": (
        '{"ticker":"A","strategy":{"order_action":"buy","order_contract":"1"}}',
        Refused("unknown_field_typo", "order_contract"),
    ),
    "a key twice inside": (
        '{"ticker":"A","strategy":{"order_action":"buy","order_action":"buy"}}',
        Refused("duplicate_key", "order_action"),
    ),
    "sizes that differ": (
        TUTORIAL.replace('"position_size":-5', '"position_size":-6'),
        Refused("conflicting_fields", "market_position_size"),
    ),
    "a position that its size contradicts": (
        (
            '{"ticker":"A","strategy":{"order_action":"buy","market_position":"flat",'
            '"market_position_size":"2"}}'
        ),
        Refused("action_position_conflict", "market_position_size"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
