from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "a buy by risk, with distances": (
        "60123456789,buy,EURUSD,risk=1,sl=50,tp=100",
        {
            "dialect": "pineconnector",
            "ticker": "EURUSD",
            "action": "buy",
            "quantity": "1",
            "quantity_type": "risk_percent",
            "stop_loss": {"amount": "50"},
            "take_profit": {"amount": "100"},
            "extras": {"distance_unit": "pip"},
            "warnings": "in pips",
        },
    ),
    "a sell": (
        "60123456789,sell,GBPJPY,risk=0.5",
        {"action": "sell", "quantity": "0.5", "take_profit": None, "warnings": ""},
    ),
    "no risk": ("60123456789,buy,AUDUSD", {"quantity": None, "quantity_type": "fixed_quantity"}),
    "spaces and capitals": (
        '60123456789, BUY, eurusd, Risk = 2 , comment="Strategy 1"',
        {"action": "buy", "ticker": "EURUSD", "quantity": "2", "comment": "Strategy 1"},
    ),
    "a limit order": (
        "60123456789,buylimit,EURUSD,price=1.0525,risk=1",
        {"action": "buy", "order_type": "limit", "limit_price": "1.0525"},
    ),
    "a stop order": (
        "60123456789,sellstop,EURUSD,price=1.0425,risk=1",
        {"action": "sell", "order_type": "stop", "stop_price": "1.0425", "price": None},
    ),
    "closing longs": (
        "60123456789,closelong,EURUSD",
        {"action": "long_exit", "reduce_only": True},
    ),
    "closing shorts": ("60123456789,closeshort,EURUSD", {"action": "short_exit"}),
    "closing all": ("60123456789,closeall,EURUSD", {"action": "exit"}),
    "closing longs and selling": ("60123456789,closelongsell,EURUSD", {"action": "short_entry"}),
    "distances of nought are none": (
        "60123456789,buy,EURUSD,risk=1,sl=0,tp=0",
        {"stop_loss": None, "take_profit": None, "warnings": ""},
    ),
    "a secret": ("60123456789,buy,EURUSD,risk=1,secret=notreal", {"quantity": "1", "extras": {}}),
    "the newer names": (
        "7012345678901,sell,EURUSD,vol_lots=0.1,sl_pips=20,tp_pct=1.5",
        {
            "quantity": "0.1",
            "quantity_type": "fixed_quantity",
            "stop_loss": {"amount": "20"},
            "take_profit": {"percent": "1.5"},
        },
    ),
    "brackets as prices": (
        "7012345678901,buy,EURUSD,vol_lots=1,sl_price=1.04,tp_price=1.06",
        {"stop_loss": {"stop_price": "1.04"}, "take_profit": {"limit_price": "1.06"}},
    ),
    "a filter is read and told": (
        "60123456789,buy,EURUSD,risk=1,spread=2",
        {"warnings": "spread would change what is traded"},
    ),
    "a trail is read and told": (
        "60123456789,buy,EURUSD,risk=1,trailtrig=20,traildist=10",
        {"warnings": "traildist would change what is traded"},
    ),
    "an unknown parameter": (
        "60123456789,buy,EURUSD,risk=1,mood=great",
        {"warnings": "unknown field mood"},
    ),
    "a line's end and commas to spare": ("60123456789,buy,EURUSD,,risk=1,\r\n", {"quantity": "1"}),
}
REFUSED = {
    "another command": (
        "60123456789,newsltplong,EURUSD,sl=10",
        Refused("invalid_action", "action"),
    ),
    "cancelling one side only": (
        "60123456789,cancellong,EURUSD",
        Refused("invalid_action", "action"),
    ),
    "no symbol": ("60123456789,buy,", Refused("missing_field", "ticker")),
    "nothing but a licence": ("60123456789,", Refused("missing_field", "ticker")),
    "a risk that is none": (
        "60123456789,buy,EURUSD,risk=low",
        Refused("invalid_quantity", "risk"),
    ),
    "a risk of nought": ("60123456789,buy,EURUSD,risk=0", Refused("invalid_quantity", "risk")),
    "a negative distance": (
        "60123456789,buy,EURUSD,risk=1,sl=-50",
        Refused("invalid_stop_loss", "sl"),
    ),
    "a limit order without a price": (
        "60123456789,buylimit,EURUSD,risk=1",
        Refused("price_required", "limit_price"),
    ),
    "a stop order without a price": (
        "60123456789,buystop,EURUSD,risk=1",
        Refused("price_required", "stop_price"),
    ),
    "a part that is no parameter": (
        "60123456789,buy,EURUSD,risk",
        Refused("unrecognised_text"),
    ),
    "a parameter twice": (
        "60123456789,buy,EURUSD,sl=1,sl=2",
        Refused("duplicate_key", "sl"),
    ),
    "two stops": (
        "60123456789,buy,EURUSD,sl=10,sl_price=1.1",
        Refused("conflicting_fields"),
    ),
    "a risk beside a volume": (
        "60123456789,buy,EURUSD,risk=1,vol_lots=2",
        Refused("conflicting_fields"),
    ),
    "a symbol that was not filled in": (
        "60123456789,buy,{{ticker}},risk=1",
        Refused("unresolved_placeholder", "ticker"),
    ),
    "an action that was not filled in": (
        "60123456789,{{strategy.order.action}},EURUSD,risk=1",
        Refused("unresolved_placeholder", "action"),
    ),
    "a stop that was not filled in": (
        "60123456789,buy,EURUSD,sl={{plot_0}}",
        Refused("unresolved_placeholder", "sl"),
    ),
    "a typo": ("60123456789,buy,EURUSD,stoplos=5", Refused("unknown_field_typo", "stoplos")),
    "a licence that is too short": ("123456789,buy,EURUSD", Refused("unrecognised_text")),
    "a symbol that is none": (
        "60123456789,buy,EUR USD",
        Refused("invalid_ticker", "ticker"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
