from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from broker_adapters.base import Instrument, Position
from handlers.orders.held import over, tallies
from handlers.records.comparison import Holdings, PositionDiffers, Traded
from tests.builders import START

if TYPE_CHECKING:
    from handlers.orders.held import Tally


def traded(symbol: str, quantity: str, value: str = "0", fills: int = 1) -> Traded:
    return Traded(symbol=symbol, fills=fills, quantity=Decimal(quantity), value=Decimal(value))


def held(*sums: Traded, in_doubt: tuple[str, ...] = (), **fees: str) -> Holdings:
    paid = {coin: Decimal(fee) for coin, fee in fees.items()}
    return Holdings(traded=sums, fees=paid, in_doubt=frozenset(in_doubt))


def shown(symbol: str, quantity: str, held_as: str | None = None) -> Position:
    return Position(
        symbol=symbol,
        quantity=Decimal(quantity),
        average_price=None,
        last_price=None,
        unrealised_pnl=Decimal(0),
        updated_at=START,
        held_as=held_as,
    )


def instrument(
    symbol: str, held_as: str | None = None, currency: str | None = None, step: str = "0.001"
) -> Instrument:
    return Instrument(
        symbol=symbol,
        quantity_step=Decimal(step),
        price_tick=Decimal("0.1"),
        min_quantity=Decimal(step),
        held_as=held_as,
        currency=currency,
    )


def stand(
    before: Holdings, *positions: Position, after: Holdings | None = None, known: list[Instrument]
) -> dict[str, Tally]:
    instruments: dict[str, Instrument | None] = {each.symbol: each for each in known}
    return tallies(before, after or before, positions, instruments)


PERPETUAL = instrument("BTC_USDT.P", currency="USDT")
SPOT = [instrument("BTC_USDT", "BTC", "USDT"), instrument("ETH_BTC", "ETH", "BTC")]


def test_a_venue_that_shows_what_was_traded_agrees() -> None:
    tally = stand(held(traded("BTC_USDT.P", "-2")), shown("BTC_USDT.P", "-2"), known=[PERPETUAL])

    assert tally["BTC_USDT.P"].difference is None


def test_a_difference_has_both_numbers() -> None:
    tally = stand(held(traded("BTC_USDT.P", "2.0")), shown("BTC_USDT.P", "3"), known=[PERPETUAL])

    assert tally["BTC_USDT.P"].difference == PositionDiffers(
        symbols=("BTC_USDT.P",), recorded=Decimal(2), at_venue=Decimal(3)
    )


def test_what_the_venue_does_not_show_is_nothing() -> None:
    tally = stand(held(traded("BTC_USDT.P", "2")), known=[PERPETUAL])

    assert tally["BTC_USDT.P"].at_venue == 0


def test_what_was_never_traded_from_here_is_left_alone() -> None:
    tally = stand(
        held(traded("BTC_USDT.P", "2")),
        shown("BTC_USDT.P", "2"),
        shown("DOGE_USDT", "9", "DOGE"),
        known=[PERPETUAL],
    )

    assert tally.keys() == {"BTC_USDT.P"}


@pytest.mark.parametrize(("at_venue", "is_told"), [("2.0009", False), ("2.001", True)])
def test_less_than_can_be_traded_is_no_difference(at_venue: str, *, is_told: bool) -> None:
    tally = stand(held(traded("BTC_USDT.P", "2")), shown("BTC_USDT.P", at_venue), known=[PERPETUAL])

    assert (tally["BTC_USDT.P"].difference is not None) is is_told


def test_a_fee_in_the_coin_itself_is_taken_from_it() -> None:
    tally = stand(
        held(traded("BTC_USDT", "1", "100"), BTC="0.002", USDT="5"),
        shown("BTC_USDT", "0.998", "BTC"),
        known=SPOT,
    )

    assert tally["BTC"].recorded == Decimal("0.998")
    assert tally["BTC"].difference is None


