"""What alerts mean, in English."""

from __future__ import annotations

WORDS = {
    "between_sentences": " ",
    "between_parts": ", ",
    "numbered": "{number}. {meaning}",
    # How much of what.
    "of_default": "the strategy's default quantity of {ticker}",
    "of_fixed_quantity": "{quantity} {ticker}",
    "of_notional": "{ticker} for {quantity} of the quote currency",
    "of_percent_of_equity": "{ticker} for {quantity} % of the account's equity",
    "of_risk_amount": "as much {ticker} as risks {quantity} down to the stop-loss",
    "of_risk_percent": "as much {ticker} as risks {quantity} % of the equity down to the stop-loss",
    "of_percent_of_position": "{quantity} % of the {ticker} that is held",
    # How the order meets the market.
    "at_market": "at market",
    "at_limit": "with a limit at {limit}",
    "at_stop": "at market once the price reaches {stop}",
    "at_stop_limit": "with a limit at {limit} once the price reaches {stop}",
    "at_trailing_stop": "with a trailing stop {trail} behind the price",
    # What is traded.
    "buy": "Buy {amount} {how}.",
    "sell": "Sell {amount} {how}.",
    "enter_long": "Enter long: buy {amount} {how}; a short position is closed first.",
    "enter_short": "Enter short: sell {amount} {how}; a long position is closed first.",
    "may_include_close": (
        "A quantity larger than the opposite position counts as containing the part that closes it."
    ),
    "close": "Close {part} {how}; nothing is opened.",
    "part_whole": "the whole {position}",
    "part_quantity": "{quantity} of the {position}, at most what is held,",
    "part_percent": "{quantity} % of the {position}",
    "part_default": "the strategy's default quantity of the {position}, at most what is held,",
    "position_long": "long position in {ticker}",
    "position_short": "short position in {ticker}",
    "position_any": "position in {ticker}",
    "reverse": "Reverse the position in {ticker} {how}: close it and open the same size on the "
    "other side.",
    "reverse_to_quantity": "Reverse the position in {ticker} {how}: close it and open {quantity} "
    "on the other side.",
    "reverse_unless_long": "If it is long already, nothing is done.",
    "reverse_unless_short": "If it is short already, nothing is done.",
    "add": "Add {amount} {how} to the position, on the side that is held.",
    "target_long": "Bring the position in {ticker} to {size} (long {quantity}) {how}; what is "
    "bought or sold follows from what is held then.",
    "target_short": "Bring the position in {ticker} to {size} (short {quantity}) {how}; what is "
    "bought or sold follows from what is held then.",
    "target_default_long": "Bring the position in {ticker} {how} to the strategy's default "
    "quantity, long.",
    "target_default_short": "Bring the position in {ticker} {how} to the strategy's default "
    "quantity, short.",
    "cancel": "Cancel the working orders of {ticker}; nothing is bought or sold.",
    "cancel_all": "Cancel all working orders; nothing is bought or sold.",
    "ping": "A test: nothing is traded.",
    # What stands beside a position size.
    "beside_size": "The alert also says {action}{quantity}; the position size decides, unless the "
    "strategy follows quantities.",
    "beside_size_refused": "Its quantity is not counted in units: unless the strategy follows "
    "quantities, the alert is refused.",
    "action_buy": "buy",
    "action_sell": "sell",
    "action_long_entry": "long entry",
    "action_short_entry": "short entry",
    "action_long_exit": "long exit",
    "action_short_exit": "short exit",
    "action_exit": "exit",
    "action_reverse": "reverse",
    "action_add": "add",
    "action_reduce": "reduce",
    "action_target": "target",
    "before_flat": "It counts on no position before; if there is one, the strategy's rule for "
    "drift decides.",
    "before_long": "It counts on a long position before; if that is not so, the strategy's rule "
    "for drift decides.",
    "before_short": "It counts on a short position before; if that is not so, the strategy's rule "
    "for drift decides.",
    "before_long_size": "It counts on {quantity} long before; if that is not so, the strategy's "
    "rule for drift decides.",
    "before_short_size": "It counts on {quantity} short before; if that is not so, the strategy's "
    "rule for drift decides.",
    "wrong_measure": "This action cannot be sized that way: a strategy refuses the alert.",
    # Brackets.
    "take_profit": "Take profit: {parts}.",
    "stop_loss": "Stop-loss: {parts}.",
    "stop_loss_stop": "Stop-loss, as a stop order: {parts}.",
    "stop_loss_stop_limit": "Stop-loss, as a stop-limit order: {parts}.",
    "stop_loss_trailing_stop": "Stop-loss, as a trailing stop: {parts}.",
    "bracket_stop_price": "triggered at {number}",
    "bracket_limit_price": "with a limit at {number}",
    "bracket_percent": "{number} % from the entry",
    "bracket_amount": "{number} of price from the entry",
    "bracket_pips": "{number} pips from the entry (the strategy's pip size is needed)",
    "bracket_trail_amount": "{number} behind the price",
    "bracket_trail_percent": "{number} % behind the price",
    "all_or_nothing": "If any part of this cannot be placed, the whole alert is refused.",
    # Circumstances.
    "unused_limit_price": "The limit price {number} does not go with this order type: a strategy "
    "refuses the alert.",
    "unused_stop_price": "The stop price {number} does not go with this order type: a strategy "
    "refuses the alert.",
    "unused_trail": "A trailing distance of {number} is named beside it.",
    "reduce_only": "It may only make a position smaller, never open or turn one.",
    "tif_day": "The order works until the trading day ends.",
    "tif_gtc": "The order works until it is cancelled.",
    "tif_ioc": "What cannot be filled at once is cancelled.",
    "tif_fok": "The order is filled whole and at once, or not at all.",
    "reference_price": "The price {number} is for reference only and never makes a limit order.",
    "exchange": "The chart is of {exchange}.",
    "time": "The alert fired at {time}.",
    "bar_time": "The time {time} may be the bar's: the alert's age counts from its receipt, unless "
    "the strategy is strict about time.",
    "no_time": "It names no time: its age counts from its receipt, and the same alert again "
    "within the strategy's window counts as a resend.",
    "no_time_but_id": "It names no time: its age counts from its receipt, and the same alert "
    "again within 24 hours counts as a resend.",
    "accounts": "Only for: {accounts}.",
    "mode_paper": "As a paper order: no real money is touched.",
    "mode_live": "`live` never makes a paper strategy or account trade real money.",
    "delay": "The order is sent {seconds} s later.",
    "max_age": "Nothing is sent once the alert is older than {seconds} s, or sooner if the "
    "strategy says so.",
}
