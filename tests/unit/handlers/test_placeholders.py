from __future__ import annotations

import pytest

from handlers.placeholders import problem_of_secret, problem_of_url


@pytest.mark.parametrize(
    "secret",
    ["changeme", "CHANGE_ME_PLEASE", "password", "secret123", "example-key-1", "your-password",
     "<password>", "${DB_PASSWORD}", "xxxxxxxxxxxx", "placeholder", "todo-later", "11111111"],
)  # fmt: skip
def test_placeholder_is_no_secret(secret: str) -> None:
    assert "placeholder" in (problem_of_secret(secret) or "")


@pytest.mark.parametrize("secret", ["", "x1y2z3"])
def test_short_one_is_no_secret(secret: str) -> None:
    assert "shorter" in (problem_of_secret(secret) or "")


@pytest.mark.parametrize("secret", ["q8Zr0vV1m4", "a-long-one:@/", "passwordless-7Qz"])
def test_secret_is_one(secret: str) -> None:
    assert problem_of_secret(secret) is None


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("postgresql://app:changeme@127.0.0.1/x", True),
        ("postgresql://app:change%6de@127.0.0.1/x", True),
        ("postgresql://app:postgres@db/x", True),
        ("postgresql://app:short@db/x", True),
        ("postgresql://app:short@127.0.0.1/x", False),
        ("postgresql://app@db/x", False),
        ("postgresql://app:q8Zr0vV1m4@db/x", False),
        ("postgresql://[", False),
    ],
)
def test_password_in_a_url_is_judged_by_where_the_server_is(url: str, *, is_refused: bool) -> None:
    assert (problem_of_url(url) is not None) is is_refused
