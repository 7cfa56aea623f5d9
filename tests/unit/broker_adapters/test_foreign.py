"""An adapter sends its own account's orders alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_adapters.base import OrderRequest, Reason
from broker_adapters.foreign import refuse_foreign
from broker_adapters.opening import BrokerAccount
from bus.ids import uuid7
from bus.values import AccountId, Mode, OrderType, Side, UserId


def an_account(mode: Mode) -> BrokerAccount:
    return BrokerAccount(id=AccountId(uuid7()), owner=UserId(uuid7()), broker="gateio", mode=mode)


def a_request(account: AccountId, mode: Mode) -> OrderRequest:
    return OrderRequest(
        account_id=account,
        mode=mode,
        client_order_id="0" * 27,
        symbol="BTC_USDT",
        side=Side.BUY,
        quantity=Decimal(1),
        order_type=OrderType.MARKET,
    )


@pytest.mark.parametrize("mode", Mode)
def test_order_of_the_account_is_let_through(mode: Mode) -> None:
    account = an_account(mode)

    assert refuse_foreign(a_request(account.id, mode), account) is None


@pytest.mark.parametrize(("ordered", "of"), [(Mode.LIVE, Mode.PAPER), (Mode.PAPER, Mode.LIVE)])
def test_order_of_another_mode_is_refused(ordered: Mode, of: Mode) -> None:
    account = an_account(of)

    refused = refuse_foreign(a_request(account.id, ordered), account)

    assert refused is not None
    assert refused.reason is Reason.PERMISSION


def test_order_of_another_account_is_refused() -> None:
    refused = refuse_foreign(a_request(AccountId(uuid7()), Mode.LIVE), an_account(Mode.LIVE))

    assert refused is not None
    assert refused.reason is Reason.INVALID_REQUEST
