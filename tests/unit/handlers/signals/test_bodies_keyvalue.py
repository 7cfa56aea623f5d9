from __future__ import annotations

from typing import Any

import pytest

from tests.unit.handlers.signals.body_cases import Refused, assert_means, assert_refused

PLACE = (
    "key=notreal;command=PLACE;account=Sim101;instrument=ES1!;action=BUY;qty=2;"
    "order_type=MARKET;tif=DAY;"
)
UNDERSTOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "an order on one line": (
        PLACE,
        {
            "dialect": "keyvalue",
            "ticker": "ES1!",
            "action": "buy",
            "quantity": "2",
            "order_type": "market",
            "time_in_force": "day",
            "extras": {"account": "Sim101"},
            "accounts": None,
            "warnings": "account is kept",
        },
    ),
    "an order on lines": (PLACE.replace(";", "\n"), {"dialect": "keyvalue", "quantity": "2"}),
    "both ends": (PLACE.replace(";", ";\r\n"), {"dialect": "keyvalue", "quantity": "2"}),
    "spaces": (
        " command = PLACE ; ticker = ES1! ; action = sell ; qty = 1 ",
        {"action": "sell", "ticker": "ES1!", "quantity": "1"},
    ),
    "no command": ("ticker=BTCUSDT\naction=buy\nqty=0.5", {"action": "buy", "quantity": "0.5"}),
    "quoted values": ("ticker=\"BTCUSDT\";action='buy'", {"ticker": "BTCUSDT", "action": "buy"}),
    "a limit order": (
        PLACE.replace("MARKET", "LIMIT") + "limit_price=5310.25;",
        {"order_type": "limit", "limit_price": "5310.25"},
    ),
    "a stop order": (
        PLACE.replace("MARKET", "STOPMARKET") + "stop_price=5310;",
        {"order_type": "stop", "stop_price": "5310"},
    ),
    "a stop-limit order": (
        PLACE.replace("MARKET", "STOPLIMIT") + "stop_price=5310;limit_price=5311;",
        {"order_type": "stop_limit"},
    ),
    "brackets as prices": (
        PLACE + "take_profit=5400;stop_loss=5200;",
        {"take_profit": {"limit_price": "5400"}, "stop_loss": {"stop_price": "5200"}},
    ),
    "entries without a value": (
        PLACE + "limit_price=;stop_price=;oco_id=;take_profit=;",
        {"limit_price": None, "stop_price": None, "take_profit": None},
    ),
    "closing a position": (
        "command=CLOSEPOSITION;account=Sim101;ticker=ES1!;",
        {"action": "exit", "reduce_only": True, "quantity": None},
    ),
    "closing with an action beside": (
        "command=closeposition;ticker=ES1!;action=SELL;qty=1",
        {"action": "exit", "quantity": "1"},
    ),
    "close in short": ("command=CLOSE;ticker=ES1!", {"action": "exit"}),
    "flattening": ("command=FLATTEN;ticker=ES1!", {"action": "exit"}),
    "cancelling": ("command=CANCEL;ticker=ES1!", {"action": "cancel"}),
    "cancelling orders": ("command=CANCELORDERS;ticker=ES1!", {"action": "cancel"}),
    "cancelling all": ("command=CANCELALLORDERS;ticker=ES1!", {"action": "cancel_all"}),
    "cancelling all with spaces": ("command=Cancel All;ticker=ES1!", {"action": "cancel_all"}),
    "reversing": ("command=REVERSE;ticker=ES1!", {"action": "reverse", "position": None}),
    "reversing to a side": (
        "command=REVERSEPOSITION;ticker=ES1!;action=SELL;qty=1",
        {"action": "reverse", "position": "short", "quantity": "1"},
    ),
    "a delay is read": (PLACE + "delay=10", {"delay": "10"}),
    "flattening first is read and told": (
        PLACE + "flatten_first=true;",
        {"warnings": "flatten_first would change what is traded"},
    ),
    "flattening first, switched off": (PLACE + "flatten_first=false;", {"warnings": "account"}),
    "closing a part is read and told": (
        "command=CLOSEPOSITION;ticker=ES1!;percent=0.5",
        {"warnings": "percent would change what is traded"},
    ),
    "a value with the sign in it": ("ticker=ES1!;action=buy;comment=a=b", {"comment": "a=b"}),
}
REFUSED = {
    "another command": (
        PLACE.replace("PLACE", "CHANGE"),
        Refused("invalid_action", "command"),
    ),
    "another command without an action": (
        "Command=DANCE;ticker=ES1!",
        Refused("invalid_action", "Command"),
    ),
    "an action as the command": (
        "command=BUY;ticker=ES1!;qty=1",
        Refused("invalid_action", "command"),
    ),
    "cancelling and placing": (
        PLACE.replace("PLACE", "CANCELREPLACE"),
        Refused("invalid_action", "command"),
    ),
    "flattening and placing": (
        PLACE.replace("PLACE", "FLATPLACE"),
        Refused("invalid_action", "command"),
    ),
    "a command that was not filled in": (
        "command={{strategy.order.alert_message}};ticker=ES1!",
        Refused("unresolved_placeholder", "command"),
    ),
    "a ticker that was not filled in": (
        "command=PLACE;ticker={{ticker}};action=buy",
        Refused("unresolved_placeholder", "ticker"),
    ),
    "no action": ("command=PLACE;ticker=ES1!;qty=1", Refused("missing_field", "action")),
    "no ticker": ("command=FLATTENEVERYTHING;", Refused("missing_field", "ticker")),
    "no ticker, and another command": ("command=DANCE;", Refused("missing_field", "ticker")),
    "a contract with a space": (
        PLACE.replace("ES1!", "ES 12-26"),
        Refused("invalid_ticker", "instrument"),
    ),
    "a key twice": ("ticker=A;action=buy;action=buy", Refused("duplicate_key", "action")),
    "a quantity without a value": (
        "ticker=A;action=buy;qty=;",
        Refused("invalid_quantity", "qty"),
    ),
    "a time in force that is not taken": (
        PLACE.replace("DAY", "GTD"),
        Refused("invalid_tif", "tif"),
    ),
    "a stop in ticks": (
        PLACE + "stop_loss=20 ticks;",
        Refused("invalid_stop_loss", "stop_loss"),
    ),
    "a typo": (PLACE + "take_proft=1;", Refused("unknown_field_typo", "take_proft")),
    "a line that is no entry": ("ticker=A\naction=buy\nhello", Refused("unrecognised_text")),
}


@pytest.mark.parametrize(("body", "expected"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_body_is_understood(body: str, expected: dict[str, Any]) -> None:
    assert_means(body, expected)


@pytest.mark.parametrize(("body", "expected"), REFUSED.values(), ids=REFUSED)
def test_body_is_refused(body: str, expected: Refused) -> None:
    assert_refused(body, expected)
