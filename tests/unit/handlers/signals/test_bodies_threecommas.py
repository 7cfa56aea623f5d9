from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

STRATEGY = (
    '{"secret":"eyJhbGciOiJIUzI1NiJ9.notreal","max_lag":"300","timestamp":"2026-11-20T14:31:07Z",'
    '"trigger_price":"64100.5","tv_exchange":"BINANCE","tv_instrument":"BTCUSDT.P",'
    '"action":"sell","bot_uuid":"0b7d1c55-0000-4000-8000-000000000000","strategy_info":'
    '{"market_position":"short","market_position_size":"0.2","prev_market_position":"long",'
    '"prev_market_position_size":"0.1"},"order":{"amount":"0.3","currency_type":"base"}}'
)
UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the strategy template": (
        STRATEGY,
        {
            "dialect": "threecommas",
            "ticker": "BTCUSDT.P",
            "exchange": "BINANCE",
            "action": "sell",
            "quantity": "0.3",
            "quantity_type": "fixed_quantity",
            "position": "short",
            "position_size": "-0.2",
            "prev_position": "long",
            "prev_position_size": "0.1",
            "price": "64100.5",
            "order_type": "market",
            "max_age": "300",
            "time": "2026-11-20T14:31:07Z",
        },
    ),
    "a custom signal": (
        (
            '{"secret":"s","max_lag":"300","timestamp":"2026-11-20T14:31:07Z","trigger_price":"1.5",'
            '"tv_exchange":"OKX","tv_instrument":"ADAUSDT","action":"enter_short","bot_uuid":"b"}'
        ),
        {"dialect": "threecommas", "action": "short_entry", "quantity": None, "exchange": "OKX"},
    ),
    "an exit of a part": (
        (
            '{"tv_instrument":"ADAUSDT","action":"exit_long","bot_uuid":"b","order":{"amount":"40",'
            '"currency_type":"position_percent"}}'
        ),
        {
            "action": "long_exit",
            "quantity": "40",
            "quantity_type": "percent_of_position",
            "reduce_only": True,
        },
    ),
    "an exit of a short": (
        '{"tv_instrument":"ADAUSDT","action":"exit_short","bot_uuid":"b"}',
        {"action": "short_exit", "reduce_only": True},
    ),
    "an amount of the quote currency": (
        (
            '{"tv_instrument":"ADAUSDT","action":"enter_long","bot_uuid":"b",'
            '"order":{"amount":"100","currency_type":"quote"}}'
        ),
        {"quantity": "100", "quantity_type": "notional"},
    ),
    "a part of the margin": (
        (
            '{"tv_instrument":"ADAUSDT","action":"enter_long","bot_uuid":"b",'
            '"order":{"amount":"7.50","currency_type":"margin_percent"}}'
        ),
        {"quantity": "7.50", "quantity_type": "percent_of_equity"},
    ),
    "the strategy's figures alone are the mark": (
        '{"tv_instrument":"ADAUSDT","action":"buy","strategy_info":{"market_position":"long"}}',
        {"dialect": "threecommas", "position": "long"},
    ),
    "the mark in another spelling": (
        '{"tvInstrument":"ADAUSDT","action":"buy","BotUUID":"b","triggerPrice":"2"}',
        {"dialect": "threecommas", "price": "2"},
    ),
    "a price of its own wins over the trigger price": (
        '{"bot_uuid":"b","trigger_price":"2","price":"1","tv_instrument":"A","action":"buy"}',
        {"price": "1"},
    ),
    "the close wins over the trigger price": (
        '{"trigger_price":"2","close":"3","bot_uuid":"b","tv_instrument":"A","action":"buy"}',
        {"price": "3"},
    ),
    "a trigger price makes no stop order": (
        '{"trigger_price":"2","bot_uuid":"b","tv_instrument":"A","action":"buy"}',
        {"price": "2", "stop_price": None, "order_type": "market"},
    ),
    "a delayed feed": (
        '{"tv_exchange":"NASDAQ_DLY","tv_instrument":"AAPL","action":"buy","bot_uuid":"b"}',
        {"exchange": "NASDAQ", "warnings": "delayed"},
    ),
    "the marks of traderspost beside": (
        '{"bot_uuid":"b","ticker":"A","action":"buy","orderType":"market","sentiment":"long"}',
        {"dialect": "threecommas"},
    ),
    "flat, with a size of nought": (
        (
            '{"bot_uuid":"b","tv_instrument":"A","action":"sell","strategy_info":{"market_position":'
            '"flat","market_position_size":"0","prev_market_position":"long",'
            '"prev_market_position_size":"1"},"order":{"amount":"1","currency_type":"base"}}'
        ),
        {"position": "flat", "position_size": "0", "prev_position_size": "1", "quantity": "1"},
    ),
}
REFUSED = {
    "an action that no bot has": (
        '{"bot_uuid":"b","tv_instrument":"A","action":"disable"}',
        Refused("invalid_action", "action"),
    ),
    "a currency type that is none": (
        (
            '{"bot_uuid":"b","tv_instrument":"A","action":"buy","order":{"amount":1,'
            '"currency_type":"usd"}}'
        ),
        Refused("invalid_quantity_type", "currency_type"),
    ),
    "an amount that was not filled in": (
        (
            '{"bot_uuid":"b","tv_instrument":"A","action":"buy",'
            '"order":{"amount":"{{strategy.order.contracts}}"}}'
        ),
        Refused("unresolved_placeholder", "amount"),
    ),
    "entering long to end short": (
        (
            '{"bot_uuid":"b","tv_instrument":"A","action":"enter_long",'
            '"strategy_info":{"market_position":"short"}}'
        ),
        Refused("action_position_conflict", "market_position"),
    ),
    "a lag that is no number": (
        '{"bot_uuid":"b","tv_instrument":"A","action":"buy","max_lag":"5 min"}',
        Refused("invalid_field", "max_lag"),
    ),
    "no instrument": ('{"bot_uuid":"b","action":"buy"}', Refused("missing_field", "ticker")),
    "the marks of OpenAlgo beside": (
        '{"bot_uuid":"b","tv_instrument":"A","action":"buy","product":"MIS"}',
        Refused("ambiguous_payload"),
    ),
    "the marks of PickMyTrade beside": (
        '{"bot_uuid":"b","symbol":"A","data":"buy"}',
        Refused("ambiguous_payload"),
    ),
    "a nested strategy beside": (
        '{"bot_uuid":"b","ticker":"A","strategy":{"order_action":"buy"}}',
        Refused("ambiguous_payload"),
    ),
    "two exchanges": (
        '{"bot_uuid":"b","tv_instrument":"OKX:A","tv_exchange":"BINANCE","action":"buy"}',
        Refused("conflicting_fields", "tv_exchange"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
