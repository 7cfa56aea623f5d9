"""SinoPac's double against the installed SDK: a drift of either turns a test red."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from broker_adapters.shioaji import labels, port
from broker_adapters.shioaji.driver import load_sdk
from broker_adapters.shioaji.mapping import Lot
from infra.local.doubles.shioaji.client import Contracts, DoubleShioaji

sj: Any = load_sdk()

CALLS = sorted(
    name
    for name, value in vars(DoubleShioaji).items()
    if callable(value) and not name.startswith("_")
)
LOOKUPS = sorted(name for name in vars(Contracts) if not name.startswith("_"))


def shape(call: Any) -> list[tuple[str, Any, str]]:
    """Return what a call takes: names, defaults, and how each may be given."""
    return [
        (each.name, each.default, "keyword" if each.kind is each.KEYWORD_ONLY else "any")
        for each in inspect.signature(call).parameters.values()
        if each.name != "self"
    ]


@pytest.mark.parametrize("name", CALLS)
def test_call_takes_what_the_sdk_s_takes(name: str) -> None:
    assert shape(getattr(DoubleShioaji, name)) == shape(getattr(sj.Shioaji, name))


@pytest.mark.parametrize("name", LOOKUPS)
def test_contracts_are_asked_as_the_sdk_s_are(name: str) -> None:
    assert shape(getattr(Contracts, name)) == shape(getattr(sj.ContractsApi, name))


def test_client_is_made_as_the_sdk_s_is() -> None:
    assert shape(DoubleShioaji) == shape(sj.Shioaji)


@pytest.mark.parametrize("client", [sj.Shioaji, DoubleShioaji], ids=["sdk", "double"])
def test_all_that_the_adapter_calls_is_there(client: Any) -> None:
    wanted = {name for name in vars(port.Client) if not name.startswith("_")} - {"contracts"}

    assert {name for name in wanted if not hasattr(client, name)} == set()
    assert wanted >= set(CALLS) - {"list_accounts"}


@pytest.mark.parametrize("lot", [Lot.COMMON, Lot.ODD])
def test_stock_order_takes_what_the_adapter_writes(lot: Lot) -> None:
    account = sj.Account(sj.AccountType.Stock, "A123456789", "9A95", "1234567", signed=True)

    order = sj.StockOrder(
        action="Buy",
        price=600.0,
        quantity=1,
        price_type="LMT",
        time_in_force="ROD",
        custom_field="abcdef",
        account=account,
        order_lot=lot.value,
        order_cond="Cash",
    )

    assert (order.custom_field, order.order_lot) == ("abcdef", lot.value)


@pytest.mark.parametrize("effect", ["Auto", "New", "Cover"])
def test_futures_order_takes_what_the_adapter_writes(effect: str) -> None:
    order = sj.FuturesOrder(
        action="Sell",
        price=0.0,
        quantity=1,
        price_type="MKT",
        time_in_force="IOC",
        custom_field="abcdef",
        octype=effect,
    )

    assert order.octype == effect


ENUMS: dict[str, set[str]] = {
    "OrderStatus": {
        *("PendingSubmit", "PreSubmitted", "Submitted", "PartFilled", "Filled", "Cancelled"),
        *("Failed", "Inactive"),
    },
    "Action": {"Buy", "Sell"},
    "TimeInForce": {"ROD", "IOC", "FOK"},
    "StockPriceType": {"LMT", "MKT"},
    "FuturesPriceType": {"LMT", "MKT", "MKP"},
    "StockOrderLot": {"Common", "BlockTrade", "Fixing", "Odd", "IntradayOdd"},
    "FuturesOCType": {"Auto", "New", "Cover", "DayTrade"},
    "OpType": {"New", "Cancel", "UpdateQty", "UpdatePrice", "Reject"},
    "OrderState": {"StockOrder", "StockDeal", "FuturesOrder", "FuturesDeal"},
    "TradeCacheHealthState": {"Unknown", "Healthy", "Degraded"},
}


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_enum_has_the_words_that_the_adapter_knows(name: str) -> None:
    members = {each for each in dir(getattr(sj, name)) if not each.startswith("_")}

    assert members - {"name", "value"} == ENUMS[name]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        ("AuthError", labels.Trouble.UNSENT),
        ("TokenError", labels.Trouble.TOKEN),
        ("SystemMaintenance", labels.Trouble.LOST),
        ("ServerError", labels.Trouble.LOST),
        ("ValidationError", labels.Trouble.REFUSED),
        ("BadRequestError", labels.Trouble.REFUSED),
        ("CaError", labels.Trouble.CERTIFICATE),
        ("CaExpiredError", labels.Trouble.CERTIFICATE_EXPIRED),
        ("CaPasswordError", labels.Trouble.CERTIFICATE),
        ("AccountNotSignError", labels.Trouble.PERMISSION),
        ("ShioajiPermissionError", labels.Trouble.PERMISSION),
        ("OrderOutcomeUnknownError", labels.Trouble.LOST),
        ("DecodeError", labels.Trouble.LOST),
        ("ResponseMsgError", labels.Trouble.LOST),
        ("ResponseRecvError", labels.Trouble.LOST),
        ("ShioajiConnectionError", labels.Trouble.LOST),
        ("ShioajiTimeoutError", labels.Trouble.LOST),
        ("ShioajiValueError", labels.Trouble.REFUSED),
        ("ShioajiTypeError", labels.Trouble.REFUSED),
    ],
)
def test_each_error_of_the_sdk_has_its_meaning(error: str, trouble: labels.Trouble) -> None:
    assert labels.trouble_of(getattr(sj, error)("x")) is trouble


def test_unknown_error_of_the_sdk_proves_nothing() -> None:
    assert labels.trouble_of(RuntimeError("x")) is labels.Trouble.LOST
