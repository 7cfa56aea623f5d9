"""What is said where a position, a step or a bound decides how much is traded, if anything is."""

# ruff: noqa: RUF001 - Chinese is written with full-width punctuation

from __future__ import annotations

OF_SIZES: dict[str, tuple[str, str]] = {
    "nothing_to_exit": (
        "Nothing is held that this exit could close.",
        "沒有可供這筆出場平倉的部位。",
    ),
    "nothing_opened": ("{note} Nothing is opened.", "{note}不會開倉。"),
    "no_shorts": ("No short position can be held here.", "這裡不能持有空單。"),
    "exit_opens_nothing": (
        "More was asked than is held; an exit opens nothing.",
        "要求的數量超過持有的部位；出場不會開新倉。",
    ),
    "set_aside": (
        "Orders that rest have set aside {locked} of the {held} held. The rest is sold.",
        "持有 {held}，其中 {locked} 已被交易所的掛單占用；只賣出其餘部分。",
    ),
    "all_set_aside": (
        "Orders that rest have set aside {locked} of the {held} held: cancel them first.",
        "持有 {held}，其中 {locked} 已被交易所的掛單占用，沒有可賣出的數量。請先取消掛單。",
    ),
    "closed_only": (
        "What is held is closed, nothing is opened: {why}",
        "只會平掉現有部位，不會開倉：{why}",
    ),
    "rounded": (
        "{asked} rounded down to {sent}, the venue's step.",
        "{asked} 依交易所的最小單位捨去為 {sent}。",
    ),
    "believed": (
        "The alert believes {direction} {size}, the account holds {held}.",
        "快訊以為部位是 {direction} {size}，帳戶實際持有 {held}。",
    ),
    "believed_side": (
        "The alert believes {direction}, the account holds {held}.",
        "快訊以為部位是 {direction}，帳戶實際持有 {held}。",
    ),
    # Bounds of the venue.
    "less_than_least": (
        "{quantity} is less than the least quantity of {symbol}, {least} at this venue.",
        "{quantity} 小於這個交易所 {symbol} 的最小數量 {least}。",
    ),
    "more_than_most": (
        "{quantity} is more than one order of {symbol} may have, {most} at this venue.",
        "{quantity} 超過這個交易所 {symbol} 單筆委託的上限 {most}。",
    ),
    "worth_too_little": (
        "An order worth {value} is less than the least of {symbol}, {least} at this venue.",
        "委託金額 {value} 小於這個交易所 {symbol} 的最低金額 {least}。",
    ),
    "less_than_tick": (
        "The price is less than one tick of {symbol}, {tick}.",
        "價格小於 {symbol} 的一個跳動點 {tick}。",
    ),
    "outside_band": (
        "{price} lies outside of what the venue takes of {symbol} today, {floor} to {ceiling}.",
        "{price} 超出交易所今天接受的 {symbol} 價格範圍 {floor} 到 {ceiling}。",
    ),
    "any_price": ("any", "不限"),
    "less_than_step": (
        "{size} is less than one step of {symbol}, {step}.",
        "{size} 小於 {symbol} 的最小單位 {step}。",
    ),
    "buys_too_little": (
        "{amount} buys less than one step of {symbol}, {step}.",
        "{amount} 買不到 {symbol} 的一個最小單位 {step}。",
    ),
    "no_price": (
        (
            "Money cannot be turned into a quantity of {symbol} without a price: send `price` in "
            "the alert, or a quantity."
        ),
        "沒有價格就無法把金額換算成 {symbol} 的數量：請在快訊送出 `price`，或直接寫數量。",
    ),
    "no_money": (
        (
            "The account has no {money}, in which {symbol} is paid: a share of the equity is a "
            "share of that."
        ),
        "帳戶沒有用來支付 {symbol} 的 {money}：權益的百分比是以它計算的。",
    ),
    "money": ("money", "資金"),
    # Nothing to do.
    "no_position": (
        "No position is held that could be closed.",
        "沒有可以平倉的部位。",
    ),
    "no_position_of": (
        "No {direction} position is held that could be closed.",
        "沒有可以平倉的 {direction} 部位。",
    ),
    "there_already": ("The position is {size} already.", "部位已經是 {size}。"),
    "past_the_goal": (
        "Orders that work would take the position past {goal}; cancel them first.",
        "未成交的委託會讓部位超過 {goal}；請先取消它們。",
    ),
    "rolled_over": (
        (
            "{symbol} leads to another month now, and {held} {contract} is still held under it: "
            "nothing is added elsewhere. Send an exit first; it closes {contract}."
        ),
        (
            "{symbol} 已換到另一個月份，而它名下仍持有 {held} 口 {contract}：不會在別的月份加碼。"
            "請先送出出場，{contract} 會被平倉。"
        ),
    ),
    "nothing_to_add_to": (
        "Nothing is held that could be added to.",
        "沒有可以加碼的部位。",
    ),
    "nothing_to_reverse": (
        "Nothing is held that could be reversed.",
        "沒有可以反手的部位。",
    ),
}
