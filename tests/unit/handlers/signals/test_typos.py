"""Keys that nobody knows: a near miss of a money key is refused, anything else is a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from handlers.signals import normalise, typos
from tests.unit.handlers.signals.body_cases import (
    Refused,
    as_json,
    assert_means,
    assert_refused,
    meant,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NEAR_MISSES = """
quantiy quanity quantty qantity Quantityy quantity2 quanttiy contract contracs contarcts contacts
sizes szie siez amout amuont ammount order_contract ordercontracs volum volme
acton aciton actoin actions sid sidee sied order_acton orderactoin signl singal dat dta
stopLos stoploos stop_los stpLoss stop-lss stopp_loss stop.loss
takeProft take_proffit takeprofits tkaeProfit
limitPrce limit_prise limtPrice limit_prices
stopPrce stop_prise sotpPrice triger_price trigger_pric
position_siz postion_size positionsise market_position_siz target_qtty targt traget targets
reduceOnli reduce_onyl redceOnly
quntty stp_los takprfit lmtprice contrcs
"""
# `qty`, `q`, `tp` and `sl` are too short for a slip to be told from another word; these are not.
SAME_LETTERS = ["sl ", " tp", "qty.", "take profit", "stop loss", "q:"]
ORDINARY = """
option section active caution fraction quality name note notes text title body label tag tags group
user users person people owner author client customer team company country city place site page
link url path file folder image color colour red green blue black white light dark high low open
top bottom left right up down start end begin finish first last next previous before after early
late morning evening night day week month year hour minute second today tomorrow yesterday now then
ever never always often once twice again still yet soon alarm alert message messages subject topic
reason cause effect result results outcome score points level levels rank grade class kind sort
model version release build number count total sum average mean median minimum maximum range width
height length depth weight speed rate ratio share half quarter part parts piece whole all some any
none many much more most few less least other another same different equal new old young big small
large little long short wide narrow thick thin heavy fast slow quick hot cold warm cool dry wet
clean dirty full empty rich poor cheap free safe sure true false good bad better best worse worst
right wrong easy hard simple strong weak loud quiet happy sad great fine nice kind mood weather
rain snow wind storm sun moon star sky sea river lake water fire earth land field farm garden tree
leaf flower grass animal bird fish horse house home room door window wall floor roof table chair
bed kitchen school student teacher lesson book word words letter sentence language story music song
dance game sport ball player winner loser race ride hide slide tide aside trip road street bridge
train car plane boat ship station port office work job task project plan idea thought feeling dream
hope fear love hate anger joy peace war power force energy heat sound noise voice silence question
answer problem solution mistake error success failure chance luck risk danger trust truth secretary
law rule order rules right duty tax bank money cash coin price cost value worth profit loss gain
trade trader broker market stock bond fund index future spot chart candle trend momentum cross
indicator rsi macd ema sma atr vwap band bands channel pivot support resistance breakout session
timezone currency base quote symbol exchange contact contrast contracted constructs quantile
quantize auction spotprice caption motion nation ration notion lotion mention
"""


@pytest.mark.parametrize("key", [*NEAR_MISSES.split(), *SAME_LETTERS])
def test_near_miss_of_a_money_key_is_refused(key: str) -> None:
    assert_refused(as_json(**{key: "1"}), Refused("unknown_field_typo", key))


@pytest.mark.parametrize("key", ["aktoin", "amnt", "sidde1", "qnty", "quantum", "stopped", "tp9"])
def test_further_away_is_no_near_miss(key: str) -> None:
    assert_means(as_json(**{key: "1"}), {"warnings": f"unknown field {key}"})


def test_ordinary_words_are_no_typos() -> None:
    words = set(ORDINARY.split())
    assert len(words) > 300

    fields_of_ours = {"market", "symbol", "exchange", "short", "long", "quote", "order", "price"}
    refused = [
        word for word in sorted(words - fields_of_ours) if _code(word) == "unknown_field_typo"
    ]

    assert refused == []


def _code(word: str) -> str | None:
    try:
        normalise(as_json(**{word: "x"}).encode())
    except ValueError as error:
        return str(getattr(error, "code", None))
    return None


@pytest.mark.parametrize(
    ("key", "name"),
    [("mood", "mode"), ("intervall", "interval"), ("coment", "comment"), ("tickr", "ticker")],
)
def test_unknown_key_is_told_with_the_nearest_name(key: str, name: str) -> None:
    assert_means(as_json(**{key: "x"}), {"warnings": f"unknown field {key}: ignored"})
    assert f"known name is {name}" in meant(as_json(**{key: "x"}))["warnings"]


@pytest.mark.parametrize(
    "key",
    ["disclosed_quantity", "bot_uuid", "strategy_name", "tv_instrument", "max_lag", "pyramid",
     "risk_percentage", "dollar_sl", "client_ref", "passphrase", "position", "close"],
)  # fmt: skip
def test_key_of_any_dialect_is_no_typo(key: str) -> None:
    assert f"unknown field {key}" not in meant(as_json(**{key: None}))["warnings"]


@pytest.mark.parametrize(
    "key",
    ["leverage", "breakeven", "trail", "trail_stop", "percentage_sl", "dollar_tp", "tp1",
     "profit_target", "stop", "expiration", "oco"],
)  # fmt: skip
def test_what_would_move_money_is_read_and_told(key: str) -> None:
    assert_means(
        as_json(**{key: "5"}), {"warnings": f"{key} would change what is traded", "action": "buy"}
    )


@pytest.mark.parametrize("off", [0, "0", "0.0", False, "false", "off", "", None, [], {}])
def test_what_is_switched_off_is_no_news(off: object) -> None:
    assert_means(as_json(leverage=off), {"warnings": ""})
    assert "leverage" not in meant(as_json(leverage=off))["warnings"]


def test_account_is_kept_and_selects_nothing() -> None:
    expected = {"accounts": None, "extras": {"account": "Sim101"}, "warnings": "account is kept"}

    assert_means(as_json(account="Sim101"), expected)


@pytest.mark.parametrize(
    "body",
    [
        as_json(**{f"k{place}": 1 for place in range(1200)}),
        as_json(**{"x" * 60 + str(place): 1 for place in range(220)}),
        as_json(**{f"zontract{chr(97 + place % 26) * 2}{place}": 1 for place in range(600)}),
    ],
    ids=["short keys", "long keys", "near slips"],
)
def test_work_on_a_body_of_unknown_keys_is_bounded(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    distance: Callable[[str, str], int] = vars(typos)["_distance"]

    def counted(left: str, right: str) -> int:
        compared.append(len(left) * len(right))
        return distance(left, right)

    monkeypatch.setattr(typos, "_distance", counted)

    _outcome(body)

    assert sum(compared) < 1_000_000


def _outcome(body: str) -> None:
    try:
        normalise(body.encode())
    except ValueError:
        return


def test_only_the_first_unknown_keys_are_compared() -> None:
    warnings = normalise(as_json(**{f"zzz{place}": 1 for place in range(30)}).encode()).warnings

    assert len(warnings) == 30
    assert sum("nearest" in str(warning) for warning in warnings) == 20
