from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.redaction import MASK, Redactor

CANARY = "k7Gq-canary-93xT"


def redacted(**fields: object) -> dict[str, object]:
    return dict(Redactor()(None, "info", dict(fields)))


@pytest.mark.parametrize(
    "name",
    ["token", "webhook_token", "password", "api_key", "apiKey", "client_secret", "Authorization",
     "set_cookie", "credentials", "passphrase", "totp_seed", "body", "environ"],
)  # fmt: skip
def test_field_named_for_a_secret_is_masked(name: str) -> None:
    assert redacted(**{name: "visible"})[name] == MASK


@pytest.mark.parametrize("name", ["symbol", "price", "order_id", "stage", "event", "tick"])
def test_ordinary_field_is_kept(name: str) -> None:
    assert redacted(**{name: "BTCUSDT"})[name] == "BTCUSDT"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("POST /webhook/tradingview/wh_Ab3-dE_f91234", "POST /webhook/tradingview/wh_***"),
        ("key fp_0123456789abcdef used", "key fp_*** used"),
        ("postgresql://app:hunter22@db/fourpass", "postgresql://***@db/fourpass"),
        ("unix://default:hunter22@/run/valkey.sock", "unix://***@/run/valkey.sock"),
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer ***"),
        ("password=hunter22 next", "password=*** next"),
        ('{"api_secret": "hunter22", "n": 1}', '{"api_secret": "***", "n": 1}'),
    ],
)
def test_secret_is_known_by_its_form_in_any_text(text: str, shown: str) -> None:
    assert redacted(event=text)["event"] == shown


def test_secret_inside_nested_fields_is_masked() -> None:
    fields = redacted(request={"headers": [{"cookie": "sid=1"}], "path": "/x"})

    assert fields["request"] == {"headers": [{"cookie": MASK}], "path": "/x"}


def test_object_of_unknown_type_is_shown_by_its_type_alone() -> None:
    class Credentials:
        def __repr__(self) -> str:
            return CANARY

    assert redacted(account=Credentials())["account"] == "<Credentials>"


def test_error_is_shown_by_its_redacted_message() -> None:
    assert redacted(error=ValueError("token=hunter22"))["error"] == "token=***"


def test_numbers_and_ids_keep_their_digits() -> None:
    fields = redacted(quantity=Decimal("1.50"), order=UUID(int=3), n=2, is_final=True)

    assert fields == {
        "quantity": "1.50",
        "order": "00000000-0000-0000-0000-000000000003",
        "n": 2,
        "is_final": True,
    }


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_hidden_value_never_appears_whatever_is_around_it(before: str, after: str) -> None:
    redactor = Redactor([CANARY])

    event = redactor(None, "info", {"event": before + CANARY + after, "list": [CANARY]})

    assert CANARY not in repr(event)


def test_hidden_value_too_short_to_be_a_secret_is_left_alone() -> None:
    redactor = Redactor(["buy"])

    assert redactor(None, "info", {"side": "buy"}) == {"side": "buy"}


def test_deep_nesting_ends_in_a_type_name() -> None:
    nested: object = "deep"
    for _ in range(50):
        nested = [nested]

    assert "<list>" in repr(redacted(nested=nested))
