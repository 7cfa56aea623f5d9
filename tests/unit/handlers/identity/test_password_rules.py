from __future__ import annotations

import pytest

from handlers.identity.password_rules import problem_of


@pytest.mark.parametrize(
    "password",
    ["", "elevenchars", "passwordpassword", "123456789012", "qwertyuiop123", "iloveyou1234",
     "ann@example.org", "aaaaaaaaaaaaaaaa", "x" * 257],
)  # fmt: skip
def test_short_and_common_passwords_are_refused(password: str) -> None:
    assert problem_of(password, "ann@example.org") is not None


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tr4der-passphrase", "十二個字的密碼也可以使用喔", "zq8 vw1 mm4 k"],
)
def test_long_and_odd_passwords_are_taken_without_rules_of_composition(password: str) -> None:
    assert problem_of(password, "ann@example.org") is None
