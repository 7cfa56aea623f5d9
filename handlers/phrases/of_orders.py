"""An order in a few plain words, as it was asked for."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_ORDERS: dict[str, tuple[str, str]] = {
    "order_whole": ("{what} {how}", "{what}，{how}"),
    "order_denied": ("{words}: not sent, {code}", "{words}：不送出，{code}"),
    "order_buy": ("buy {quantity} {symbol}", "買進 {quantity} {symbol}"),
    "order_sell": ("sell {quantity} {symbol}", "賣出 {quantity} {symbol}"),
    "order_add": ("add {quantity} {symbol}", "加碼 {quantity} {symbol}"),
    "order_buy_for": ("buy {symbol} for {amount}", "買進價值 {amount} 的 {symbol}"),
    "order_sell_for": ("sell {symbol} for {amount}", "賣出價值 {amount} 的 {symbol}"),
    "order_buy_share": (
        "buy {symbol} for {percent} % of the equity",
        "以權益的 {percent}% 買進 {symbol}",
    ),
    "order_sell_share": (
        "sell {symbol} for {percent} % of the equity",
        "以權益的 {percent}% 賣出 {symbol}",
    ),
    "order_buy_first": ("{what}, closing a short position first,", "{what}（若有空單先平倉）"),
    "order_sell_first": ("{what}, closing a long one first,", "{what}（若有多單先平倉）"),
    "order_close": ("close {held}", "平倉 {held}"),
    "order_close_quantity": ("close {quantity} {held}", "平倉 {held}中的 {quantity}"),
    "order_close_percent": ("close {percent} % of {held}", "平倉 {held}的 {percent}%"),
    "order_held_any": ("{symbol}", "{symbol} 部位"),
    "order_held_long": ("long {symbol}", "{symbol} 多單"),
    "order_held_short": ("short {symbol}", "{symbol} 空單"),
    "order_hold_long": ("hold long {size} {symbol}", "持有多單 {size} {symbol}"),
    "order_hold_short": ("hold short {size} {symbol}", "持有空單 {size} {symbol}"),
    "order_reverse": ("reverse {symbol}", "{symbol} 反手"),
    "order_reverse_size": ("reverse {symbol} {size}", "{symbol} 反手 {size}"),
    "order_reverse_long": ("reverse {symbol} to long", "{symbol} 反手做多"),
    "order_reverse_long_size": ("reverse {symbol} to long {size}", "{symbol} 反手做多 {size}"),
    "order_reverse_short": ("reverse {symbol} to short", "{symbol} 反手做空"),
    "order_reverse_short_size": ("reverse {symbol} to short {size}", "{symbol} 反手做空 {size}"),
    "order_market": ("at market", "市價"),
    "order_limit": ("limit {prices}", "限價 {prices}"),
    "order_stop": ("stop {prices}", "停損價 {prices}"),
    "order_stop_limit": ("stop limit {prices}", "停損限價 {prices}"),
    "order_trailing_stop": ("trailing stop", "移動停損"),
}
