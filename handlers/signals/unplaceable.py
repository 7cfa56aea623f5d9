"""Keys that are no field here and would still change what is traded: told, and then refused.

Whatever such a key says is never carried out in part: a strategy refuses the whole alert. What says
that it is off is none, and neither is a size or a deed that the fields say already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.signals.names import BAR_FIGURES, FIELD_OF, fold_key
from handlers.signals.numbers import is_off
from handlers.signals.signal import CANCELS, EXITS, Position, QuantityType
from handlers.signals.strict_json import is_array, is_object
from handlers.signals.vocabulary import ACTIONS, ORDER_TYPES, POSITIONS, QUANTITY_TYPES, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.signals.reading import Reading

# Folded, as `fold_key` has them.
_ALWAYS = frozenset(
    {
        # Stops, targets and prices that move, or that stand in other words than the field's own.
        "trail", "trailstop", "trailtrigger", "trailfreq", "trailprice", "trailtrig", "traildist",
        "traildelta", "trailstep", "breakeven", "breakevenoffset", "betrigger", "beoffset",
        "updatetp", "updatesl", "advancetpsl", "percentagetp", "dollartp", "percentagesl",
        "dollarsl", "profittarget", "targetprice", "stop", "limit", "triggerprice",
        "stplimitstpprice", "atrtimeframe", "atrperiod", "atrmultiplier",
        "停損", "停利", "移動停損", "限價", "止損", "止盈", "止损", "限价",
        # How much, and of what.
        "riskpercentage", "leverage", "quantitymultiplier", "disclosedquantity", "optiontype",
        "strikeprice", "expiration", "marginmode", "margintype", "槓桿", "杠杆",
        # Whether, when, and what before.
        "flattenfirst", "syncstrategy", "requiremarketposition", "maxpositions", "cancel",
        "cancelordertype", "reverseorderclose", "samedirectionignore", "oco", "ocoid",
        "cancelafter", "gtdinsecond", "goodtilldate", "delayseconds", "delayms", "postonly",
        "reverse", "flip", "flatten", "hedge", "closeall", "closeonly", "closeposition",
        "closefirst", "closeopposite", "exitonly", "positionside", "orders", "legs", "islimit",
        "isclose", "isexit", "orderpriceoffset",
        # Whether at all with real money.
        "paper", "papertrade", "papertrading", "test", "istest", "testmode", "testnet", "dryrun",
        "sandbox", "simulate", "simulated", "simulation", "demo",
    }
)  # fmt: skip
# A stop or a target with a number or a measure behind it: `tp1_price`, `stop_loss_pct`. One of the
# long names with a number alone is a slip of it.
_MEASURE = (
    r"(?:pct|percent(?:age)?|price|ticks?|points?|pips?|offset|dist(?:ance)?|delta|step|amount|usd"
    r"|type|qty|size)"
)
_BRACKET = re.compile(
    rf"(?:trail(?:ing)?(?:stop)?(?:loss)?|sl|tp)[1-6]?{_MEASURE}?[1-6]?"
    rf"|(?:stoploss|takeprofit)[1-6]?{_MEASURE}[1-6]?"
)
# How much: it decides where nothing else does, and tells no more than the quantity where one is.
_SIZES = frozenset(
    {
        "lot", "lots", "lotsize", "share", "shares", "unit", "units", "coins", "ordersize",
        "orderqty", "orderquantity", "orderamount", "tradesize", "tradeamount", "baseqty",
        "basesize", "quoteqty", "quotesize", "quoteorderqty", "quoteamount", "notional",
        "notionalusd", "notionalusdt", "notionalusdc", "cash", "cashamount", "amountusd",
        "amountusdt", "sizeusd", "sizeusdt", "usdamount", "usdtamount", "amountpertrade",
        "percent", "percentage", "pct", "qtypct", "qtypercent", "quantitypct", "quantitypercent",
        "sizepct", "sizepercent", "amountpct", "amountpercent", "equitypercent", "balancepercent",
        "risk", "riskpct", "riskpercent", "riskamount", "riskusd", "fixed", "margin", "stakeamount",
        "totalquantity", "totalqty",
        "口數", "數量", "張數", "股數", "手數", "数量", "手数",
    }
)  # fmt: skip
# What the size counts. Units are what it counts anyway.
_MEASURES = frozenset(
    {
        "amounttype", "sizetype", "ordersizetype", "volumetype", "investmenttype", "unitstype",
        "qtyunit", "quantityunit", "sizeunit", "amountunit", "amountpertradetype",
    }
)  # fmt: skip
_UNITS = frozenset({"contract", "contracts", "coin", "coins", "fixed", "lots", "shares", "units"})
# The kind of market. A pair of coins alone is its spot pair, whatever stands beside it.
_MARKETS = frozenset(
    {"category", "markettype", "insttype", "instrumenttype", "producttype", "contracttype"}
)
_NO_SPOT = re.compile(
    r"linear|inverse|perp(?:etual)?|swap|(?:usdt?|usdc|coin)?(?:m|futures?)|[ucd]mcbl|margin|options?"
)
_COIN_PAIR = re.compile(r".*(?:USDT|USDC|USD|BTC|ETH)", re.IGNORECASE)
# The fields that are no less asked for where they stand in an object that nobody knows.
_WITHIN = frozenset(
    {
        "take_profit", "stop_loss", "limit_price", "stop_price", "trail_amount", "trail_percent",
        "reduce_only",
    }
)  # fmt: skip
# What the alert is of. It may say that this is an exit where the action beside it is not.
_DEEDS = frozenset(
    {
        "command", "cmd", "event", "eventtype", "eventname", "intent", "orderintent", "operation",
        "alerttype", "signaltype", "tradetype", "tradeaction", "effect", "positioneffect",
        "openclose", "octype", "offset",
    }
)  # fmt: skip
_CLOSES = re.compile(
    r"(?:partial|long|short|position)?"
    r"(?:exit|closed?|closing|flat(?:ten)?|cover|cancel|reduce|reverse|flip|stop(?:ped)?out"
    r"|takeprofit|stoploss|trailingstop|tp|sl)[0-9]?"
    r"(?:all|long|short|trade|positions?|orders?|hit)*"
)
# Beside it `target` is a price, and no position to hold.
_ENTRIES = frozenset({"entry", "entryprice"})
_PRICED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})


def is_unplaceable(folded: str) -> bool:
    """Say whether a key always asks for what nothing here carries out, unless it is off."""
    return folded in _ALWAYS or _BRACKET.fullmatch(folded) is not None


def moves_money(reading: Reading, folded: str, value: object) -> bool:
    """Say whether a key that nobody knows would change what the fields of a reading say."""
    if is_off(value):
        return False
    judge = _JUDGES.get(folded)
    return _holds_more(reading, value) if judge is None else judge(reading, value)


def _is_size(reading: Reading, _value: object) -> bool:
    return not any(map(reading.first, ("quantity", "position_size")))


def _is_measure(_reading: Reading, value: object) -> bool:
    word = fold_key(value.strip()) if isinstance(value, str) else ""
    is_units = look_up(QUANTITY_TYPES, word) is QuantityType.FIXED_QUANTITY
    return not is_units and word not in _UNITS


def _is_other_market(reading: Reading, value: object) -> bool:
    ticker = reading.first("ticker")
    if ticker is None or _COIN_PAIR.fullmatch(str(ticker.value)) is None:
        return False
    return isinstance(value, str) and _NO_SPOT.fullmatch(fold_key(value)) is not None


def _is_end(reading: Reading, value: object) -> bool:
    return _closes(value) and not _ends(reading)


def _closes(value: object) -> bool:
    words = fold_key(value).replace(" ", "") if isinstance(value, str) else ""
    return _CLOSES.fullmatch(words) is not None


def _ends(reading: Reading) -> bool:
    """Say whether the fields by themselves say an exit, or how much is held afterwards."""
    action, position = reading.first("action"), reading.first("position")
    if reading.first("position_size") is not None:
        return True
    if position is not None and look_up(POSITIONS, str(position.value)) is Position.FLAT:
        return True
    return action is not None and look_up(ACTIONS, str(action.value)) in EXITS | CANCELS


def _is_entry(reading: Reading, _value: object) -> bool:
    size = reading.first("position_size")
    return size is not None and fold_key(size.key) == "target"


def _holds_more(reading: Reading, value: object) -> bool:
    """Say whether a value names an order that waits for its price, or holds what moves money."""
    if is_object(value):
        return any(_asks(reading, key, child) for key, child in value.items())
    if is_array(value):
        return any(_holds_more(reading, child) for child in value if not isinstance(child, str))
    if not isinstance(value, str) or reading.first("order_type") is not None:
        return False
    return look_up(ORDER_TYPES, value) in _PRICED


def _asks(reading: Reading, key: str, value: object) -> bool:
    if is_off(value):
        return False
    folded = fold_key(key)
    name = FIELD_OF.get(folded)
    if name in _WITHIN or is_unplaceable(folded):
        return True
    if name == "quantity" and folded not in BAR_FIGURES:
        return _is_size(reading, value)
    return not isinstance(value, str) and _holds_more(reading, value)


_JUDGES: Mapping[str, Callable[[Reading, object], bool]] = {
    **dict.fromkeys(_SIZES, _is_size),
    **dict.fromkeys(_MEASURES, _is_measure),
    **dict.fromkeys(_MARKETS, _is_other_market),
    **dict.fromkeys(_DEEDS, _is_end),
    **dict.fromkeys(_ENTRIES, _is_entry),
}
