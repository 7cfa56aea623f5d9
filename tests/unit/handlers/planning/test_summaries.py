"""Orders and plans in plain words."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bus.values import Mode, OrderType
from handlers.phrases import LANGUAGES, phrase
from handlers.planning.summaries import summary_of
from handlers.records.accounts import AccountState
from handlers.signals import QuantityType
from tests.unit.handlers.planning.plan_builders import (
    a_signal,
    an_account,
    planned,
    recognised,
)

D = Decimal
LIVE, PAPER = Mode.LIVE, Mode.PAPER
DISABLED = AccountState.DISABLED


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"action": "buy", "quantity": "0.05"}, "buy 0.05 BTCUSDT at market"),
        (
            {
                "action": "sell",
                "quantity": "1",
                "order_type": OrderType.LIMIT,
                "limit_price": "100.5",
            },
            "sell 1 BTCUSDT limit 100.5",
        ),
        (
            {"action": "long_entry", "quantity": "1"},
            "buy 1 BTCUSDT, closing a short position first, at market",
        ),
        ({"action": "exit"}, "close BTCUSDT at market"),
        ({"action": "short_exit", "quantity": "2"}, "close 2 short BTCUSDT at market"),
        (
            {
                "action": "exit",
                "quantity": "25",
                "quantity_type": QuantityType.PERCENT_OF_POSITION,
            },
            "close 25 % of BTCUSDT at market",
        ),
        ({"action": "sell", "position_size": "-1"}, "hold short 1 BTCUSDT at market"),
        ({"action": "sell", "position_size": "0"}, "close BTCUSDT at market"),
        ({"action": "reverse", "position": "long"}, "reverse BTCUSDT to long at market"),
        ({"action": "add", "quantity": "1"}, "add 1 BTCUSDT at market"),
        (
            {"action": "buy", "quantity": "250", "quantity_type": QuantityType.NOTIONAL},
            "buy BTCUSDT for 250 at market",
        ),
        (
            {
                "action": "short_entry",
                "quantity": "5",
                "quantity_type": QuantityType.PERCENT_OF_EQUITY,
            },
            "sell BTCUSDT for 5 % of the equity, closing a long one first, at market",
        ),
    ],
)
def test_an_order_is_summed_up_in_plain_words(fields: dict[str, Any], summary: str) -> None:
    assert planned(a_signal(**fields)).summaries == (summary,)


def test_a_denied_order_says_so() -> None:
    whose = recognised(an_account("A", state=DISABLED), an_account("B"))

    summaries = planned(a_signal("buy", quantity="1"), whose).summaries

    assert summaries[0] == "buy 1 BTCUSDT at market: not sent, account_disabled"


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"action": "buy", "quantity": "0.05"}, "買進 0.05 BTCUSDT，市價"),
        (
            {"action": "long_entry", "quantity": "1"},
            "買進 1 BTCUSDT（若有空單先平倉），市價",
        ),
        ({"action": "short_exit", "quantity": "2"}, "平倉 BTCUSDT 空單中的 2，市價"),
        ({"action": "reverse", "position": "long"}, "BTCUSDT 反手做多，市價"),
    ],
)
def test_it_is_summed_up_in_chinese_too(fields: dict[str, Any], summary: str) -> None:
    done = planned(a_signal(**fields))

    assert summary_of(done.orders[0]).said("zh-TW") == summary


@pytest.mark.parametrize("kind", OrderType)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_order_has_words(kind: OrderType, language: str) -> None:
    assert phrase(f"order_{kind}", prices="1").said(language)
