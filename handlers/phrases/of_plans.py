"""What is said of a plan: why an alert comes to no order, and what to know of one that does."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_PLANS: dict[str, tuple[str, str]] = {
    # Whom the alert is for.
    "no_account": ("The strategy has no account {names}.", "策略沒有名為 {names} 的帳戶。"),
    "no_account_named": ("The strategy has no account of no name.", "策略沒有沒名稱的帳戶。"),
    "its_accounts": ("Its accounts: {names}.", "它的帳戶：{names}。"),
    "accounts_named": (
        "The strategy has {count} accounts named {name}.",
        "策略有 {count} 個名為 {name} 的帳戶。",
    ),
    "use_ids": ("Use their ids: {ids}.", "請改用它們的 id：{ids}。"),
    "none_enabled": (
        "No account that the alert is for is enabled.",
        "這則快訊所指的帳戶都沒有啟用。",
    ),
    "paper_only": (
        "The alert is for paper, its accounts are not.",
        "快訊要求模擬交易，但它的帳戶不是模擬帳戶。",
    ),
    # When it fired.
    "future": (
        "The alert's time lies {seconds} s ahead.",
        "快訊的時間比現在晚 {seconds} 秒。",
    ),
    "timenow_is_utc": (
        "Send {{{{timenow}}}}: it is in UTC.",
        "請送出 {{{{timenow}}}}：它是 UTC 時間。",
    ),
    "stale_entry": (
        "The alert is {late} s old; an entry is wanted for {seconds} s.",
        "快訊已經過了 {late} 秒；進場只在 {seconds} 秒內有效。",
    ),
    "stale_exit": (
        "The alert is {late} s old; an exit is wanted for {seconds} s.",
        "快訊已經過了 {late} 秒；出場只在 {seconds} 秒內有效。",
    ),
    # How much.
    "size_or_measure": (
        "The position size says how much to hold, {measure} another.",
        "部位大小已指定要持有多少，{measure} 卻指定了另一個量。",
    ),
    "leave_sizes_out": (
        "Leave the position sizes out, or set the strategy to follow quantities.",
        "請拿掉部位大小，或把策略設定為依數量下單。",
    ),
    "how_much_to_hold": (
        "The alert does not say how much to hold.",
        "快訊沒有寫要持有多少。",
    ),
    "which_way_to_add": (
        "The alert does not say which way to add.",
        "快訊沒有寫要往哪個方向加碼。",
    ),
    "measure_alone": (
        "{measure} is given without a quantity.",
        "寫了 {measure} 卻沒有數量。",
    ),
    "no_default": (
        "The alert has no quantity, and the strategy no default quantity.",
        "快訊沒有數量，策略也沒有預設數量。",
    ),
    "entry_measure": (
        "An entry cannot be sized by {measure}.",
        "進場不能用 {measure} 決定數量。",
    ),
    "exit_measure": ("An exit cannot be sized by {measure}.", "出場不能用 {measure} 決定數量。"),
    "action_measure": (
        "This action cannot be sized by {measure}.",
        "這個動作不能用 {measure} 決定數量。",
    ),
    # What nothing here can place yet.
    "no_take_profit": ("No take-profit order is placed yet.", "目前還不能下停利單。"),
    "no_stop_loss": ("No stop-loss order is placed yet.", "目前還不能下停損單。"),
    "no_trail": ("No trailing stop is placed yet.", "目前還不能下移動停損單。"),
    "no_delay": ("No order is delayed yet.", "目前還不能延後送出委託。"),
    "no_risk": (
        "No quantity is taken from a risk yet: it needs a stop-loss.",
        "目前還不能依風險決定數量：這需要停損。",
    ),
    "nothing_does_it": (
        "This would change what is traded, and nothing here does it.",
        "這會改變交易內容，而這裡不執行。",
    ),
    "own_names": (
        (
            "Take it out or switch it off; where it repeats a field, write the field's own name, "
            "such as quantity, quantity_type, order_type, limit_price or action."
        ),
        (
            "請移除或關閉它；如果它只是某個欄位的別名，請改用該欄位的名稱，"
            "例如 quantity、quantity_type、order_type、limit_price 或 action。"
        ),
    ),
    # What is traded.
    "unknown_symbol": (
        "{chart} is not known at the venue.",
        "交易所沒有 {chart} 這個商品。",
    ),
    "candidates": ("Did you mean {names}?", "您是不是要找 {names}？"),
    "stays_paper": (
        "mode: an alert cannot make paper live; the order is a paper order.",
        "mode：快訊不能把模擬變成真實交易；這筆委託是模擬單。",
    ),
    "crossing": (
        "ticker: by your own mapping, {chart} trades {symbol}: spot and perpetual differ.",
        "ticker：依您自訂的對照，{chart} 會交易 {symbol}：現貨與永續合約並不相同。",
    ),
    "sizes_decide": (
        "quantity: {quantity} is not what the position sizes come to, {traded}; the sizes decide.",
        "quantity：{quantity} 與部位大小算出的 {traded} 不符；以部位大小為準。",
    ),
    "with_note": ("{summary} ({note})", "{summary}（{note}）"),
}
