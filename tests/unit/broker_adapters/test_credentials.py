"""Secrets never show in text, and survive the vault."""

from __future__ import annotations

import pprint
import traceback

import msgspec
import pytest

from broker_adapters.credentials import (
    AnyCredentials,
    Credentials,
    GateioCredentials,
    PaperCredentials,
    ShioajiCredentials,
)

CANARY = "canary-4f1d"
ALL = [
    PaperCredentials(),
    GateioCredentials(api_key=CANARY, api_secret=CANARY),
    ShioajiCredentials(api_key=CANARY, secret_key=CANARY, ca_password=CANARY),
]


@pytest.mark.parametrize("secret", ALL, ids=lambda secret: type(secret).__name__)
def test_secret_hides_from_every_way_of_writing_it(secret: Credentials) -> None:
    written = [repr(secret), str(secret), f"{secret}", f"{secret!r}", f"{[secret]}"]
    written += [pprint.pformat(secret), repr(list(secret.__rich_repr__()))]

    assert CANARY not in "".join(written)


@pytest.mark.parametrize("secret", ALL, ids=lambda secret: type(secret).__name__)
def test_secret_survives_encoding(secret: Credentials) -> None:
    decoder = msgspec.json.Decoder(AnyCredentials)

    assert decoder.decode(msgspec.json.encode(secret)) == secret


def test_mistyped_secret_does_not_show_in_the_error() -> None:
    try:
        msgspec.json.decode(f'{{"broker":"gateio","api_key":"{CANARY}"}}', type=GateioCredentials)
    except msgspec.ValidationError:
        written = traceback.format_exc(limit=0)
    else:
        pytest.fail("a secret is missing")

    assert CANARY not in written
