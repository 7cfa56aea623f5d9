# ruff: noqa: RUF001 - Chinese is written with full-width punctuation
from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest

from bus.values import Mode, OrderType, TimeInForce
from handlers.phrases import LANGUAGES
from handlers.signals import Action, Position, QuantityType, Signal, StopLoss, StopType, TakeProfit
from handlers.signals.meaning import meaning, meaning_of_all
from tests.unit.handlers.signals.signal_builders import a_signal

A, P, Q = Action, Position, QuantityType
TIME = datetime(2026, 11, 20, 9, 31, 17, tzinfo=UTC)


def said(signal: Signal, language: str = "en") -> str:
    return meaning(signal, language)


@pytest.mark.parametrize(
    ("signal", "english", "chinese"),
    [
        (a_signal(), "Buy 0.05 BTCUSDT at market.", "以市價買進 0.05 BTCUSDT。"),
        (a_signal(action=A.SELL), "Sell 0.05 BTCUSDT at market.", "以市價賣出 0.05 BTCUSDT。"),
        (
            a_signal(quantity=None),
            "Buy the strategy's default quantity of BTCUSDT at market.",
            "以市價買進策略預設數量的 BTCUSDT。",
        ),
        (
            a_signal(action=A.LONG_ENTRY),
            "Enter long: buy 0.05 BTCUSDT at market; a short position is closed first.",
            "做多進場：以市價買進 0.05 BTCUSDT；若持有空單，會先平倉。",
        ),
        (
            a_signal(action=A.SHORT_ENTRY),
            "Enter short: sell 0.05 BTCUSDT at market; a long position is closed first.",
            "做空進場：以市價賣出 0.05 BTCUSDT；若持有多單，會先平倉。",
        ),
        (
            a_signal(action=A.EXIT, quantity=None),
            "Close the whole position in BTCUSDT at market; nothing is opened.",
            "以市價平倉全部 BTCUSDT 部位；不會開新倉。",
        ),
        (
            a_signal(action=A.EXIT, quantity=Decimal(0)),
            "Close the whole position in BTCUSDT at market; nothing is opened.",
            "以市價平倉全部 BTCUSDT 部位；不會開新倉。",
        ),
        (
            a_signal(action=A.LONG_EXIT),
            (
                "Close 0.05 of the long position in BTCUSDT, at most what is held, at market; "
                "nothing is opened."
            ),
            "以市價平倉 BTCUSDT 多單中的 0.05（最多到持有數量為止）；不會開新倉。",
        ),
        (
            a_signal(action=A.SHORT_EXIT, quantity=None),
            "Close the whole short position in BTCUSDT at market; nothing is opened.",
            "以市價平倉全部 BTCUSDT 空單；不會開新倉。",
        ),
        (
            a_signal(action=A.REDUCE, quantity=Decimal(50), quantity_type=Q.PERCENT_OF_POSITION),
            "Close 50 % of the position in BTCUSDT at market; nothing is opened.",
            "以市價平倉 BTCUSDT 部位的 50%；不會開新倉。",
        ),
        (
            a_signal(position=P.FLAT),
            "Close the whole short position in BTCUSDT at market; nothing is opened.",
            "以市價平倉全部 BTCUSDT 空單；不會開新倉。",
        ),
        (
            a_signal(position_size=Decimal(-1)),
            "Bring the position in BTCUSDT to -1 (short 1) at market;",
            "以市價將 BTCUSDT 部位調整到 -1（空單 1）；",
        ),
        (
            a_signal(position_size=Decimal(0)),
            "Close the whole position in BTCUSDT at market; nothing is opened.",
            "以市價平倉全部 BTCUSDT 部位；不會開新倉。",
        ),
        (
            a_signal(action=A.TARGET, position=P.SHORT),
            "Bring the position in BTCUSDT to -0.05 (short 0.05) at market;",
            "以市價將 BTCUSDT 部位調整到 -0.05（空單 0.05）；",
        ),
        (
            a_signal(action=A.REVERSE, quantity=None),
            (
                "Reverse the position in BTCUSDT at market: close it and open the same size on the "
                "other side."
            ),
            "以市價將 BTCUSDT 部位反手：先平倉，再開相同數量的反向部位。",
        ),
        (
            a_signal(action=A.CANCEL),
            "Cancel the working orders of BTCUSDT; nothing is bought or sold.",
            "取消 BTCUSDT 的未成交委託；不買進也不賣出。",
        ),
        (
            a_signal(action=A.CANCEL_ALL),
            "Cancel all working orders; nothing is bought or sold.",
            "取消所有未成交委託；不買進也不賣出。",
        ),
        (a_signal(action=A.PING), "A test: nothing is traded.", "測試訊號：不會下任何單。"),
    ],
)
def test_first_sentence_says_what_is_traded(signal: Signal, english: str, chinese: str) -> None:
    assert (said(signal)[: len(english)], said(signal, "zh-TW")[: len(chinese)]) == (
        english,
        chinese,
    )


