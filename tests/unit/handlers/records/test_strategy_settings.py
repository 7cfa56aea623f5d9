"""What a strategy was set to long ago is still read."""

from __future__ import annotations

import msgspec

from handlers.records.accounts import StrategySettings


def test_what_cannot_be_set_any_more_is_passed_over() -> None:
    kept = b'{"follows":true,"entry_ttl_s":10,"pip_size":"0.0001"}'

    read = msgspec.json.decode(kept, type=StrategySettings)

    assert read == StrategySettings(follows=True, entry_ttl_s=10)
