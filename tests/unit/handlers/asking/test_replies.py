"""What a worker says to whoever waits: a stable code, and words in two languages."""

from __future__ import annotations

from decimal import Decimal

from broker_adapters.base import Balance
from bus.values import OrderState
from handlers.asking.replies import Reason, decode_reply, done, encode_reply, failed


def test_a_reply_travels_as_it_is() -> None:
    money = Balance(currency="USDT", total=Decimal("1000.10"), available=Decimal(999))
    reply = done("account_reachable", state=OrderState.FILLED, balances=(money,))

    assert decode_reply(encode_reply(reply)) == reply


def test_a_failure_is_no_success() -> None:
    reply = failed(Reason.AUTH, why="INVALID_KEY")

    assert (reply.is_ok, reply.code, reply.why) == (False, "auth", "INVALID_KEY")


def test_every_reason_has_its_words() -> None:
    replies = [failed(reason) for reason in Reason]

    assert all(reply.said("zh-TW") != reply.said("en") for reply in replies)


def test_a_day_stands_in_the_words_of_both_languages() -> None:
    reply = done("certificate_ends", until="2026-12-24")

    assert "2026-12-24" in reply.said("en")
    assert "2026-12-24" in reply.said("zh-TW")
