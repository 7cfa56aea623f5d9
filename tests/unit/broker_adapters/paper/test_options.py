"""What an account's options may be."""

from __future__ import annotations

from typing import Any

import pytest

from broker_adapters.errors import InvalidOptionsError
from broker_adapters.opening import BrokerAccount
from broker_adapters.paper.adapter import options_of
from broker_adapters.paper.options import PaperOptions
from bus.ids import uuid7
from bus.values import AccountId, Mode, UserId


def an_account(options: dict[str, Any]) -> BrokerAccount:
    return BrokerAccount(
        id=AccountId(uuid7()), owner=UserId(uuid7()), broker="paper", mode=Mode.PAPER,
        options=options,
    )  # fmt: skip


def test_account_without_options_has_the_default_ones() -> None:
    assert options_of(an_account({})) == PaperOptions()


@pytest.mark.parametrize("deposit", ["250.5", 250.5])
def test_amount_may_be_text_or_a_number(deposit: str | float) -> None:
    assert str(options_of(an_account({"deposit": deposit})).deposit) == "250.5"


@pytest.mark.parametrize(
    "options",
    [
        {"deposit": "-1"},
        {"deposit": "NaN"},
        {"leverage": 0},
        {"fee_rate": "1"},
        {"slippage": "1.5"},
        {"liquidity_per_tick": "0"},
        {"currency": ""},
        {"colour": "blue"},
    ],
)
def test_senseless_options_are_refused_with_their_reason(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidOptionsError, match=next(iter(options))):
        options_of(an_account(options))
