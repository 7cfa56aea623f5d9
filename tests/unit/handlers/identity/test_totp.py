"""Codes by RFC 6238, and the recovery codes beside them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from pyotp.totp import TOTP

from handlers.identity.totp import (
    canonical_recovery_code,
    is_recovery_code,
    new_recovery_codes,
    new_seed,
    step_of,
    uri_of,
)

# RFC 6238, appendix B: the seed, and the last six of its eight digits.
SEED = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_paper(seconds: int, code: str) -> None:
    assert step_of(SEED, code, at(seconds)) == seconds // 30


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clock_may_be_one_step_off(steps: int, *, is_taken: bool) -> None:
    now = at(1111111111)
    code = TOTP(SEED).at(now, counter_offset=steps)

    assert (step_of(SEED, code, now) is not None) is is_taken


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708a", "\uff12" * 6, "-87082"])
def test_what_is_no_code_belongs_to_no_step(code: str) -> None:
    assert step_of(SEED, code, at(59)) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    assert step_of(SEED, " 287 082 ", at(59)) == 1


def test_seed_is_160_bit_and_new_each_time() -> None:
    seeds = {new_seed() for _ in range(20)}

    assert len(seeds) == 20
    assert {len(base64.b32decode(seed)) for seed in seeds} == {20}


def test_app_is_told_the_issuer_and_whose_it_is() -> None:
    uri = uri_of(SEED, email="ann@example.org")

    assert uri.startswith("otpauth://totp/4pass:ann%40example.org?secret=" + SEED)


def test_ten_recovery_codes_differ_and_are_no_app_codes() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == 10
    assert all(is_recovery_code(code) for code in codes)
    assert not is_recovery_code("287082")


def test_recovery_code_is_the_same_however_it_is_typed() -> None:
    code = new_recovery_codes()[0]

    assert canonical_recovery_code(f" {code.upper()} ") == canonical_recovery_code(code)


def test_next_step_is_later_than_the_one_before() -> None:
    now = at(1111111111)
    later = now + timedelta(seconds=30)

    first = step_of(SEED, TOTP(SEED).at(now), now)
    second = step_of(SEED, TOTP(SEED).at(later), later)

    assert first is not None
    assert second == first + 1
