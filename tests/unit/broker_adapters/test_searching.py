"""A few letters find symbols: the same first, then what begins so, then what contains it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from broker_adapters.searching import ranked

KNOWN = ["WBTC_USDT", "BTC_USDT.P", "BTC_USDC", "BTC_USDT", "ETH_USDT", "BTC3L_USDT"]


def test_the_nearest_comes_first() -> None:
    assert ranked(KNOWN, "btcusdt", limit=9) == ("BTC_USDT", "BTC_USDT.P", "WBTC_USDT")
    assert ranked(KNOWN, "BTC", limit=3) == ("BTC_USDC", "BTC_USDT", "BTC3L_USDT")
    assert ranked(KNOWN, "btc/usdt.p", limit=9) == ("BTC_USDT.P",)
    assert ranked(KNOWN, "DOGE", limit=9) == ()


@given(st.text(max_size=10), st.integers(0, 9))
def test_whatever_is_typed_no_more_than_asked_for_is_found(text: str, limit: int) -> None:
    found = ranked(KNOWN, text, limit=limit)

    assert len(found) <= limit
    assert set(found) <= set(KNOWN)
