"""What a worker says to whoever waits: a stable code, and words in two languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker_adapters.base import Balance
from bus.values import OrderState
from handlers.asking.replies import Reason, decode_reply, done, encode_reply, failed
from handlers.asking.reply_words import WORDS


def test_a_reply_travels_as_it_is() -> None:
    money = Balance(currency="USDT", total=Decimal("1000.10"), available=Decimal(999))
    reply = done("account_reachable", state=OrderState.FILLED, balances=(money,))

    assert decode_reply(encode_reply(reply)) == reply


def test_a_failure_is_no_success() -> None:
    reply = failed(Reason.AUTH, why="INVALID_KEY")

    assert (reply.is_ok, reply.code, reply.why) == (False, "auth", "INVALID_KEY")


@pytest.mark.parametrize("word", sorted(WORDS))
def test_every_word_is_said_in_both_languages(word: str) -> None:
    english, chinese = WORDS[word]

    assert english.isascii()
    assert chinese
    assert not chinese.isascii()


def test_every_reason_has_its_words() -> None:
    assert set(Reason) <= set(WORDS)
