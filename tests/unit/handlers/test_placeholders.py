from __future__ import annotations

import pytest

from handlers.placeholders import problem_of_secret


@pytest.mark.parametrize(
    "secret",
    ["changeme", "CHANGE_ME_PLEASE", "password", "secret123", "example-key-1", "your-password",
     "<password>", "${DB_PASSWORD}", "xxxxxxxxxxxx", "placeholder", "todo-later"],
)  # fmt: skip
def test_placeholder_is_no_secret(secret: str) -> None:
    assert "placeholder" in (problem_of_secret(secret) or "")


@pytest.mark.parametrize("secret", ["", "x1y2z3"])
def test_short_one_is_no_secret(secret: str) -> None:
    assert "shorter" in (problem_of_secret(secret) or "")


@pytest.mark.parametrize("secret", ["q8Zr0vV1m4", "a-long-one:@/", "passwordless-7Qz"])
def test_secret_is_one(secret: str) -> None:
    assert problem_of_secret(secret) is None
