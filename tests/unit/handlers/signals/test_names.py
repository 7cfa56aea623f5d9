"""Every name that senders use for a field, in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.signals.names import SPELLINGS, fold_key
from tests.unit.handlers.signals.body_cases import (
    Refused,
    as_json,
    assert_means,
    assert_refused,
    meant,
)

# The names, and the canonical field that each fills.
TEXTS = {
    "ticker": "ticker symbol pair instrument market asset tv_instrument",
    "exchange": "exchange tv_exchange",
    "id": "id signal_id alert_id alertTimestamp client_ref",
    "order_id": "order_id orderId strategy.order_id",
    "comment": "comment order_comment",
    "interval": "interval timeframe",
}
NUMBERS = {
    "quantity": "quantity qty contracts size amount order_contracts volume q order.amount "
    "strategy.order_contracts",
    "position_size": "position_size target_qty target",
    "prev_position_size": "prev_position_size",
    "price": "price signalPrice order_price close",
    "max_age": "max_age max_lag",
    "delay": "delay",
}
TIMES = "timenow timestamp time date sent_at"
POSITIONS = {
    "position": "sentiment market_position position direction",
    "prev_position": "prev_market_position prev_position",
}
ACTIONS = "action side order_action signal data strategy.order_action"


def spellings(name: str) -> set[str]:
    """Return a name as it may be typed."""
    words = name.replace("-", "_").split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    return {
        name,
        name.upper(),
        "-".join(words),
        camel,
        "".join(words),
        "__".join(words),
        f"_{name}",
    }


def each(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, field) for field, names in table.items() for name in names.split()]


def bare(field: str) -> dict[str, object]:
    """Leave a field's usual name out."""
    return {field: ...} if field in {"ticker", "quantity"} else {}


@pytest.mark.parametrize(("name", "field"), each(TEXTS))
def test_name_of_a_text_fills_its_field(name: str, field: str) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{**bare(field), spelt: "ABC"}), {field: "ABC"})


@pytest.mark.parametrize(("name", "field"), each(NUMBERS))
def test_name_of_a_number_fills_its_field(name: str, field: str) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{**bare(field), spelt: "5.50"}), {field: "5.50"})


@pytest.mark.parametrize("name", TIMES.split())
def test_name_of_the_time_fills_it(name: str) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{spelt: "2026-11-20T01:45:07Z"}), {"time": "2026-11-20T01:45:07Z"})


@pytest.mark.parametrize(("name", "field"), each(POSITIONS))
def test_name_of_a_position_fills_its_field(name: str, field: str) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{spelt: "Long"}), {field: "long"})


@pytest.mark.parametrize("name", ACTIONS.split())
def test_name_of_the_action_fills_it(name: str) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{"action": ..., spelt: "SELL"}), {"action": "sell"})


@pytest.mark.parametrize(
    ("name", "value", "field", "canonical"),
    [
        ("quantityType", "quote", "quantity_type", "notional"),
        ("qty_type", "base", "quantity_type", "fixed_quantity"),
        ("currency_type", "margin_percent", "quantity_type", "percent_of_equity"),
        ("orderType", "mkt", "order_type", "market"),
        ("type", "MARKET", "order_type", "market"),
        ("order_type", "MKP", "order_type", "market"),
        ("timeInForce", "GTC", "time_in_force", "gtc"),
        ("tif", "ROD", "time_in_force", "day"),
        ("reduceOnly", "true", "reduce_only", True),
        ("takeProfit", "5", "take_profit", {"limit_price": "5"}),
        ("tp", 5, "take_profit", {"limit_price": "5"}),
        ("stopLoss", 5, "stop_loss", {"stop_price": "5"}),
        ("sl", "5", "stop_loss", {"stop_price": "5"}),
        ("mode", "LIVE", "mode", "live"),
        ("accounts", ["a"], "accounts", ["a"]),
        ("extras", {"a": 1}, "extras", {"a": "1"}),
    ],
)
def test_name_of_a_choice_fills_its_field(
    name: str, value: object, field: str, canonical: object
) -> None:
    for spelt in spellings(name):
        assert_means(as_json(**{spelt: value}), {field: canonical})


@pytest.mark.parametrize(
    ("word", "action"),
    [
        ("buy", "buy"), ("sell", "sell"), ("long", "long_entry"), ("enter_long", "long_entry"),
        ("bullish", "long_entry"), ("short", "short_entry"), ("enter_short", "short_entry"),
        ("bearish", "short_entry"), ("exit_long", "long_exit"), ("exit_short", "short_exit"),
        ("exit", "exit"), ("close", "exit"), ("flat", "exit"), ("flatten", "exit"),
        ("exit_all", "exit"), ("reverse", "reverse"), ("add", "add"), ("reduce", "reduce"),
        ("target", "target"), ("cancel", "cancel"), ("cancel_all", "cancel_all"),
        ("ping", "ping"), ("long_entry", "long_entry"), ("short_exit", "short_exit"),
    ],
)  # fmt: skip
def test_words_for_actions(word: str, action: str) -> None:
    for spelt in (word, word.upper(), word.replace("_", "-"), f" {word.replace('_', ' ')} "):
        assert_means(as_json(action=spelt), {"action": action})


