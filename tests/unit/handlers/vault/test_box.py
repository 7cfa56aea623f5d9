"""The box of small secrets: what goes in comes out, for the same user and purpose alone."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.values import UserId
from handlers.vault.base import BoxContext
from handlers.vault.box import AesBox, memory_box
from handlers.vault.errors import KeyMissingError, SealBrokenError

BOX = memory_box()
USER = UserId(UUID("01a205d0-8fce-7519-aeda-6a2a1a359ea5"))
SEED = BoxContext(user=USER, purpose="totp_seed")
OLD, NEW = b"o" * 31 + b"1", b"n" * 31 + b"2"


@given(secret=st.binary(max_size=300), purpose=st.text(max_size=20), user=st.uuids())
def test_secret_comes_out_as_it_went_in(secret: bytes, purpose: str, user: UUID) -> None:
    context = BoxContext(user=UserId(user), purpose=purpose)

    assert BOX.decrypt(BOX.encrypt(secret, context), context) == secret


def test_every_flipped_bit_is_noticed() -> None:
    sealed = BOX.encrypt(b"canary-seed", SEED)

    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises((SealBrokenError, KeyMissingError)):
            BOX.decrypt(bytes(changed), SEED)


def test_every_cut_is_noticed() -> None:
    sealed = BOX.encrypt(b"canary-seed", SEED)

    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            BOX.decrypt(sealed[:length], SEED)


@pytest.mark.parametrize(
    "other",
    [
        BoxContext(user=UserId(UUID(int=7)), purpose="totp_seed"),
        BoxContext(user=USER, purpose="notification"),
    ],
    ids=["another-user", "another-purpose"],
)
def test_secret_opens_for_nothing_else(other: BoxContext) -> None:
    sealed = BOX.encrypt(b"canary-seed", SEED)

    with pytest.raises(SealBrokenError):
        BOX.decrypt(sealed, other)


def test_same_secret_never_looks_the_same() -> None:
    assert len({BOX.encrypt(b"canary-seed", SEED) for _ in range(100)}) == 100


def test_what_an_older_key_encrypted_still_opens() -> None:
    sealed = AesBox({1: OLD}).encrypt(b"canary-seed", SEED)

    assert AesBox({1: OLD, 2: NEW}).decrypt(sealed, SEED) == b"canary-seed"


def test_the_newest_key_encrypts() -> None:
    sealed = AesBox({1: OLD, 2: NEW}).encrypt(b"canary-seed", SEED)

    assert AesBox({2: NEW}).decrypt(sealed, SEED) == b"canary-seed"
    with pytest.raises(KeyMissingError, match="key 2"):
        AesBox({1: OLD}).decrypt(sealed, SEED)


def test_another_key_of_the_same_number_opens_nothing() -> None:
    sealed = AesBox({1: OLD}).encrypt(b"canary-seed", SEED)

    with pytest.raises(SealBrokenError) as failed:
        AesBox({1: NEW}).decrypt(sealed, SEED)
    assert "canary-seed" not in repr(failed.value)