@pytest.mark.parametrize(
    ("signal", "words"),
    [
        (a_signal(price=Decimal("64250.1")), "64250.1 is for reference only and never makes"),
        (
            a_signal(order_type=OrderType.LIMIT, limit_price=Decimal("3150.25")),
            "Buy 0.05 BTCUSDT with a limit at 3150.25.",
        ),
        (
            a_signal(
                order_type=OrderType.STOP_LIMIT, stop_price=Decimal(99), limit_price=Decimal(100)
            ),
            "with a limit at 100 once the price reaches 99.",
        ),
        (
            a_signal(order_type=OrderType.TRAILING_STOP, trail_percent=Decimal("1.50")),
            "with a trailing stop 1.50 % behind the price.",
        ),
        (
            a_signal(limit_price=Decimal(7)),
            "The limit price 7 does not go with this order type: a strategy refuses the alert.",
        ),
        (a_signal(quantity=Decimal("1E+3")), "Buy 1000 BTCUSDT at market."),
        (
            a_signal(quantity=Decimal(5), quantity_type=Q.PERCENT_OF_EQUITY),
            "Buy BTCUSDT for 5 % of the account's equity at market.",
        ),
        (
            a_signal(take_profit=TakeProfit(percent=Decimal(4))),
            (
                "Take profit: 4 % from the entry. If any part of this cannot be placed, the whole "
                "alert is refused."
            ),
        ),
        (
            a_signal(
                stop_loss=StopLoss(
                    type=StopType.STOP_LIMIT, stop_price=Decimal(9), limit_price=Decimal(8)
                )
            ),
            "Stop-loss, as a stop-limit order: triggered at 9, with a limit at 8.",
        ),
        (
            a_signal(stop_loss=StopLoss(amount=Decimal(20)), extras={"distance_unit": "pip"}),
            "20 pips from the entry (the strategy's pip size is needed)",
        ),
        (a_signal(time=TIME), "The alert fired at 2026-11-20T09:31:17Z."),
        (a_signal(time=TIME, is_bar_time=True), "may be the bar's"),
        (a_signal(id="a"), "again within 24 hours counts as a resend"),
        (a_signal(), "again within the strategy's window counts as a resend"),
        (a_signal(mode=Mode.PAPER), "As a paper order: no real money is touched."),
        (a_signal(accounts=("main", "spare")), "Only for: main, spare."),
        (a_signal(time_in_force=TimeInForce.IOC), "What cannot be filled at once is cancelled."),
        (a_signal(delay=Decimal(5)), "The order is sent 5 s later."),
        (
            a_signal(max_age=Decimal(9)),
            "Nothing is sent once the alert is older than 9 s, or sooner if the strategy says so.",
        ),
        (a_signal(exchange="BINANCE"), "The chart is of BINANCE."),
        (a_signal(reduce_only=True), "It may only make a position smaller"),
        (
            a_signal(position_size=Decimal(1), prev_position_size=Decimal(0)),
            "It counts on no position before",
        ),
        (a_signal(position_size=Decimal(1)), "The alert also says buy 0.05; the position size"),
        (
            a_signal(action=A.REVERSE, quantity_type=Q.NOTIONAL),
            "This action cannot be sized that way",
        ),
    ],
)
def test_circumstances_are_said(signal: Signal, words: str) -> None:
    assert words in said(signal)


def test_price_that_serves_as_the_limit_is_not_called_a_reference() -> None:
    hundred = Decimal(100)
    signal = a_signal(order_type=OrderType.LIMIT, limit_price=hundred, price=hundred)

    assert "reference" not in said(signal)


def test_braces_in_what_was_sent_stay_as_they_are() -> None:
    assert "Only for: {how}." in said(a_signal(accounts=("{how}",)))


def test_several_signals_are_numbered() -> None:
    both = meaning_of_all((a_signal(), a_signal(action=A.SELL)), "en").splitlines()

    assert [line[:7] for line in both] == ["1. Buy ", "2. Sell"]


def test_one_signal_is_not_numbered() -> None:
    assert meaning_of_all((a_signal(),), "en") == said(a_signal())


def test_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is none of en, zh-TW"):
        said(a_signal(), "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_every_signal(language: str) -> None:
    sizes = (None, Decimal(0), Decimal(1), Decimal(-1))
    every = product(Action, (None, Decimal(1)), QuantityType, (None, *Position), sizes, OrderType)

    silent = [
        one
        for one in every
        if not said(
            a_signal(
                action=one[0],
                quantity=one[1],
                quantity_type=one[2],
                position=one[3],
                position_size=one[4],
                prev_position=one[3],
                prev_position_size=one[4],
                order_type=one[5],
            ),
            language,
        )
    ]

    assert silent == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [None, *StopType])
def test_there_are_words_for_every_bracket(language: str, kind: StopType | None) -> None:
    one = Decimal(1)
    loss = StopLoss(
        type=kind,
        stop_price=one,
        limit_price=one,
        percent=one,
        amount=one,
        trail_amount=one,
        trail_percent=one,
    )
    gain = TakeProfit(limit_price=one, percent=one, amount=one)

    assert said(a_signal(stop_loss=loss, take_profit=gain), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tif", TimeInForce)
def test_there_are_words_for_every_time_in_force(language: str, tif: TimeInForce) -> None:
    assert said(a_signal(time_in_force=tif, mode=Mode.LIVE), language)
