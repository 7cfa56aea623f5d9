from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

TEMPLATE = (
    '{"symbol":"MNQ1!","date":"2026-11-20T14:31:07Z","data":"buy","quantity":1,'
    '"risk_percentage":0,"price":"21034.25","tp":0,"percentage_tp":0,"dollar_tp":0,"sl":0,'
    '"dollar_sl":0,"percentage_sl":0,"trail":0,"trail_stop":0,"trail_trigger":0,"trail_freq":0,'
    '"update_tp":false,"update_sl":false,"breakeven":0,"token":"AbCdEfGh","pyramid":true,'
    '"same_direction_ignore":false,"reverse_order_close":false,"order_type":"MKT",'
    '"multiple_accounts":[{"token":"AbCdEfGh","account_id":"DEMO1","risk_percentage":0,'
    '"quantity_multiplier":1}]}'
)


def changed(**words: str) -> str:
    """Return the template with other values, as they stand in JSON."""
    body = TEMPLATE
    for key, value in words.items():
        before, _, after = body.partition(f'"{key}":')
        rest = after[after.index(",") :]
        body = f'{before}"{key}":{value}{rest}'
    return body


UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "the template": (
        TEMPLATE,
        {
            "dialect": "pickmytrade",
            "ticker": "MNQ1!",
            "action": "buy",
            "quantity": "1",
            "quantity_type": "fixed_quantity",
            "price": "21034.25",
            "time": "2026-11-20T14:31:07Z",
            "order_type": "market",
            "take_profit": None,
            "stop_loss": None,
            "position": None,
            "warnings": "multiple_accounts is kept",
        },
    ),
    "the least": ('{"symbol":"NQ","data":"buy"}', {"dialect": "pickmytrade", "action": "buy"}),
    "a close": (
        '{"symbol":"MNQ1!","data":"close","quantity":0,"token":"t"}',
        {"action": "exit", "quantity": "0", "reduce_only": True},
    ),
    "a short": ('{"symbol":"NQ","data":"short"}', {"action": "short_entry"}),
    "a strategy that is flat": ('{"symbol":"NQ","data":"flat"}', {"action": "exit"}),
    "brackets as prices": (
        changed(tp="21100", sl='"20990.5"'),
        {"take_profit": {"limit_price": "21100"}, "stop_loss": {"stop_price": "20990.5"}},
    ),
    "brackets in percent": (
        changed(percentage_tp="1.5", percentage_sl="2"),
        {"take_profit": {"percent": "1.5"}, "stop_loss": {"percent": "2"}},
    ),
    "brackets as distances": (
        changed(dollar_tp="30", dollar_sl="15.25"),
        {"take_profit": {"amount": "30"}, "stop_loss": {"amount": "15.25"}},
    ),
    "brackets of two kinds": (
        changed(tp="21100", dollar_sl="15"),
        {"take_profit": {"limit_price": "21100"}, "stop_loss": {"amount": "15"}},
    ),
    "one price under two names": (
        '{"symbol":"NQ","data":"buy","tp":"5.0","take_profit":5}',
        {"take_profit": {"limit_price": "5.0"}},
    ),
    "a risk instead of a quantity": (
        changed(quantity="0", risk_percentage="2.5"),
        {"quantity": "2.5", "quantity_type": "risk_percent"},
    ),
    "a limit order": (
        changed(order_type='"LMT"'),
        {"order_type": "limit", "limit_price": "21034.25"},
    ),
    "a stop-limit order": (
        (
            '{"symbol":"NQ","data":"buy","order_type":"STP LMT","stp_limit_stp_price":5,'
            '"limit_price":6}'
        ),
        {"order_type": "stop_limit", "stop_price": "5", "limit_price": "6"},
    ),
    "a price of nought is none": (changed(price="0"), {"price": None}),
    "a trail is read and told": (
        changed(trail="1", trail_stop="8"),
        {"warnings": "trail_stop would change what is traded"},
    ),
    "moving the stop is read and told": (
        changed(update_sl="true"),
        {"warnings": "update_sl would change what is traded"},
    ),
    "other accounts at other sizes are read and told": (
        TEMPLATE.replace('"quantity_multiplier":1', '"quantity_multiplier":3'),
        {"warnings": "multiple_accounts would change what is traded"},
    ),
    "a close of a part is read and told": (
        '{"symbol":"NQ","data":"close","quantity":1,"full_closed":false}',
        {"warnings": "full_closed would change what is traded"},
    ),
    "a whole close is no news": (
        '{"symbol":"NQ","data":"close","quantity":0,"full_closed":true}',
        {"warnings": ""},
    ),
    "reversing ends on the side of the entry": (
        changed(reverse_order_close="true"),
        {"action": "buy", "position": "long", "position_size": None, "quantity": "1"},
    ),
    "reversing without pyramids ends at the quantity": (
        changed(reverse_order_close="true", pyramid="false", data='"sell"', quantity="2"),
        {"action": "sell", "position": "short", "position_size": "-2", "quantity": "2"},
    ),
    "reversing by the older name for pyramids": (
        (
            '{"symbol":"NQ","data":"long","quantity":"3","reverse_order_close":true,'
            '"duplicate_position_allow":false}'
        ),
        {"action": "long_entry", "position": "long", "position_size": "3"},
    ),
    "a close reverses nothing": (
        changed(reverse_order_close="true", data='"close"'),
        {"action": "exit", "position": None, "position_size": None},
    ),
    "reversing by risk names no size": (
        changed(reverse_order_close="true", pyramid="false", quantity="0", risk_percentage="1"),
        {"position": "long", "position_size": None},
    ),
    "the mark in another spelling": (
        '{"Symbol":"nq","DATA":"BUY","Qty":"1"}',
        {"dialect": "pickmytrade", "ticker": "NQ", "action": "buy", "quantity": "1"},
    ),
}
REFUSED = {
    "two ways to take profit": (
        changed(tp="21100", percentage_tp="1"),
        Refused("conflicting_fields"),
    ),
    "a risk beside a quantity": (
        changed(risk_percentage="1"),
        Refused("conflicting_fields", "risk_percentage"),
    ),
    "a negative distance": (
        changed(dollar_sl="-5"),
        Refused("invalid_stop_loss", "dollar_sl"),
    ),
    "a price that was not filled in": (
        changed(price='"{{close}}"'),
        Refused("unresolved_placeholder", "price"),
    ),
    "a placeholder in another account": (
        TEMPLATE.replace('"DEMO1"', '"{{account}}"'),
        Refused("unresolved_placeholder", "multiple_accounts"),
    ),
    "an action that is none": (
        changed(data='"{strategy}"'),
        Refused("invalid_action", "data"),
    ),
    "no action": ('{"symbol":"NQ","data":null}', Refused("missing_field", "action")),
    "a quantity that is none": (
        changed(quantity='"1 contract"'),
        Refused("invalid_quantity", "quantity"),
    ),
    "a time that is none": (changed(date='"today"'), Refused("invalid_time", "date")),
    "the marks of OpenAlgo beside": (
        '{"symbol":"NQ","data":"buy","pricetype":"MARKET"}',
        Refused("ambiguous_payload"),
    ),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
