"""The words of an order's summary, in English and in the Traditional Chinese of Taiwan."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_EN = {
    "whole": "{what} {how}",
    "denied": "{words}: not sent, {code}",
    "buy": "buy {quantity} {symbol}",
    "sell": "sell {quantity} {symbol}",
    "add": "add {quantity} {symbol}",
    "buy_for": "buy {symbol} for {amount}",
    "sell_for": "sell {symbol} for {amount}",
    "buy_share": "buy {symbol} for {percent} % of the equity",
    "sell_share": "sell {symbol} for {percent} % of the equity",
    "buy_first": "{what}, closing a short position first,",
    "sell_first": "{what}, closing a long one first,",
    "close": "close {held}",
    "close_quantity": "close {quantity} {held}",
    "close_percent": "close {percent} % of {held}",
    "held_any": "{symbol}",
    "held_long": "long {symbol}",
    "held_short": "short {symbol}",
    "hold_long": "hold long {size} {symbol}",
    "hold_short": "hold short {size} {symbol}",
    "reverse": "reverse {symbol}",
    "reverse_size": "reverse {symbol} {size}",
    "reverse_long": "reverse {symbol} to long",
    "reverse_long_size": "reverse {symbol} to long {size}",
    "reverse_short": "reverse {symbol} to short",
    "reverse_short_size": "reverse {symbol} to short {size}",
    "market": "at market",
    "limit": "limit {prices}",
    "stop": "stop {prices}",
    "stop_limit": "stop limit {prices}",
    "trailing_stop": "trailing stop {prices}",
}
_ZH_TW = {
    "whole": "{what}，{how}",
    "denied": "{words}：不送出，{code}",
    "buy": "買進 {quantity} {symbol}",
    "sell": "賣出 {quantity} {symbol}",
    "add": "加碼 {quantity} {symbol}",
    "buy_for": "買進價值 {amount} 的 {symbol}",
    "sell_for": "賣出價值 {amount} 的 {symbol}",
    "buy_share": "以權益的 {percent}% 買進 {symbol}",
    "sell_share": "以權益的 {percent}% 賣出 {symbol}",
    "buy_first": "{what}（若有空單先平倉）",
    "sell_first": "{what}（若有多單先平倉）",
    "close": "平倉 {held}",
    "close_quantity": "平倉 {held}中的 {quantity}",
    "close_percent": "平倉 {held}的 {percent}%",
    "held_any": "{symbol} 部位",
    "held_long": "{symbol} 多單",
    "held_short": "{symbol} 空單",
    "hold_long": "持有多單 {size} {symbol}",
    "hold_short": "持有空單 {size} {symbol}",
    "reverse": "{symbol} 反手",
    "reverse_size": "{symbol} 反手 {size}",
    "reverse_long": "{symbol} 反手做多",
    "reverse_long_size": "{symbol} 反手做多 {size}",
    "reverse_short": "{symbol} 反手做空",
    "reverse_short_size": "{symbol} 反手做空 {size}",
    "market": "市價",
    "limit": "限價 {prices}",
    "stop": "停損價 {prices}",
    "stop_limit": "停損限價 {prices}",
    "trailing_stop": "移動停損 {prices}",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh-TW": _ZH_TW}
