"""What a venue can do, as its adapter declares it."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from bus.values import OrderType, TimeInForce


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What a venue can do; what it cannot do it declares here, never by failing late.

    Where an account's own settings decide, it holds from `connect` on. The house sizes, sends and
    looks up by it; what it does not read, the 24 points hold an adapter to.

    Attributes:
        client_id_max: The longest client order id the venue takes, in characters; 0 where it takes
            none, and `find` recognises orders by all else that a reference says.
        client_id_is_unique: The venue itself refuses a second order with the same client id.
        lookup_window: How long after its end an order is found by client id; `None` is for ever.
        settle: Longer than the venue's slowest answer: only after `send_by` + this does a look-up
            that finds nothing count.
        can_prove_absence: The venue refuses a request that arrives after `send_by`, so that "not
            found" past `settle` proves that nothing was placed. (What was placed, never filled and
            has already left the venue's books may then count as absent: nothing was traded.)
        flips_atomically: One order may take a position through zero.
        shorts: A position may be negative, in at least one of the account's markets.
        sessions: How many sessions the venue allows a person at a time; `None`: it has none.
        is_rate_limited: The venue refuses orders that come too fast, before it executes them.
        keeps_overnight: A good-till-cancelled order works on the next day; if not, it ends with
            the venue's day as a day order does, and is told as expired.
        money: What counts as a balance there; a position only of a pair that trades it.
    """

    client_id_max: int
    client_id_is_unique: bool
    lookup_window: timedelta | None
    settle: timedelta
    can_prove_absence: bool
    flips_atomically: bool
    shorts: bool
    order_types: frozenset[OrderType]
    times_in_force: frozenset[TimeInForce]
    sessions: int | None = None
    is_rate_limited: bool = False
    keeps_overnight: bool = True
    money: frozenset[str] = frozenset()
