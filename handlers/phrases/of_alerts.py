"""What a trader is warned of in an alert that is understood, and how an alert is turned away."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_ALERTS: dict[str, tuple[str, str]] = {
    "bar_time": (
        (
            "bar_time: this may be the bar's time, so the alert's age counts from its receipt; "
            "send {{{{timenow}}}}"
        ),
        "bar_time：這可能是 K 線的時間，因此從收到時起算快訊時效；請改送 {{{{timenow}}}}",
    ),
    "no_zone": (
        "{key} names no time zone: taken as UTC",
        "{key} 沒有寫時區：視為 UTC",
    ),
    "delayed_feed": (
        "{exchange} is a delayed feed: its prices are late",
        "{exchange} 是延遲報價：價格會晚到",
    ),
    "sl_is_stop": (
        (
            "{key} SL is a stop order here: {price} is for reference only; send STOPLIMIT and "
            "limit_price for a limit"
        ),
        "{key} SL 在這裡是停損單：{price} 僅供參考；若要限價，請送 STOPLIMIT 與 limit_price",
    ),
    "pips": (
        "{key} is a distance in pips, and a pip's size is not known here",
        "{key} 是以 pip 計的距離，而這裡不知道一個 pip 有多大",
    ),
    "kept": (
        "{key} is kept, but nothing here acts on it",
        "{key} 會保留，但這裡不會依它執行任何動作",
    ),
    "unknown_field": ("unknown field {key}: ignored", "不認得欄位 {key}：已忽略"),
    "unknown_field_near": (
        "unknown field {key}: ignored (the nearest known name is {near})",
        "不認得欄位 {key}：已忽略（最接近的已知名稱是 {near}）",
    ),
    "not_placed": (
        (
            "{key} would change what is traded and is not carried out here: a strategy refuses the "
            "alert (unsupported_field)"
        ),
        "{key} 會改變交易內容，而這裡不執行：策略會拒絕這則快訊（unsupported_field）",
    ),
    "default_quantity": (
        (
            "quantity is missing: the strategy's default quantity is traded; a strategy without "
            "one refuses the alert"
        ),
        "缺少 quantity：會以策略的預設數量交易；沒有預設數量的策略會拒絕這則快訊",
    ),
    "quantity_needed": (
        "quantity is missing: {measure} needs one, and a strategy refuses the alert",
        "缺少 quantity：{measure} 需要數量，策略會拒絕這則快訊",
    ),
    # How often the same alert counts.
    "traded_twice": (
        "no_time: an alert that comes twice is traded twice; send {{{{timenow}}}} as `time`.",
        "no_time：同一則快訊來兩次就會交易兩次；請以 `time` 送出 {{{{timenow}}}}。",
    ),
    "resend_within": (
        (
            "no_time: the same alert within {seconds} s counts as a resend; send {{{{timenow}}}} "
            "as `time`."
        ),
        "no_time：{seconds} 秒內再收到相同的快訊，視為重送；請以 `time` 送出 {{{{timenow}}}}。",
    ),
    "id_reused": (
        (
            "id_reused: an earlier alert had this id and other content; this one counts by "
            "itself. An id names one alert."
        ),
        (
            "id_reused：先前有一則快訊用過這個 id，但內容不同；這一則另外計算。"
            "一個 id 只能代表一則快訊。"
        ),
    ),
    "too_fast": (
        "The strategy sends alerts faster than its limit; this one made no order.",
        "策略送出快訊的速度超過上限；這一則沒有產生委託。",
    ),
    # What turns alerts away, whatever they mean.
    "strategy_paused": ("The strategy is paused.", "策略已暫停。"),
    "resume_it": ("Resume it to take its alerts again.", "恢復策略後才會再接收它的快訊。"),
    "kill_switch_active": ("The kill switch is engaged.", "緊急停止已啟動。"),
    "release_it": ("Release it to trade again.", "解除後才能再交易。"),
    "accounts_disabled": (
        "No account of the strategy is enabled.",
        "策略沒有任何已啟用的帳戶。",
    ),
    "enable_one": ("Enable one of them.", "請啟用其中一個。"),
    "unknown_token": ("This webhook address is not known.", "不認得這個 webhook 網址。"),
    "copy_address": (
        "Copy the webhook's address again, or give the strategy a new token.",
        "請重新複製 webhook 網址，或為策略換一組新的權杖。",
    ),
    "refused": ("The alert is refused.", "快訊被拒絕。"),
    "paused_now": (
        "strategy_paused: sent now, the alert would be refused with 403; the strategy is paused",
        "strategy_paused：若現在送出，快訊會以 403 拒絕；策略已暫停",
    ),
    "switched_off_now": (
        (
            "kill_switch_active: sent now, the alert would be refused with 403, unless it only "
            "cancels; the kill switch is engaged"
        ),
        "kill_switch_active：若現在送出，除非只是取消委託，否則快訊會以 403 拒絕；緊急停止已啟動",
    ),
    "only_exits_now": (
        (
            "kill_switch_active: sent now, the alert would be refused with 403, unless it only "
            "cancels or closes; the kill switch is engaged"
        ),
        (
            "kill_switch_active：若現在送出，除非只是取消委託或平倉，否則快訊會以 403 拒絕；"
            "緊急停止已啟動"
        ),
    ),
}
