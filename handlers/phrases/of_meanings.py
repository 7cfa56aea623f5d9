"""What an alert means beside its trade: what it counts on, its brackets and circumstances."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_MEANINGS: dict[str, tuple[str, str]] = {
    # What was held before it.
    "means_before_flat": (
        "It counts on no position before; if there is one, the strategy's rule for drift decides.",
        "它預期先前沒有部位；若實際不符，依策略的部位偏差設定處理。",
    ),
    "means_before_long": (
        (
            "It counts on a long position before; if that is not so, the strategy's rule for "
            "drift decides."
        ),
        "它預期先前持有多單；若實際不符，依策略的部位偏差設定處理。",
    ),
    "means_before_short": (
        (
            "It counts on a short position before; if that is not so, the strategy's rule for "
            "drift decides."
        ),
        "它預期先前持有空單；若實際不符，依策略的部位偏差設定處理。",
    ),
    "means_before_long_size": (
        (
            "It counts on {quantity} long before; if that is not so, the strategy's rule for "
            "drift decides."
        ),
        "它預期先前持有多單 {quantity}；若實際不符，依策略的部位偏差設定處理。",
    ),
    "means_before_short_size": (
        (
            "It counts on {quantity} short before; if that is not so, the strategy's rule for "
            "drift decides."
        ),
        "它預期先前持有空單 {quantity}；若實際不符，依策略的部位偏差設定處理。",
    ),
    # Brackets.
    "means_take_profit": ("Take profit: {parts}.", "停利：{parts}。"),
    "means_stop_loss": ("Stop-loss: {parts}.", "停損：{parts}。"),
    "means_stop_loss_stop": ("Stop-loss, as a stop order: {parts}.", "停損（停損單）：{parts}。"),
    "means_stop_loss_stop_limit": (
        "Stop-loss, as a stop-limit order: {parts}.",
        "停損（停損限價單）：{parts}。",
    ),
    "means_stop_loss_trailing_stop": (
        "Stop-loss, as a trailing stop: {parts}.",
        "停損（移動停損）：{parts}。",
    ),
    "means_bracket_stop_price": ("triggered at {number}", "觸發價 {number}"),
    "means_bracket_limit_price": ("with a limit at {number}", "限價 {number}"),
    "means_bracket_percent": ("{number} % from the entry", "距進場價 {number}%"),
    "means_bracket_amount": ("{number} of price from the entry", "距進場價 {number}"),
    "means_bracket_pips": (
        "{number} pips from the entry (the strategy's pip size is needed)",
        "距進場價 {number} 點（pip；需要策略的 pip 大小設定）",
    ),
    "means_bracket_trail_amount": ("{number} behind the price", "與價格保持 {number} 的距離"),
    "means_bracket_trail_percent": ("{number} % behind the price", "與價格保持 {number}% 的距離"),
    "means_all_or_nothing": (
        "If any part of this cannot be placed, the whole alert is refused.",
        "其中只要有任何一項無法執行，就會拒絕整則快訊。",
    ),
    # Circumstances.
    "means_unused_limit_price": (
        "The limit price {number} does not go with this order type: a strategy refuses the alert.",
        "限價 {number} 與這種委託類型不合：策略會拒絕這則快訊。",
    ),
    "means_unused_stop_price": (
        "The stop price {number} does not go with this order type: a strategy refuses the alert.",
        "觸發價 {number} 與這種委託類型不合：策略會拒絕這則快訊。",
    ),
    "means_unused_trail": (
        "A trailing distance of {number} is named beside it.",
        "另外還寫著移動停損距離 {number}。",
    ),
    "means_reduce_only": (
        "It may only make a position smaller, never open or turn one.",
        "只會減少部位，不會開倉或反手。",
    ),
    "means_tif_day": ("The order works until the trading day ends.", "委託當日有效。"),
    "means_tif_gtc": ("The order works until it is cancelled.", "委託在取消之前一直有效。"),
    "means_tif_ioc": ("What cannot be filled at once is cancelled.", "無法立即成交的部分會取消。"),
    "means_tif_fok": (
        "The order is filled whole and at once, or not at all.",
        "必須立即全部成交，否則全部取消。",
    ),
    "means_reference_price": (
        "The price {number} is for reference only and never makes a limit order.",
        "價格 {number} 僅供參考，絕不會變成限價單。",
    ),
    "means_exchange": ("The chart is of {exchange}.", "圖表來自 {exchange}。"),
    "means_time": ("The alert fired at {time}.", "快訊觸發時間為 {time}。"),
    "means_bar_time": (
        (
            "The time {time} may be the bar's: the alert's age counts from its receipt, unless "
            "the strategy is strict about time."
        ),
        "時間 {time} 可能是 K 線的時間：除非策略採用嚴格時間，否則從收到時起算快訊時效。",
    ),
    "means_no_time": (
        (
            "It names no time: its age counts from its receipt, and the same alert again within "
            "the strategy's window counts as a resend."
        ),
        "快訊沒有時間：從收到時起算時效，在策略設定的時間內再收到相同的快訊，視為重送。",
    ),
    "means_no_time_but_id": (
        (
            "It names no time: its age counts from its receipt, and the same alert again within "
            "24 hours counts as a resend."
        ),
        "快訊沒有時間：從收到時起算時效，24 小時內再收到相同的快訊，視為重送。",
    ),
    "means_accounts": ("Only for: {accounts}.", "僅用於帳戶：{accounts}。"),
    "means_mode_paper": (
        "As a paper order: no real money is touched.",
        "以模擬單執行：不會動用真實資金。",
    ),
    "means_mode_live": (
        "`live` never makes a paper strategy or account trade real money.",
        "`live` 絕不會讓模擬的策略或帳戶改用真實資金。",
    ),
    "means_delay": ("The order is sent {seconds} s later.", "委託會延後 {seconds} 秒送出。"),
    "means_max_age": (
        (
            "Nothing is sent once the alert is older than {seconds} s, or sooner if the strategy "
            "says so."
        ),
        "快訊超過 {seconds} 秒（或策略設定的更短時限）後就不再送出任何委託。",
    ),
}
