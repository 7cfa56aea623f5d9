"""How much: which numbers are taken, which are refused, and when a volume is a quantity."""

from __future__ import annotations

import pytest

from tests.unit.handlers.signals.body_cases import Refused, as_json, assert_means, assert_refused

BUY = '{"ticker":"BTCUSDT","action":"buy","quantity":%s}'
PRICED = '{"ticker":"BTCUSDT","action":"buy","quantity":1,%s}'


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        ("1", "1"),
        ("1.0", "1.0"),
        ("0.010", "0.010"),
        ('"0.010"', "0.010"),
        ('" 2 "', "2"),
        ('"+2"', "2"),
        ('".5"', "0.5"),
        ('"5."', "5"),
        ("1e3", "1000"),
        ("1E-3", "0.001"),
        ('"007"', "7"),
        ("0.000000000001", "0.000000000001"),
        ("999999999999999.123456789012", "999999999999999.123456789012"),
        ("1e14", "100000000000000"),
        ("9007199254740993.0", None),
    ],
)
def test_number_keeps_its_digits(sent: str, printed: str | None) -> None:
    if printed is None:
        assert_refused(BUY % sent, Refused("invalid_quantity", "quantity"))
    else:
        assert_means(BUY % sent, {"quantity": printed})


@pytest.mark.parametrize(
    "sent",
    [
        '"NaN"', '"nan"', '"Infinity"', '"-inf"', '"1,000"', '"1.000,5"', '"1_000"', "-1", '"-0.5"',
        "0.0000000000001", "1.0000000000000", "1000000000000000", "1e15", "1e999999999", '""',
        '" "', '"one"', '"0x10"', '"1/2"', '"5%"', '"1 BTC"', "true", "false", "[]", "[1]", "{}",
        '"\uff11"', '"1e"', '"--1"', '"1.2.3"', "0", '"0.000"', "-0", "0e5", "1e-400",
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_refused(sent: str) -> None:
    assert_refused(BUY % sent, Refused("invalid_quantity", "quantity"))


@pytest.mark.parametrize("key", ["qty", "contracts", "Amount", "q"])
def test_refusal_names_the_key_as_typed(key: str) -> None:
    assert_refused(as_json(**{"quantity": ..., key: "x"}), Refused("invalid_quantity", key))


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"action": "exit"}, True),
        ({"action": "long_exit"}, True),
        ({"action": "short_exit"}, True),
        ({"action": "target"}, True),
        ({"action": ..., "position": "flat"}, True),
        ({"action": "sell", "sentiment": "flat"}, True),
        ({"action": "sell", "position_size": "1"}, True),
        ({"action": "buy"}, False),
        ({"action": "sell", "sentiment": "short"}, False),
        ({"action": "long_entry"}, False),
        ({"action": "reverse"}, False),
        ({"action": "add"}, False),
        ({"action": "reduce"}, False),
    ],
)
def test_nought_is_for_exits_and_targets_only(fields: dict[str, object], *, passes: bool) -> None:
    body = as_json(quantity="0", **fields)

    if passes:
        assert_means(body, {"quantity": "0"})
    else:
        assert_refused(body, Refused("invalid_quantity", "quantity"))


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        ("fixed_quantity", "fixed_quantity"),
        ("base", "fixed_quantity"),
        ("notional", "notional"),
        ("dollar_amount", "notional"),
        ("quote", "notional"),
        ("Percent_Of_Equity", "percent_of_equity"),
        ("margin_percent", "percent_of_equity"),
        ("percentOfPosition", "percent_of_position"),
        ("position_percent", "percent_of_position"),
        ("risk_amount", "risk_amount"),
        ("risk_dollar_amount", "risk_amount"),
        ("RISK_PERCENT", "risk_percent"),
    ],
)
def test_quantity_types_have_these_words(sent: str, canonical: str) -> None:
    assert_means(as_json(quantityType=sent), {"quantity_type": canonical})


@pytest.mark.parametrize("sent", ["lots", "percent", "usd", "", 1, True, ["notional"]])
def test_other_quantity_types_are_refused(sent: object) -> None:
    assert_refused(as_json(qty_type=sent), Refused("invalid_quantity_type", "qty_type"))


def test_quantity_type_without_a_quantity_is_read() -> None:
    expected = {"quantity": None, "quantity_type": "notional"}

    assert_means(as_json(quantity=..., quantityType="quote"), expected)


@pytest.mark.parametrize(
    ("fields", "quantity"),
    [
        ({"volume": "3"}, "3"),
        ({"Volume": 3}, "3"),
        ({"volume": 3, "high": 2, "low": 1}, "3"),
        ({"volume": 900, "close": 5}, None),
        ({"volume": 900, "price": 5, "Close": 6}, None),
        ({"volume": 900, "Open": 5}, None),
        ({"volume": 900, "VOLUME": 901, "open": 5}, None),
        ({"volume": 900, "qty": 2}, "2"),
        ({"volume": "lots of it", "qty": 2}, "2"),
        ({"volume": 900, "qty": None}, "900"),
    ],
)
def test_volume_is_a_quantity_only_where_it_is_no_bar_volume(
    fields: dict[str, object], quantity: str | None
) -> None:
    assert_means(as_json(quantity=..., **fields), {"quantity": quantity})


def test_bar_volume_is_kept() -> None:
    assert_means(as_json(volume=900, close=5), {"extras": {"volume": "900"}})


@pytest.mark.parametrize(
    "sent", ["1.00000000000000000001", "0.0000000000001", '"64250.123456789012345"']
)
def test_reference_price_may_be_as_long_as_an_indicator_makes_it(sent: str) -> None:
    assert_means(PRICED % f'"price":{sent}', {"price": sent.strip('"')})


@pytest.mark.parametrize(
    "fields",
    [
        '"price":1e-41',
        '"price":1000000000000000.5',
        '"orderType":"limit","price":1.0000000000001',
        '"orderType":"limit","price":2,"limitPrice":1.0000000000001',
    ],
)
def test_price_that_nothing_can_be_done_with_is_refused(fields: str) -> None:
    field = "limitPrice" if "limitPrice" in fields else "price"
    assert_refused(PRICED % fields, Refused("invalid_price", field))