def test_a_coin_that_others_were_bought_with_is_spent() -> None:
    tally = stand(
        held(traded("BTC_USDT", "1", "100"), traded("ETH_BTC", "4", "0.2")),
        shown("BTC_USDT", "0.8", "BTC"),
        shown("ETH_BTC", "4", "ETH"),
        known=SPOT,
    )

    assert [each.difference for each in tally.values()] == [None, None]


def test_money_that_was_traded_as_a_coin_is_not_compared() -> None:
    known = {each.symbol: each for each in [instrument("USDC_USDT", "USDC", "USDT"), *SPOT]}
    record = held(traded("USDC_USDT", "100"), traded("BTC_USDT", "1"))

    tally = tallies(
        record, record, (shown("BTC_USDT", "1", "BTC"),), known, left_out=frozenset({"USDC"})
    )

    assert tally.keys() == {"BTC"}


def test_several_names_of_one_contract_are_one_position() -> None:
    known = [instrument("TXFR1", "TXFL6", step="1"), instrument("TXFL6", "TXFL6", step="1")]

    tally = stand(
        held(traded("TXFR1", "3"), traded("TXFL6", "-1")),
        shown("TXFR1", "2", "TXFL6"),
        shown("TXFL6", "2", "TXFL6"),
        known=known,
    )

    assert tally["TXFL6"].symbols == ("TXFL6", "TXFR1")
    assert tally["TXFL6"].difference is None


def test_a_symbol_that_is_traded_no_more_goes_by_its_own_name() -> None:
    tally = tallies(
        held(traded("OLD_USDT", "2")), held(traded("OLD_USDT", "2")), (), {"OLD_USDT": None}
    )

    assert tally["OLD_USDT"].difference is not None


@pytest.mark.parametrize("doubtful", ["BTC_USDT", "ETH_BTC"])
def test_what_an_order_in_doubt_would_move_is_not_settled(doubtful: str) -> None:
    sums = (traded("BTC_USDT", "1", "100"), traded("ETH_BTC", "4", "0.2"))

    tally = stand(held(*sums, in_doubt=(doubtful,)), known=SPOT)

    assert not tally["BTC"].is_settled
    assert tally["ETH"].is_settled is (doubtful == "BTC_USDT")


def test_fills_that_cancel_one_another_out_are_seen() -> None:
    before = held(traded("BTC_USDT.P", "2", "200", fills=1))
    after = held(traded("BTC_USDT.P", "2", "200", fills=3))

    tally = stand(before, after=after, known=[PERPETUAL])

    assert not tally["BTC_USDT.P"].is_settled


def test_a_fee_that_others_paid_in_a_coin_unsettles_it() -> None:
    known = [instrument("GT_USDT", "GT", "USDT"), PERPETUAL]
    before = held(traded("GT_USDT", "9"), GT="1")
    after = held(traded("GT_USDT", "9"), GT="2")

    assert not stand(before, after=after, known=known)["GT"].is_settled


def over_by(*positions: Position, known: list[Instrument]) -> list[str]:
    sums = held(
        msgspec.structs.replace(traded("TXFC6", "2"), is_contract=True),
        traded("TXF202603", "1"),
        traded("GONE_USDT", "5"),
    )
    instruments: dict[str, Instrument | None] = {each.symbol: each for each in known}
    return over(sums, positions, instruments, is_future=lambda symbol: symbol.startswith("TXF"))


def test_contract_that_is_traded_no_more_and_not_shown_is_over() -> None:
    assert over_by(known=[]) == ["TXFC6", "TXF202603"]


def test_contract_that_the_venue_trades_or_shows_is_not_over() -> None:
    assert over_by(shown("TXFC6", "2"), known=[instrument("TXF202603")]) == []


def test_contract_that_is_over_is_left_out() -> None:
    sums = held(traded("TXFC6", "2"))

    assert tallies(sums, sums, [], {"TXFC6": None}, left_out=frozenset({"TXFC6"})) == {}
