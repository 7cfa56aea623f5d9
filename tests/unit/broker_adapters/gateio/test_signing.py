"""Signatures, held against Gate's own example and against its official client."""

from __future__ import annotations

import warnings
from typing import Any
from unittest.mock import patch

import pytest

from broker_adapters.gateio.signing import signature

# From Gate's documentation of APIv4, "signed request requirements".
EXAMPLE = (
    "62e6e31c5fb6c93915ec100c1cbe1e74e91c9b0d4302f15fc87f40dc31db53d5"
    "4eb966dd2323c412223d2a64ebb429c3f10f02f647d8cda8c939e9a55d6b22bd"
)


def test_example_of_the_documentation_is_signed_as_it_says() -> None:
    signed = signature(
        "s",
        method="GET",
        target="/api/v4/futures/orders?contract=BTC_USD&status=finished&limit=50",
        body=b"",
        timestamp="1541993715.5",
    )

    assert signed == EXAMPLE


@pytest.mark.parametrize("body", [b"", b'{"text":"t-1"}', "é".encode()])
def test_signature_is_the_official_clients(body: bytes) -> None:
    official = _official(body)

    signed = signature(
        "secret",
        method="POST",
        target="/api/v4/spot/orders?a=1&b=x y",
        body=body,
        timestamp="1700000000.25",
    )

    assert signed == official


def test_every_part_counts() -> None:
    def sign(**changed: Any) -> str:
        parts: dict[str, Any] = {
            "method": "POST",
            "target": "/api/v4/spot/orders?a=1",
            "body": b"{}",
            "timestamp": "1",
        }
        return signature("secret", **{**parts, **changed})

    signed = {
        sign(),
        sign(method="GET"),
        sign(target="/api/v4/spot/orders?a=2"),
        sign(target="/api/v4/spot/order?a=1"),
        sign(body=b"{ }"),
        sign(timestamp="2"),
    }

    assert len(signed) == 6


def _official(body: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import gate_api  # noqa: PLC0415 - large, and warns while it is imported

    api: Any = gate_api
    client = api.ApiClient(api.Configuration(key="key", secret="secret"))
    with patch("time.time", return_value=1700000000.25):
        headers = client.gen_sign("POST", "/api/v4/spot/orders", "a=1&b=x y", body.decode())
    return headers["SIGN"]