@pytest.mark.parametrize(
    ("word", "order_type"),
    [
        ("MARKET", "market"), ("MKT", "market"), ("LIMIT", "limit"), ("LMT", "limit"),
        ("STOP", "stop"), ("SL", "stop"), ("STOPLIMIT", "stop_limit"),
        ("stop_limit", "stop_limit"), ("trailing_stop", "trailing_stop"),
        ("TrailingStop", "trailing_stop"),
    ],
)  # fmt: skip
def test_words_for_order_types(word: str, order_type: str) -> None:
    prices = {"limitPrice": 1, "stopPrice": 1, "trailAmount": 1}

    assert_means(as_json(type=word, **prices), {"order_type": order_type})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (as_json(qty=2), "qty"),
        (as_json(symbol="ETHUSDT"), "symbol"),
        (as_json(side="sell"), "side"),
        (as_json(id="a", signal_id="b"), "signal_id"),
        (as_json(sentiment="long", position="short"), "position"),
        (as_json(order_id="a", orderId="b"), "orderId"),
        (as_json(comment="a", order_comment="b"), "order_comment"),
        (as_json(interval="15", timeframe="60"), "timeframe"),
        (as_json(max_age=1, max_lag=2), "max_lag"),
        (as_json(tp=1, takeProfit=2), "tp"),
        (as_json(exchange="OKX", tv_exchange="BYBIT"), "tv_exchange"),
        (as_json(position_size=1, target=2), "target"),
        (as_json(id="a", alertTimestamp="2026-11-20T01:45:07Z"), "alertTimestamp"),
    ],
)
def test_two_names_that_differ_are_refused(body: str, field: str) -> None:
    assert_refused(body, Refused("conflicting_fields", field))


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        (as_json(quantity="1", qty="1.0"), "quantity", "1"),
        (as_json(quantity=..., qty="1.0", contracts=1, q="1e0"), "quantity", "1.0"),
        (as_json(symbol="btcusdt"), "ticker", "BTCUSDT"),
        (as_json(side="BUY", signal="buy"), "action", "buy"),
        (as_json(action="long", side="enter_long"), "action", "long_entry"),
        (as_json(sentiment="bullish", position="long"), "position", "long"),
        (as_json(tp="5.00", takeProfit={"limitPrice": 5}), "take_profit", {"limit_price": "5"}),
        (as_json(tp=0, takeProfit={"percent": 4}), "take_profit", {"percent": "4"}),
        (as_json(id="a", signal_id="a"), "id", "a"),
        (as_json(id="", signal_id="a"), "id", "a"),
        (as_json(exchange="", tv_exchange="OKX"), "exchange", "OKX"),
        (as_json(position_size="1", target="1.00"), "position_size", "1"),
    ],
)
def test_two_names_that_agree_are_one(body: str, field: str, value: object) -> None:
    assert_means(body, {field: value})


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"close": 4, "order_price": 3, "signalPrice": 2, "price": 1}, "1"),
        ({"close": 4, "order_price": 3, "signal_price": 2}, "2"),
        ({"close": 4, "orderPrice": 3}, "3"),
        ({"close": 4}, "4"),
        ({"price": None, "close": 4}, "4"),
        ({"price": "", "close": 4}, "4"),
        ({"price": 1, "close": "x"}, "1"),
        ({"price": ""}, None),
    ],
)
def test_of_prices_the_first_of_the_row_counts(
    fields: dict[str, object], price: str | None
) -> None:
    assert_means(as_json(**fields), {"price": price})


def test_names_fold_alike() -> None:
    assert {fold_key(spelt) for spelt in spellings("order_contracts")} == {"ordercontracts"}


def test_field_that_is_null_is_absent() -> None:
    absent = meant(as_json(qty=None, price=None, time=None, id=None, mode=None, stopLoss=None))

    assert [absent[name] for name in ("price", "time", "id", "mode", "stop_loss")] == [None] * 5


def plainly(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "")


@given(st.text(max_size=40) | st.sampled_from(sorted(SPELLINGS)))
def test_a_key_is_folded_the_same_whether_its_spelling_is_usual_or_not(key: str) -> None:
    assert fold_key(key) == plainly(key)


@given(st.lists(st.text(max_size=40), max_size=40))
def test_no_key_is_kept_so_that_no_body_can_fill_the_table(keys: list[str]) -> None:
    before = len(SPELLINGS)

    for key in keys:
        fold_key(key)

    assert len(SPELLINGS) == before


@pytest.mark.parametrize("key", ["limit_price", "limitPrice", "LimitPrice", "LIMIT_PRICE"])
def test_the_usual_spellings_are_looked_up(key: str) -> None:
    assert key in SPELLINGS
