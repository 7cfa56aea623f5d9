"""What is said of a field: its value, what is missing, what contradicts another."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_FIELDS: dict[str, tuple[str, str]] = {
    "or": ("{one} or {other}", "{one} 或 {other}"),
    "in_turn": ("{one} {other}", "{one}{other}"),
    "listed": ("{one}, {other}", "{one}、{other}"),
    "missing": ("`{field}` is missing.", "缺少 `{field}`。"),
    "send_ticker": ("Send {{{{ticker}}}}.", "請送出 {{{{ticker}}}}。"),
    "send_action": (
        "Send what to do: buy, sell, exit and so on.",
        "請寫明要做什麼：buy、sell、exit 等。",
    ),
    "send_timenow": ("Send {{{{timenow}}}}.", "請送出 {{{{timenow}}}}。"),
    "takes": ("It takes {choices}.", "可用的值：{choices}。"),
    "means_nothing": ("This value means nothing here.", "這裡不認得這個值。"),
    "not_carried_out": ("This command is not carried out here.", "這裡不執行這個指令。"),
    # Numbers.
    "not_positive": (
        (
            "{what} must be a number greater than zero, at most 15 digits before and 12 after the "
            "point."
        ),
        "{what}必須是大於零的數字，小數點前最多 15 位、後最多 12 位。",
    ),
    "a_price": ("A price", "價格"),
    "a_limit_price": ("A limit price", "限價"),
    "a_quantity": ("A quantity", "數量"),
    "a_number_of_seconds": ("A number of seconds", "秒數"),
    "no_thousands": (
        "No thousands separators; a point for decimals.",
        "不可有千分位符號；小數用點表示。",
    ),
    "number_alone": (
        (
            "Only the number: a point for decimals, no thousands separators, no % and no unit; "
            "what it counts stands in quantity_type."
        ),
        "只寫數字：小數用點表示，不可有千分位符號、% 或單位；計算方式請寫在 quantity_type。",
    ),
    "target_or_price": (
        "`target` is the position to hold, and this one looks like a price.",
        "`target` 是要持有的部位，但這個值看起來像是價格。",
    ),
    "say_which_target": (
        "Write position_size for a position, or take_profit for a price.",
        "部位請寫在 position_size，價格請寫在 take_profit。",
    ),
    "size_no_number": (
        "A position size must be a number, at most 15 digits before and 12 after the point.",
        "部位大小必須是數字，小數點前最多 15 位、後最多 12 位。",
    ),
    "zero_quantity": (
        "A quantity of zero makes sense for exits and targets only.",
        "數量為零只適用於出場與目標部位。",
    ),
    "send_quantity": (
        "Send the quantity, or leave it out for the strategy's default.",
        "請送出數量；若不寫，就用策略的預設數量。",
    ),
    "price_required": ("A {kind} order needs {names}.", "{kind} 委託需要 {names}。"),
    "price_for_reference": (
        "`price` is for reference; a limit order takes it where limit_price is missing.",
        "`price` 僅供參考；限價單沒有 limit_price 時才會採用。",
    ),
    # Texts, flags, lists.
    "no_flag": ("This must be true or false.", "這裡必須是 true 或 false。"),
    "true_or_false": ("true or false", "true 或 false"),
    "no_text": ("This must be a text.", "這裡必須是文字。"),
    "no_id": (
        "An id is a text of at most {most} characters on one line.",
        "id 是一行文字，最多 {most} 個字元。",
    ),
    "no_accounts": (
        "This must be a list of account names or ids.",
        "這裡必須是帳戶名稱或帳戶 id 的清單。",
    ),
    "leave_accounts_out": (
        "Leave it out for all of the strategy's accounts.",
        "若要用於策略的所有帳戶，請不要寫這個欄位。",
    ),
    "no_extras": ("`extras` must be an object.", "`extras` 必須是物件。"),
    "invalid_ticker": (
        (
            "A ticker has 1 to 64 letters, digits or `_ . : / ! -`; before a colon stands its "
            "exchange."
        ),
        "商品代號由 1 到 64 個英文字母、數字或 `_ . : / ! -` 組成；冒號前面是交易所。",
    ),
    "send_ticker_or_exchange": (
        "Send {{{{ticker}}}}, or {{{{exchange}}}}:{{{{ticker}}}}.",
        "請送出 {{{{ticker}}}}，或 {{{{exchange}}}}:{{{{ticker}}}}。",
    ),
    "no_exchange": ("This is no name of an exchange.", "這不是交易所的名稱。"),
    "invalid_time": (
        "A time is ISO 8601, or seconds or milliseconds since 1970.",
        "時間須為 ISO 8601，或自 1970 年起算的秒數或毫秒數。",
    ),
    # Brackets.
    "no_such_part": ("`{key}` has no such part.", "`{key}` 沒有這個部分。"),
    "bracket": ("`{key}` cannot be used: {why}.", "`{key}` 無法使用：{why}。"),
    "bracket_needs": ("it needs one of {names}", "需要其中之一：{names}"),
    "stop_limit_needs": (
        "a stop-limit needs its limit_price",
        "停損限價單需要 limit_price",
    ),
    "bracket_no_price": (
        "it is neither a price greater than zero nor an object",
        "既不是大於零的價格，也不是物件",
    ),
    "bracket_types": (
        "type is stop, stop_limit or trailing_stop",
        "type 為 stop、stop_limit 或 trailing_stop",
    ),
    "bracket_part": (
        "`{part}` must be one number greater than zero",
        "`{part}` 必須是單一個大於零的數字",
    ),
    # What contradicts.
    "several_tickers": ("The body names more than one ticker.", "內容寫了不只一個商品代號。"),
    "one_ticker": ("Send one ticker.", "請只送一個商品代號。"),
    "several_exchanges": ("The body names more than one exchange.", "內容寫了不只一個交易所。"),
    "one_exchange": ("Send one exchange.", "請只送一個交易所。"),
    "several_sizes": ("The body names more than one {name}.", "內容寫了不只一個 {name}。"),
    "one_size": ("Send one {name}.", "請只送一個 {name}。"),
    "several_commands": ("The body gives more than one command.", "內容寫了不只一個指令。"),
    "one_command": ("Send one.", "請只送一個。"),
    "names_differ": (
        "`{one}` and `{other}` name the same thing and differ.",
        "`{one}` 與 `{other}` 指的是同一件事，值卻不同。",
    ),
    "one_of_them": (
        "Send one of them; both mean {name}.",
        "請只送其中一個；兩者都代表 {name}。",
    ),
    "risk_and_quantity": (
        "`{key}` and a quantity both say how much.",
        "`{key}` 與數量都指定了要下多少。",
    ),
    "set_one_to_0": ("Set one of them to 0.", "請把其中一個設為 0。"),
    "no_sign": (
        "{key} has no sign of its own: send the position beside it.",
        "{key} 本身沒有正負號：請一併送出部位方向（position）。",
    ),
    "does_not_end": ("{action} does not end {position}.", "{action} 的結果不會是 {position}。"),
    "does_not_end_at": ("{action} does not end at {size}.", "{action} 的結果不會是 {size}。"),
    "side_and_size": (
        "{side} does not go with a size of {size}.",
        "{side} 與部位大小 {size} 不符。",
    ),
    "signs": (
        "Sizes: long is positive, short negative, flat zero.",
        "部位大小：多單為正，空單為負，空手為零。",
    ),
    # Slips of the pen.
    "nearly_known": (
        (
            "Nobody knows this field, and it is nearly `{meant}`: refused, so that nothing that "
            "moves money is dropped by a slip."
        ),
        "不認得這個欄位，而它很像 `{meant}`：為避免因筆誤漏掉影響交易的內容，因此拒絕。",
    ),
    "did_you_mean": ("Did you mean `{meant}`?", "您是不是要寫 `{meant}`？"),
}
