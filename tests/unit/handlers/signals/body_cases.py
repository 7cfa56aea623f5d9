"""Alert bodies in tables: what each must mean, or why it must be refused."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from handlers.signals import SignalError, normalise
from handlers.signals.printing import printable


class Refused(NamedTuple):
    """Why a body is refused; `field` is compared only where the case names one."""

    code: str
    field: str | None = None
    at: tuple[int, int] | None = None


def meant(body: str | bytes) -> dict[str, Any]:
    """Return the first signal of a body as it is printed, with `dialect` and `warnings`."""
    sent = body.encode() if isinstance(body, str) else body
    understood = normalise(sent)
    return {
        **printable(understood.signals[0]),
        "dialect": understood.dialect,
        "warnings": " | ".join(map(str, understood.warnings)),
    }


def refusal_of(body: str | bytes) -> SignalError:
    """Return why a body is refused."""
    sent = body.encode() if isinstance(body, str) else body
    with pytest.raises(SignalError) as refusal:
        normalise(sent)
    return refusal.value


def assert_means(body: str | bytes, expected: dict[str, Any]) -> None:
    """Compare what a body means with what a case names of it; `warnings` is a word in one."""
    signal = meant(body)
    said = {name: value for name, value in expected.items() if name != "warnings"}
    assert {name: signal[name] for name in said} == said
    assert expected.get("warnings", "") in signal["warnings"]


def assert_refused(body: str | bytes, expected: Refused) -> None:
    """Compare why a body is refused with what a case names of it."""
    error = refusal_of(body)
    assert (error.code, expected.field or error.field) == (expected.code, error.field)
    assert error.line is None or error.code == "malformed_json"
    if expected.at is not None:
        assert (error.line, error.column) == expected.at


def as_json(**fields: Any) -> str:
    """Return `buy 1 BTCUSDT` as JSON, changed by `fields`; `...` leaves one out."""
    usual: dict[str, Any] = {"ticker": "BTCUSDT", "action": "buy", "quantity": 1}
    kept = {name: value for name, value in {**usual, **fields}.items() if value is not ...}
    return json.dumps(kept)
