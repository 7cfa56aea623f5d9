"""What an alert that is understood trades, and how."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_TRADES: dict[str, tuple[str, str]] = {
    # How much of what.
    "means_of_default": ("the strategy's default quantity of {ticker}", "策略預設數量的 {ticker}"),
    "means_of_fixed_quantity": ("{quantity} {ticker}", " {quantity} {ticker}"),
    "means_of_notional": (
        "{ticker} for {quantity} of the quote currency",
        "價值 {quantity}（以計價貨幣計）的 {ticker}",
    ),
    "means_of_percent_of_equity": (
        "{ticker} for {quantity} % of the account's equity",
        "帳戶權益 {quantity}% 的 {ticker}",
    ),
    "means_of_risk_amount": (
        "as much {ticker} as risks {quantity} down to the stop-loss",
        "到停損為止風險為 {quantity} 的 {ticker}",
    ),
    "means_of_risk_percent": (
        "as much {ticker} as risks {quantity} % of the equity down to the stop-loss",
        "到停損為止風險為權益 {quantity}% 的 {ticker}",
    ),
    "means_of_percent_of_position": (
        "{quantity} % of the {ticker} that is held",
        "現有 {ticker} 部位的 {quantity}%",
    ),
    # How the order meets the market.
    "means_at_market": ("at market", "以市價"),
    "means_at_limit": ("with a limit at {limit}", "以限價 {limit} "),
    "means_at_stop": ("at market once the price reaches {stop}", "在價格觸及 {stop} 後以市價"),
    "means_at_stop_limit": (
        "with a limit at {limit} once the price reaches {stop}",
        "在價格觸及 {stop} 後以限價 {limit} ",
    ),
    "means_at_trailing_stop": (
        "with a trailing stop {trail} behind the price",
        "以移動停損（與價格距離 {trail}）",
    ),
    # What is traded.
    "means_buy": ("Buy {amount} {how}.", "{how}買進{amount}。"),
    "means_sell": ("Sell {amount} {how}.", "{how}賣出{amount}。"),
    "means_enter_long": (
        "Enter long: buy {amount} {how}; a short position is closed first.",
        "做多進場：{how}買進{amount}；若持有空單，會先平倉。",
    ),
    "means_enter_short": (
        "Enter short: sell {amount} {how}; a long position is closed first.",
        "做空進場：{how}賣出{amount}；若持有多單，會先平倉。",
    ),
    "means_may_include_close": (
        (
            "A quantity larger than the opposite position counts as containing the part that "
            "closes it."
        ),
        "數量若大於反向部位，視為已包含平倉的部分。",
    ),
    "means_close": ("Close {part} {how}; nothing is opened.", "{how}平倉{part}；不會開新倉。"),
    "means_part_whole": ("the whole {position}", "全部{position}"),
    "means_part_quantity": (
        "{quantity} of the {position}, at most what is held,",
        "{position}中的 {quantity}（最多到持有數量為止）",
    ),
    "means_part_percent": ("{quantity} % of the {position}", "{position}的 {quantity}%"),
    "means_part_default": (
        "the strategy's default quantity of the {position}, at most what is held,",
        "{position}中策略預設數量的部分（最多到持有數量為止）",
    ),
    "means_position_long": ("long position in {ticker}", " {ticker} 多單"),
    "means_position_short": ("short position in {ticker}", " {ticker} 空單"),
    "means_position_any": ("position in {ticker}", " {ticker} 部位"),
    "means_reverse": (
        (
            "Reverse the position in {ticker} {how}: close it and open the same size on the other "
            "side."
        ),
        "{how}將 {ticker} 部位反手：先平倉，再開相同數量的反向部位。",
    ),
    "means_reverse_to_quantity": (
        "Reverse the position in {ticker} {how}: close it and open {quantity} on the other side.",
        "{how}將 {ticker} 部位反手：先平倉，再反向開倉 {quantity}。",
    ),
    "means_reverse_unless_long": (
        "If it is long already, nothing is done.",
        "若已是多單，則不做任何動作。",
    ),
    "means_reverse_unless_short": (
        "If it is short already, nothing is done.",
        "若已是空單，則不做任何動作。",
    ),
    "means_add": (
        "Add {amount} {how} to the position, on the side that is held.",
        "加碼：依目前持有的方向，{how}加{amount}。",
    ),
    "means_target_long": (
        (
            "Bring the position in {ticker} to {size} (long {quantity}) {how}; what is bought or "
            "sold follows from what is held then."
        ),
        "{how}將 {ticker} 部位調整到 {size}（多單 {quantity}）；買賣多少依當時持有的部位決定。",
    ),
    "means_target_short": (
        (
            "Bring the position in {ticker} to {size} (short {quantity}) {how}; what is bought or "
            "sold follows from what is held then."
        ),
        "{how}將 {ticker} 部位調整到 {size}（空單 {quantity}）；買賣多少依當時持有的部位決定。",
    ),
    "means_target_default_long": (
        "Bring the position in {ticker} {how} to the strategy's default quantity, long.",
        "{how}將 {ticker} 部位調整為策略預設數量的多單。",
    ),
    "means_target_default_short": (
        "Bring the position in {ticker} {how} to the strategy's default quantity, short.",
        "{how}將 {ticker} 部位調整為策略預設數量的空單。",
    ),
    "means_cancel": (
        "Cancel the working orders of {ticker}; nothing is bought or sold.",
        "取消 {ticker} 的未成交委託；不買進也不賣出。",
    ),
    "means_cancel_all": (
        "Cancel all working orders; nothing is bought or sold.",
        "取消所有未成交委託；不買進也不賣出。",
    ),
    "means_ping": ("A test: nothing is traded.", "測試訊號：不會下任何單。"),
    # What stands beside a position size.
    "means_beside_size": (
        (
            "The alert also says {action}{quantity}; the position size decides, unless the "
            "strategy follows quantities."
        ),
        "快訊同時寫著「{action}{quantity}」；除非策略設定為依數量下單，否則以部位大小為準。",
    ),
    "means_beside_size_refused": (
        (
            "Its quantity is not counted in units: unless the strategy follows quantities, the "
            "alert is refused."
        ),
        "它的數量不是以單位計算：除非策略設定為依數量下單，否則會拒絕這則快訊。",
    ),
    "means_action_buy": ("buy", "買進"),
    "means_action_sell": ("sell", "賣出"),
    "means_action_long_entry": ("long entry", "做多進場"),
    "means_action_short_entry": ("short entry", "做空進場"),
    "means_action_long_exit": ("long exit", "多單出場"),
    "means_action_short_exit": ("short exit", "空單出場"),
    "means_action_exit": ("exit", "出場"),
    "means_action_reverse": ("reverse", "反手"),
    "means_action_add": ("add", "加碼"),
    "means_action_reduce": ("reduce", "減碼"),
    "means_action_target": ("target", "目標部位"),
    "means_wrong_measure": (
        "This action cannot be sized that way: a strategy refuses the alert.",
        "這個動作不能用這種方式決定數量：策略會拒絕這則快訊。",
    ),
}
