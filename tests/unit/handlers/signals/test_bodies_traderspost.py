from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import (
    Refused,
    as_json,
    assert_means,
    assert_refused,
)

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the strategy template": (
        (
            '{"ticker":"MNQ1!","action":"sell","sentiment":"flat","quantity":"2","price":"21034.25",'
            '"time":"2026-11-20T14:31:07Z","interval":"5"}'
        ),
        {
            "dialect": "traderspost",
            "ticker": "MNQ1!",
            "action": "sell",
            "position": "flat",
            "quantity": "2",
            "order_type": "market",
            "limit_price": None,
            "price": "21034.25",
            "time": "2026-11-20T14:31:07Z",
            "interval": "5",
            "reduce_only": False,
        },
    ),
    "a signal price is for reference": (
        (
            '{"ticker":"AMD","action":"buy","signalPrice":143.12,"quantity":1,'
            '"takeProfit":{"percent":10},"stopLoss":{"type":"stop","percent":5}}'
        ),
        {
            "dialect": "traderspost",
            "price": "143.12",
            "order_type": "market",
            "limit_price": None,
            "take_profit": {"percent": "10"},
            "stop_loss": {"type": "stop", "percent": "5"},
        },
    ),
    "bullish is long": (
        '{"ticker":"TSLA","action":"buy","sentiment":"bullish"}',
        {"dialect": "traderspost", "position": "long", "quantity": None},
    ),
    "bearish is short": (
        '{"ticker":"TSLA","action":"sell","sentiment":"Bearish"}',
        {"position": "short"},
    ),
    "neutral is flat": (
        '{"ticker":"TSLA","action":"exit","sentiment":"neutral"}',
        {"position": "flat", "action": "exit", "reduce_only": True},
    ),
    "sentiment in any case is the mark": (
        '{"Ticker":"TSLA","Action":"Buy","Sentiment":"LONG","Quantity":"3"}',
        {"dialect": "traderspost", "action": "buy", "position": "long", "quantity": "3"},
    ),
    "a limit order": (
        '{"ticker":"ETHUSDT","action":"sell","orderType":"limit","limitPrice":"3150.250"}',
        {"dialect": "traderspost", "order_type": "limit", "limit_price": "3150.250"},
    ),
    "a limit order takes the price where no limit is given": (
        '{"ticker":"ETHUSDT","action":"buy","orderType":"limit","price":"3100","quantity":1}',
        {"order_type": "limit", "limit_price": "3100", "price": "3100"},
    ),
    "a limit of its own wins over the price": (
        '{"ticker":"ETHUSDT","action":"buy","orderType":"limit","price":"3100","limitPrice":3099}',
        {"limit_price": "3099", "price": "3100"},
    ),
    "a stop order": (
        '{"ticker":"ETHUSDT","action":"buy","orderType":"stop","stopPrice":3200}',
        {"order_type": "stop", "stop_price": "3200"},
    ),
    "a stop-limit order": (
        '{"ticker":"ETHUSDT","action":"buy","orderType":"stop_limit","stopPrice":1,"limitPrice":2}',
        {"order_type": "stop_limit", "stop_price": "1", "limit_price": "2"},
    ),
    "a trailing stop by amount": (
        '{"ticker":"ES","action":"exit","orderType":"trailing_stop","trailAmount":"2.5"}',
        {"order_type": "trailing_stop", "trail_amount": "2.5", "trail_percent": None},
    ),
    "a trailing stop by percent": (
        '{"ticker":"ES","action":"exit","orderType":"trailing_stop","trailPercent":1}',
        {"order_type": "trailing_stop", "trail_percent": "1"},
    ),
    "a dollar amount is notional": (
        '{"ticker":"BTCUSD","action":"buy","quantityType":"dollar_amount","quantity":250}',
        {"dialect": "traderspost", "quantity_type": "notional", "quantity": "250"},
    ),
    "risk in dollars": (
        (
            '{"ticker":"ES","action":"buy","quantityType":"risk_dollar_amount","quantity":100,'
            '"stopLoss":{"type":"stop","amount":5}}'
        ),
        {"quantity_type": "risk_amount", "stop_loss": {"type": "stop", "amount": "5"}},
    ),
    "risk in percent": (
        '{"ticker":"ES","action":"buy","quantityType":"risk_percent","quantity":1}',
        {"quantity_type": "risk_percent"},
    ),
    "percent of equity": (
        '{"ticker":"ES","action":"buy","quantityType":"percent_of_equity","quantity":"12.5"}',
        {"quantity_type": "percent_of_equity", "quantity": "12.5"},
    ),
    "half of the position": (
        '{"ticker":"ES","action":"exit","quantityType":"percent_of_position","quantity":50}',
        {"quantity_type": "percent_of_position", "quantity": "50", "reduce_only": True},
    ),
    "brackets as prices in objects": (
        (
            '{"ticker":"ES","action":"buy","takeProfit":{"limitPrice":6100.25},'
            '"stopLoss":{"type":"stop_limit","stopPrice":5900,"limitPrice":5899.5}}'
        ),
        {
            "take_profit": {"limit_price": "6100.25"},
            "stop_loss": {"type": "stop_limit", "stop_price": "5900", "limit_price": "5899.5"},
        },
    ),
    "brackets as plain prices": (
        '{"ticker":"ES","action":"buy","takeProfit":"6100.25","stopLoss":5900}',
        {"take_profit": {"limit_price": "6100.25"}, "stop_loss": {"stop_price": "5900"}},
    ),
    "a trailing stop-loss": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"trailing_stop","trailPercent":1.5}}',
        {"stop_loss": {"type": "trailing_stop", "trail_percent": "1.5"}},
    ),
    "sub-keys in snake case": (
        (
            '{"ticker":"ES","action":"buy","takeProfit":{"limit_price":1},"stopLoss":'
            '{"Type":"STOP","stop_price":2}}'
        ),
        {"take_profit": {"limit_price": "1"}, "stop_loss": {"type": "stop", "stop_price": "2"}},
    ),
    "brackets that are nought are none": (
        '{"ticker":"ES","action":"buy","takeProfit":0,"stopLoss":"0.0"}',
        {"take_profit": None, "stop_loss": None, "dialect": "traderspost"},
    ),
    "empty brackets are none": (
        '{"ticker":"ES","action":"buy","takeProfit":{},"stopLoss":null}',
        {"take_profit": None, "stop_loss": None},
    ),
    "a time in force": (
        '{"ticker":"ES","action":"buy","orderType":"market","timeInForce":"gtc"}',
        {"time_in_force": "gtc"},
    ),
    "an add": ('{"ticker":"ES","action":"add","sentiment":"long"}', {"action": "add"}),
    "a cancel": ('{"ticker":"ES","action":"cancel"}', {"action": "cancel", "dialect": "plain"}),
    "a delay is read": (
        '{"ticker":"ES","action":"buy","sentiment":"long","delay":5}',
        {"delay": "5"},
    ),
    "extras are kept": (
        '{"ticker":"ES","action":"buy","sentiment":"long","extras":{"setup":"A","n":1.50}}',
        {"extras": {"setup": "A", "n": "1.50"}},
    ),
    "a limit price beside a market order is read and told": (
        '{"ticker":"ES","action":"buy","limitPrice":6000}',
        {
            "dialect": "traderspost",
            "order_type": "market",
            "limit_price": "6000",
            "warnings": "limitPrice would change what is traded",
        },
    ),
    "an option's strike is read and told": (
        '{"ticker":"SPY","action":"buy","sentiment":"long","strikePrice":600}',
        {"warnings": "strikePrice would change what is traded"},
    ),
    "cancelling first, switched off, is nothing": (
        '{"ticker":"SPY","action":"buy","sentiment":"long","cancel":false}',
        {"warnings": ""},
    ),
}
REFUSED = {
    "a limit order without a price": (
        '{"ticker":"ES","action":"buy","orderType":"limit"}',
        Refused("price_required", "limit_price"),
    ),
    "a stop order without its price, whatever the price": (
        '{"ticker":"ES","action":"buy","orderType":"stop","price":1}',
        Refused("price_required", "stop_price"),
    ),
    "a stop-limit order without its limit, whatever the price": (
        '{"ticker":"ES","action":"buy","orderType":"stop_limit","stopPrice":2,"price":1}',
        Refused("price_required", "limit_price"),
    ),
    "a trailing stop without a distance": (
        '{"ticker":"ES","action":"buy","orderType":"trailing_stop","stopPrice":2}',
        Refused("price_required", "trail_amount"),
    ),
    "a limit price of nought": (
        '{"ticker":"ES","action":"buy","orderType":"limit","limitPrice":0}',
        Refused("invalid_price", "limitPrice"),
    ),
    "an unknown order type": (
        '{"ticker":"ES","action":"buy","orderType":"iceberg"}',
        Refused("invalid_order_type", "orderType"),
    ),
    "an unknown quantity type": (
        '{"ticker":"ES","action":"buy","quantityType":"lots","quantity":1}',
        Refused("invalid_quantity_type", "quantityType"),
    ),
    "a sentiment that is none": (
        '{"ticker":"ES","action":"buy","sentiment":"up"}',
        Refused("invalid_position", "sentiment"),
    ),
    "a part that no take-profit has": (
        '{"ticker":"ES","action":"buy","takeProfit":{"price":1}}',
        Refused("unknown_field_typo", "price"),
    ),
    "a part of a stop-loss that is misspelt": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"stop","percnt":1}}',
        Refused("unknown_field_typo", "percnt"),
    ),
    "a take-profit that is negative": (
        '{"ticker":"ES","action":"buy","takeProfit":{"percent":-1}}',
        Refused("invalid_take_profit", "takeProfit"),
    ),
    "a part of nought": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"stop","percent":0}}',
        Refused("invalid_stop_loss", "stopLoss"),
    ),
    "a stop-loss of another type": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"market","percent":1}}',
        Refused("invalid_stop_loss", "stopLoss"),
    ),
    "a stop-loss that says no price": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"stop"}}',
        Refused("invalid_stop_loss", "stopLoss"),
    ),
    "a stop-limit without its limit": (
        '{"ticker":"ES","action":"buy","stopLoss":{"type":"stop_limit","stopPrice":1}}',
        Refused("invalid_stop_loss", "stopLoss"),
    ),
    "a stop-loss that is a list": (
        '{"ticker":"ES","action":"buy","stopLoss":[1]}',
        Refused("invalid_stop_loss", "stopLoss"),
    ),
    "a time in force that is not taken": (
        '{"ticker":"ES","action":"buy","sentiment":"long","timeInForce":"opg"}',
        Refused("invalid_tif", "timeInForce"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)


@pytest.mark.parametrize(
    ("mark", "value", "dialect"),
    [
        ("orderType", "market", "traderspost"),
        ("limitPrice", 1, "traderspost"),
        ("quantityType", "fixed_quantity", "traderspost"),
        ("takeProfit", 1, "traderspost"),
        ("stopLoss", 1, "traderspost"),
        ("order_type", "market", "plain"),
        ("limit_price", 1, "plain"),
        ("quantity_type", "fixed_quantity", "plain"),
        ("take_profit", 1, "plain"),
        ("stoploss", 1, "plain"),
        ("stopPrice", 1, "plain"),
    ],
)
def test_marks_count_only_in_the_bridge_own_spelling(
    mark: str, value: object, dialect: str
) -> None:
    assert_means(as_json(**{mark: value}), {"dialect": dialect})
